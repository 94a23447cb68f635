/** Activation: starts the server, shows its status, offers its commands. Everything that analyzes lives in the server. */
import * as vscode from "vscode";
import { State, type LanguageClient } from "vscode-languageclient/node";
import { statusMethod, type StatusParams } from "../../protocol/src/messages.js";
import { registerCodeSearch } from "./code-search.js";
import { registerCommands } from "./commands.js";
import { registerModelDownload } from "./download-model.js";
import { createEndpointCosts } from "./endpoint-costs.js";
import type { EndpointTree } from "./endpoint-tree.js";
import { createEvaluation, type Evaluation } from "./evaluation.js";
import { registerKeyCommand } from "./evaluation-keys.js";
import { registerExplainQuery } from "./explain-query.js";
import { registerFindingOrder } from "./finding-order.js";
import { registerIgnoreCommand } from "./ignore-command.js";
import { registerProveFix } from "./prove-fix.js";
import { createSimilarFixes, type SimilarFixes } from "./similar-fixes.js";
import { registerRulePages } from "./rule-page.js";
import { createModelStatusView, type ModelStatusView } from "./model-status.js";
import { createOverview, type Overview } from "./overview.js";
import { createClient } from "./start-server.js";
import { createStatusView, type StatusView } from "./status.js";

/** Only `deactivate` needs it after `activate` has returned. */
const running: { client?: LanguageClient } = {};

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Hotpath", { log: true });
  const status = createStatusView([{ scheme: "file" }]);
  const model = createModelStatusView([{ scheme: "file" }]);
  const evaluation = createEvaluation(() => running.client);
  const costs = createEndpointCosts(() => running.client);
  const overview = createOverview(() => running.client);
  const similar = createSimilarFixes(() => running.client);
  const start = async (): Promise<void> => {
    await stop();
    await startClient(context, output, status, evaluation, costs, model, overview, similar);
  };
  context.subscriptions.push(
    output,
    status,
    evaluation,
    costs,
    overview,
    similar,
    registerCommands({ output, clientOf: () => running.client, restart: start }),
    model,
    registerCodeSearch(() => running.client),
    registerFindingOrder(() => running.client, status.isScanning),
    registerModelDownload(() => running.client),
    registerRulePages(() => running.client),
    registerExplainQuery(() => running.client),
    registerProveFix(() => running.client),
    registerIgnoreCommand(),
    registerKeyCommand(context, start),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void start()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("hotpath.daemon")) void start();
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}

async function startClient(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
  status: StatusView,
  evaluation: Evaluation,
  costs: EndpointTree,
  model: ModelStatusView,
  overview: Overview,
  similar: SimilarFixes,
): Promise<void> {
  try {
    const { client, fallbackReason } = await createClient(context, output);
    running.client = client;
    evaluation.attach(client);
    model.attach(client);
    overview.attach(client);
    similar.attach(client);
    client.onNotification(statusMethod, (params: StatusParams) => {
      status.show(params);
      if (params.state === "ready") costs.changed();
    });
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped && running.client === client) status.failed("The analyzer has stopped.");
    });
    await client.start();
    if (fallbackReason !== undefined) {
      void vscode.window.showWarningMessage(`Hotpath runs without its shared daemon: ${fallbackReason}`);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    output.error(reason);
    status.failed(`The analyzer could not be started: ${reason}.`);
  }
}

async function stop(): Promise<void> {
  const { client } = running;
  delete running.client;
  if (client?.needsStop() === true) await client.stop().catch(() => undefined);
  await client?.dispose().catch(() => undefined);
}
