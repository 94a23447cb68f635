/** Statements that cannot be merged because each names something of its own: a schema change, or a table that the element decides. */
import { declaredWith } from "../../facts/expressions.js";
import { exprsWithin } from "../../facts/regions.js";
import { NONE, type BindingId, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, Operation } from "../../project/model.js";
import { calledName } from "../loops/iteration.js";

const CHANGES_SCHEMA = /^\s*(create|drop|alter|truncate|reindex|vacuum|refresh|comment|grant|revoke)\b/i;
/** Ends where a table's name is put in. */
const BEFORE_TABLE = /\b(from|join|update|into|table|exists)\s+(only\s+)?["`[]?$/i;
/** Steps of schema builders, and functions that give the text of a schema change. */
const BUILDS_SCHEMA =
  /^schema$|^(create|drop|alter|rename|truncate|modify|duplicate|add)(Table|Tables|Column|Columns|Index|Indexes|View|Schema|Database|Constraint|ForeignKey)/;
/** Calls of query builders that name the table first. */
const NAMES_TABLE = /^(knex|from|into|table|selectFrom|insertInto|updateTable|deleteFrom)$/;
const TABLE_NAME = /^(\w*[a-z])?_?table_?name$/i;

/**
 * @param site The call in the loop: the operation itself, or one that reaches it.
 */
export function namesOwnTable(
  view: FileView,
  operation: Operation,
  site: CallSite,
  element: ReadonlySet<BindingId>,
): boolean {
  if (operation.kind !== "sql") return false;
  if (operation.method === "truncate") return true;
  if (operation.sqlText !== undefined && CHANGES_SCHEMA.test(operation.sqlText)) return true;
  if (site.operation === undefined) return operation.sqlText === undefined && givesTableName(view, site, element);
  for (const root of [operation.expr, ...madeBefore(view, operation)])
    for (const { id, expr } of exprsWithin(view.facts, root)) {
      if (root !== operation.expr && isStepNamed(view, id, BUILDS_SCHEMA)) return true;
      if (expr.kind === "call" && namesTable(view, id, expr.callee)) {
        const [table] = expr.args;
        if (table !== undefined && isName(view, table) && view.flow.dependsOn(table, element)) return true;
      }
      if (expr.kind !== "template") continue;
      const hole = expr.exprs.findIndex(
        (inner, i) => BEFORE_TABLE.test(expr.parts[i] ?? "") && view.flow.dependsOn(inner, element),
      );
      if (0 <= hole) return true;
    }
  return false;
}

/** `from(table)`, and a builder called as a function: `db(table)`. */
function namesTable(view: FileView, call: ExprId, callee: ExprId): boolean {
  if (NAMES_TABLE.test(calledName(view, call))) return true;
  const value = view.valueOf(callee);
  return value.kind === "dialect" && value.dialect === "knex" && view.facts.exprs[callee]?.kind === "ref";
}

/** What a statement that cannot be read is made from: the argument itself, and what the variable was given. */
function madeBefore(view: FileView, { expr, sqlText, table }: Operation): readonly ExprId[] {
  const call = view.facts.exprs[expr];
  if (call?.kind !== "call" || sqlText !== undefined || table !== undefined) return [];
  const [text] = call.args;
  const found: ExprId[] = [];
  for (let at = text ?? NONE; at !== NONE && found.length < 4;) {
    found.push(at);
    at = declaredWith(view.facts, at);
  }
  return found;
}

function isStepNamed(view: FileView, id: ExprId, names: RegExp): boolean {
  const expr = view.facts.exprs[id];
  return (expr?.kind === "member" || expr?.kind === "ref") && names.test(expr.name);
}

function isName(view: FileView, id: ExprId): boolean {
  const kind = view.facts.exprs[id]?.kind;
  // `query.as("recent")` is a query of its own under a name.
  if (calledName(view, declaredWith(view.facts, id)) === "as") return false;
  return kind === "ref" || kind === "member" || kind === "index" || kind === "template";
}

/** `countRows(dbTableName)`: the function is told which table, and its statement cannot be read. */
function givesTableName(view: FileView, site: CallSite, element: ReadonlySet<BindingId>): boolean {
  const call = view.facts.exprs[site.expr];
  if (call?.kind !== "call") return false;
  return call.args.some((arg) => isStepNamed(view, arg, TABLE_NAME) && view.flow.dependsOn(arg, element));
}
