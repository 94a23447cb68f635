/** Strongly connected components of the call graph, callees first: Tarjan's algorithm (SIAM J. Comput. 1972), without recursion. */
import type { CallGraph, FunctionNode } from "./call-graph.js";

interface Frame {
  readonly node: FunctionNode;
  edge: number;
}

/**
 * Groups of the sub-graph on `nodes`, each before the groups that call into it. Edges to nodes outside are not followed.
 */
export function callGroups(graph: CallGraph, nodes: ReadonlySet<FunctionNode>): FunctionNode[][] {
  const index = new Map<FunctionNode, number>();
  const low = new Map<FunctionNode, number>();
  const onStack = new Set<FunctionNode>();
  const stack: FunctionNode[] = [];
  const groups: FunctionNode[][] = [];

  const open = (node: FunctionNode, frames: Frame[]): void => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    stack.push(node);
    onStack.add(node);
    frames.push({ node, edge: 0 });
  };
  const lower = (node: FunctionNode, value: number): void => {
    low.set(node, Math.min(low.get(node) ?? value, value));
  };

  for (const root of nodes) {
    if (index.has(root)) continue;
    const frames: Frame[] = [];
    open(root, frames);
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const edge = frame.node.edges[frame.edge++];
      if (edge !== undefined) {
        const next = graph.node(edge.to);
        if (next === undefined || !nodes.has(next)) continue;
        if (!index.has(next)) open(next, frames);
        else if (onStack.has(next)) lower(frame.node, index.get(next) ?? 0);
        continue;
      }
      frames.pop();
      const parent = frames.at(-1)?.node;
      if (parent !== undefined) lower(parent, low.get(frame.node) ?? 0);
      if (low.get(frame.node) !== index.get(frame.node)) continue;
      groups.push(popGroup(stack, onStack, frame.node));
    }
  }
  return groups;
}

function popGroup(stack: FunctionNode[], onStack: Set<FunctionNode>, root: FunctionNode): FunctionNode[] {
  const group: FunctionNode[] = [];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    onStack.delete(node);
    group.push(node);
    if (node === root) break;
  }
  return group;
}

/** Whether a group is recursive: several functions, or one that calls itself. */
export function isCyclic(graph: CallGraph, group: readonly FunctionNode[]): boolean {
  const [first] = group;
  return group.length > 1 || (first !== undefined && first.edges.some((edge) => graph.node(edge.to) === first));
}
