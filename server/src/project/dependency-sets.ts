/**
 * Small sets of dependency tokens, each stored once and named by a number, so that millions of memo entries can say
 * what they were computed from at the cost of one number each, and joining two sets is a look-up.
 */

export type DependencySet = number;

export const noDependencies: DependencySet = 0;

export interface DependencySets {
  single(token: number): DependencySet;
  union(a: DependencySet, b: DependencySet): DependencySet;
  members(set: DependencySet): readonly number[];
  /** All sets made so far that hold a token. */
  holding(token: number): readonly DependencySet[];
}

/** Pairs of set numbers are packed into one safe integer. */
const pairBase = 2 ** 26;

export function createDependencySets(): DependencySets {
  const sets: (readonly number[])[] = [[]];
  const byTokens = new Map<string, DependencySet>([["", noDependencies]]);
  const singles = new Map<number, DependencySet>();
  const unions = new Map<number, DependencySet>();
  const byToken: DependencySet[][] = [];

  const intern = (tokens: readonly number[]): DependencySet => {
    const key = tokens.join();
    const known = byTokens.get(key);
    if (known !== undefined) return known;
    const set = sets.length;
    sets.push(tokens);
    byTokens.set(key, set);
    for (const token of tokens) (byToken[token] ??= []).push(set);
    return set;
  };

  return {
    single(token) {
      let set = singles.get(token);
      if (set === undefined) singles.set(token, (set = intern([token])));
      return set;
    },
    union(a, b) {
      if (a === b || b === noDependencies) return a;
      if (a === noDependencies) return b;
      const key = a < b ? a * pairBase + b : b * pairBase + a;
      let set = unions.get(key);
      if (set === undefined) unions.set(key, (set = intern(merge(sets[a] ?? [], sets[b] ?? []))));
      return set;
    },
    members: (set) => sets[set] ?? [],
    holding: (token) => byToken[token] ?? [],
  };
}

/** Merges two ascending lists without doubles. */
function merge(a: readonly number[], b: readonly number[]): readonly number[] {
  const out: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const x = a[i] ?? Infinity;
    const y = b[j] ?? Infinity;
    out.push(Math.min(x, y));
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return out;
}
