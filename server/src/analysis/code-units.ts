/** The pieces of a file that can be searched and compared: its functions, and the calls that leave the process. */
import type { Span } from "../base/span.js";
import { NONE, type FileFacts, type FunctionFact } from "../facts/model.js";
import type { CallSite } from "../project/model.js";

export interface CodeUnit {
  readonly kind: "function" | "query";
  /** `OrderService.findAll`, `callback of app.get`; of a query, what is called: `orders.findMany`. */
  readonly name: string;
  readonly span: Span;
  /** Where a reader is sent. */
  readonly start: number;
  /** Queries inside, as `table.method`, without repetition. */
  readonly operations: readonly string[];
}

/** Shorter functions without a query say too little to be found by. */
const LEAST_LINES = 3;
/** Functions without a name are usually part of what the one around them does. */
const LEAST_LINES_UNNAMED = 6;

/** In source order. Module code has no unit of its own, the queries in it have. */
export function codeUnits(facts: FileFacts, calls: readonly CallSite[]): readonly CodeUnit[] {
  const queries = calls.flatMap((site) => (site.operation === undefined ? [] : [{ site, name: operationName(site) }]));
  const functions = facts.functions.flatMap((fn, id): CodeUnit[] => {
    if (fn.kind === "module") return [];
    const inside = queries.filter(({ site }) => fn.span.start <= site.span.start && site.span.end <= fn.span.end);
    const own = inside.some(({ site }) => site.fn === id);
    const lines = linesOf(facts, fn.span);
    if (lines < (fn.name === "" ? LEAST_LINES_UNNAMED : LEAST_LINES) && !own) return [];
    const operations = [...new Set(inside.map(({ name }) => name))];
    return [{ kind: "function", name: functionName(facts, fn), span: fn.span, start: fn.nameSpan.start, operations }];
  });
  const sites = queries.flatMap(({ site, name }): CodeUnit[] => {
    const span = site.operation?.span ?? site.span;
    return [{ kind: "query", name, span, start: span.start, operations: [name] }];
  });
  return [...functions, ...sites].sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
}

function operationName({ operation }: CallSite): string {
  const { table, method = "" } = operation ?? {};
  return table === undefined ? method : `${table}.${method}`;
}

function linesOf({ lineStarts }: FileFacts, { start, end }: Span): number {
  return lineStarts.filter((at) => start < at && at <= end).length + 1;
}

function functionName(facts: FileFacts, fn: FunctionFact): string {
  const owner = fn.cls === NONE ? undefined : facts.classes[fn.cls]?.name;
  if (fn.name !== "") return owner === undefined || owner === "" ? fn.name : `${owner}.${fn.name}`;
  const call = fn.passedTo === undefined ? undefined : facts.exprs[fn.passedTo.call];
  const callee = call !== undefined && "callee" in call ? calleeName(facts, call.callee) : "";
  return callee === "" ? "unnamed function" : `callback of ${callee}`;
}

/** Last two names of a callee: `app.get`. */
function calleeName(facts: FileFacts, id: number): string {
  const callee = facts.exprs[id];
  if (callee?.kind === "ref") return callee.name;
  if (callee?.kind !== "member") return "";
  const object = facts.exprs[callee.object];
  const before = object?.kind === "ref" || object?.kind === "member" ? `${object.name}.` : "";
  return before + callee.name;
}
