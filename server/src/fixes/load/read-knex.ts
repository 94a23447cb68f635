/** Knex: `db("users").where({ id }).first()` → `db("users").whereIn("id", ids)`. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { quoted, styleOf } from "../style.js";
import {
  chainOf,
  isUnique,
  keyedFilter,
  type KeyedRead,
  type Link,
  nameOf,
  type ReadQuestion,
  removeLink,
  replace,
  restIsFixed,
  rewritten,
} from "./keyed-read.js";
import type { ElementFunction, LoopScope } from "./loop-scope.js";

const STEPS =
  /^(|from|into|table|select|columns|column|where|andWhere|whereNull|whereNotNull|whereIn|first|orderBy|transacting|withSchema)$/;

export function readKnex({ node, scope, table }: ReadQuestion): KeyedRead | undefined {
  const links = chainOf(node);
  if (links.length === 0 || !links.every(({ name }) => STEPS.test(name))) return undefined;
  const first = links.find(({ name }) => name === "first");
  if (first !== undefined && (first !== links.at(-1) || links.some(({ name }) => name === "orderBy"))) return undefined;
  const variant = links.filter(({ args }) => args.some((arg) => scope.isVariant(arg)));
  const [link, ...others] = variant;
  const keyed = link === undefined || others.length > 0 ? undefined : keyInStep(link, scope);
  if (link === undefined || keyed === undefined) return undefined;
  if (!restIsFixed(node, scope, [keyed.node], /^(|knex|db|trx|tx|raw)$|./)) return undefined;
  const column = keyed.column.split(".").at(-1) ?? keyed.column;
  const equal = links.filter((one) => one !== link).flatMap((one) => equalColumns(one));
  if (first !== undefined && !isUnique(table, [column, ...keyed.others, ...equal])) return undefined;
  const selected = keepKey(links, keyed.column);
  if (selected === undefined) return undefined;
  return {
    key: keyed.key,
    column,
    rowKey: column,
    gives: first === undefined ? "rows" : "row",
    missing: first === undefined ? "[]" : "undefined",
    boundKeys: true,
    asText: true,
    ...(selected.length > 0 ? { widened: true as const } : {}),
    batch: (keys) =>
      rewritten(node, [
        ...keyed.edits(keys),
        ...selected,
        ...(first === undefined ? [] : [first.args.length > 0 ? renamed(first, "select") : removeLink(first)]),
      ]),
  };
}

export interface KeyedStep {
  readonly column: string;
  readonly key: ElementFunction;
  readonly node: ts.Node;
  /** Other columns the same step compares. */
  readonly others: readonly string[];
  readonly edits: (keys: string) => readonly TextEdit[];
}

/** `where("id", id)`, `where("id", "=", id)`, `where({ id, active: true })` */
export function keyInStep(link: Link, scope: LoopScope): KeyedStep | undefined {
  if (link.name !== "where" && link.name !== "andWhere") return undefined;
  const [first, ...rest] = link.args;
  const style = styleOf(link.call.getSourceFile());
  if (first !== undefined && ts.isStringLiteralLike(first)) {
    const value = rest.at(-1);
    if (rest.length === 2 && rest[0]?.getText().slice(1, -1) !== "=") return undefined;
    const key = value === undefined || rest.length > 2 ? undefined : scope.ofElement(value);
    if (value === undefined || key === undefined) return undefined;
    const text = (keys: string): string => `.whereIn(${first.getText()}, ${keys})`;
    return {
      column: first.text,
      key,
      node: value,
      others: [],
      edits: (keys) => [{ ...link.span, newText: text(keys) }],
    };
  }
  if (first === undefined || rest.length > 0 || !ts.isObjectLiteralExpression(first)) return undefined;
  const filter = keyedFilter(scope, first);
  if (filter === undefined || !filter.exact) return undefined;
  const others = first.properties.filter((property) => property !== filter.property);
  const kept = others.map((property) => property.getText()).join(", ");
  const where = others.length === 0 ? "" : `.where({ ${kept} })`;
  return {
    column: filter.column,
    key: filter.key,
    node: filter.property,
    others: others.flatMap((property) => nameOf(property) ?? []),
    edits: (keys) => [{ ...link.span, newText: `${where}.whereIn(${quoted(filter.column, style)}, ${keys})` }],
  };
}

/** Columns a step compares with one value. */
function equalColumns({ name, args }: Link): readonly string[] {
  const [first] = args;
  if ((name !== "where" && name !== "andWhere") || first === undefined) return [];
  if (ts.isStringLiteralLike(first)) return args.length === 2 ? [first.text.split(".").at(-1) ?? ""] : [];
  return ts.isObjectLiteralExpression(first) ? first.properties.flatMap((property) => nameOf(property) ?? []) : [];
}

function renamed({ call: { expression } }: Link, name: string): TextEdit {
  return replace(ts.isPropertyAccessExpression(expression) ? expression.name : expression, name);
}

const SELECTS = /^(select|columns|column|first)$/;

/** The key's column has to be among those selected. Undefined where that cannot be said. */
function keepKey(links: readonly Link[], column: string): readonly TextEdit[] | undefined {
  const selects = links.filter(({ name, args }) => SELECTS.test(name) && args.length > 0);
  if (selects.length === 0) return [];
  const bare = column.split(".").at(-1) ?? column;
  const lists = selects.flatMap(({ args }) =>
    args.flatMap((arg) => (ts.isArrayLiteralExpression(arg) ? [...arg.elements] : [arg])),
  );
  const names = lists.map((arg) => (ts.isStringLiteralLike(arg) ? arg.text : undefined));
  const isThere = (name: string | undefined): boolean =>
    name !== undefined && (name === "*" || name.endsWith(".*") || (name.split(".").at(-1) ?? "") === bare);
  if (names.some(isThere)) return [];
  const last = lists.at(-1);
  if (names.includes(undefined) || last === undefined) return undefined;
  return [{ start: last.end, end: last.end, newText: `, ${quoted(column, styleOf(last.getSourceFile()))}` }];
}
