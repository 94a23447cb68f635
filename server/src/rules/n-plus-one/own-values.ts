/** Updates that give each row values of its own: there is no bulk form to swap in. */
import { NONE, type ExprId } from "../../facts/model.js";
import { exprsWithin } from "../../facts/regions.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, Operation } from "../../project/model.js";
import { calledName, type Iteration } from "../loops/iteration.js";

const CHANGES_ROWS =
  /^(update|updateOne|findOneAndUpdate|findByIdAndUpdate|findOneAndReplace|replaceOne|upsert|findOrCreate|save|set|execute|executeTakeFirst|executeTakeFirstOrThrow)$/;
/** MongoDB's: the filter first, then what is set. */
const FILTER_THEN_VALUES = /^(updateOne|findOneAndUpdate|findByIdAndUpdate|findOneAndReplace|replaceOne)$/;
const NEW_VALUES = /^(data|update|create|set|values)$/;
const UPDATES = /^\s*update\b/i;

/**
 * An update that gives each row values of its own: ORMs have no bulk form for it, and the SQL for it (`UPDATE … FROM (VALUES …)`) is nobody's first choice. One
 * that sets the same values on all rows needs only `IN`; inserts and deletes have bulk forms everywhere.
 */
export function setsOwnValues(view: FileView, site: CallSite, iteration: Iteration, operation: Operation): boolean {
  if (updatesByText(view, site, iteration)) return true;
  if (!CHANGES_ROWS.test(operation.method)) return false;
  if (operation.method === "upsert" || operation.method === "findOrCreate") return true;
  // Through a function: the row's key and at least one more value come from the element.
  if (site.operation === undefined) return 2 <= elementArguments(view, site, iteration);
  const { exprs } = view.facts;
  const whole = exprs[operation.expr];
  if (whole === undefined) return false;
  // `row.save()`: whatever the pass has set on it.
  if (operation.method === "save") return isMethodOfElement(view, operation.expr, iteration);
  if (FILTER_THEN_VALUES.test(operation.method) && whole.kind === "call") {
    const [, values] = whole.args;
    if (values !== undefined && view.flow.dependsOn(values, iteration.element)) return true;
  }
  return exprs.some((expr, id) => {
    if (expr.start < whole.start || whole.end < expr.end) return false;
    if (expr.kind === "object")
      return expr.props.some(
        (prop) => NEW_VALUES.test(prop.name ?? "") && view.flow.dependsOn(prop.value, iteration.element),
      );
    if (expr.kind !== "call" || !/^(set|update)$/.test(calledName(view, id))) return false;
    const [first] = expr.args;
    return first !== undefined && hasNoFilter(view, first) && view.flow.dependsOn(first, iteration.element);
  });
}

/** An argument that holds values rather than options with a filter of their own. */
function hasNoFilter(view: FileView, id: ExprId): boolean {
  const expr = view.facts.exprs[id];
  return expr?.kind !== "object" || !expr.props.some((prop) => prop.name === "where" || prop.name === "filter");
}

function elementArguments(view: FileView, site: CallSite, iteration: Iteration): number {
  return dependentOf(view, argumentsOf(view, site.expr), iteration);
}

/** `UPDATE stock SET left = left - ${item.count} WHERE id = ${item.id}`, or with its values beside it: `query("UPDATE …", [item.count, item.id])`. */
export function updatesByText(view: FileView, site: CallSite, iteration: Iteration): boolean {
  const args = argumentsOf(view, site.expr).map((arg) => madeOf(view, arg));
  return args.some((arg) => {
    const text = view.facts.exprs[arg];
    if (text?.kind === "template")
      return (
        UPDATES.test(text.parts[0] ?? "") && 2 <= dependentOf(view, [...text.exprs, ...valuesIn(view, args)], iteration)
      );
    if (text?.kind === "call") return isBuiltUpdate(view, arg, iteration);
    if (text?.kind !== "literal" || typeof text.value !== "string" || !UPDATES.test(text.value)) return false;
    return 2 <= dependentOf(view, valuesIn(view, args), iteration);
  });
}

/** What a variable was declared with: the text of a statement and its values often have names. */
function madeOf(view: FileView, id: ExprId): ExprId {
  const expr = view.facts.exprs[id];
  const binding = expr?.kind === "ref" ? view.facts.bindings[expr.binding] : undefined;
  return binding === undefined || binding.init === NONE || binding.path !== undefined ? id : binding.init;
}

/** `knex(table).update({ position }).where({ id }).toQuery()`, run as text. */
function isBuiltUpdate(view: FileView, text: ExprId, iteration: Iteration): boolean {
  if (!/^(toQuery|toString|toSQL|compile)$/.test(calledName(view, text))) return false;
  for (const { id, expr } of exprsWithin(view.facts, text)) {
    const [values] = expr.kind === "call" && calledName(view, id) === "update" ? expr.args : [];
    if (values !== undefined && view.flow.dependsOn(values, iteration.element)) return true;
  }
  return false;
}

function valuesIn(view: FileView, args: readonly ExprId[]): readonly ExprId[] {
  return args.flatMap((arg) => {
    const list = view.facts.exprs[arg];
    return list?.kind === "array" ? list.elements : [];
  });
}

function dependentOf(view: FileView, ids: readonly ExprId[], iteration: Iteration): number {
  return ids.filter((id) => view.flow.dependsOn(id, iteration.element)).length;
}

function argumentsOf(view: FileView, id: ExprId): readonly ExprId[] {
  const call = view.facts.exprs[id];
  return call?.kind === "call" ? call.args : [];
}

function isMethodOfElement(view: FileView, id: ExprId, iteration: Iteration): boolean {
  const call = view.facts.exprs[id];
  const callee = call?.kind === "call" ? view.facts.exprs[call.callee] : undefined;
  return callee?.kind === "member" && callee.object !== NONE && view.flow.dependsOn(callee.object, iteration.element);
}
