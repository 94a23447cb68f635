/** Measured times, joined to what the analyzer knows: functions, statements and entry points. Built when asked for, from profiles as they were read. */
import type { FileFacts } from "../facts/model.js";
import type { FramePlace, Observed, ResolvedProfile } from "../profiles/model.js";
import { sampledTimes } from "../profiles/sampled-times.js";
import type { CallSite, FunctionRef } from "../project/model.js";
import { fingerprintPostgres, loadPostgres } from "../syntax/postgres.js";
import type { MeasuredCost } from "../../../protocol/src/costs.js";
import type { Endpoint } from "./endpoint-costs.js";
import type { Inspection } from "./inspection.js";
import { bestRoute } from "./route-match.js";

/** Makes the grammar ready that statements are joined by. Never rejects. */
export function loadGrammar(): Promise<void> {
  return loadPostgres();
}

/** Something's part of what was measured. */
export interface Measurement {
  calls?: number;
  milliseconds: number;
  /** Of the time of all requests, or of all statements; 0 to 1. */
  share: number;
  bytes?: number;
  of: "request time" | "query time" | "CPU time" | "allocations";
  stale?: true;
}

export interface MeasuredCosts {
  ofFunction(ref: FunctionRef): Measurement | undefined;
  ofStatement(sql: string): Measurement | undefined;
  ofEndpoint(id: string): Measurement | undefined;
  /** Of the only entry point that leads to a function; undefined where several do. */
  ofRequests(ref: FunctionRef): Measurement | undefined;
}

export function measuredCosts(
  inspection: Inspection,
  endpoints: readonly Endpoint[],
  profiles: readonly ResolvedProfile[],
): MeasuredCosts {
  const functions = new Map<string, Measurement>();
  const statements = new Map<string, Measurement>();
  const routes = new Map<string, Measurement>();
  const reach = reachOf(inspection, endpoints);
  const owners = { reach, handlers: reachOf(inspection, handlersAmong(endpoints)) };
  for (const profile of profiles) {
    const held = profile.profile;
    const own: Sums = { functions: new Map(), statements: new Map(), routes: new Map() };
    if ("tree" in held) sampled(inspection, profile, { ...own, ...owners });
    else observed(inspection, endpoints, held, own);
    for (const [key, one] of own.functions) addProfile(functions, key, one);
    for (const [key, one] of own.statements) addProfile(statements, key, one);
    for (const [key, one] of own.routes) addProfile(routes, key, one);
  }
  return {
    ofFunction: (ref) => functions.get(keyOf(ref)),
    ofStatement: (sql) => statements.get(statementKey(sql)),
    ofEndpoint: (id) => routes.get(id),
    ofRequests: (ref) => {
      const [id, ...others] = reach.get(keyOf(ref)) ?? [];
      return id === undefined || 0 < others.length ? undefined : routes.get(id);
    },
  };
}

type Sums = Readonly<Record<"functions" | "statements" | "routes", Map<string, Measurement>>>;

interface Owners {
  readonly reach: Reach;
  /** Without middleware: what a handler does while middleware waits for it is the handler's. */
  readonly handlers: Reach;
}

function handlersAmong(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return endpoints.filter(({ point }) => point.kind !== "middleware");
}

/** Ids of the entry points that lead to each function. */
type Reach = ReadonlyMap<string, ReadonlySet<string>>;

function reachOf(inspection: Inspection, endpoints: readonly Endpoint[]): Reach {
  const reach = new Map<string, Set<string>>();
  for (const { id, runs } of endpoints) {
    const queue = [...runs];
    const seen = new Set(runs.map(keyOf));
    for (const ref of queue) {
      const key = keyOf(ref);
      const known = reach.get(key);
      if (known === undefined) reach.set(key, new Set([id]));
      else known.add(id);
      for (const next of calledBy(inspection, ref)) {
        if (seen.has(keyOf(next))) continue;
        seen.add(keyOf(next));
        queue.push(next);
      }
    }
  }
  return reach;
}

function calledBy(inspection: Inspection, ref: FunctionRef): readonly FunctionRef[] {
  const sites: readonly CallSite[] = inspection.viewOf(ref.file)?.callsIn(ref.fn) ?? [];
  return sites.flatMap((site) => [...site.targets, ...site.callbacks.map((use) => use.ref)]);
}

function sampled(inspection: Inspection, resolved: ResolvedProfile, sums: Sums & Owners): void {
  const { profile, places } = resolved;
  if (!("tree" in profile)) return;
  const placeByFrame = new Map(profile.frames.map((frame, i) => [frame, places[i]]));
  const times = sampledTimes(profile, (frame) => {
    const place = placeByFrame.get(frame);
    const ref = place === undefined ? undefined : functionAt(inspection, place);
    return ref === undefined || place === undefined ? undefined : { key: keyOf(ref), what: place };
  });
  if (times.busy <= 0) return;
  const isHeap = profile.kind === "heap";
  for (const [key, { total, what }] of times.functions)
    addTo(sums.functions, key, {
      milliseconds: isHeap ? 0 : total,
      ...(isHeap ? { bytes: total } : {}),
      share: total / times.busy,
      of: isHeap ? "allocations" : "CPU time",
      ...(what.stale === true ? { stale: true } : {}),
    });
  if (isHeap) return;
  const byRoute = new Map<string, number>();
  let requests = 0;
  for (const { keys, amount } of times.stacks) {
    const ids = leading(sums.handlers, keys) ?? leading(sums.reach, keys);
    if (ids === undefined) continue;
    requests += amount;
    // Work that several entry points share belongs to none of them alone.
    const [id] = ids;
    if (ids.size === 1 && id !== undefined) byRoute.set(id, (byRoute.get(id) ?? 0) + amount);
  }
  const stale = [...times.functions].some(([, { what }]) => what.stale === true);
  for (const [id, milliseconds] of byRoute)
    addTo(sums.routes, id, {
      milliseconds,
      share: milliseconds / requests,
      of: "request time",
      ...(stale ? { stale: true } : {}),
    });
}

/** The entry points of the outermost function that any leads to. */
function leading(reach: Reach, keys: readonly string[]): ReadonlySet<string> | undefined {
  const owner = keys.find((key) => reach.has(key));
  return owner === undefined ? undefined : reach.get(owner);
}

function observed(inspection: Inspection, endpoints: readonly Endpoint[], profile: Observed, sums: Sums): void {
  const queryMs = sum(profile.statements.map((one) => one.totalMs));
  for (const { text, calls, totalMs } of profile.statements)
    addTo(sums.statements, statementKey(text), {
      calls,
      milliseconds: totalMs,
      share: part(totalMs, queryMs),
      of: "query time",
    });
  const routeMs = sum(profile.routes.map((one) => one.totalMs));
  for (const route of profile.routes) {
    const endpoint = bestRoute(endpoints, route);
    if (endpoint !== undefined)
      addTo(sums.routes, endpoint.id, {
        calls: route.calls,
        milliseconds: route.totalMs,
        share: part(route.totalMs, routeMs),
        of: "request time",
      });
  }
  for (const { file, line, name, calls, totalMs } of profile.functions) {
    const ref = namedFunction(inspection, file, line, name);
    if (ref !== undefined)
      addTo(sums.functions, keyOf(ref), {
        calls,
        milliseconds: totalMs,
        share: part(totalMs, routeMs),
        of: "request time",
      });
  }
}

/** One more part of the same profile: a route under another address, a statement of another user. */
function addTo(sums: Map<string, Measurement>, key: string, more: Measurement): void {
  const known = sums.get(key);
  if (known === undefined) sums.set(key, { ...more });
  else add(known, more, Math.min(1, known.share + more.share));
}

/** What another profile says: shares of two runs cannot be added up. */
function addProfile(sums: Map<string, Measurement>, key: string, more: Measurement): void {
  const known = sums.get(key);
  // Calls and times of requests say more than the share of the processor.
  if (known === undefined || (known.of !== more.of && more.of === "request time")) sums.set(key, { ...more });
  else if (known.of === more.of) add(known, more, Math.max(known.share, more.share));
}

function add(known: Measurement, more: Measurement, share: number): void {
  known.milliseconds += more.milliseconds;
  known.share = share;
  if (more.calls !== undefined) known.calls = (known.calls ?? 0) + more.calls;
  if (more.stale === true) known.stale = true;
}

/** The innermost function around a place. */
function functionAt(inspection: Inspection, place: FramePlace): FunctionRef | undefined {
  const facts = inspection.factsOf(place.file);
  const start = facts?.lineStarts[place.line];
  if (facts === undefined || start === undefined) return undefined;
  return { file: place.file, fn: innermost(facts, start + place.column) };
}

function innermost(facts: FileFacts, offset: number): number {
  let found = 0;
  facts.functions.forEach(({ span }, fn) => {
    const outer = facts.functions[found]?.span;
    if (fn === 0 || offset < span.start || span.end <= offset || outer === undefined) return;
    if (found === 0 || span.end - span.start <= outer.end - outer.start) found = fn;
  });
  return found;
}

/** A function that a trace names: by the end of its file's path, its line or its name. */
function namedFunction(
  inspection: Inspection,
  file: string,
  line: number | undefined,
  name: string,
): FunctionRef | undefined {
  const tail = file.replaceAll("\\", "/").replace(/^(?:file:\/\/)?(?:\.?\/)?/, "/");
  const path = inspection.files.find((one) => one.endsWith(tail) || tail.endsWith(one));
  const facts = path === undefined ? undefined : inspection.factsOf(path);
  if (path === undefined || facts === undefined) return undefined;
  const own = name.slice(name.lastIndexOf(".") + 1);
  const named = facts.functions.findIndex((fn) => own !== "" && fn.name === own);
  if (0 < named) return { file: path, fn: named };
  const start = line === undefined ? undefined : facts.lineStarts[line - 1];
  return start === undefined ? undefined : { file: path, fn: innermost(facts, start + 1) };
}

/** Equal for statements that differ only in literals and parameters, as PostgreSQL's grammar sees them. */
function statementKey(sql: string): string {
  return fingerprintPostgres(sql) ?? sql.replaceAll(/\s+/g, " ").trim().toLowerCase();
}

export function keyOf({ file, fn }: FunctionRef): string {
  return `${file}#${fn}`;
}

function part(amount: number, whole: number): number {
  return 0 < whole ? amount / whole : 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** `1,204 calls, 38 % of request time`. */
export function measurementText({ calls, share, of, stale, bytes }: Measurement): string {
  const parts = [
    ...(calls === undefined ? [] : [`${calls.toLocaleString("en-US")} ${calls === 1 ? "call" : "calls"}`]),
    `${percent(share)} of ${of}${bytes === undefined ? "" : ` (${(bytes / 1e6).toFixed(1)} MB)`}`,
  ];
  return `${parts.join(", ")}${stale === true ? " (stale: the source has changed since)" : ""}`;
}

function percent(share: number): string {
  const value = share * 100;
  return value < 0.1 ? "under 0.1 %" : `${value < 10 ? value.toFixed(1) : String(Math.round(value))} %`;
}

export function toMeasured(measurement: Measurement): MeasuredCost {
  const { calls, milliseconds, share, stale } = measurement;
  return {
    ...(calls === undefined ? {} : { calls }),
    milliseconds,
    share,
    ...(stale === true ? { stale: true as const } : {}),
    text: measurementText(measurement),
  };
}

/** What was measured of the function around a call, or of the statement it sends. */
export function ofSite(costs: MeasuredCosts, site: CallSite): Measurement | undefined {
  const { sqlText } = site.operation ?? {};
  const statement = sqlText === undefined ? undefined : costs.ofStatement(sqlText);
  const [target] = site.targets;
  return statement ?? (target === undefined ? undefined : costs.ofFunction(target));
}
