/** Updates and deletes of one key, taken apart so that one statement does the same to many. */
import { ts } from "../../syntax/typescript.js";
import {
  chainOf,
  keyedFilter,
  type KeyedFilter,
  type Link,
  methodCall,
  nameOf,
  propertyOf,
  replace,
  restIsFixed,
  rewritten,
  type TableAnswers,
  isUnique,
  valueOf,
  withValue,
} from "../load/keyed-read.js";
import type { ElementFunction, LoopScope } from "../load/loop-scope.js";
import { contains } from "../load/loop-scope.js";
import { keyInCondition } from "../load/read-drizzle.js";
import { keyInStep } from "../load/read-knex.js";
import { prismaFilter } from "../load/read-prisma.js";
import { quoted, styleOf } from "../style.js";
import type { WantedImport } from "../imports.js";
import { hasHooks } from "./bulk-writes.js";

export interface KeyedWrite {
  readonly key: ElementFunction;
  /** What the code calls the column that is compared with the key. */
  readonly column: string;
  /** A key without a row is an error. */
  readonly throws?: true;
  /** The list goes as one parameter, or is split by the library. */
  readonly unbound?: true;
  readonly imports?: readonly WantedImport[];
  readonly batch: (keys: string, locals: ReadonlyMap<string, string>) => string;
}

export interface WriteOfKey {
  readonly node: ts.CallExpression;
  readonly scope: LoopScope;
  readonly table: TableAnswers;
}

type Maker = (question: WriteOfKey) => KeyedWrite | undefined;

const MAKERS: Readonly<Record<string, Maker>> = { prisma, typeorm, sequelize, mongoose, drizzle, knex, kysely };

export function keyedWriteOf(dialect: string, question: WriteOfKey): KeyedWrite | undefined {
  return Object.hasOwn(MAKERS, dialect) ? MAKERS[dialect]?.(question) : undefined;
}

const COUNTS = /^(\$?inc(rement)?|decrement|multiply|divide|\$mul|push|\$push|\$addToSet|\$unset|\$pull|\$min|\$max)$/;

/** Values that are the same for all rows, whenever and however often they are written. `new Date()` is one moment for all. */
function isSame(data: ts.Node | undefined, scope: LoopScope): data is ts.ObjectLiteralExpression {
  if (data === undefined || !ts.isObjectLiteralExpression(data) || scope.isVariant(data)) return false;
  return !contains(data, (at) => {
    if (ts.isNewExpression(at)) return !/^new Date\(\)$/.test(at.getText());
    if (ts.isObjectLiteralElementLike(at)) return COUNTS.test(nameOf(at) ?? "");
    return (
      ts.isCallExpression(at) ||
      ts.isTaggedTemplateExpression(at) ||
      ts.isAwaitExpression(at) ||
      ts.isFunctionLike(at) ||
      ts.isSpreadAssignment(at)
    );
  });
}

/** `db.order.update({ where: { id }, data })` → `db.order.updateMany({ where: { id: { in: ids } }, data })` */
function prisma({ node, scope }: WriteOfKey): KeyedWrite | undefined {
  const call = methodCall(node);
  const [options] = call?.args ?? [];
  const kind = /^(update|delete)(Many)?$/.exec(call?.method.text ?? "");
  if (call === undefined || kind === null || options === undefined || !ts.isObjectLiteralExpression(options))
    return undefined;
  const [, verb = "", many] = kind;
  const wanted = verb === "update" ? /^(where|data)$/ : /^where$/;
  if (!options.properties.every((property) => wanted.test(nameOf(property) ?? ""))) return undefined;
  const where = propertyOf(options, "where");
  const object = where === undefined ? undefined : valueOf(where);
  const filter =
    object === undefined || !ts.isObjectLiteralExpression(object) ? undefined : prismaFilter(scope, object);
  if (filter === undefined || !restIsFixed(node, scope, [filter.property], /^(update|delete)/, /^Date$/))
    return undefined;
  if (verb === "update") {
    const data = propertyOf(options, "data");
    const values = data === undefined ? undefined : valueOf(data);
    // Rows of other tables have no place in a write of many.
    if (!isSame(values, scope) || values.properties.some(isComposed)) return undefined;
  }
  return {
    key: filter.key,
    column: filter.column,
    ...(many === undefined ? { throws: true as const } : {}),
    batch: (keys) => rewritten(node, [replace(call.method, `${verb}Many`), ...filter.edits(keys, [])]),
  };
}

function isComposed(property: ts.ObjectLiteralElementLike): boolean {
  return ts.isPropertyAssignment(property) && ts.isObjectLiteralExpression(property.initializer);
}

/** `users.update(id, data)`, `users.delete({ teamId })`: TypeORM takes a list of ids, or `In`. Nothing is loaded, so no listener of an entity is asked. */
function typeorm({ node, scope }: WriteOfKey): KeyedWrite | undefined {
  const call = methodCall(node);
  const [criteria, data, ...others] = call?.args ?? [];
  if (call === undefined || criteria === undefined || others.length > 0) return undefined;
  if (!/^(update|delete|softDelete|restore)$/.test(call.method.text)) return undefined;
  const isUpdate = call.method.text === "update";
  if (isUpdate ? !isSame(data, scope) : data !== undefined) return undefined;
  if (ts.isObjectLiteralExpression(criteria)) {
    const filter = keyedFilter(scope, criteria);
    if (filter === undefined || !restIsFixed(node, scope, [filter.property], CALLS, /^Date$/)) return undefined;
    return {
      ...keyOf(filter),
      imports: [{ module: "typeorm", name: "In" }],
      batch: (keys, locals) => rewritten(node, [withValue(filter, `${locals.get("In") ?? "In"}(${keys})`)]),
    };
  }
  const key = scope.ofElement(criteria);
  // An entity is no criterion that can be told from a key.
  if (key === undefined || !/(^|[iI])d$/.test(key.lastName ?? key.parameter)) return undefined;
  if (!restIsFixed(node, scope, [criteria], CALLS, /^Date$/)) return undefined;
  return { key, column: "id", batch: (keys) => rewritten(node, [replace(criteria, keys)]) };
}

const CALLS = /^(update|delete|softDelete|restore|destroy|getRepository|In|IsNull|Not)$/;

function keyOf({ key, column }: KeyedFilter): Pick<KeyedWrite, "key" | "column"> {
  return { key, column };
}

/** `Order.update(data, { where: { id } })`, `Order.destroy({ where: { id } })`. */
function sequelize({ node, scope }: WriteOfKey): KeyedWrite | undefined {
  const call = methodCall(node);
  const isUpdate = call?.method.text === "update";
  if (call === undefined || !(isUpdate || call.method.text === "destroy")) return undefined;
  const options = call.args[isUpdate ? 1 : 0];
  if (call.args.length !== (isUpdate ? 2 : 1) || (isUpdate && !isSame(call.args[0], scope))) return undefined;
  if (options === undefined || !ts.isObjectLiteralExpression(options)) return undefined;
  if (!options.properties.every((property) => /^(where|transaction)$/.test(nameOf(property) ?? ""))) return undefined;
  if (!ts.isPropertyAccessExpression(node.expression) || hasHooks(node.expression.expression)) return undefined;
  const where = propertyOf(options, "where");
  const object = where === undefined ? undefined : valueOf(where);
  const filter = object === undefined || !ts.isObjectLiteralExpression(object) ? undefined : keyedFilter(scope, object);
  if (filter === undefined || !restIsFixed(node, scope, [filter.property], CALLS, /^Date$/)) return undefined;
  return { ...keyOf(filter), unbound: true, batch: (keys) => rewritten(node, [withValue(filter, keys)]) };
}

const MANY: Readonly<Record<string, string>> = {
  updateOne: "updateMany",
  updateMany: "updateMany",
  deleteOne: "deleteMany",
  deleteMany: "deleteMany",
};

/** `Tag.updateOne({ _id: id }, data)` → `Tag.updateMany({ _id: { $in: ids } }, data)` */
function mongoose({ node, scope, table }: WriteOfKey): KeyedWrite | undefined {
  const call = methodCall(node);
  const [criteria, data, ...others] = call?.args ?? [];
  const many = call === undefined ? undefined : MANY[call.method.text];
  if (call === undefined || many === undefined || others.length > 0) return undefined;
  if (many === "updateMany" ? !isSame(data, scope) : data !== undefined) return undefined;
  if (!ts.isPropertyAccessExpression(node.expression) || hasHooks(node.expression.expression)) return undefined;
  const filter =
    criteria === undefined || !ts.isObjectLiteralExpression(criteria) ? undefined : keyedFilter(scope, criteria);
  if (filter === undefined || (call.method.text.endsWith("One") && !isUnique(table, filter.columns))) return undefined;
  if (!/(^_?id|Id)$/.test(filter.column)) return undefined;
  if (!restIsFixed(node, scope, [filter.property], /^(updateOne|updateMany|deleteOne|deleteMany)$/, /^Date$/))
    return undefined;
  return {
    ...keyOf(filter),
    unbound: true,
    batch: (keys) =>
      rewritten(node, [
        ...(many === call.method.text ? [] : [replace(call.method, many)]),
        withValue(filter, `{ $in: ${keys} }`),
      ]),
  };
}

/** `db.update(orders).set(data).where(eq(orders.id, id))` */
function drizzle({ node, scope }: WriteOfKey): KeyedWrite | undefined {
  const links = chainOf(node);
  if (!/^(update set where|delete where)$/.test(steps(links))) return undefined;
  const [condition] = links.at(-1)?.args ?? [];
  const keyed = condition === undefined ? undefined : keyInCondition(condition, scope);
  if (keyed === undefined || links[0]?.args[0]?.getText() !== keyed.tableText) return undefined;
  if (links.length === 3 && !isSame(links[1]?.args[0], scope)) return undefined;
  const allowed = /^(update|delete|set|where|eq|and|isNull|isNotNull|ne|gt|gte|lt|lte)$/;
  if (!restIsFixed(node, scope, [keyed.value], allowed, /^Date$/)) return undefined;
  return {
    key: keyed.key,
    column: keyed.column,
    imports: [{ module: "drizzle-orm", name: "inArray" }],
    batch: (keys, locals) => rewritten(node, [keyed.edit(keys, locals.get("inArray") ?? "inArray")]),
  };
}

/** `db("orders").where({ id }).update(data)` */
function knex({ node, scope }: WriteOfKey): KeyedWrite | undefined {
  const links = chainOf(node);
  const last = links.at(-1);
  if (last === undefined || !/^(update|del|delete)$/.test(last.name)) return undefined;
  if (!links.slice(0, -1).every(({ name }) => /^(|from|where|andWhere|whereNull|whereNotNull|transacting)$/.test(name)))
    return undefined;
  if (last.name === "update" ? last.args.length !== 1 || !isSame(last.args[0], scope) : last.args.length > 0)
    return undefined;
  const variant = links.filter(({ args }) => args.some((arg) => scope.isVariant(arg)));
  const [link, ...others] = variant;
  const keyed = link === undefined || others.length > 0 ? undefined : keyInStep(link, scope);
  if (keyed === undefined || !restIsFixed(node, scope, [keyed.node], /./, /^Date$/)) return undefined;
  const column = keyed.column.split(".").at(-1) ?? keyed.column;
  return { key: keyed.key, column, batch: (keys) => rewritten(node, keyed.edits(keys)) };
}

/** `db.updateTable("order").set(data).where("id", "=", id).execute()` */
function kysely({ node, scope }: WriteOfKey): KeyedWrite | undefined {
  const links = chainOf(node);
  if (!/^(updateTable set|deleteFrom)( where)+ execute$/.test(steps(links))) return undefined;
  if (links[0]?.name === "updateTable" && !isSame(links[1]?.args[0], scope)) return undefined;
  const variant = links.filter(({ args }) => args.some((arg) => scope.isVariant(arg)));
  const [link, ...others] = variant;
  const [column, operator, value] = link?.args ?? [];
  if (column === undefined || operator === undefined || value === undefined || others.length > 0) return undefined;
  if (!ts.isStringLiteralLike(column) || operator.getText().slice(1, -1) !== "=") return undefined;
  const key = scope.ofElement(value);
  if (key === undefined || !restIsFixed(node, scope, [value], /^(updateTable|set|deleteFrom|where|execute)$/, /^Date$/))
    return undefined;
  const style = styleOf(node.getSourceFile());
  return {
    key,
    column: column.text.split(".").at(-1) ?? column.text,
    batch: (keys) => rewritten(node, [replace(operator, quoted("in", style)), replace(value, keys)]),
  };
}

function steps(links: readonly Link[]): string {
  return links.map(({ name }) => name).join(" ");
}
