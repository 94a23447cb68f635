/**
 * Finds loops that walk a whole table page by page with OFFSET: each page reads and throws away all rows before it, so the walk is quadratic.
 *
 * A list that people turn the pages of is not meant: they seldom go far.
 */
import type { Span } from "../../base/span.js";
import { isInside } from "../../facts/regions.js";
import { NONE, type BindingId } from "../../facts/model.js";
import { columnOf, findTable } from "../../catalog/lookup.js";
import type { Table } from "../../catalog/model.js";
import { keysetWalk, type WalkToKey } from "../../fixes/lists/keyset-walk.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, Operation } from "../../project/model.js";
import { queriesOf } from "../../queries/queries-of.js";
import { defineRule } from "../define-rule.js";
import { iterationsAround, type Iteration } from "../loops/iteration.js";
import { operationNoun } from "../operation-noun.js";
import { entryPath, perUnit, runtimeOf, type Runtime } from "../runtime-code.js";

interface Walk {
  readonly at: Span;
  readonly operation: Operation;
  readonly iteration: Iteration;
  readonly counter: string;
  readonly runtime: Runtime;
}

export const deepOffset = defineRule({
  id: "deep-offset",
  family: "unbounded-query",
  since: "0.1.0",
  severity: "information",
  fixSafety: "review",
  docs: {
    what: "A loop reads a table to its end, page by page, and says with OFFSET where each page begins.",
    why: "The database reads all rows before the page and throws them away: the walk over N rows reads N²/2 of them per page size. Rows that are added or deleted meanwhile shift the pages, so that some are seen twice and some never.",
    instead:
      "Ask for the rows after the last one seen: `WHERE id > last ORDER BY id LIMIT n`, or the library's cursor.",
    limits: "Only offsets that a loop counts up are judged. Lists that people page through seldom go far.",
  },
  *check(view) {
    const seen = new Set<CallSite>();
    for (const { query, site } of queriesOf(view)) {
      if (seen.has(site) || query.access !== "read" || query.offset === undefined || query.offset.kind === "literal")
        continue;
      seen.add(site);
      const found = examine(view, site);
      if (found !== undefined) yield found;
    }
  },
  describe: ({ operation, iteration, counter, runtime }, view) => ({
    message: `each pass of this loop reads and throws away the rows before \`${counter}\`: ask this ${operationNoun(operation)} for the rows after the last one seen`,
    severity: "information",
    confidence: 0.75,
    cost: `N²/2 rows per page ${perUnit(runtime.reach)}`,
    related: [
      ...entryPath(runtime.reach),
      { at: { file: view.path, span: iteration.head }, message: "the loop that turns the pages" },
    ],
  }),
  fixes: ({ operation }, view, sources) => {
    const call = view.facts.exprs[operation.expr];
    const table = findTable(view.catalog, operation.table ?? "", { near: view.path, dialect: operation.dialect });
    const key = table === undefined ? undefined : keyOf(table);
    if (call === undefined || key === undefined || operation.dialect !== "prisma") return [];
    return keysetWalk(sources, { path: view.path, call, ...key });
  },
});

/** The one column of a table's key as code calls it, when its values have an order that the database and JavaScript agree on. */
function keyOf(table: Table): Pick<WalkToKey, "key" | "type"> | undefined {
  const [column, ...others] = table.primaryKey?.columns ?? [];
  const found = column === undefined ? undefined : columnOf(table, column);
  if (column === undefined || found === undefined || others.length > 0) return undefined;
  const fields = Object.entries(table.names.find(({ source }) => source === "prisma")?.fields ?? {});
  const type = typeOf(found.type);
  return type === undefined ? undefined : { key: fields.find(([, name]) => name === column)?.[0] ?? column, type };
}

function typeOf(column: string): WalkToKey["type"] | undefined {
  if (/^(string|text|varchar|char|character|uuid|citext)\b/.test(column)) return "string";
  if (/^(bigint|int8|bigserial)\b/.test(column)) return "bigint";
  return /^(int|integer|int2|int4|smallint|serial)\b/.test(column) ? "number" : undefined;
}

const COUNTER = /skip|offset|page|from|start|cursor|index|^i$|processed|count/i;

function examine(view: FileView, site: CallSite): Walk | undefined {
  const { operation } = site;
  if (operation === undefined || operation.confidence === "low") return undefined;
  const loop = iterationsAround(view, site).find((one) => one.kind === "loop" && one.loop?.over === NONE);
  const runtime = loop === undefined ? undefined : runtimeOf(view, site.fn);
  if (loop === undefined || runtime === undefined) return undefined;
  for (const source of view.flow.sourcesOf(operation.expr)) {
    const name = view.facts.bindings[source]?.name ?? "";
    if (!COUNTER.test(name) || !isCountedUp(view, source, loop)) continue;
    return { at: operation.span, operation, iteration: loop, counter: name, runtime };
  }
  return undefined;
}

/** `skip += take`, `page++`, `offset = offset + rows.length` in the loop or its head. */
function isCountedUp(view: FileView, id: BindingId, { region, loop }: Iteration): boolean {
  const { facts } = view;
  return (facts.bindings[id]?.writes ?? []).some((write) => {
    const expr = facts.exprs[write];
    if (expr?.kind !== "assign") return false;
    const statement = loop?.statement;
    const within =
      isInside(facts, expr.region, region) ||
      (statement !== undefined && statement.start <= expr.start && expr.end <= statement.end);
    if (!within) return false;
    if (expr.op === "+=" || expr.op === "++") return true;
    const value = facts.exprs[expr.value];
    return value?.kind === "binary" && value.op === "+" && view.flow.dependsOn(expr.value, new Set([id]));
  });
}
