/** The view *Hotpath: Endpoints by Cost*: entry points, dearest first; below each, the calls its cost comes from. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  costPathMethod,
  endpointCostsMethod,
  type CostPathResult,
  type CostPlace,
  type CostStep,
  type EndpointCost,
  type EndpointCostsResult,
} from "../../protocol/src/costs.js";

type Node =
  | { readonly kind: "endpoint"; readonly endpoint: EndpointCost }
  | { readonly kind: "step"; readonly step: CostStep; readonly parent: Node };

export interface EndpointTree {
  /** The analyzer has something new: what is on the screen is asked for again. */
  changed(): void;
  /** Shows an entry point with its path. */
  reveal(id: string): Promise<void>;
  refresh(): void;
  endpoints(): readonly EndpointCost[];
  dispose(): void;
}

/** Changes that come one after the other are waited for, so that typing does not redraw the list with each letter. */
const QUIET_MS = 600;

export function createEndpointTree(clientOf: () => LanguageClient | undefined): EndpointTree {
  const changed = new vscode.EventEmitter<undefined>();
  const state: { known: readonly Node[]; timer?: NodeJS.Timeout } = { known: [] };
  const refresh = (): void => changed.fire(undefined);
  const soon = (): void => {
    clearTimeout(state.timer);
    state.timer = setTimeout(refresh, QUIET_MS);
  };

  const load = async (): Promise<readonly Node[]> => {
    const result = await clientOf()?.sendRequest<EndpointCostsResult>(endpointCostsMethod, {});
    state.known = (result?.endpoints ?? []).map((endpoint) => ({ kind: "endpoint", endpoint }));
    view.description = result !== undefined && 0 < result.profiles.length ? result.profiles.join(", ") : "estimated";
    return state.known;
  };
  const stepsOf = async (node: Node): Promise<readonly Node[]> => {
    if (node.kind === "step") return node.step.steps.map((step) => ({ kind: "step", step, parent: node }));
    const result = await clientOf()?.sendRequest<CostPathResult>(costPathMethod, { id: node.endpoint.id });
    return (result?.steps ?? []).map((step) => ({ kind: "step", step, parent: node }));
  };
  const view = vscode.window.createTreeView<Node>("hotpath.endpoints", {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (node) => [...(await (node === undefined ? load() : stepsOf(node)).catch(() => []))],
      getParent: (node) => (node.kind === "step" ? node.parent : undefined),
      getTreeItem: (node) => (node.kind === "endpoint" ? endpointItem(node.endpoint) : stepItem(node.step)),
    },
  });

  return {
    changed: () => {
      if (view.visible) soon();
    },
    refresh,
    endpoints: () =>
      state.known.length === 0 ? [] : state.known.flatMap((node) => (node.kind === "endpoint" ? [node.endpoint] : [])),
    async reveal(id) {
      const known = 0 < state.known.length ? state.known : await load();
      const node = known.find((one) => one.kind === "endpoint" && one.endpoint.id === id);
      if (node === undefined) return;
      await view.reveal(node, { select: true, focus: true, expand: 3 });
    },
    dispose: () => {
      clearTimeout(state.timer);
      view.dispose();
      changed.dispose();
    },
  };
}

function endpointItem(endpoint: EndpointCost): vscode.TreeItem {
  const item = new vscode.TreeItem(
    endpoint.label === "" ? endpoint.handler : endpoint.label,
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  const { measured, unknown } = endpoint;
  item.id = endpoint.id;
  item.description = measured === undefined ? endpoint.cost : `${measured.text} · ${endpoint.cost}`;
  const notes = unknown.map(({ kind, text }) => `- \`${text}\` (${kind})`);
  item.tooltip = new vscode.MarkdownString(
    [
      `**${endpoint.label}** ${endpoint.kind}, ${endpoint.framework}`,
      `One request: \`${endpoint.cost}\` (${measured === undefined ? "estimated" : "estimated; times measured"})`,
      ...(measured === undefined ? [] : [`Measured: ${measured.text}`]),
      ...(notes.length === 0 ? [] : [["Not counted (`?`):", "", ...notes].join("\n")]),
    ].join("\n\n"),
  );
  item.iconPath = new vscode.ThemeIcon(measured === undefined ? "symbol-event" : "flame");
  item.command = openCommand(endpoint);
  return item;
}

function stepItem(step: CostStep): vscode.TreeItem {
  const state =
    step.steps.length === 0 ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(step.text, state);
  item.description = [step.cost, step.often, step.measured?.text].filter((part) => part !== undefined).join(" · ");
  item.tooltip = `${step.file}:${step.range.start.line}`;
  item.iconPath = new vscode.ThemeIcon(step.steps.length === 0 ? "database" : "call-outgoing");
  item.command = openCommand(step);
  return item;
}

function openCommand({ file, range }: CostPlace): vscode.Command {
  const { start, end } = range;
  const selection = new vscode.Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1);
  return {
    title: "Open",
    command: "vscode.open",
    arguments: [vscode.Uri.file(file), { selection, preserveFocus: true }],
  };
}
