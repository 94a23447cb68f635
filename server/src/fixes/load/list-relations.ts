/**
 * How each library is told to load a relation along with a list: `include`, `relations`, `populate`, `with`. Only for look-ups by the key alone: a relation knows
 * no further conditions, and what the list's query selects has to leave room for it.
 */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { indentAt, layOut, quoted, styleOf } from "../style.js";
import { addProperty, chainOf, methodCall, nameOf, propertyOf, replace, valueOf } from "./keyed-read.js";
import { withElement } from "./string-lists.js";

export interface ListRelations {
  /** The list's operation. */
  readonly method: string;
  /** What the relation is to hold, from the look-up of one row: `true`, or what is selected of it; undefined for look-ups by more than the key. */
  readonly wanted: (query: ts.Expression) => string | undefined;
  /** The edit that makes the list's query load the relation. */
  readonly widen: (list: ts.CallExpression, relation: string, wanted: string) => TextEdit | undefined;
  /** What a pass is given where there is no row, when it is not `null`, as the relation is. */
  readonly nothing?: string;
  /** The field that holds the key holds the row afterwards. */
  readonly replacesKey?: true;
  /** Types must declare the relation's property. */
  readonly declared?: true;
}

const RELATIONS: Readonly<Record<string, ListRelations>> = {
  prisma: { method: "findMany", wanted: wantedByPrisma, widen: includeInPrisma },
  typeorm: {
    method: "find",
    wanted: bareFilter,
    widen: (list, name) => inOptions(list, "relations", name, TYPEORM),
    declared: true,
  },
  sequelize: {
    method: "findAll",
    wanted: bareKey,
    widen: (list, name) => inOptions(list, "include", name, SEQUELIZE),
    declared: true,
  },
  "mikro-orm": { method: "find", wanted: bareKey, widen: populateInMikroOrm },
  mongoose: { method: "find", wanted: bareMongoose, widen: populateInMongoose, replacesKey: true },
  drizzle: {
    method: "findMany",
    wanted: bareDrizzle,
    widen: (list, name) => inOptions(list, "with", name, DRIZZLE),
    nothing: "undefined",
  },
};

export function listRelations(dialect: string): ListRelations | undefined {
  return Object.hasOwn(RELATIONS, dialect) ? RELATIONS[dialect] : undefined;
}

/** `true`, or what the query wanted of its row; undefined where it asks for more than one row by its key. */
function wantedByPrisma(query: ts.Expression): string | undefined {
  const [options] = methodCall(query)?.args ?? [];
  if (options === undefined || !isOnlyCondition(options, "where")) return undefined;
  const rest = options.properties.filter((property) => nameOf(property) !== "where");
  return rest.length === 0 ? "true" : `{ ${rest.map((property) => property.getText()).join(", ")} }`;
}

function isOnlyCondition(options: ts.Expression, name: string): options is ts.ObjectLiteralExpression {
  if (!ts.isObjectLiteralExpression(options)) return false;
  const where = propertyOf(options, name);
  const filter = where === undefined ? undefined : valueOf(where);
  return filter !== undefined && ts.isObjectLiteralExpression(filter) && filter.properties.length === 1;
}

/** `findOneBy({ id })`, `findOne({ where: { id } })` */
function bareFilter(query: ts.Expression): string | undefined {
  const call = methodCall(query);
  const options = call?.args.at(-1);
  if (call === undefined || options === undefined || !ts.isObjectLiteralExpression(options)) return undefined;
  if (options.properties.length !== 1) return undefined;
  return call.method.text === "findOneBy" || isOnlyCondition(options, "where") ? "true" : undefined;
}

/** `findByPk(id)`, `em.findOne(User, id)`, `em.findOne(User, { id })`, `findOne({ where: { id } })` */
function bareKey(query: ts.Expression): string | undefined {
  const call = methodCall(query);
  const last = call?.args.at(-1);
  if (call === undefined || last === undefined || 2 < call.args.length) return undefined;
  if (call.method.text === "findByPk") return call.args.length === 1 ? "true" : undefined;
  if (!ts.isObjectLiteralExpression(last)) return "true";
  if (last.properties.length !== 1) return undefined;
  return propertyOf(last, "where") === undefined || isOnlyCondition(last, "where") ? "true" : undefined;
}

function bareMongoose(query: ts.Expression): string | undefined {
  const call = methodCall(query);
  return call?.method.text === "findById" && call.args.length === 1 ? "true" : undefined;
}

function bareDrizzle(query: ts.Expression): string | undefined {
  const [options] = methodCall(query)?.args ?? [];
  if (options === undefined || !ts.isObjectLiteralExpression(options) || options.properties.length !== 1)
    return undefined;
  const where = propertyOf(options, "where");
  const value = where === undefined ? undefined : valueOf(where);
  return value !== undefined && ts.isCallExpression(value) && value.expression.getText() === "eq" ? "true" : undefined;
}

function includeInPrisma(list: ts.CallExpression, relation: string, wanted: string): TextEdit | undefined {
  const field = `${relation}: ${wanted}`;
  const [options, ...others] = list.arguments;
  if (others.length > 0) return undefined;
  if (options === undefined) return { start: list.end - 1, end: list.end - 1, newText: `{ include: { ${field} } }` };
  if (!ts.isObjectLiteralExpression(options) || options.properties.some(ts.isSpreadAssignment)) return undefined;
  const own = propertyOf(options, "select") ?? propertyOf(options, "include");
  return own === undefined
    ? withProperty(options, `include: { ${field} }`)
    : intoObject(valueOf(own), relation, wanted);
}

interface OptionForm {
  /** Options beside which a relation is loaded as it should be. */
  readonly known: RegExp;
  /** The value of an option that is new. */
  readonly print: (relation: string, quote: (text: string) => string) => string;
}

const TYPEORM: OptionForm = {
  known: /^(where|order|take|skip|relations|withDeleted)$/,
  print: (relation) => `{ ${relation}: true }`,
};
const SEQUELIZE: OptionForm = {
  known: /^(where|order|limit|offset|include|transaction|attributes|paranoid)$/,
  print: (relation, quote) => `[${quote(relation)}]`,
};
const DRIZZLE: OptionForm = {
  known: /^(where|orderBy|limit|offset|with|columns)$/,
  print: (relation) => `{ ${relation}: true }`,
};

/** Adds a relation to the option of this name, in the form it has: a list of names, or an object. */
function inOptions(
  list: ts.CallExpression,
  option: string,
  relation: string,
  { known, print }: OptionForm,
): TextEdit | undefined {
  const style = styleOf(list.getSourceFile());
  const text = `${option}: ${print(relation, (name) => quoted(name, style))}`;
  const options = list.arguments.at(-1);
  if (options === undefined) return { start: list.end - 1, end: list.end - 1, newText: `{ ${text} }` };
  if (ts.isIdentifier(options) && list.arguments.length === 1 && /^[A-Z]/.test(options.text))
    return { start: options.end, end: options.end, newText: `, { ${text} }` };
  if (!ts.isObjectLiteralExpression(options)) return undefined;
  if (!options.properties.every((property) => known.test(nameOf(property) ?? ""))) return undefined;
  const own = propertyOf(options, option);
  if (own === undefined) return withProperty(options, text);
  const value = valueOf(own);
  if (ts.isArrayLiteralExpression(value)) return intoList(value, relation);
  return intoObject(value, relation, "true");
}

function intoList(value: ts.ArrayLiteralExpression, relation: string): TextEdit | undefined {
  if (value.elements.length > 0 && value.elements.every(ts.isStringLiteralLike))
    return withElement(value, relation)?.[0];
  const last = value.elements.at(-1);
  if (last === undefined) return undefined;
  const style = styleOf(value.getSourceFile());
  return { start: last.end, end: last.end, newText: `, ${quoted(relation, style)}` };
}

function intoObject(value: ts.Expression, relation: string, wanted: string): TextEdit | undefined {
  if (!ts.isObjectLiteralExpression(value) || value.properties.some(ts.isSpreadAssignment)) return undefined;
  if (value.properties.some((property) => nameOf(property) === relation)) return undefined;
  return addProperty(value, `${relation}: ${wanted}`);
}

/** `em.find(Order, where, { populate: ["customer"] })`, and without the entity for repositories. */
function populateInMikroOrm(list: ts.CallExpression, relation: string): TextEdit | undefined {
  const args = [...list.arguments];
  const isManager = args[0] !== undefined && ts.isIdentifier(args[0]) && /^[A-Z]/.test(args[0].text);
  const [where, options, ...others] = isManager ? args.slice(1) : args;
  if (where === undefined || !ts.isObjectLiteralExpression(where) || others.length > 0) return undefined;
  const text = `populate: [${quoted(relation, styleOf(list.getSourceFile()))}]`;
  if (options === undefined) return { start: where.end, end: where.end, newText: `, { ${text} }` };
  if (!ts.isObjectLiteralExpression(options)) return undefined;
  if (!options.properties.every((one) => /^(orderBy|limit|offset|populate)$/.test(nameOf(one) ?? ""))) return undefined;
  const own = propertyOf(options, "populate");
  if (own === undefined) return withProperty(options, text);
  const value = valueOf(own);
  return ts.isArrayLiteralExpression(value) ? intoList(value, relation) : undefined;
}

/** `Order.find({ … }).sort(…).populate("customer")` */
function populateInMongoose(list: ts.CallExpression, relation: string): TextEdit | undefined {
  const tree = list.getSourceFile();
  // Types say that the field holds a key.
  if (/\.[cm]?tsx?$/.test(tree.fileName)) return undefined;
  const links = chainOf(list);
  if (!links.every(({ name }) => /^(find|sort|limit|skip|where)$/.test(name))) return undefined;
  return { start: list.end, end: list.end, newText: `.populate(${quoted(relation, styleOf(tree))})` };
}

/** Properties go on lines of their own where one line would be too long for them. */
function withProperty(options: ts.ObjectLiteralExpression, text: string): TextEdit {
  const tree = options.getSourceFile();
  const style = styleOf(tree);
  if (options.properties.length === 0) return replace(options, `{ ${text} }`);
  const lineEnd = tree.text.indexOf("\n", options.end);
  const lineStart = tree.text.lastIndexOf("\n", options.getStart()) + 1;
  const isOneLine = !options.getText().includes("\n");
  if (!isOneLine || lineEnd - lineStart + text.length + 2 <= style.width) return addProperty(options, text);
  const base = indentAt(tree.text, options.getStart());
  const properties = [...options.properties.map((property) => property.getText()), text];
  const lines = properties.map((one, i) => `\t${one}${i < properties.length - 1 ? "," : style.trailingComma}`);
  return replace(options, layOut(["{", ...lines, "}"], base, style));
}
