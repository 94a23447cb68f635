/**
 * Statements that a file hands to functions of the workspace which send them: `db.query("SELECT …", [id])` of a module around a pool, `sql.getRow("SELECT …")`.
 * Where the function is called with many texts, the call inside it has none; each query stands where its text does.
 */
import { type CallSite, type Operation } from "../project/model.js";
import type { FileView } from "../project/file-view.js";
import { type ExprId, type FileFacts, NONE } from "../facts/model.js";
import { isStatement, sqlAccess, sqlTable } from "../project/sql-text.js";

export interface HandedStatement {
  readonly site: CallSite;
  readonly operation: Operation;
}

/** The text is among the first arguments. */
const maxArgument = 2;

export function handedStatements(view: FileView): readonly HandedStatement[] {
  return view.calls.flatMap((site) => {
    if (site.operation !== undefined || site.targets.length === 0 || site.confidence === "low") return [];
    const text = statementOf(view.facts, site.expr);
    const sends = text === undefined ? undefined : sendingOperation(view, site);
    if (text === undefined || sends === undefined) return [];
    const table = sqlTable(text);
    const access = sqlAccess(text);
    const operation: Operation = {
      dialect: sends.dialect,
      kind: "sql",
      access,
      rows: access === "write" ? "none" : sends.rows,
      ...(table === undefined ? {} : { table }),
      method: sends.method,
      sqlText: text,
      ...(sends.inProcess === true ? { inProcess: true } : {}),
      confidence: "high",
      expr: site.expr,
      span: site.span,
    };
    return [{ site, operation }];
  });
}

/** An operation that the function comes to and whose text is not known there. */
function sendingOperation(view: FileView, { targets }: CallSite): Operation | undefined {
  for (const target of targets)
    for (const { operation, confidence } of view.summaryOf(target).effects)
      if (confidence === "high" && isSender(operation)) return operation;
  return undefined;
}

function isSender({ kind, sqlText, table, confidence }: Operation): boolean {
  return kind === "sql" && sqlText === undefined && table === undefined && confidence === "high";
}

function statementOf(facts: FileFacts, call: ExprId): string | undefined {
  const expr = facts.exprs[call];
  if (expr?.kind !== "call") return undefined;
  for (const arg of expr.args.slice(0, maxArgument)) {
    const text = textAt(facts, arg);
    if (text !== undefined && isStatement(text)) return text;
  }
  return undefined;
}

/** A text that stands there or in a constant; `$1`, `$2` … stand for what is put in. */
function textAt({ exprs, bindings }: FileFacts, id: ExprId): string | undefined {
  const here = exprs[id];
  const binding = here?.kind === "ref" ? bindings[here.binding] : undefined;
  const isConstant = binding?.kind === "const" && binding.path === undefined && binding.init !== NONE;
  const expr = isConstant ? exprs[binding.init] : here;
  if (expr?.kind === "literal") return typeof expr.value === "string" ? expr.value : undefined;
  if (expr?.kind !== "template" || expr.tag !== NONE) return undefined;
  let next = Math.max(0, ...[...expr.parts.join("").matchAll(/\$(\d+)/g)].map(([, digits]) => Number(digits)));
  return expr.parts.map((part, i) => (i === 0 ? part : `$${++next}${part}`)).join("");
}
