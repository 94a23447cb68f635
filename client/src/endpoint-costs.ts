/** Commands of the costs of endpoints: show one, list them again. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { registerProfileCommands } from "./profile-commands.js";
import { createEndpointTree, type EndpointTree } from "./endpoint-tree.js";

/** The view and its commands. */
export function createEndpointCosts(clientOf: () => LanguageClient | undefined): EndpointTree {
  const tree = createEndpointTree(clientOf);
  const register = vscode.commands.registerCommand.bind(vscode.commands);
  const commands = vscode.Disposable.from(
    vscode.workspace.onDidSaveTextDocument(() => tree.changed()),
    registerProfileCommands(clientOf, () => tree.refresh()),
    register("hotpath.refreshEndpoints", () => tree.refresh()),
    register("hotpath.showEndpointCost", async (id?: string) => {
      await vscode.commands.executeCommand("hotpath.endpoints.focus");
      const wanted = id ?? (await pick(tree));
      if (wanted !== undefined) await tree.reveal(wanted);
    }),
  );
  return {
    ...tree,
    dispose: () => {
      commands.dispose();
      tree.dispose();
    },
  };
}

async function pick(tree: EndpointTree): Promise<string | undefined> {
  const choice = await vscode.window.showQuickPick(
    tree.endpoints().map(({ id, label, cost }) => ({ id, label, description: cost })),
    { title: "Show the cost of which endpoint?", matchOnDescription: true },
  );
  return choice?.id;
}
