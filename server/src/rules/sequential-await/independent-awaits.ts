/**
 * Finds reads that are awaited one after another although none needs another's answer.
 *
 * Only what can be proven is reported: statements in a row of one block, each of which awaits calls that reach nothing but reads of other systems, with
 * no data flow from one to the next, no way out of the function between them, no call that may write or check something, and no transaction. Writes are
 * never reordered in thought, because somebody may rely on their order. What is not wholly in sight is judged by its name, and is a hint.
 */
import type { Span } from "../../base/span.js";
import {
  NONE,
  type BindingId,
  type Expr,
  type ExprId,
  type FileFacts,
  type FunctionId,
  type RegionId,
} from "../../facts/model.js";
import { oncePerFile } from "../../facts/once-per-file.js";
import { isReturned } from "../../facts/regions.js";
import { anyBetween, spansBy } from "../../facts/spans-between.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, FunctionRef, Operation } from "../../project/model.js";
import { awaitTogether } from "../../fixes/awaits/await-together.js";
import { defineRule, type Description } from "../define-rule.js";
import { calledName, iterationsAround } from "../loops/iteration.js";
import { perUnit, runtimeOf, type Runtime } from "../runtime-code.js";
import { isInTransaction, workOf, workText, type Work } from "./awaited-work.js";
import { noticeOf, type Notice } from "./notices.js";

interface AwaitedRead {
  /** The `await` expression, or the choice whether to await. */
  readonly expr: ExprId;
  readonly region: RegionId;
  readonly span: Span;
  readonly site: CallSite;
  readonly work: Work;
  /** Variables that hold its result. */
  readonly bound: ReadonlySet<BindingId>;
  /** It tells others something instead of reading. */
  readonly notice?: Notice;
}

interface ReadsInRow {
  readonly at: Span;
  readonly reads: readonly AwaitedRead[];
  readonly runtime: Runtime;
  readonly repeated: boolean;
}

export const independentAwaits = defineRule({
  id: "independent-awaits",
  family: "sequential-await",
  since: "0.1.0",
  severity: "information",
  fixSafety: "review",
  docs: {
    what: "Several reads are awaited one after another although none of them uses what another found; or several calls that only tell others something (jobs queued, webhooks, caches that forget).",
    why: "Each pays a whole round trip while nothing else happens: three reads of 5 ms take 15 ms instead of 5.",
    instead:
      "Start them together: `const [a, b] = await Promise.all([readA(), readB()])`. The number is fixed by the code, so the pool sees at most that many statements of one request at once.",
    limits:
      "Only what stands in a row of one block is reported: reads of databases and other services, and, as a hint, calls that by their names only tell others something. Writes, transactions, checks that throw and early returns between them keep their order.",
  },
  *check(view) {
    for (const row of rowsOf(view)) {
      const found = examine(view, row);
      if (found !== undefined) yield found;
    }
  },
  describe,
  fixes: ({ reads }, view, sources) =>
    reads.some(({ expr }) => view.facts.exprs[expr]?.kind !== "await")
      ? []
      : awaitTogether(sources, { path: view.path, awaits: reads.map(({ span }) => span) }),
});

/** Calls by these names decide whether to go on, even where they only read: what follows is not meant to run when they fail. */
const GUARD =
  /OrThrow$|OrFail$|Validate|Assert|Ensure|Verify|^(assert|check|verify|validate|ensure|require|authori[sz]e|authenticate|guard|can|must|is|has|restrict|enforce|protect)([A-Z_]|$)|(auth|session|permission|currentUser|accessToken|rateLimit)/i;

/** Statements `const x = await read()` and `await read()` by block, in source order, cut wherever something stands between them that must keep its place. */
function* rowsOf(view: FileView): Generator<readonly AwaitedRead[]> {
  const byRegion = new Map<RegionId, AwaitedRead[]>();
  for (const site of view.calls) {
    const read = readAt(view, site);
    if (read === undefined) continue;
    const known = byRegion.get(read.region);
    if (known === undefined) byRegion.set(read.region, [read]);
    else known.push(read);
  }
  for (const reads of byRegion.values()) {
    reads.sort((a, b) => a.span.start - b.span.start);
    let row: AwaitedRead[] = [];
    for (const read of reads) {
      const last = row.at(-1);
      if (
        last !== undefined &&
        (last.notice !== read.notice ||
          hasBarrier(view, last, read) ||
          row.some((earlier) => isSameNotice(view, earlier, read)) ||
          row.some((earlier) => isEitherOr(view, earlier.expr, read.expr)) ||
          row.some((earlier) => view.flow.dependsOn(read.expr, earlier.bound)))
      ) {
        yield row;
        row = [];
      }
      row.push(read);
    }
    yield row;
  }
}

/** Names that promise to read and nothing else, for functions that hide something of what they do. */
const READS =
  /^(get|find|list|load|fetch|read|count|search|query|select|lookup)(?!\w*(Or|And)(Create|Insert|Update|Delete|Remove|Set|Lock))([A-Z_]|$)/;

/** Functions of the database are known by name only. */
function isRead({ access, table }: Operation): boolean {
  return access === "read" || (access === "unknown" && READS.test(table ?? ""));
}

/** It does something that cannot be seen into, or more than is followed. */
function doesMore(view: FileView, target: FunctionRef): boolean {
  const { opaque, truncated } = view.summaryOf(target);
  return opaque === true || truncated === true;
}

/** The whole of `whether ? await read() : otherwise`, where only one of both waits. */
function chosenBy(view: FileView, awaited: ExprId): ExprId {
  const { exprs } = view.facts;
  const parent = exprs[awaited]?.parent ?? NONE;
  const choice = exprs[parent];
  if (choice?.kind !== "conditional" || choice.test === awaited) return awaited;
  const awaits = exprs.filter(({ kind, start, end }) => kind === "await" && choice.start <= start && end <= choice.end);
  return awaits.length === 1 ? parent : awaited;
}

/** `kind === "a" ? await one() : null` and `kind === "b" ? await other() : null`: at most one of both is made. */
function isEitherOr(view: FileView, one: ExprId, other: ExprId): boolean {
  const [first, second] = [one, other].map((id) => {
    const choice = view.facts.exprs[id];
    const test = choice?.kind === "conditional" ? view.facts.exprs[choice.test] : undefined;
    return test?.kind === "binary" ? view.textOf(test.left) : undefined;
  });
  return first !== undefined && first === second;
}

/** Messages by one function arrive in the order in which they are sent. */
function isSameNotice(view: FileView, one: AwaitedRead, other: AwaitedRead): boolean {
  return one.notice === "told" && calledName(view, one.site.expr) === calledName(view, other.site.expr);
}

function readAt(view: FileView, site: CallSite): AwaitedRead | undefined {
  const { exprs } = view.facts;
  const awaited = exprs[site.expr]?.parent ?? NONE;
  if (exprs[awaited]?.kind !== "await") return undefined;
  const id = chosenBy(view, awaited);
  const expr = exprs[id];
  if (expr === undefined || expr.parent !== NONE || isReturned(view.facts, id)) return undefined;
  const name = calledName(view, site.expr);
  if (GUARD.test(name)) return undefined;
  const work = workOf(view, site);
  const notice = noticeOf(view, site, work);
  if (notice !== undefined && !isInTransaction(view, site, work))
    return { expr: id, region: expr.region, span: expr, site, work, bound: new Set(), notice };
  if (!work.operations.every(isRead)) return undefined;
  if (
    !(work.complete && work.operations.length > 0) &&
    !(READS.test(name) && site.targets.some((target) => doesMore(view, target)))
  )
    return undefined;
  if (isInTransaction(view, site, work)) return undefined;
  const bound = boundBy(view.facts).get(id) ?? new Set<BindingId>();
  // A result nobody keeps was asked for because of what asking does.
  if (bound.size === 0) return undefined;
  return { expr: id, region: expr.region, span: expr, site, work, bound };
}

/** Variables by what they are declared with. */
const boundBy = oncePerFile(({ bindings }): ReadonlyMap<ExprId, ReadonlySet<BindingId>> => {
  const found = new Map<ExprId, Set<BindingId>>();
  for (const [id, { init }] of bindings.entries()) found.set(init, (found.get(init) ?? new Set()).add(id));
  return found;
});

/** Methods that only compute from what they are called on. */
const PURE =
  /^(map|filter|find|some|every|flatMap|flat|reduce|join|slice|concat|includes|indexOf|keys|values|entries|fromEntries|from|isArray|split|trim|toLowerCase|toUpperCase|replace|toString|toISOString|getTime|now|parse|stringify|min|max|floor|ceil|round|Number|String|Boolean|parseInt|parseFloat|Date|Set|Map|startsWith|endsWith|padStart|at)$/;

/** Whether something between two awaits must stay between them: a way out, a branch, another call, an assignment. */
function hasBarrier({ facts }: FileView, before: AwaitedRead, after: AwaitedRead): boolean {
  const { exits, branches, exprs } = barriersOf(facts);
  const [start, end] = [before.span.end, after.span.start];
  return (
    anyBetween(exits.get(before.site.fn), start, end) ||
    anyBetween(branches.get(before.region), start, end) ||
    anyBetween(exprs.get(before.site.fn), start, end)
  );
}

interface Barriers {
  /** By function. */
  readonly exits: ReadonlyMap<FunctionId, readonly Span[]>;
  readonly exprs: ReadonlyMap<FunctionId, readonly Span[]>;
  /** By the region they stand in. */
  readonly branches: ReadonlyMap<RegionId, readonly Span[]>;
}

const barriersOf = oncePerFile((facts): Barriers => ({
  exits: spansBy(
    facts.exits,
    ({ region }) => facts.regions[region]?.fn,
    ({ span }) => span,
  ),
  exprs: spansBy(
    facts.exprs.filter((expr) => isBarrier(facts, expr)),
    ({ region }) => facts.regions[region]?.fn,
    (expr) => expr,
  ),
  branches: spansBy(
    facts.regions.filter(({ kind }) => kind !== "function"),
    ({ parent }) => parent,
    ({ span }) => span,
  ),
}));

function isBarrier(facts: FileFacts, expr: Expr): boolean {
  if (expr.kind === "assign" || expr.kind === "await" || expr.kind === "yield" || expr.kind === "new") return true;
  if (expr.kind !== "call") return false;
  const callee = facts.exprs[expr.callee];
  return !((callee?.kind === "member" || callee?.kind === "ref") && PURE.test(callee.name));
}

function examine(view: FileView, reads: readonly AwaitedRead[]): ReadsInRow | undefined {
  const [first, second] = reads;
  if (first === undefined || second === undefined) return undefined;
  const runtime = runtimeOf(view, first.site.fn);
  // Without an entry point nobody waits for the answer that we know of.
  if (runtime?.kind !== "request") return undefined;
  // Of what cannot be seen into at all, nobody knows whether it waits for anything.
  if (reads.every(({ work, notice }) => notice === undefined && work.operations.length === 0)) return undefined;
  return { at: second.site.span, reads, runtime, repeated: iterationsAround(view, first.site).length > 0 };
}

function describe({ reads, runtime, repeated }: ReadsInRow, view: FileView): Description {
  const sure = reads.every((read) => read.work.sure && read.work.complete);
  const seen = reads.every((read) => read.work.complete && read.notice === undefined);
  const confidence =
    Math.round((0.6 + (sure ? 0.1 : 0) + (2 < reads.length ? 0.05 : 0) - (seen ? 0 : 0.1)) * 100) / 100;
  const [first, ...others] = reads;
  const before = textOf(view, first);
  const own = textOf(view, others[0]);
  const rest = others.length - 1;
  const more = rest === 0 ? "" : rest === 1 ? ", like one more after it," : `, like ${rest} more after it,`;
  return {
    message: `this ${own}${more} waits for the ${before} before it, but needs nothing from it`,
    severity: seen ? "information" : "hint",
    confidence,
    cost: `${reads.length} round trips one after another ${repeated ? "per element" : perUnit(runtime.reach)} instead of 1`,
    related: [
      ...(first === undefined
        ? []
        : [{ at: { file: view.path, span: first.span }, message: "it could start together with this" }]),
      ...others.slice(1, 6).map((read) => ({ at: { file: view.path, span: read.span }, message: "and this" })),
    ],
  };
}

function textOf(view: FileView, read: AwaitedRead | undefined): string {
  if (read === undefined || (read.work.operations.length > 0 && read.notice === undefined))
    return workText(read?.work.operations ?? []);
  return `\`${calledName(view, read.site.expr)}\``;
}
