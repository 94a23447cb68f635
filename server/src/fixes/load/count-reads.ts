/** How many rows there are for a key: one grouped count for all keys. A key that has no rows has no group, and its pass gets zero. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { indentAt, quoted, styleOf } from "../style.js";
import {
  addProperty,
  chainOf,
  keyedFilter,
  type KeyedFilter,
  type KeyedRead,
  methodCall,
  nameOf,
  propertyOf,
  type ReadQuestion,
  replace,
  restIsFixed,
  rewritten,
  valueOf,
  withValue,
} from "./keyed-read.js";
import { keyInCondition } from "./read-drizzle.js";

interface CountCall {
  readonly method: ts.Identifier;
  readonly options: ts.ObjectLiteralExpression;
  readonly filter: KeyedFilter;
}

/** `orders.count({ where: { customerId: customer.id } })`, with nothing in it but what is named. */
function countCall({ node, scope }: ReadQuestion, known: RegExp, name = "count"): CountCall | undefined {
  const call = methodCall(node);
  const [options] = call?.args ?? [];
  if (call === undefined || options === undefined || call.args.length > 1) return undefined;
  if (call.method.text !== name || !ts.isObjectLiteralExpression(options)) return undefined;
  if (!options.properties.every((property) => known.test(nameOf(property) ?? ""))) return undefined;
  const where = propertyOf(options, "where");
  const object = where === undefined ? undefined : valueOf(where);
  const filter = object === undefined || !ts.isObjectLiteralExpression(object) ? undefined : keyedFilter(scope, object);
  if (filter === undefined || !restIsFixed(node, scope, [filter.property], /^(count|aggregate|getRepository)$/))
    return undefined;
  return { method: call.method, options, filter };
}

function counted({ key, column }: KeyedFilter): Omit<KeyedRead, "batch" | "value"> {
  return { key, column, rowKey: column, gives: "row", missing: "0", boundKeys: false, asText: false };
}

/** `db.order.groupBy({ by: ["customerId"], where: { customerId: { in: ids } }, _count: true })` */
export function countPrisma(question: ReadQuestion): KeyedRead | undefined {
  const call = countCall(question, /^where$/);
  if (call === undefined) return undefined;
  return {
    ...counted(call.filter),
    value: (row) => `${row}._count`,
    batch: (keys) => rewritten(question.node, [...groupedBy(call, keys), addProperty(call.options, "_count: true")]),
  };
}

/** Sums and their like of no rows are `null`, and their count is zero. */
export function aggregatePrisma(question: ReadQuestion): KeyedRead | undefined {
  const call = countCall(question, /^(where|_sum|_avg|_min|_max|_count)$/, "aggregate");
  if (call === undefined) return undefined;
  const parts = call.options.properties.filter((property) => nameOf(property) !== "where");
  const nothing = parts.map((property) => ofNoRows(property));
  if (parts.length === 0 || nothing.includes(undefined)) return undefined;
  return {
    ...counted(call.filter),
    missing: `{ ${nothing.join(", ")} }`,
    batch: (keys) => rewritten(question.node, groupedBy(call, keys)),
  };
}

function ofNoRows(property: ts.ObjectLiteralElementLike): string | undefined {
  if (!ts.isPropertyAssignment(property)) return undefined;
  const name = nameOf(property) ?? "";
  const value = name === "_count" ? "0" : "null";
  const { initializer } = property;
  if (initializer.kind === ts.SyntaxKind.TrueKeyword && name === "_count") return `${name}: ${value}`;
  if (!ts.isObjectLiteralExpression(initializer)) return undefined;
  const fields = initializer.properties.map((field) =>
    ts.isPropertyAssignment(field) && field.initializer.kind === ts.SyntaxKind.TrueKeyword ? nameOf(field) : undefined,
  );
  if (fields.length === 0 || fields.includes(undefined)) return undefined;
  return `${name}: { ${fields.map((field) => `${field ?? ""}: ${value}`).join(", ")} }`;
}

function groupedBy({ method, options, filter }: CountCall, keys: string): readonly TextEdit[] {
  const by = `by: [${quoted(filter.column, styleOf(options.getSourceFile()))}]`;
  const start = options.properties.pos;
  return [
    replace(method, "groupBy"),
    { start, end: start, newText: `${gapBefore(options)}${by},` },
    withValue(filter, `{ in: ${keys} }`),
  ];
}

/** What stands between the brace of an object and its first property. */
function gapBefore({ properties }: ts.ObjectLiteralExpression): string {
  const [first] = properties;
  const gap = first?.getSourceFile().text.slice(properties.pos, first.getStart()) ?? "";
  return /\r?\n[ \t]*$/.exec(gap)?.[0] ?? " ";
}

/** `Order.count({ where: { customerId: ids }, group: ["customerId"] })` */
export function countSequelize(question: ReadQuestion): KeyedRead | undefined {
  const call = countCall(question, /^(where|transaction|paranoid|logging)$/);
  if (call === undefined) return undefined;
  const { options, filter } = call;
  const group = `group: [${quoted(filter.column, styleOf(options.getSourceFile()))}]`;
  return {
    ...counted(filter),
    asText: true,
    value: (row) => `${row}.count`,
    batch: (keys) => rewritten(question.node, [withValue(filter, keys), addProperty(options, group)]),
  };
}

/** TypeORM groups in a query builder only, which takes the same conditions as long as they are of the table itself. */
export function countTypeorm(question: ReadQuestion): KeyedRead | undefined {
  const { node, scope } = question;
  const call = methodCall(node);
  const [options] = call?.args ?? [];
  if (call === undefined || options === undefined || call.args.length > 1) return undefined;
  if (!ts.isObjectLiteralExpression(options) || !ts.isPropertyAccessExpression(call.method.parent)) return undefined;
  const isBy = call.method.text === "countBy";
  const filter = isBy ? keyedFilter(scope, options) : countCall(question, /^where$/)?.filter;
  if (filter === undefined || !filter.exact) return undefined;
  if (!restIsFixed(node, scope, [filter.property], /^(countBy|count|getRepository)$/)) return undefined;
  const where = filter.property.parent;
  const repository = call.method.parent.expression.getText();
  const style = styleOf(node.getSourceFile());
  const text = (value: string): string => quoted(value, style);
  const path = text(`counted.${filter.column}`);
  const typed = /\.[cm]?tsx?$/.test(node.getSourceFile().fileName) ? "<{ key: unknown; count: string }>" : "";
  return {
    ...counted(filter),
    rowKey: "key",
    boundKeys: true,
    asText: true,
    value: (row) => `Number(${row}.count)`,
    imports: [{ module: "typeorm", name: "In" }],
    batch: (keys, locals) => {
      const same = rewritten(where, [withValue(filter, `${locals.get("In") ?? "In"}(${keys})`)]);
      const steps = [
        `${repository}.createQueryBuilder(${text("counted")})`,
        `select(${path}, ${text("key")})`,
        `addSelect(${text("COUNT(*)")}, ${text("count")})`,
        `where(${same})`,
        `groupBy(${path})`,
        `getRawMany${typed}()`,
      ];
      const own = indentAt(node.getSourceFile().text, node.getStart());
      return steps.join(`\n${own}${style.indent}.`);
    },
  };
}

/** `db.$count(orders, eq(orders.customerId, id))`, and `db.select({ total: count() }).from(orders).where(…)`, whose answer is a list of one row. */
export function countDrizzle(question: ReadQuestion): KeyedRead | undefined {
  const links = chainOf(question.node);
  const [only, ...others] = links;
  if (only?.name === "$count" && others.length === 0) return countedRows(question, only.call);
  return selectedCount(question);
}

function countedRows({ node, scope }: ReadQuestion, call: ts.CallExpression): KeyedRead | undefined {
  const [table, condition, ...others] = call.arguments;
  const keyed = condition === undefined || others.length > 0 ? undefined : keyInCondition(condition, scope);
  if (keyed === undefined || table === undefined || condition === undefined) return undefined;
  if (table.getText() !== keyed.tableText || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  if (!restIsFixed(node, scope, [keyed.value], /^(\$count|eq|and|isNull|isNotNull|ne|gt|gte|lt|lte)$/))
    return undefined;
  const client = call.expression.expression.getText();
  const column = `${keyed.tableText}.${keyed.column}`;
  return {
    ...grouped(keyed),
    gives: "row",
    missing: "0",
    value: (row) => `${row}.count`,
    imports: [
      { module: "drizzle-orm", name: "inArray" },
      { module: "drizzle-orm", name: "count" },
    ],
    batch: (keys, locals) => {
      const where = rewritten(condition, [keyed.edit(keys, locals.get("inArray") ?? "inArray")]);
      const fields = `{ ${keyed.column}: ${column}, count: ${locals.get("count") ?? "count"}() }`;
      return `${client}.select(${fields}).from(${keyed.tableText}).where(${where}).groupBy(${column})`;
    },
  };
}

function selectedCount({ node, scope }: ReadQuestion): KeyedRead | undefined {
  const links = chainOf(node);
  if (links.map(({ name }) => name).join(" ") !== "select from where") return undefined;
  const [select, from, where] = links;
  const [fields] = select?.args ?? [];
  const [condition] = where?.args ?? [];
  if (fields === undefined || condition === undefined || !ts.isObjectLiteralExpression(fields)) return undefined;
  const [field, ...others] = fields.properties;
  const keyed = keyInCondition(condition, scope);
  if (field === undefined || others.length > 0 || keyed === undefined || nameOf(field) === keyed.column)
    return undefined;
  if (!ts.isPropertyAssignment(field) || !/^count(Distinct)?\(/.test(field.initializer.getText())) return undefined;
  if (from?.args[0]?.getText() !== keyed.tableText) return undefined;
  const allowed = /^(select|from|where|count|countDistinct|eq|and|isNull|isNotNull|ne|gt|gte|lt|lte)$/;
  if (!restIsFixed(node, scope, [keyed.value], allowed)) return undefined;
  const column = `${keyed.tableText}.${keyed.column}`;
  return {
    ...grouped(keyed),
    gives: "rows",
    missing: `[{ ${nameOf(field) ?? ""}: 0 }]`,
    imports: [{ module: "drizzle-orm", name: "inArray" }],
    batch: (keys, locals) => {
      const edits = [
        keyed.edit(keys, locals.get("inArray") ?? "inArray"),
        addProperty(fields, `${keyed.column}: ${column}`),
      ];
      return `${rewritten(node, edits)}.groupBy(${column})`;
    },
  };
}

function grouped({ key, column }: { readonly key: KeyedRead["key"]; readonly column: string }) {
  return { key, column, rowKey: column, boundKeys: true, refusesEmpty: true, asText: false } as const;
}
