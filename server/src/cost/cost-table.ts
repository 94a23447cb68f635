/**
 * Costs of functions, computed when they are asked for and kept until a function they rest on changes.
 *
 * Functions that call each other in a circle: a call that stays within it is followed one step, and where the circle goes on is unknown. So the
 * result does not depend on which of them was asked for first.
 */
import type { Catalog } from "../catalog/model.js";
import type { CallGraph, FileNode, FunctionNode } from "../project/call-graph.js";
import type { FileView } from "../project/file-view.js";
import { callGroups } from "../project/call-groups.js";
import type { CallSite, FunctionRef } from "../project/model.js";
import { type Cost, free, unseen } from "./cost.js";
import { withoutCalls } from "./given-functions.js";
import { functionCost, siteCost, type CostContext } from "./function-cost.js";

export interface CostTable {
  of(ref: FunctionRef): Cost;
  /** Cost of one call, in the terms of the function around it. */
  ofSite(view: FileView, site: CallSite): Cost;
  /** Drops what rests on a file's functions; told before they change. */
  forget(path: string): void;
  /** Functions whose cost is known now, for tests. */
  size(): number;
}

/** Where the schema comes from; the same object until something in it changes. */
export interface SchemaSource {
  catalog(): Catalog;
}

/** Deeper chains of calls than this are unknown: the stack must hold them. */
const MAX_CALLS = 400;

/** @param schema Costs are computed anew when its catalog is another object than before. */
export function createCostTable(
  graph: CallGraph,
  viewOf: (file: string) => FileView | undefined,
  schema: SchemaSource,
): CostTable {
  return new Table(graph, viewOf, schema);
}

/** A class because it has a lifetime and owns what it remembers. */
class Table implements CostTable {
  readonly #graph: CallGraph;
  readonly #viewOf: (file: string) => FileView | undefined;
  readonly #schema: SchemaSource;
  #catalog: Catalog | undefined;
  readonly #known = new Map<FunctionNode, Cost>();
  /** Costs of functions of a circle by themselves: what they call of the circle is left unknown. */
  readonly #alone = new Map<FunctionNode, Cost>();
  readonly #views = new Map<FileNode, FileView>();
  #circles: ReadonlyMap<FunctionNode, number> | undefined;
  #depth = 0;

  constructor(graph: CallGraph, viewOf: (file: string) => FileView | undefined, schema: SchemaSource) {
    this.#graph = graph;
    this.#viewOf = viewOf;
    this.#schema = schema;
  }

  of(ref: FunctionRef): Cost {
    this.#followSchema();
    const node = this.#graph.node(ref);
    return node === undefined ? free : withoutCalls(this.#cost(node));
  }

  ofSite(view: FileView, site: CallSite): Cost {
    this.#followSchema();
    const node = this.#graph.node({ file: view.path, fn: site.fn });
    return node === undefined ? free : withoutCalls(siteCost(this.#contextOf(node, "followed"), view, site));
  }

  #followSchema(): void {
    const catalog = this.#schema.catalog();
    if (catalog === this.#catalog) return;
    this.#catalog = catalog;
    this.#known.clear();
    this.#alone.clear();
  }

  forget(path: string): void {
    const stack = [...(this.#graph.files.get(path)?.functions ?? []), ...this.#graph.callersOf(path)];
    const seen = new Set(stack);
    this.#circles = undefined;
    for (const node of stack) {
      this.#known.delete(node);
      this.#alone.delete(node);
      this.#views.delete(node.file);
      for (const caller of node.callers) {
        if (seen.has(caller)) continue;
        seen.add(caller);
        stack.push(caller);
      }
    }
  }

  size(): number {
    return this.#known.size;
  }

  #cost(node: FunctionNode): Cost {
    let cost = this.#known.get(node);
    if (cost === undefined) this.#known.set(node, (cost = this.#computed(node, "followed")));
    return cost;
  }

  #costAlone(node: FunctionNode): Cost {
    let cost = this.#alone.get(node);
    if (cost === undefined) this.#alone.set(node, (cost = this.#computed(node, "left out")));
    return cost;
  }

  #computed(node: FunctionNode, circle: "followed" | "left out"): Cost {
    this.#depth++;
    const cost = functionCost(this.#contextOf(node, circle), node);
    this.#depth--;
    return cost;
  }

  /** A call within a circle is followed one step; where the circle goes on is unknown. */
  #contextOf(caller: FunctionNode, circle: "followed" | "left out"): CostContext {
    return {
      viewOf: (file) => this.#view(file),
      catalog: () => this.#catalog ?? this.#schema.catalog(),
      costOf: (ref, { view, site }) => {
        const node = this.#graph.node(ref);
        if (node === undefined) return free;
        if (!this.#isSameCircle(caller, node))
          return this.#depth < MAX_CALLS ? this.#cost(node) : this.#cut(node, view, site);
        // A circle that touches nothing costs nothing, however often it turns.
        if (isHarmless(node)) return free;
        return circle === "followed" && node !== caller ? this.#costAlone(node) : this.#cut(node, view, site);
      },
    };
  }

  #cut(node: FunctionNode, view: FileView, site: CallSite): Cost {
    return unseen({ kind: "recursion", text: `${nameOf(node)}()`, at: { file: view.path, span: site.span } });
  }

  #isSameCircle(a: FunctionNode, b: FunctionNode): boolean {
    if (a === b) return true;
    if (a.summary.recursive !== true || b.summary.recursive !== true) return false;
    this.#circles ??= circlesOf(this.#graph);
    const circle = this.#circles.get(a);
    return circle !== undefined && circle === this.#circles.get(b);
  }

  #view(file: string): FileView | undefined {
    const node = this.#graph.files.get(file);
    if (node === undefined) return undefined;
    let view = this.#views.get(node);
    if (view === undefined) {
      view = this.#viewOf(file);
      if (view !== undefined) this.#views.set(node, view);
    }
    return view;
  }
}

function circlesOf(graph: CallGraph): ReadonlyMap<FunctionNode, number> {
  const recursive = new Set<FunctionNode>();
  for (const file of graph.files.values())
    for (const node of file.functions) if (node.summary.recursive === true) recursive.add(node);
  return new Map(callGroups(graph, recursive).flatMap((group, i) => group.map((node) => [node, i] as const)));
}

function isHarmless(node: FunctionNode): boolean {
  return node.summary.effects.length === 0 && node.summary.blocking.length === 0 && node.summary.opaque !== true;
}

function nameOf(node: FunctionNode): string {
  const fact = node.file.facts.functions[node.ref.fn];
  return fact === undefined || fact.name === "" ? "a function" : fact.name;
}
