/** Which findings are so like another one that its fix is worth offering for them, and why. The same findings give the same answer. */
import { closeness } from "./group-alike.js";
import type { Surroundings } from "./neighbours.js";

/** A finding to compare with others. */
export interface DescribedFinding extends Surroundings {
  /** What it is about; equal keys mean the same thing. */
  readonly targets: readonly { readonly key: string; readonly label: string }[];
}

export interface Likeness {
  /** More is more alike: one for the same thing, and up to one for the code around it. */
  readonly score: number;
  /** Clauses: `` the same table `users` ``, `92 % alike`. */
  readonly reasons: readonly string[];
}

/** Undefined for what is not alike: another rule, or neither about the same thing nor in nearly the same code. */
export function likenessOf(origin: DescribedFinding, other: DescribedFinding): Likeness | undefined {
  if (origin.rule !== other.rule) return undefined;
  const keys = new Set(origin.targets.map(({ key }) => key));
  const shared = other.targets.filter(({ key }) => keys.has(key));
  const { value, by, isNearCopy } = closeness(origin, other);
  if (shared.length === 0 && !isNearCopy) return undefined;
  const percent = `${Math.round(value * 100)} %`;
  return {
    score: (shared.length === 0 ? 0 : 1) + value,
    reasons: [...shared.map(({ label }) => `the same ${label}`), howAlike(origin, by, percent)],
  };
}

function howAlike({ unit }: DescribedFinding, by: "vectors" | "words", percent: string): string {
  if (by === "vectors") return `${percent} alike`;
  // A finding in a schema stands in no code; there its own words are compared.
  return unit === undefined ? "says the same" : `${percent} of the words in common`;
}
