/** Findings that say the same of nearly the same code: one of them stands for the others. */
import type { Surroundings } from "./neighbours.js";
import { cosine } from "./vectors.js";

/** Likeness from which on code is a near copy: by vectors, and by the share of words both have. */
const NEAR_COPY = { vectors: 0.9, words: 0.8 } as const;

/**
 * For each finding the index of the first earlier one of the same rule that it is a near copy of; its own index when there is none.
 *
 * @param mayCopy Whether the first can be a copy of the second at all.
 */
export function groupAlike(
  findings: readonly Surroundings[],
  mayCopy: (index: number, leader: number) => boolean = () => true,
): readonly number[] {
  const leaders: number[] = [];
  return findings.map((finding, index) => {
    const leader = leaders.find((other) => {
      const first = findings[other];
      return (
        first !== undefined &&
        first.rule === finding.rule &&
        mayCopy(index, other) &&
        closeness(first, finding).isNearCopy
      );
    });
    if (leader === undefined) leaders.push(index);
    return leader ?? index;
  });
}

/** How like each other the code around two findings is, 0 to 1: by vectors where both have one of the same model, by words otherwise. */
export function closeness(
  a: Surroundings,
  b: Surroundings,
): { readonly value: number; readonly by: "vectors" | "words"; readonly isNearCopy: boolean } {
  // Two findings of one function do not stand in copies of each other.
  const mayCopy = a.unit === undefined || a.unit !== b.unit;
  if (a.vector !== undefined && a.vector.identity === b.vector?.identity) {
    const value = cosine(a.vector.values, b.vector.values);
    return { value, by: "vectors", isNearCopy: mayCopy && NEAR_COPY.vectors <= value };
  }
  const other = new Set(b.words);
  const shared = a.words.filter((word) => other.has(word)).length;
  const all = new Set([...a.words, ...b.words]).size;
  const value = all === 0 ? 0 : shared / all;
  return { value, by: "words", isNearCopy: mayCopy && NEAR_COPY.words <= value };
}
