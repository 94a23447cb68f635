/** The operation a call performs: from the dialect step it takes, or from a declared wrapper. */
import { type ExprId, NONE } from "../facts/model.js";
import { declaredFor, type DeclaredQueries } from "./declared-queries.js";
import { namedTable, tableAfter } from "./dialect-engine.js";
import { type DialectStep, type OperationSpec } from "./dialects/define-dialect.js";
import { isExecuted } from "./execution.js";
import { batchedText } from "./library-batching.js";
import { type DialectValue, type Operation, type PendingOperation, type Value } from "./model.js";
import { exprOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { type Callee, type CalleePart } from "./resolve-callee.js";
import { constantText, isSessionCommand, isStatement, sqlAccess, sqlTable } from "./sql-text.js";
import { partsOf } from "./value.js";

/** What a call performs, if anything: at once, or because the builder it gives is awaited here. */
export function operationOf(
  ctx: Provenance,
  file: ProjectFile,
  id: ExprId,
  callee: Callee,
  declared: DeclaredQueries,
): Operation | undefined {
  for (const part of callee.parts) {
    const operation =
      part.kind === "step"
        ? stepOperation(ctx, file, id, part)
        : declaredOperation(ctx, file, id, part.value, declared);
    if (operation !== undefined) return operation;
  }
  if (callee.name === "then" || callee.name === "catch" || callee.name === "finally") return undefined;
  const builds = callee.parts.some((part) => part.kind === "step");
  if (!builds || !isExecuted(file, id)) return undefined;
  for (const value of partsOf(valueOf(ctx, file, id))) {
    if (value.kind !== "dialect" || value.pending === undefined) continue;
    const operation = pendingOperation(ctx, file, id, value, value.pending);
    if (operation !== undefined) return operation;
  }
  return undefined;
}

function stepOperation(
  ctx: Provenance,
  file: ProjectFile,
  id: ExprId,
  part: Extract<CalleePart, { kind: "step" }>,
): Operation | undefined {
  const expr = exprOf(file, id);
  const args = expr?.kind === "call" || expr?.kind === "new" ? expr.args : [];
  const command = commandOf(ctx, file, part.step, args);
  const spec = command?.spec ?? part.step.operation;
  if (spec?.when !== "call") return undefined;
  const typeArgs = expr?.kind === "call" ? expr.typeArgs : undefined;
  const table = tableAfter(part.receiver, part.step.table, {
    member: part.name,
    table: namedTable(ctx, file, part.step.table, args, typeArgs),
  });
  const method = command?.name ?? part.name;
  return describe(ctx, file, id, part.receiver, { spec, method, table, sqlFrom: file, sqlAt: id });
}

/** The operation that the class of an argument names. */
function commandOf(
  ctx: Provenance,
  file: ProjectFile,
  { commands }: DialectStep,
  args: readonly ExprId[],
): { readonly name: string; readonly spec: OperationSpec } | undefined {
  const arg = commands === undefined ? undefined : args[commands.arg];
  if (commands === undefined || arg === undefined) return undefined;
  const name = className(ctx, file, arg);
  const found = Object.entries(commands.named).find(([pattern]) => matchesName(pattern, name));
  return found === undefined ? undefined : { name: name.replace(/Command$/, ""), spec: found[1] };
}

function className(ctx: Provenance, file: ProjectFile, id: ExprId): string {
  const made = exprOf(file, id);
  const callee = made?.kind === "new" ? exprOf(file, made.callee) : undefined;
  const [value] = partsOf(valueOf(ctx, file, id));
  if (value?.kind === "external-instance") return value.path[value.path.length - 1] ?? "";
  return callee?.kind === "ref" || callee?.kind === "member" ? callee.name : "";
}

function matchesName(pattern: string, name: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === name;
  return (
    name.length >= pattern.length - 1 &&
    name.startsWith(pattern.slice(0, star)) &&
    name.endsWith(pattern.slice(star + 1))
  );
}

/** The operation of a builder that is awaited at `id`; undefined when the function that returned it already accounts for it. */
export function pendingOperation(
  ctx: Provenance,
  file: ProjectFile,
  id: ExprId,
  value: DialectValue,
  pending: PendingOperation,
): Operation | undefined {
  if (pending.returned === true) return undefined;
  const owner = ctx.fileAt(pending.file) ?? file;
  return describe(ctx, file, id, value, {
    spec: pending.spec,
    method: pending.method,
    table: value.table,
    sqlFrom: owner,
    sqlAt: pending.expr,
  });
}

interface Described {
  readonly spec: OperationSpec;
  readonly method: string;
  readonly table: string | undefined;
  readonly sqlFrom: ProjectFile;
  readonly sqlAt: ExprId;
}

function describe(
  ctx: Provenance,
  file: ProjectFile,
  id: ExprId,
  value: DialectValue,
  what: Described,
): Operation | undefined {
  const expr = exprOf(file, id);
  const dialect = ctx.dialects.dialectOf(value.dialect);
  if (expr === undefined || dialect === undefined) return undefined;
  const { spec } = what;
  const sqlText = statementText(ctx, what);
  if (sqlText !== undefined && isSessionCommand(sqlText)) return undefined;
  // A template that a function returns may be a clause of somebody else's statement.
  if (sqlText !== undefined && spec.sql === "tag" && spec.when === "await" && !isStatement(sqlText)) return undefined;
  const written = sqlText === undefined ? "unknown" : sqlAccess(sqlText);
  const access = written === "unknown" ? spec.access : written;
  const table = what.table ?? (sqlText === undefined ? undefined : sqlTable(sqlText));
  const batched = spec.batched === undefined ? undefined : batchedText(ctx, file, id, dialect.title, spec.batched);
  return {
    dialect: value.dialect,
    kind: spec.kind ?? dialect.kind,
    access,
    rows: access === "write" && spec.access === "unknown" ? "none" : spec.rows,
    ...(table === undefined ? {} : { table }),
    method: what.method === "" ? dialect.id : what.method,
    ...(spec.bulk === true ? { bulk: true } : {}),
    ...(sqlText === undefined ? {} : { sqlText }),
    ...(value.transaction === true ? { transaction: true } : {}),
    ...(batched === undefined ? {} : { batchedByLibrary: batched }),
    ...(dialect.inProcess === true ? { inProcess: true } : {}),
    ...(spec.flushes === true ? { flushes: true } : {}),
    confidence: value.lowConfidence === true || spec.uncertain === true ? "low" : "high",
    expr: id,
    span: { start: expr.start, end: expr.end },
  };
}

function statementText(ctx: Provenance, { spec, sqlFrom, sqlAt }: Described): string | undefined {
  if (spec.sql === undefined) return undefined;
  const expr = exprOf(sqlFrom, sqlAt);
  if (expr?.kind === "template") return constantText(ctx, sqlFrom, sqlAt);
  if (expr?.kind !== "call") return undefined;
  return constantText(ctx, sqlFrom, expr.args[spec.sql === "tag" ? 0 : spec.sql] ?? NONE);
}

function declaredOperation(
  ctx: Provenance,
  file: ProjectFile,
  id: ExprId,
  value: Value,
  declared: DeclaredQueries,
): Operation | undefined {
  const query = declaredFor(ctx, declared, value);
  const expr = exprOf(file, id);
  if (expr === undefined || query === undefined) return undefined;
  return {
    dialect: "declared",
    kind: query.kind ?? "sql",
    access: query.access ?? "unknown",
    rows: query.access === "write" ? "none" : "many",
    method: query.export.slice(query.export.lastIndexOf(".") + 1),
    confidence: "high",
    expr: id,
    span: { start: expr.start, end: expr.end },
  };
}
