/**
 * Runs the state machines of dialects over values: which step a member or call takes, the value it gives, and what the operation's table and
 * SQL text are.
 */
import { type ExprId, NONE, type TypeRef } from "../facts/model.js";
import { own } from "./dialect-index.js";
import { type DialectMember, type DialectStep, type TableSource } from "./dialects/define-dialect.js";
import { type DialectValue, type PendingOperation, type Value } from "./model.js";
import { exprOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { constantText } from "./sql-text.js";
import { typeValue } from "./type-provenance.js";
import { unknown } from "./value.js";

/** Where a step is taken, as far as tables and pending operations need to know. */
export interface StepSite {
  /** Name of the member. */
  readonly member?: string;
  /** Table named by an argument or type argument. */
  readonly table?: string | undefined;
  /** Class named by an argument. */
  readonly model?: DialectValue["model"];
  readonly file?: string;
  readonly expr?: ExprId;
}

/** What a state says about a member name. */
export function memberStep(ctx: Provenance, value: DialectValue, name: string): DialectMember | undefined {
  const members = ctx.dialects.stateOf(value)?.members;
  // A wildcard stands for tables, fields and builder steps; names with a dollar sign are the library's or an extension's own.
  const exact = own(members, name);
  if (exact !== undefined || name.startsWith("$")) return exact;
  // A class in TypeScript declares what it has; a name it does not declare belongs to a class that is not known precisely.
  const declares = value.model !== undefined && /\.[cm]?tsx?$/.test(value.model.file);
  return (declares ? undefined : prefixed(members, name)) ?? own(members, "*");
}

/** What `get*` says about `getPosts`; kept apart per state, because few have such members and names are looked up often. */
function prefixed(members: Members | undefined, name: string): DialectMember | undefined {
  if (members === undefined) return undefined;
  let prefixes = prefixesOf.get(members);
  if (prefixes === undefined) {
    prefixes = Object.keys(members).flatMap((key) => (key.endsWith("*") && 1 < key.length ? [key.slice(0, -1)] : []));
    prefixesOf.set(members, prefixes);
  }
  const found = prefixes.find((prefix) => name.startsWith(prefix) && /^[A-Z]/.test(name.slice(prefix.length)));
  return found === undefined ? undefined : members[`${found}*`];
}

type Members = Readonly<Record<string, DialectMember>>;
const prefixesOf = new WeakMap<Members, readonly string[]>();

/** The value after a step; unknown when the result has left the dialect. */
export function stepResult(receiver: DialectValue, step: DialectStep, site: StepSite): Value {
  const lazy = step.operation?.when === "await" ? step.operation : undefined;
  const row = rowOf(receiver, step, site);
  if (row !== undefined) return row;
  if (step.to === undefined && lazy === undefined) return unknown;
  const table = tableAfter(receiver, step.table, site);
  const pending =
    lazy !== undefined && site.file !== undefined && site.expr !== undefined
      ? { method: site.member ?? "", spec: lazy, file: site.file, expr: site.expr, ...rowsAfter(receiver, step) }
      : step.operation === undefined
        ? resumed(receiver, step)
        : undefined;
  const model = site.model ?? (step.table === undefined ? receiver.model : undefined);
  const value: DialectValue = {
    kind: "dialect",
    dialect: receiver.dialect,
    state: step.to === undefined || step.to === "same" ? receiver.state : step.to,
    ...(table === undefined ? {} : { table }),
    ...(receiver.lowConfidence === true ? { lowConfidence: true } : {}),
    ...(receiver.transaction === true ? { transaction: true } : {}),
    ...(pending === undefined ? {} : { pending }),
    ...(model === undefined ? {} : { model }),
    ...(step.to === "same" && receiver.origin !== undefined ? { origin: receiver.origin } : {}),
  };
  const rows = step.operation?.when === "call" && step.operation.rows === "many" && step.to !== undefined;
  return rows ? { kind: "array", of: value } : value;
}

/** Methods that give rows as opposed to counts and sums. */
const rowMethods = /^(find|get|first|last|all|paginate|fetch|load|create$|build$|hydrate$)/;

/** Rows of a model that is a class of the workspace are its instances. */
function rowOf(receiver: DialectValue, step: DialectStep, site: StepSite): Value | undefined {
  const model = site.model ?? receiver.model;
  if (model === undefined || !rowMethods.test(site.member ?? "")) return undefined;
  const { operation } = step;
  const leaves = operation?.when === "call" || (operation === undefined && step.to !== undefined);
  if (!leaves || (operation === undefined && site.member !== "build" && site.member !== "hydrate")) return undefined;
  const instance: Value = { kind: "instance", ...model };
  if (operation?.rows !== "many") return instance;
  const rows: Value = { kind: "array", of: instance };
  // `[rows, count]`
  return /AndCount(By)?$/.test(site.member ?? "") ? { kind: "array", of: rows } : rows;
}

/** Whoever goes on building makes the operation theirs. */
function resumed(receiver: DialectValue, step: DialectStep): PendingOperation | undefined {
  const { pending } = receiver;
  if (pending === undefined || (pending.returned === undefined && step.rows === undefined)) return pending;
  const { method, spec, file, expr } = pending;
  return { method, spec, file, expr, ...rowsAfter(receiver, step) };
}

function rowsAfter({ pending }: DialectValue, { rows }: DialectStep): { readonly rows?: string } {
  const after = rows === undefined ? pending?.rows : rows;
  return after === undefined || after === null ? {} : { rows: after };
}

/** The table a value carries after a step; a step that names none keeps the receiver's. */
export function tableAfter(
  receiver: DialectValue,
  source: TableSource | undefined,
  site: StepSite,
): string | undefined {
  if (source === undefined || source === "receiver") return receiver.table;
  if (source === "member") return site.member;
  return site.table;
}

/** The table that a step's arguments or type arguments name. */
export function namedTable(
  ctx: Provenance,
  file: ProjectFile,
  source: TableSource | undefined,
  args: readonly ExprId[],
  typeArgs: readonly TypeRef[] | undefined,
): string | undefined {
  if (typeof source !== "object") return undefined;
  if ("typeArg" in source) return typeTable(typeArgs?.[source.typeArg]);
  const arg = args[source.arg] ?? NONE;
  return tableName(ctx, file, source.property === undefined ? arg : propertyOf(file, arg, source.property));
}

/** The workspace class that a step's argument names: an entity given to a manager. */
export function namedModel(
  ctx: Provenance,
  file: ProjectFile,
  source: TableSource | undefined,
  args: readonly ExprId[],
): DialectValue["model"] {
  const arg = typeof source === "object" && "arg" in source ? args[source.arg] : undefined;
  if (arg === undefined || exprOf(file, arg)?.kind !== "ref") return undefined;
  const value = valueOf(ctx, file, arg);
  return value.kind === "class" ? { file: value.file, cls: value.cls } : undefined;
}

/** A property of an object literal, also of one that a command is made from: `new GetCommand({ TableName })`. */
function propertyOf(file: ProjectFile, id: ExprId, name: string): ExprId {
  const expr = exprOf(file, id);
  if (expr?.kind === "new") return propertyOf(file, expr.args[0] ?? NONE, name);
  return expr?.kind === "object" ? (expr.props.find((prop) => prop.name === name)?.value ?? NONE) : NONE;
}

/** The table a type argument stands for: `User` of `Repository<User>`. */
export function typeTable(type: TypeRef | undefined): string | undefined {
  if (type === undefined) return undefined;
  if (type.name === "typeof") return type.text;
  return /^[\w.]+$/.test(type.name) ? type.name.slice(type.name.lastIndexOf(".") + 1) : undefined;
}

/** A value whose table is the type `type` of `file`; its rows are instances of it when it is a class of the workspace. */
export function withEntity(ctx: Provenance, file: ProjectFile, value: DialectValue, type: TypeRef): DialectValue {
  const named = typeTable(type);
  const { types, classes, imports } = file.names();
  // A name the file does not know is a type parameter: it stands for a table that is not known here.
  const head = type.name.split(".")[0] ?? "";
  const table = type.name === "typeof" || types.has(head) || classes.has(head) || imports.has(head) ? named : undefined;
  const entity = typeValue(ctx, file, type);
  return {
    ...value,
    ...(table === undefined ? {} : { table }),
    ...(entity.kind === "instance" ? { model: { file: entity.file, cls: entity.cls } } : {}),
  };
}

/** The name of a table given as text, class, table object or `{ alias: table }`. */
function tableName(ctx: Provenance, file: ProjectFile, id: ExprId): string | undefined {
  const expr = exprOf(file, id);
  switch (expr?.kind) {
    case "literal":
    case "template":
      return constantText(ctx, file, id)
        ?.trim()
        .split(/\s+as\s+/i)[0];
    case "object":
      return tableName(ctx, file, expr.props[0]?.value ?? NONE);
    case "array":
      return tableName(ctx, file, expr.elements[0] ?? NONE);
    case "ref":
    case "member": {
      const value = valueOf(ctx, file, id);
      if (value.kind === "literal" && typeof value.value === "string") return value.value;
      if (value.kind === "class") return ctx.fileAt(value.file)?.facts.classes[value.cls]?.name;
      // `User.name` names the class, `schema.users` the table.
      if (expr.kind === "member" && expr.name === "name") return tableName(ctx, file, expr.object);
      // A parameter stands for any table, `constructor` for any class.
      if (expr.kind === "ref" && file.facts.bindings[expr.binding]?.kind === "param") return undefined;
      return expr.name === "constructor" ? undefined : expr.name;
    }
    default:
      return undefined;
  }
}
