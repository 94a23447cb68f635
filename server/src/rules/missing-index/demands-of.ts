/** The queries of one file that lack an index, each by itself, and the tables the file writes: what it brings to the workload of the workspace. */
import { advise } from "../../advisor/advise.js";
import { bindQuery } from "../../advisor/bind.js";
import type { Demand } from "../../advisor/demand.js";
import { findTable } from "../../catalog/lookup.js";
import type { Table } from "../../catalog/model.js";
import type { FileView } from "../../project/file-view.js";
import { type FileQuery, queriesOf } from "../../queries/queries-of.js";
import type { SchemaView } from "../define-rule.js";
import { perUnit, runtimeOf } from "../runtime-code.js";

export interface FileDemands {
  readonly demands: readonly Demand[];
  /** Places that write each table, by the table's id. */
  readonly writes: ReadonlyMap<string, number>;
}

export const noDemands: FileDemands = { demands: [], writes: new Map() };

export function demandsOf(view: FileView, schema: Pick<SchemaView, "rowsOf">): FileDemands {
  if (view.catalog.tables.length === 0) return noDemands;
  const queries = queriesOf(view);
  const writes = writesOf(view);
  if (queries.length === 0 && writes.size === 0) return noDemands;
  return { demands: lacking(view, schema, queries), writes };
}

function lacking(view: FileView, schema: Pick<SchemaView, "rowsOf">, queries: readonly FileQuery[]): readonly Demand[] {
  const options = { rowsOf: (table: Table) => schema.rowsOf(table) };
  return queries.flatMap(({ query, site }) => {
    const runtime = runtimeOf(view, site.fn);
    if (runtime === undefined || site.operation?.confidence === "low") return [];
    const unit = perUnit(runtime.reach);
    const at = { file: view.path, span: query.span };
    return advise(bindQuery(view.catalog, query, view.path), options).map((advice) => ({
      at,
      fn: site.fn,
      advice,
      query,
      isReached: runtime.kind === "request",
      unit,
    }));
  });
}

/** Code that runs at run time only: what a seed writes, it writes once. */
function writesOf(view: FileView): ReadonlyMap<string, number> {
  const writes = new Map<string, number>();
  for (const { operation, fn } of view.calls) {
    if (operation?.access !== "write" || operation.table === undefined) continue;
    if (runtimeOf(view, fn) === undefined) continue;
    const table = findTable(view.catalog, operation.table, { near: view.path, dialect: operation.dialect });
    if (table !== undefined) writes.set(table.id, (writes.get(table.id) ?? 0) + 1);
  }
  return writes;
}
