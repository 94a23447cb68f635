/** Finds counts that are only compared with nought: every matching row is read to learn whether there is one. */
import type { Span } from "../../base/span.js";
import { NONE, type Expr, type ExprId } from "../../facts/model.js";
import { isAwaited } from "../../facts/regions.js";
import type { FileView } from "../../project/file-view.js";
import type { Table } from "../../catalog/model.js";
import type { CallSite, Operation } from "../../project/model.js";
import { askForOne } from "../../fixes/lists/existence.js";
import { findTable } from "../../catalog/lookup.js";
import { defineRule } from "../define-rule.js";
import { unwrap } from "../loops/iteration.js";
import { perUnit, runtimeOf, type Runtime } from "../runtime-code.js";

interface ExistenceCount {
  readonly at: Span;
  readonly site: CallSite;
  readonly operation: Operation;
  readonly runtime: Runtime;
  readonly comparedAt: Span;
  /** Nothing is said of the rows: PostgreSQL reads the whole table to count it. */
  readonly whole: boolean;
}

export const countForExistence = defineRule({
  id: "count-for-existence",
  family: "unbounded-query",
  since: "0.1.0",
  severity: "information",
  fixSafety: "safe",
  docs: {
    what: "Rows are counted, and the number is only compared with nought.",
    why: "A count visits every matching row or index entry; whether there is one is known after the first.",
    instead: "Ask for one row: `findFirst` with a narrow `select`, `exists`, or `SELECT 1 … LIMIT 1`.",
    limits: "Counts by a unique key cost no more than a look-up; that is not told apart when the schema is not known.",
  },
  *check(view) {
    for (const site of view.calls) {
      const found = examine(view, site);
      if (found !== undefined) yield found;
    }
  },
  describe: ({ operation, runtime, comparedAt, whole }, view) => ({
    message: `all matching ${operation.table === undefined ? "rows" : `\`${operation.table}\` rows`} are counted to learn whether there is one`,
    severity: whole ? "information" : "hint",
    confidence: whole ? 0.7 : 0.5,
    cost: `every matching row ${perUnit(runtime.reach)} instead of 1`,
    related: [{ at: { file: view.path, span: comparedAt }, message: "the number is only compared with nought" }],
  }),
  fixes: ({ site, operation }, view, sources) => {
    const call = view.facts.exprs[operation.expr];
    const tests = testsOf(view, view.facts.exprs[site.expr]?.parent ?? NONE);
    if (call === undefined || tests === undefined) return [];
    const table = findTable(view.catalog, operation.table ?? "", { near: view.path, dialect: operation.dialect });
    return askForOne(sources, { path: view.path, dialect: operation.dialect, call, tests, key: keyField(table) });
  },
});

/** How code names the one column of a table's key. */
function keyField(table: Table | undefined): string | undefined {
  const [column, ...others] = table?.primaryKey?.columns ?? [];
  if (column === undefined || 0 < others.length) return undefined;
  const model = table?.names.find(({ source }) => source === "prisma");
  return Object.entries(model?.fields ?? {}).find(([, name]) => name === column)?.[0] ?? column;
}

interface CountTest {
  readonly span: Span;
  /** It is true when there is a row. */
  readonly whenThere: boolean;
}

/** All comparisons of the number. */
function testsOf(view: FileView, awaited: ExprId): readonly CountTest[] | undefined {
  const direct = comparison(view, awaited);
  if (direct !== undefined) return [testOf(view, direct, awaited)];
  const id = view.facts.bindings.findIndex((binding) => binding.init === awaited && binding.path === undefined);
  if (id < 0) return undefined;
  const tests: CountTest[] = [];
  for (const [use, expr] of view.facts.exprs.entries()) {
    if (expr.kind !== "ref" || expr.binding !== id) continue;
    const test = comparison(view, use);
    if (test === undefined) return undefined;
    tests.push(testOf(view, test, use));
  }
  return tests;
}

function testOf(view: FileView, test: Expr, count: ExprId): CountTest {
  const span = { start: test.start, end: test.end };
  if (test.kind !== "binary") return { span, whenThere: false };
  const isLeft = unwrap(view, test.left) === unwrap(view, count);
  const op = isLeft ? test.op : (MIRRORED[test.op] ?? test.op);
  return { span, whenThere: /^(>|!==?|>=)$/.test(op) };
}

const COUNTS: ReadonlySet<string> = new Set(["count", "countBy", "getCount", "countDocuments", "$count"]);

function examine(view: FileView, site: CallSite): ExistenceCount | undefined {
  const { operation } = site;
  if (operation === undefined || !COUNTS.has(operation.method) || operation.confidence === "low") return undefined;
  const runtime = runtimeOf(view, site.fn);
  if (runtime?.kind !== "request") return undefined;
  if (!isAwaited(view.facts, site.expr)) return undefined;
  const awaited = view.facts.exprs[site.expr]?.parent ?? NONE;
  const comparedAt = comparison(view, awaited) ?? onlyCompared(view, awaited);
  if (comparedAt === undefined) return undefined;
  const call = view.facts.exprs[operation.expr];
  const whole = call?.kind === "call" && call.args.length === 0;
  return { at: operation.span, site, operation, runtime, comparedAt, whole };
}

/** The test an expression is used in directly: `count > 0`, `!count`, `count === 0`. */
function comparison(view: FileView, id: ExprId): Expr | undefined {
  const parent = view.facts.exprs[view.facts.exprs[id]?.parent ?? NONE];
  if (parent?.kind === "unary" && parent.op === "!") return parent;
  if (parent?.kind !== "binary") return undefined;
  const isLeft = unwrap(view, parent.left) === unwrap(view, id);
  const other = view.facts.exprs[isLeft ? parent.right : parent.left];
  if (other?.kind !== "literal") return undefined;
  const op = isLeft ? parent.op : (MIRRORED[parent.op] ?? parent.op);
  const tests = other.value === 0 ? /^(>|===?|!==?|<=)$/ : other.value === 1 ? /^(>=|<)$/ : undefined;
  return tests?.test(op) === true ? parent : undefined;
}

const MIRRORED: Readonly<Record<string, string>> = { ">": "<", "<": ">", ">=": "<=", "<=": ">=" };

/** A variable all of whose uses are such tests. */
function onlyCompared(view: FileView, init: ExprId): Expr | undefined {
  const id = view.facts.bindings.findIndex((binding) => binding.init === init && binding.path === undefined);
  if (id < 0 || 0 < (view.facts.bindings[id]?.writes.length ?? 0)) return undefined;
  let first: Expr | undefined;
  for (const [use, expr] of view.facts.exprs.entries()) {
    if (expr.kind !== "ref" || expr.binding !== id) continue;
    const test = comparison(view, use);
    if (test === undefined) return undefined;
    first ??= test;
  }
  return first;
}
