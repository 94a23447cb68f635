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
  /** By a hash of their tokens: texts of the tokens would take more memory than the sets. */
  const byHash = new Map<number, DependencySet[]>([[hashOf([]), [noDependencies]]]);
  const singles = new Map<number, DependencySet>();
  const unions = new Map<number, DependencySet>();
  const byToken: DependencySet[][] = [];

  const intern = (tokens: readonly number[]): DependencySet => {
    const hash = hashOf(tokens);
    const alike = byHash.get(hash);
    const known = alike?.find((set) => areSame(sets[set] ?? [], tokens));
    if (known !== undefined) return known;
    const set = sets.length;
    sets.push(tokens);
    if (alike === undefined) byHash.set(hash, [set]);
    else alike.push(set);
    for (const token of tokens) (byToken[token] ??= []).push(set);
    return set;
  };
  const join = (a: DependencySet, b: DependencySet): DependencySet => {
    const [left, right] = [sets[a] ?? [], sets[b] ?? []];
    const merged = merge(left, right);
    // Mostly one holds the other.
    if (merged.length === left.length) return a;
    return merged.length === right.length ? b : intern(merged);
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
      if (set === undefined) unions.set(key, (set = join(a, b)));
      return set;
    },
    members: (set) => sets[set] ?? [],
    holding: (token) => byToken[token] ?? [],
  };
}

function hashOf(tokens: readonly number[]): number {
  let hash = tokens.length;
  for (const token of tokens) hash = (Math.imul(hash, 31) + token) | 0;
  return hash;
}

function areSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((token, i) => token === b[i]);
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
