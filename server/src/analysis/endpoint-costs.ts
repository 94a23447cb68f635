/** Every entry point with the cost of one request, for tables, lenses and the tree view. */
import { positionAt } from "../base/line-index.js";
import type { Span } from "../base/span.js";
import { both, type Cost, free, isFree, type Metric, settled } from "../cost/cost.js";
import type { Polynomial } from "../cost/polynomial.js";
import { evaluated } from "../cost/polynomial.js";
import { namesOf, renderCost, renderCount } from "../cost/render-cost.js";
import type { Range } from "../cost/range.js";
import { functionsOf } from "../project/entry-points/recognizer.js";
import type { FileView } from "../project/file-view.js";
import type { CallSite, EntryPoint, FunctionRef } from "../project/model.js";
import type { CostCount, CostPlace, CostTerm, EndpointCost } from "../../../protocol/src/costs.js";
import type { Inspection } from "./inspection.js";

/** Files in which an entry point answers nobody's request. */
const QUIET: ReadonlySet<string> = new Set(["test", "script", "migration", "seed", "config", "example", "client-side"]);
/** Stands for the size of any collection when costs are put in order. */
const TYPICAL_SIZE = 20;

/** An entry point, the functions that run for it in turn, and what they cost together. */
export interface Endpoint {
  readonly id: string;
  readonly point: EntryPoint;
  readonly view: FileView;
  /** The handler. */
  readonly ref: FunctionRef;
  /** Middleware of the same registration, then the handler. */
  readonly runs: readonly FunctionRef[];
  readonly cost: Cost;
  /** Where a lens stands: the registration, or the handler's name. */
  readonly span: Span;
}

/** Entry points of one file, or of all, dearest first; those that cost nothing are left out. */
export function endpoints(inspection: Inspection, file?: string): readonly Endpoint[] {
  return allEndpoints(inspection, file).filter(({ cost }) => !isFree(cost));
}

/** Those that cost nothing, too: a profile may have measured what nobody counts. */
export function allEndpoints(inspection: Inspection, file?: string): readonly Endpoint[] {
  const files = file === undefined ? inspection.files : [file];
  const found = files.flatMap((path) => {
    const view = inspection.viewOf(path);
    return view === undefined || QUIET.has(view.role) ? [] : endpointsOf(inspection, view);
  });
  return [...found].sort((a, b) => weightOf(b.cost) - weightOf(a.cost) || (a.id < b.id ? -1 : 1));
}

function endpointsOf(inspection: Inspection, view: FileView): readonly Endpoint[] {
  const byPlace = new Map<string, Endpoint>();
  for (const point of view.entries) {
    const site = registrationOf(view, point);
    const runs = site === undefined ? [point.ref] : handlersOf(view, site, point.ref);
    const ref = runs.at(-1) ?? point.ref;
    const key = `${point.at.span.start} ${point.label}`;
    if (byPlace.has(key)) continue;
    const cost = settled(runs.reduce((sum, one) => both(sum, inspection.costs.of(one)), free));
    const place = relativeTo(inspection.roots, view.path);
    const name = nameOf(inspection, ref);
    byPlace.set(key, {
      id: `${place}#${name}@${point.label}`,
      point,
      view,
      ref,
      runs,
      cost,
      span: spanOf(view, point),
    });
  }
  return [...byPlace.values()];
}

/** Empty for an anonymous function. */
function nameOf(inspection: Inspection, { file, fn }: FunctionRef): string {
  return inspection.factsOf(file)?.functions[fn]?.name ?? "";
}

/** The call that registers a route, when the entry point was found by one. */
function registrationOf(view: FileView, point: EntryPoint): CallSite | undefined {
  if (point.kind !== "http-route") return undefined;
  return view.calls.find((site) => {
    const expr = view.facts.exprs[site.expr];
    const callee = expr?.kind === "call" ? view.facts.exprs[expr.callee] : undefined;
    return callee !== undefined && callee.start === point.at.span.start && callee.end === point.at.span.end;
  });
}

/** Functions a registration is given, in order: middleware, made or named, then the handler. */
function handlersOf(view: FileView, site: CallSite, fallback: FunctionRef): readonly FunctionRef[] {
  const call = view.facts.exprs[site.expr];
  if (call?.kind !== "call") return [fallback];
  const context = { ...view, membersOf: () => [] };
  const given = call.args.flatMap((arg) => functionsOf(context, arg));
  const distinct = given.filter((ref, i) => given.findIndex((one) => one.file === ref.file && one.fn === ref.fn) === i);
  return distinct.some((ref) => ref.file === fallback.file && ref.fn === fallback.fn) ? distinct : [fallback];
}

/** Where it is registered, or its own name: what the recogniser pointed at. */
function spanOf(view: FileView, point: EntryPoint): Span {
  return point.at.file === view.path ? point.at.span : { start: 0, end: 0 };
}

/** Dear ones first: queries and remote calls with every collection of a typical size; what is unknown counts a little. */
export function weightOf(cost: Cost): number {
  let total = cost.unseen.length === 0 ? 0 : 0.5;
  for (const [metric, range] of cost.counts) {
    const each = metric.startsWith("blocks ") ? 0.5 : metric === "cache" ? 0.2 : metric === "inference" ? 20 : 1;
    total += each * Math.max(...range.max.map((way) => evaluated(way, () => TYPICAL_SIZE) ?? 0));
  }
  return total;
}

/** As it is told to clients and in JSON. */
export function toEndpointCost(inspection: Inspection, endpoint: Endpoint): EndpointCost {
  const { cost, point, view } = endpoint;
  return {
    id: endpoint.id,
    label: point.label,
    kind: point.kind,
    framework: point.framework,
    handler: nameOf(inspection, endpoint.ref),
    cost: renderCost(cost),
    counts: Object.fromEntries([...cost.counts].map(([metric, range]) => [metric, toCount(cost, metric, range)])),
    unknown: cost.unseen.map(({ kind, text, at }) => ({
      kind,
      text,
      ...placeOf(inspection.factsOf(at.file)?.lineStarts, at.file, at.span),
    })),
    ...(cost.guessed === true ? { guessed: true as const } : {}),
    ...placeOf(view.facts.lineStarts, view.path, endpoint.span),
  };
}

function toCount(cost: Cost, metric: Metric, range: Range): CostCount {
  const names = namesOf(cost);
  const terms = (way: Polynomial): readonly CostTerm[] =>
    way.map(({ times, over }) => ({ times, over: over.map((id) => names.get(id) ?? id) }));
  return { text: renderCount(cost, metric) ?? "0", min: range.min.map(terms), max: range.max.map(terms) };
}

/** A span as 1-based lines and columns. */
export function placeOf(lineStarts: readonly number[] | undefined, file: string, span: Span): CostPlace {
  const at = (offset: number): { line: number; column: number } => {
    const { line, column } = positionAt(lineStarts ?? [0], offset);
    return { line: line + 1, column: column + 1 };
  };
  return { file, range: { start: at(span.start), end: at(span.end) } };
}

function relativeTo(roots: readonly string[], path: string): string {
  const root = roots.find((one) => path.startsWith(`${one}/`));
  return root === undefined ? path : path.slice(root.length + 1);
}
