/** Puts together what a rule sees of one file. */
import type { ExprId } from "../facts/model.js";
import { NONE } from "../facts/model.js";
import { render } from "../facts/render.js";
import { isCacheGuarded } from "./cache-guards.js";
import { emptySummary, type CallGraph } from "./call-graph.js";
import type { Catalog } from "../catalog/model.js";
import type { FileView, ViewOptions } from "./file-view.js";
import type { CallSite, EntryPoint, FilePath, FileRole, FunctionRef, Reachability, Value } from "./model.js";
import type { ReachabilityTable } from "./reachability.js";
import type { TableWriters } from "./table-writers.js";

export interface ViewInput {
  readonly path: FilePath;
  readonly role: FileRole;
  readonly signature: string;
  readonly calls: readonly CallSite[];
  readonly entries: readonly EntryPoint[];
  readonly graph: CallGraph;
  readonly reachability: ReachabilityTable;
  readonly valueOf: (expr: ExprId) => Value;
  readonly options: ViewOptions;
  /** Called each time a rule asks for it. */
  readonly catalog: () => Catalog;
  /** The same. */
  readonly tableWriters: () => TableWriters;
}

const UNKNOWN_REACH: Reachability = {};

/** Undefined for a file the graph does not hold. */
export function buildFileView(input: ViewInput): FileView | undefined {
  const file = input.graph.files.get(input.path);
  if (file === undefined) return undefined;
  const { facts } = file;
  const byExpr = new Map(input.calls.map((call) => [call.expr, call]));
  const inlined = new Map<number, { site: CallSite; arg: number }>();
  for (const site of input.calls) {
    for (const callback of site.callbacks) {
      if (callback.runs !== "deferred" && callback.ref.file === input.path)
        inlined.set(callback.ref.fn, { site, arg: callback.arg });
    }
  }
  return {
    path: input.path,
    facts,
    role: input.role,
    signature: input.signature,
    calls: input.calls,
    entries: input.entries,
    flow: file.flow,
    options: input.options,
    get catalog() {
      return input.catalog();
    },
    get tableWriters() {
      return input.tableWriters();
    },
    literalLength: (value) => literalLength(input.graph, value),
    callAt: (expr) => byExpr.get(expr),
    callsIn: (fn) => file.functions[fn]?.calls ?? [],
    summaryOf: (ref) => input.graph.node(ref)?.summary ?? emptySummary,
    reachabilityOf: (fn) => {
      const node = file.functions[fn];
      return (node === undefined ? undefined : input.reachability.get(node)) ?? UNKNOWN_REACH;
    },
    valueOf: input.valueOf,
    describeFunction: (ref) => describe(input.graph, ref),
    isCacheGuarded: (site) => isCacheGuarded(facts, site),
    inlinedInto: (fn) => inlined.get(fn),
    textOf: (expr, maxLength) =>
      typeof expr === "number" ? render(facts, expr, maxLength) : render(facts, facts.exprs.indexOf(expr), maxLength),
    regionOf: (expr) => facts.exprs[expr]?.region ?? NONE,
  };
}

function describe(graph: CallGraph, ref: FunctionRef): ReturnType<FileView["describeFunction"]> {
  const fact = graph.node(ref)?.file.facts.functions[ref.fn];
  const cls = fact === undefined ? undefined : graph.files.get(ref.file)?.facts.classes[fact.cls];
  const own = fact === undefined || fact.name === "" ? "an anonymous function" : fact.name;
  const name = cls === undefined || cls.name === "" ? own : `${cls.name}.${own}`;
  return { name, file: ref.file, start: fact?.nameSpan.start ?? 0, end: fact?.nameSpan.end ?? 0 };
}

/** A constant of a few elements is one wherever it is declared, unless something in its own file makes it grow. */
function literalLength(graph: CallGraph, value: Value): number | undefined {
  if (value.kind === "array") return value.length;
  if (value.kind !== "object") return undefined;
  const facts = graph.files.get(value.file)?.facts;
  const expr = facts?.exprs[value.expr];
  if (expr?.kind === "array")
    return expr.elements.some((element) => facts?.exprs[element]?.kind === "spread") ? undefined : expr.elements.length;
  if (expr?.kind !== "object") return undefined;
  return expr.props.some((prop) => prop.kind === "spread" || prop.kind === "computed") ? undefined : expr.props.length;
}
