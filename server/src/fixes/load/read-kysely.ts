/** Kysely: `….where("id", "=", id).executeTakeFirst()` → `….where("id", "in", ids).execute()`. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { quoted, styleOf } from "../style.js";
import {
  chainOf,
  isUnique,
  type KeyedRead,
  type Link,
  type ReadQuestion,
  replace,
  restIsFixed,
  rewritten,
  throwing,
} from "./keyed-read.js";
import { withElement } from "./string-lists.js";

const STEPS =
  /^(selectFrom|select|selectAll|where|orderBy|execute|executeTakeFirst|executeTakeFirstOrThrow|withSchema)$/;

export function readKysely({ node, scope, table }: ReadQuestion): KeyedRead | undefined {
  const links = chainOf(node);
  const last = links.at(-1);
  if (last === undefined || !links.every(({ name }) => STEPS.test(name))) return undefined;
  const one = last.name.startsWith("executeTakeFirst");
  if (!one && last.name !== "execute") return undefined;
  if (one && links.some(({ name }) => name === "orderBy")) return undefined;
  const wheres = links.filter(({ name }) => name === "where");
  const keyed = wheres.filter(({ args }) => args.some((arg) => scope.isVariant(arg)));
  const [link, ...others] = keyed;
  const [column, operator, value] = link?.args ?? [];
  if (column === undefined || operator === undefined || value === undefined || others.length > 0) return undefined;
  if (!ts.isStringLiteralLike(column) || !ts.isStringLiteralLike(operator) || operator.text !== "=") return undefined;
  const key = scope.ofElement(value);
  if (key === undefined || !restIsFixed(node, scope, [value], STEPS)) return undefined;
  const bare = column.text.split(".").at(-1) ?? column.text;
  if (one && !isUnique(table, wheres.flatMap(equalColumn))) return undefined;
  const selected = keepKey(links, column.text);
  if (selected === undefined) return undefined;
  const style = styleOf(node.getSourceFile());
  return {
    key,
    column: bare,
    rowKey: bare,
    gives: one ? "row" : "rows",
    missing: one ? "undefined" : "[]",
    boundKeys: true,
    refusesEmpty: true,
    asText: false,
    ...throwing(last.name),
    ...(selected.length > 0 ? { widened: true as const } : {}),
    batch: (keys) =>
      rewritten(node, [
        replace(operator, quoted("in", style)),
        replace(value, keys),
        ...selected,
        ...(one && ts.isPropertyAccessExpression(last.call.expression)
          ? [replace(last.call.expression.name, "execute")]
          : []),
      ]),
  };
}

function equalColumn({ args: [column, operator] }: Link): readonly string[] {
  if (column === undefined || operator === undefined || !ts.isStringLiteralLike(column)) return [];
  return ts.isStringLiteralLike(operator) && operator.text === "=" ? [column.text.split(".").at(-1) ?? ""] : [];
}

function keepKey(links: readonly Link[], column: string): readonly TextEdit[] | undefined {
  if (links.some(({ name }) => name === "selectAll")) return [];
  const bare = column.split(".").at(-1) ?? column;
  const selects = links.filter(({ name }) => name === "select");
  const lists = selects.flatMap(({ args }) => args.slice(0, 1));
  const names = lists.flatMap((list) =>
    ts.isArrayLiteralExpression(list)
      ? list.elements.map((one) => one.getText().slice(1, -1))
      : [list.getText().slice(1, -1)],
  );
  if (names.some((name) => name.split(".").at(-1) === bare)) return [];
  const [list] = lists;
  if (list !== undefined && ts.isArrayLiteralExpression(list)) return withElement(list, column);
  if (list === undefined || !ts.isStringLiteralLike(list)) return undefined;
  const style = styleOf(list.getSourceFile());
  return [replace(list, `[${list.getText()}, ${quoted(column, style)}]`)];
}
