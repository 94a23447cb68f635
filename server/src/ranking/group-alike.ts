/** Findings that say the same of nearly the same code: one of them stands for the others. */
import type { Surroundings } from "./neighbours.js";
import { cosine } from "./vectors.js";

/** Likeness from which on code is a near copy: by vectors, and by the share of words both have. */
const NEAR_COPY = { vectors: 0.9, words: 0.8 } as const;

/** For each finding the index of the first earlier one of the same rule that it is a near copy of; its own index when there is none. */
export function groupAlike(findings: readonly Surroundings[]): readonly number[] {
  const leaders: number[] = [];
  return findings.map((finding, index) => {
    const leader = leaders.find((other) => {
      const first = findings[other];
      return first !== undefined && first.rule === finding.rule && isNearCopy(first, finding);
    });
    if (leader === undefined) leaders.push(index);
    return leader ?? index;
  });
}

function isNearCopy(a: Surroundings, b: Surroundings): boolean {
  if (a.vector !== undefined && a.vector.identity === b.vector?.identity)
    return NEAR_COPY.vectors <= cosine(a.vector.values, b.vector.values);
  const other = new Set(b.words);
  const shared = a.words.filter((word) => other.has(word)).length;
  const all = new Set([...a.words, ...b.words]).size;
  return 0 < all && NEAR_COPY.words <= shared / all;
}
