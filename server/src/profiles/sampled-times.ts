/** What a sampled profile says of each function: what it spent by itself, what with all it called, and whose work each stack was. */
import type { Frame, Sampled, StackTree } from "./model.js";
import { topDown } from "./stack-tree.js";

/** Neither the program's work nor anybody's request. */
const RUNTIME = /^\((idle|program|root|garbage collector)\)$/;
const IDLE = /^\((idle|program|root)\)$/;

export interface SampledTimes<T> {
  /** Of everything that was not idle. */
  readonly busy: number;
  /** By key of a function: its own, and with everything below it, counted once where it calls itself. */
  readonly functions: ReadonlyMap<string, { readonly what: T; self: number; total: number }>;
  /** Stacks by the functions on them, outermost first: what was spent in such stacks. */
  readonly stacks: readonly { readonly keys: readonly string[]; readonly amount: number }[];
}

/**
 * @param known What a frame is, with a key of its own; undefined for frames nothing is known of.
 */
export function sampledTimes<T>(
  { frames, tree }: Sampled,
  known: (frame: Frame) => { readonly key: string; readonly what: T } | undefined,
): SampledTimes<T> {
  const meanings = frames.map(known);
  const order = topDown(tree);
  const total = totals(tree, order);
  const functions = new Map<string, { what: T; self: number; total: number }>();
  const stacks = new Map<string, { keys: readonly string[]; amount: number }>();
  /** Functions of the workspace on the stack of each node, as an entry of `paths`. */
  const pathOf = new Int32Array(tree.frame.length).fill(-1);
  const paths: { readonly key: string; readonly parent: number }[] = [];
  const pathIds = new Map<string, number>();
  let busy = 0;
  for (const node of order) {
    const frame = tree.frame[node] ?? 0;
    const own = tree.self[node] ?? 0;
    const meaning = meanings[frame];
    const parent = tree.parent[node] ?? -1;
    const outer = 0 <= parent ? (pathOf[parent] ?? -1) : -1;
    if (!IDLE.test(frames[frame]?.functionName ?? "")) busy += own;
    let path = outer;
    if (meaning !== undefined) {
      const sum = functions.get(meaning.key) ?? { what: meaning.what, self: 0, total: 0 };
      sum.self += own;
      if (!isOnPath(paths, outer, meaning.key)) {
        sum.total += total[node] ?? 0;
        path = pathId(paths, pathIds, outer, meaning.key);
      }
      functions.set(meaning.key, sum);
    }
    pathOf[node] = path;
    if (0 <= path && 0 < own && !RUNTIME.test(frames[frame]?.functionName ?? "")) {
      const id = String(path);
      const stack = stacks.get(id) ?? { keys: keysOf(paths, path), amount: 0 };
      stack.amount += own;
      stacks.set(id, stack);
    }
  }
  return { busy, functions, stacks: [...stacks.values()] };
}

/** What each node spent with everything below it. */
function totals(tree: StackTree, order: Int32Array): Float64Array {
  const total = Float64Array.from(tree.self);
  for (let i = order.length - 1; 0 <= i; i--) {
    const node = order[i] ?? 0;
    const parent = tree.parent[node] ?? -1;
    if (0 <= parent) total[parent] = (total[parent] ?? 0) + (total[node] ?? 0);
  }
  return total;
}

type Paths = { readonly key: string; readonly parent: number }[];

function isOnPath(paths: Paths, path: number, key: string): boolean {
  for (let at = path; 0 <= at; at = paths[at]?.parent ?? -1) if (paths[at]?.key === key) return true;
  return false;
}

function pathId(paths: Paths, ids: Map<string, number>, parent: number, key: string): number {
  const id = `${parent} ${key}`;
  let path = ids.get(id);
  if (path === undefined) {
    path = paths.length;
    ids.set(id, path);
    paths.push({ key, parent });
  }
  return path;
}

function keysOf(paths: Paths, path: number): readonly string[] {
  const keys: string[] = [];
  for (let at = path; 0 <= at; at = paths[at]?.parent ?? -1) keys.unshift(paths[at]?.key ?? "");
  return keys;
}
