/**
 * Finds reads on a request path that ask the same whoever asks: nothing of the request reaches them, and hardly anything ever writes what they read.
 *
 * What is kept must be thrown away when it changes, so every write of the table has to be known; where one cannot be bounded, or stands in the same request,
 * nothing is said.
 */
import type { Span } from "../../base/span.js";
import type { FileView } from "../../project/file-view.js";
import { ownRead, type KeyedRead } from "../../project/keyed-reads.js";
import type { CallSite, EntryKind, FunctionRef } from "../../project/model.js";
import type { TableWriter } from "../../project/table-writers.js";
import { leavesOf } from "../../project/term.js";
import { isKeptFunction } from "../clients/kept-function.js";
import { fateOf } from "../clients/value-fate.js";
import { defineRule, type Description } from "../define-rule.js";
import { calledName } from "../loops/iteration.js";
import { entryPath, perUnit, runtimeOf, type Runtime } from "../runtime-code.js";
import { isSetUp } from "../settled-tables.js";
import { keepFixes } from "./keep-fixes.js";
import { functionMayWrite, readingOf } from "./table-writes.js";

interface ConstantRead {
  readonly at: Span;
  readonly site: CallSite;
  readonly table: string;
  readonly read: KeyedRead;
  readonly runtime: Runtime;
  readonly writers: readonly TableWriter[];
}

/** Whoever asks through these waits for the answer. */
const WAITED_FOR: ReadonlySet<EntryKind> = new Set([
  "http-route",
  "middleware",
  "server-action",
  "page",
  "rpc-procedure",
  "graphql-resolver",
]);

/** More places that write than this, and a table is not one that hardly changes. */
const MAX_WRITERS = 6;
/** A program that writes this many tables would write this one too, if anybody did. */
const PROGRAM_OF_ITS_OWN = 10;

export const uncachedConstantRead = defineRule({
  id: "uncached-constant-read",
  family: "uncached-hot-path",
  since: "0.1.0",
  severity: "information",
  fixSafety: "review",
  docs: {
    what: "A request reads rows that are the same for everybody and hardly ever change (settings, plans, roles), from the database each time.",
    why: "Every request pays a round trip for an answer that was known before.",
    instead:
      "Keep the answer in the process or a shared cache for a while, and throw it away where the table is written.",
    limits:
      "Which reads are hot is not known without a profile. Tables that are written in the same request, in many places, or by statements put together at run time are left alone.",
  },
  *check(view) {
    for (const site of view.calls) {
      const found = examine(view, site);
      if (found !== undefined) yield found;
    }
  },
  describe,
  fixes: (evidence, view, sources) => keepFixes(evidence, view, sources),
});

function examine(view: FileView, site: CallSite): ConstantRead | undefined {
  const read = ownRead(view.facts, view.path, site);
  const table = read?.operation.table;
  if (read === undefined || table === undefined || [...leavesOf(read.term)].length > 0) return undefined;
  const runtime = runtimeOf(view, site.fn);
  const entry = runtime?.reach.entry?.point;
  if (runtime === undefined || entry === undefined || !WAITED_FOR.has(entry.kind)) return undefined;
  if (isKeptFunction(view, site.fn)) return undefined;
  const reading = readingOf(read);
  if (reading.readsAlong || AGGREGATES.test(read.operation.method) || AT_RUN_TIME.test(read.operation.sqlText ?? ""))
    return undefined;
  if (isRemembered(view, site)) return undefined;
  const writers = writersAtRunTime(view, table, read.operation.dialect);
  if (writers === undefined || MAX_WRITERS < writers.length) return undefined;
  if (!isSetUp(table) && (writers.length > 0 || view.tableWriters.tableCount < PROGRAM_OF_ITS_OWN)) return undefined;
  if (isCachedOnTheWay(view, entry.ref, read)) return undefined;
  const own = { file: view.path, fn: site.fn };
  if (functionMayWrite(view, entry.ref, reading) || functionMayWrite(view, own, reading)) return undefined;
  return { at: read.at.span, site, table, read, runtime, writers };
}

const AGGREGATES = /count|aggregate|sum|avg|min|max|groupBy|distinct|exist/i;
const AT_RUN_TIME =
  /\b(now|random|current_\w+|clock_timestamp|count|sum|max|min|avg)\s*\(|current_(date|time)|sqlite_master|information_schema|pg_/i;

/** Writes that happen while the program serves; undefined when some cannot be told apart. Seeds and migrations run when it is deployed. */
function writersAtRunTime(view: FileView, table: string, dialect: string): readonly TableWriter[] | undefined {
  const { unknown } = view.tableWriters;
  const runs = ({ role }: TableWriter): boolean => role === "source" || role === "generated";
  if (unknown.some((writer) => runs(writer) && writer.operation.dialect === dialect)) return undefined;
  return view.tableWriters.of(table).filter(runs);
}

/** A caller keeps what it is given. */
function isCachedOnTheWay(view: FileView, entry: FunctionRef, { at }: KeyedRead): boolean {
  return view
    .summaryOf(entry)
    .effects.some((one) => one.cached === true && one.at.file === at.file && one.at.span.start === at.span.start);
}

const REMEMBERS = /cache|memo|ttl|stale|expire|loaded|synced/i;

/** Nest's cache interceptor, Next's pages that are made again after a while, answers that say how long they may be kept. */
function isKeptByFramework(view: FileView, site: CallSite): boolean {
  const { functions, classes, exports, exprs } = view.facts;
  const fn = functions[site.fn];
  const decorators = [...(fn?.decorators ?? []), ...(classes[fn?.cls ?? -1]?.decorators ?? [])];
  if (decorators.some((id) => view.textOf(id, 200).includes("Cache"))) return true;
  if (exports.some(({ name }) => name === "revalidate" || name === "getStaticProps")) return true;
  return exprs.some(
    (expr) => expr.kind === "literal" && typeof expr.value === "string" && /^cache-control$/i.test(expr.value),
  );
}

/** The answer is kept, or the function around speaks of keeping it. */
function isRemembered(view: FileView, site: CallSite): boolean {
  if (fateOf(view, site.expr) === "kept" || isKeptByFramework(view, site)) return true;
  for (let fn = site.fn, hops = 0; fn > 0 && hops < 5; hops++) {
    const fact = view.facts.functions[fn];
    if (fact === undefined) return false;
    const { span } = fact;
    const speaks = view.facts.exprs.some(
      (expr) =>
        span.start <= expr.start &&
        expr.end <= span.end &&
        (expr.kind === "ref" || expr.kind === "member") &&
        REMEMBERS.test(expr.name),
    );
    if (speaks || REMEMBERS.test(fact.name)) return true;
    // `cached(() => …)`: whoever is given it keeps what it gives.
    if (fact.passedTo !== undefined && REMEMBERS.test(calledName(view, fact.passedTo.call))) return true;
    fn = fact.parent;
  }
  return false;
}

function describe({ table, runtime, writers }: ConstantRead): Description {
  const where =
    writers.length === 0
      ? "nothing in the program writes it"
      : writers.length === 1
        ? "it is written in one place"
        : `it is written in ${writers.length} places`;
  return {
    message: `this \`${table}\` query asks the same for every request, and ${where}; keep the answer`,
    severity: "information",
    confidence: 0.6,
    cost: `1 query ${perUnit(runtime.reach)}`,
    related: [
      ...entryPath(runtime.reach),
      ...writers.map(({ at }) => ({ at, message: "what is kept must be thrown away here" })),
    ],
  };
}
