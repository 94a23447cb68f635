/** The reads a function performs, by what they ask, through any number of calls: the part of its summary that tells the same question asked twice. */
import type { FileFacts } from "../facts/model.js";
import type { CallGraph, FunctionNode } from "./call-graph.js";
import {
  asInputs,
  MAX_READS,
  ownRead,
  questionOf,
  readInCallback,
  readsThrough,
  type KeyedRead,
} from "./keyed-reads.js";
import type { CallSite, FilePath, FunctionRef, FunctionSummary } from "./model.js";

/** @param recursive Of a recursive group only the function's own reads are told: terms would grow for ever. */
export function summarizeReads(graph: CallGraph, node: FunctionNode, recursive: boolean): readonly KeyedRead[] {
  const { facts } = node.file;
  const found = new Map<string, KeyedRead>();
  for (const site of node.calls) {
    const summaryOf = (ref: FunctionRef): FunctionSummary | undefined =>
      recursive ? undefined : graph.node(ref)?.summary;
    for (const read of readsAt(facts, node.ref.file, site, summaryOf)) {
      const told = asInputs(facts, node.ref.fn, read);
      if (told === undefined) continue;
      const key = questionOf(told);
      const known = found.get(key);
      if (known === undefined || rankOf(told) < rankOf(known)) found.set(key, told);
    }
  }
  if (found.size <= MAX_READS) return [...found.values()];
  return [...found.values()].sort((a, b) => rankOf(a) - rankOf(b)).slice(0, MAX_READS);
}

/** Sure before conditional, near before far. */
function rankOf({ path, conditional }: KeyedRead): number {
  return path.length + (conditional === true ? 100 : 0);
}

/** The reads of one call: its own, those of the function it calls, and those of a callback it runs once in place. In terms of the file at hand. */
export function readsAt(
  facts: FileFacts,
  path: FilePath,
  site: CallSite,
  summaryOf: (ref: FunctionRef) => FunctionSummary | undefined,
): readonly KeyedRead[] {
  const own = ownRead(facts, path, site);
  if (own !== undefined) return [own];
  const found: KeyedRead[] = [];
  const [target] = site.targets;
  // One of several functions, or a guess, reads nothing for sure.
  if (target !== undefined && site.targets.length === 1 && site.confidence === "high") {
    found.push(...readsThrough(facts, path, site, summaryOf(target)?.reads ?? []));
  }
  for (const { ref, runs } of site.callbacks) {
    if (runs !== "once" || ref.file !== path) continue;
    for (const read of summaryOf(ref)?.reads ?? []) {
      const inside = readInCallback(facts, site, ref.fn, read);
      if (inside !== undefined) found.push(inside);
    }
  }
  return found;
}
