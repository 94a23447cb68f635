/**
 * Finds the query of the code behind a recorded statement, and the other way round. ORMs write statements of their own, so texts do not agree; what both ask of
 * a table does: which columns are compared, and how.
 */
import type { Catalog } from "../catalog/model.js";
import { sqlQueries } from "../queries/sql-query.js";
import { bindQuery } from "./bind.js";
import type { Demand } from "./demand.js";
import type { RecordedStatement } from "./recorded-statement.js";
import { type Need, tableNeeds } from "./table-needs.js";

export type RecordedOf = (demand: Pick<Demand, "advice">) => RecordedStatement | undefined;

const operation = {
  dialect: "pg",
  kind: "sql",
  access: "read",
  rows: "many",
  method: "query",
  confidence: "high",
  expr: 0,
  span: { start: 0, end: 0 },
} as const;

export function recordedOf(catalog: Catalog, statements: readonly RecordedStatement[]): RecordedOf {
  const known = new Map<string, RecordedStatement>();
  for (const statement of statements)
    for (const query of sqlQueries(operation, statement.query)) {
      const bound = bindQuery(catalog, query, "");
      for (const { table, needs, choices } of tableNeeds(bound)) {
        if (needs.length === 0 || choices.length > 0) continue;
        const key = keyOf(table.id, needs);
        known.set(key, together(known.get(key), statement));
      }
    }
  return ({ advice }) => (known.size === 0 ? undefined : known.get(keyOf(advice.table.id, advice.all)));
}

/** Statements that ask the same differ in what they select, or in how many values they look for. */
function together(known: RecordedStatement | undefined, more: RecordedStatement): RecordedStatement {
  if (known === undefined) return more;
  const calls = known.calls + more.calls;
  const meanMs = (known.calls * known.meanMs + more.calls * more.meanMs) / calls;
  return { ...known, calls, meanMs };
}

const classes: Readonly<Record<Need["kind"], string>> = {
  equal: "=",
  in: "=",
  range: "<",
  null: "null",
  "not-null": "not null",
  wildcard: "~",
  insensitive: "~",
  prefix: "~",
  other: "~",
};

function keyOf(table: string, needs: readonly Need[]): string {
  const parts = needs.map(({ kind, column, fn = "" }) => `${classes[kind]} ${fn} ${column.name}`);
  return [table, ...[...new Set(parts)].sort()].join("\0");
}
