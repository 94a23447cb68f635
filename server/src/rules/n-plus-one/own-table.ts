/** Statements that cannot be merged because each names something of its own: a schema change, or a table that the element decides. */
import { exprsWithin } from "../../facts/regions.js";
import type { BindingId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { Operation } from "../../project/model.js";

const CHANGES_SCHEMA = /^\s*(create|drop|alter|truncate|reindex|vacuum|refresh|comment|grant|revoke)\b/i;
/** Ends where a table's name is put in. */
const BEFORE_TABLE = /\b(from|join|update|into|table|exists)\s+(only\s+)?["`[]?$/i;

/**
 * @param own The operation stands in this file, so that its text can be held against the loop's element.
 */
export function namesOwnTable(
  view: FileView,
  operation: Operation,
  own: boolean,
  element: ReadonlySet<BindingId>,
): boolean {
  if (operation.kind !== "sql") return false;
  if (operation.sqlText !== undefined && CHANGES_SCHEMA.test(operation.sqlText)) return true;
  if (!own) return false;
  for (const { expr } of exprsWithin(view.facts, operation.expr)) {
    if (expr.kind !== "template") continue;
    const hole = expr.exprs.findIndex(
      (inner, i) => BEFORE_TABLE.test(expr.parts[i] ?? "") && view.flow.dependsOn(inner, element),
    );
    if (0 <= hole) return true;
  }
  return false;
}
