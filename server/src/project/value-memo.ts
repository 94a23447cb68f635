/**
 * Remembers resolved values together with what they were computed from, and stops cycles.
 *
 * A value that asks for itself is unknown at that point. What was computed on the way to such a point is only valid
 * inside the cycle it was found in, so it is forgotten once the cycle's head is known: a later question from elsewhere
 * gets the same answer as if it had been asked first.
 */
import { createDependencySets, type DependencySet, type DependencySets, noDependencies } from "./dependency-sets.js";
import { type Value } from "./model.js";
import { unknown } from "./value.js";

export interface Cell {
  value: Value;
  dependencies: DependencySet;
  /** Position on the stack while it is being computed, else -1. */
  depth: number;
  /** Lowest stack position it met an unfinished value at; `settled` when none below its own. */
  cycle: number;
}

const settled = Number.MAX_SAFE_INTEGER;

/** Deeper questions are answered with unknown; real code stays far below, and the call stack stays safe. */
const maxDepth = 220;

export class ValueMemo {
  readonly sets: DependencySets = createDependencySets();
  private dependencies: DependencySet = noDependencies;
  private cycle = settled;
  private depth = 0;
  /** Cells that hold only inside an unfinished cycle, with the way to forget them. */
  private provisional: { readonly cell: Cell; readonly forget: () => void }[] = [];
  /** What the question asked from outside has depended on so far. */
  private collected = new Set<DependencySet>();
  /** By set: tokens of the files that keep a cell computed from it. */
  private readonly keepers = new Map<DependencySet, Set<number>>();

  /** Adds to what the value being computed depends on. */
  touch(token: number): void {
    this.depend(this.sets.single(token));
  }

  /** The value of a cell found in a store. */
  reuse(cell: Cell): Value {
    if (0 <= cell.depth) {
      this.cycle = Math.min(this.cycle, cell.depth);
      return unknown;
    }
    this.depend(cell.dependencies);
    if (cell.cycle < this.cycle) this.cycle = cell.cycle;
    return cell.value;
  }

  /** Computes a cell that was not in its store. `token` names the file the question is about. */
  fill<K>(store: Map<K, Cell>, key: K, token: number, compute: () => Value): Value {
    if (maxDepth <= this.depth) {
      this.cycle = 0;
      return unknown;
    }
    const outerDependencies = this.dependencies;
    const outerCycle = this.cycle;
    const depth = ++this.depth;
    const cell: Cell = { value: unknown, dependencies: noDependencies, depth, cycle: settled };
    store.set(key, cell);
    this.dependencies = this.sets.single(token);
    this.cycle = settled;
    const mark = this.provisional.length;
    try {
      cell.value = compute();
    } finally {
      this.depth--;
      cell.depth = -1;
      cell.dependencies = this.dependencies;
      this.settle(cell, depth, mark, () => store.delete(key));
      this.keep(token, cell.dependencies);
      this.dependencies = outerDependencies;
      this.cycle = Math.min(outerCycle, cell.cycle);
      this.depend(cell.dependencies);
    }
    return cell.value;
  }

  /** Answers a question asked from outside and says what the answer depends on: any token of any of these sets. */
  ask<T>(question: () => T): { readonly value: T; readonly dependencies: ReadonlySet<DependencySet> } {
    const outer = this.collected;
    const collected = new Set<DependencySet>();
    this.collected = collected;
    try {
      return { value: question(), dependencies: collected };
    } finally {
      if (this.depth === 0) this.forgetFrom(0);
      this.cycle = settled;
      this.collected = outer;
    }
  }

  /** Tokens of the files that keep something computed from what `token` stands for. */
  keepersOf(token: number): ReadonlySet<number> {
    const found = new Set<number>();
    for (const set of this.sets.holding(token)) for (const keeper of this.keepers.get(set) ?? []) found.add(keeper);
    return found;
  }

  private depend(set: DependencySet): void {
    // A question from outside may touch hundreds of files: their sets are listed, not merged.
    if (this.depth === 0) this.collected.add(set);
    else this.dependencies = this.sets.union(this.dependencies, set);
  }

  private keep(token: number, set: DependencySet): void {
    const keepers = this.keepers.get(set);
    if (keepers === undefined) this.keepers.set(set, new Set([token]));
    else keepers.add(token);
  }

  private settle(cell: Cell, depth: number, mark: number, forget: () => void): void {
    if (depth <= this.cycle) {
      // The head of its own cycle, or in none: it is final, what leaned on it unfinished is not.
      this.forgetFrom(mark);
      cell.cycle = settled;
      return;
    }
    cell.cycle = this.cycle;
    this.provisional.push({ cell, forget });
  }

  private forgetFrom(mark: number): void {
    for (const { forget } of this.provisional.splice(mark)) forget();
  }
}
