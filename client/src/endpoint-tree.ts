/** The view *Hotpath: Endpoints by Cost*: entry points, dearest first; below each, the calls its cost comes from. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  costPathMethod,
  endpointCostsMethod,
  type CostPathResult,
  type CostStep,
  type EndpointCost,
  type EndpointCostsResult,
} from "../../protocol/src/costs.js";
import { endpointItem, stepItem } from "./endpoint-items.js";

interface EndpointNode {
  readonly kind: "endpoint";
  endpoint: EndpointCost;
}
type Node = EndpointNode | { readonly kind: "step"; readonly step: CostStep; readonly parent: Node };

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
/** How long the view may take to open what it was told to show, and how often it is told. */
const OPENS_WITHIN_MS = 500;
const TIMES_TOLD = 10;

interface State {
  /** The same object for the same entry point after every load: the editor knows its nodes by identity. */
  readonly nodes: Map<string, EndpointNode>;
  readonly expanded: Set<Node>;
  known: readonly EndpointNode[];
  loading?: Promise<readonly EndpointNode[]> | undefined;
  timer?: NodeJS.Timeout;
}

export function createEndpointTree(clientOf: () => LanguageClient | undefined): EndpointTree {
  const changed = new vscode.EventEmitter<undefined>();
  const state: State = { nodes: new Map(), expanded: new Set(), known: [] };
  const refresh = (): void => changed.fire(undefined);
  const soon = (): void => {
    clearTimeout(state.timer);
    state.timer = setTimeout(refresh, QUIET_MS);
  };

  const ask = async (): Promise<readonly EndpointNode[]> => {
    const result = await clientOf()?.sendRequest<EndpointCostsResult>(endpointCostsMethod, {});
    state.known = (result?.endpoints ?? []).map((endpoint) => {
      const node = state.nodes.get(endpoint.id) ?? { kind: "endpoint", endpoint };
      node.endpoint = endpoint;
      state.nodes.set(endpoint.id, node);
      return node;
    });
    view.description = result !== undefined && 0 < result.profiles.length ? result.profiles.join(", ") : "estimated";
    return state.known;
  };
  const load = (): Promise<readonly EndpointNode[]> => {
    state.loading ??= ask().finally(() => (state.loading = undefined));
    return state.loading;
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
  view.onDidExpandElement(({ element }) => state.expanded.add(element));
  view.onDidCollapseElement(({ element }) => state.expanded.delete(element));

  return {
    changed: () => {
      if (view.visible) soon();
    },
    refresh,
    endpoints: () => state.known.map(({ endpoint }) => endpoint),
    async reveal(id) {
      const known = 0 < state.known.length ? state.known : await load();
      const node = known.find(({ endpoint }) => endpoint.id === id);
      if (node === undefined) return;
      // A view that is just being drawn may not know the node yet ("Data tree node not found"), so it is told until it has opened it.
      for (let told = 0; told < TIMES_TOLD && !state.expanded.has(node); told++) {
        const shown = view.reveal(node, { select: true, focus: true, expand: 3 });
        await Promise.race([Promise.resolve(shown).catch(() => undefined), pause(4 * OPENS_WITHIN_MS)]);
        await comesTrue(() => state.expanded.has(node), OPENS_WITHIN_MS);
      }
    },
    dispose: () => {
      clearTimeout(state.timer);
      view.dispose();
      changed.dispose();
    },
  };
}

/** Waits until `condition` holds, at most `limitMs`, looking ten times. */
async function comesTrue(condition: () => boolean, limitMs: number): Promise<void> {
  for (let tries = 0; tries < 10 && !condition(); tries++) await pause(limitMs / 10);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
