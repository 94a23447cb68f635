/** Drizzle: `.where(eq(users.id, id))` → `.where(inArray(users.id, ids))`, in builders and in relational queries. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import {
  addProperty,
  chainOf,
  isUnique,
  type KeyedRead,
  type Link,
  nameOf,
  propertyOf,
  type ReadQuestion,
  removeLink,
  replace,
  restIsFixed,
  rewritten,
  valueOf,
} from "./keyed-read.js";
import { calledName, type ElementFunction, type LoopScope } from "./loop-scope.js";

const STEPS =
  /^(select|from|where|orderBy|limit|findFirst|findMany|eq|and|isNull|isNotNull|ne|asc|desc|gt|gte|lt|lte)$/;
const OPTIONS = /^(where|columns|with|orderBy)$/;

export function readDrizzle(question: ReadQuestion): KeyedRead | undefined {
  const links = chainOf(question.node);
  const last = links.at(-1);
  if (last === undefined || !links.every(({ name }) => STEPS.test(name))) return undefined;
  return /^find(First|Many)$/.test(last.name) ? relational(question, last) : built(question, links);
}

/** `db.query.users.findFirst({ where: eq(users.id, id) })` */
function relational({ node, scope, table }: ReadQuestion, { name, args, call }: Link): KeyedRead | undefined {
  const [options] = args;
  if (options === undefined || !ts.isObjectLiteralExpression(options)) return undefined;
  if (!options.properties.every((property) => OPTIONS.test(nameOf(property) ?? ""))) return undefined;
  const one = name === "findFirst";
  const where = propertyOf(options, "where");
  if (where === undefined || (one && propertyOf(options, "orderBy") !== undefined)) return undefined;
  const keyed = keyInCondition(valueOf(where), scope);
  if (keyed === undefined || !restIsFixed(node, scope, [keyed.value], STEPS)) return undefined;
  if (one && !isUnique(table, keyed.columns)) return undefined;
  const columns = propertyOf(options, "columns");
  const selected = columns === undefined ? [] : keepKey(valueOf(columns), keyed.column, "true");
  if (selected === undefined || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  const method = call.expression.name;
  return {
    ...common(keyed, one),
    ...(selected.length > 0 ? { widened: true as const } : {}),
    batch: (keys, locals) =>
      rewritten(node, [replace(method, "findMany"), keyed.edit(keys, locals.get("inArray") ?? "inArray"), ...selected]),
  };
}

/** `db.select().from(users).where(eq(users.id, id))` */
function built({ node, scope, table }: ReadQuestion, links: readonly Link[]): KeyedRead | undefined {
  const where = links.find(({ name }) => name === "where");
  const from = links.find(({ name }) => name === "from");
  const select = links.find(({ name }) => name === "select");
  const limit = links.find(({ name }) => name === "limit");
  const [condition] = where?.args ?? [];
  if (condition === undefined || from === undefined || select === undefined) return undefined;
  const keyed = keyInCondition(condition, scope);
  if (keyed === undefined || !restIsFixed(node, scope, [keyed.value], STEPS)) return undefined;
  // A limit is one of rows for each key, which one query for all cannot have, unless there is only one anyway.
  if (limit !== undefined && !isUnique(table, keyed.columns)) return undefined;
  if (from.args[0]?.getText() !== keyed.tableText) return undefined;
  const [fields] = select.args;
  const selected = fields === undefined ? [] : keepKey(fields, keyed.column, `${keyed.tableText}.${keyed.column}`);
  if (selected === undefined) return undefined;
  return {
    ...common(keyed, false),
    ...(selected.length > 0 ? { widened: true as const } : {}),
    batch: (keys, locals) =>
      rewritten(node, [
        keyed.edit(keys, locals.get("inArray") ?? "inArray"),
        ...selected,
        ...(limit === undefined ? [] : [removeLink(limit)]),
      ]),
  };
}

export interface KeyedCondition {
  /** `users` of `users.id`. */
  readonly tableText: string;
  readonly column: string;
  readonly columns: readonly string[];
  readonly key: ElementFunction;
  readonly value: ts.Expression;
  readonly edit: (keys: string, inArray: string) => TextEdit;
}

/** The one `eq` in a conjunction that compares with the element. */
export function keyInCondition(condition: ts.Expression, scope: LoopScope): KeyedCondition | undefined {
  const parts =
    ts.isCallExpression(condition) && calledName(condition) === "and" ? [...condition.arguments] : [condition];
  const equal = parts.filter(
    (part): part is ts.CallExpression => ts.isCallExpression(part) && calledName(part) === "eq",
  );
  const variant = parts.filter((part) => scope.isVariant(part));
  const [only] = variant;
  if (only === undefined || variant.length > 1 || !ts.isCallExpression(only) || !equal.includes(only)) return undefined;
  const [column, value] = only.arguments;
  if (column === undefined || value === undefined || !ts.isPropertyAccessExpression(column)) return undefined;
  const key = scope.ofElement(value);
  if (key === undefined || scope.isVariant(column)) return undefined;
  const names = equal.map((part) => part.arguments[0]).filter((one) => one !== undefined);
  return {
    tableText: column.expression.getText(),
    column: column.name.text,
    columns: names.flatMap((one) => (ts.isPropertyAccessExpression(one) ? [one.name.text] : [])),
    key,
    value,
    edit: (keys, inArray) => replace(only, `${inArray}(${column.getText()}, ${keys})`),
  };
}

function common({ key, column }: KeyedCondition, one: boolean): Omit<KeyedRead, "batch"> {
  return {
    key,
    column,
    rowKey: column,
    gives: one ? "row" : "rows",
    missing: one ? "undefined" : "[]",
    boundKeys: true,
    refusesEmpty: true,
    asText: false,
    imports: [{ module: "drizzle-orm", name: "inArray" }],
  };
}

/** The key has to be among the fields, under its own name. */
function keepKey(fields: ts.Expression, column: string, value: string): readonly TextEdit[] | undefined {
  if (!ts.isObjectLiteralExpression(fields)) return undefined;
  const own = propertyOf(fields, column);
  if (own !== undefined) return valueOf(own).getText() === value ? [] : undefined;
  return fields.properties.some(ts.isSpreadAssignment) ? undefined : [addProperty(fields, `${column}: ${value}`)];
}
