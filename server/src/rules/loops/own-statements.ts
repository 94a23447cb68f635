/** Loops over statements: each is a query of its own, written by somebody else, and they are to run one after another. */
import { declaredWith } from "../../facts/expressions.js";
import { NONE, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { calledName, type Iteration } from "./iteration.js";

const STATEMENT =
  /^(sql|ddl|statement|stmt|query|command)(s|es|ies|Text|Texts|Sql|List)?$|^queries$|(Sql|Statement|Statements|Queries)$/;
/** Methods that take the text of a statement first. */
const TAKES_TEXT = /^(query|execute|exec|run|raw|unsafe|\$(query|execute)RawUnsafe)$/;
const PREPARES = /^prepare/i;
const TEXT = /^(sql|text|query|statement)$/;

/** Steps of a schema's history are to run one after another, each recorded when it is done. */
const MIGRATIONS = /migrations$/i;

export function runsStatements(view: FileView, { over, element }: Iteration, site: CallSite): boolean {
  const { exprs, bindings } = view.facts;
  const call = exprs[site.expr];
  const list = over === NONE ? undefined : exprs[over];
  const listName = list?.kind === "ref" || list?.kind === "member" ? list.name : calledName(view, over);
  if (MIGRATIONS.test(listName)) return true;
  if (call?.kind !== "call") return false;
  const [text] = call.args;
  const given = text === undefined ? undefined : exprs[text];
  // `{ sql, bindings }`, as query builders give them.
  const whole = given?.kind === "member" && TEXT.test(given.name) ? exprs[given.object] : given;
  if (whole?.kind !== "ref" || !element.has(whole.binding)) return false;
  if (takesText(view, site)) return true;
  return STATEMENT.test(listName) && STATEMENT.test(bindings[whole.binding]?.name ?? "");
}

/** What is given to a driver as it is; a prepared statement is given values, and nobody knows what a function takes that was only declared to be a query. */
function takesText(view: FileView, { expr, operation }: CallSite): boolean {
  if (operation?.kind !== "sql" || operation.table !== undefined || !TAKES_TEXT.test(operation.method)) return false;
  return operation.dialect !== "declared" && !isPrepared(view, expr);
}

function isPrepared(view: FileView, id: ExprId): boolean {
  const { exprs } = view.facts;
  const call = exprs[id];
  const callee = call?.kind === "call" ? exprs[call.callee] : undefined;
  const object = callee?.kind === "member" ? callee.object : NONE;
  const made = exprs[object]?.kind === "ref" ? declaredWith(view.facts, object) : object;
  return PREPARES.test(calledName(view, made));
}
