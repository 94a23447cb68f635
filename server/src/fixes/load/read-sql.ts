/**
 * SQL given to a driver. PostgreSQL takes a list as one parameter: `id = $1` becomes `id = any($1)`. Only statements of the simplest shape are rewritten:
 * one table, conditions joined by `and`, nothing that counts, groups or cuts off rows.
 */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import {
  isUnique,
  type KeyedRead,
  type ReadQuestion,
  replace,
  restIsFixed,
  rewritten,
  type TableAnswers,
} from "./keyed-read.js";

/** `pool.query("select … where id = $1", [id])` */
export function readPg({ node, scope, table }: ReadQuestion): KeyedRead | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const [text, values, ...others] = node.arguments;
  if (text === undefined || values === undefined || others.length > 0 || !isPlainText(text)) return undefined;
  if (!ts.isArrayLiteralExpression(values)) return undefined;
  const variant = values.elements.filter((element) => scope.isVariant(element));
  const [value] = variant;
  const key = value === undefined || variant.length > 1 ? undefined : scope.ofElement(value);
  if (value === undefined || key === undefined || !restIsFixed(node, scope, [value], /^query$/)) return undefined;
  const statement = keyedStatement(text.text, `\\$${values.elements.indexOf(value) + 1}(?!\\d)`, table);
  if (statement === undefined) return undefined;
  const raw = textEdits(text, statement, (column, place) => `${column} = any(${place})`);
  if (raw === undefined) return undefined;
  return {
    key,
    column: statement.column,
    rowKey: statement.column,
    gives: "result",
    missing: "[]",
    boundKeys: false,
    asText: true,
    ...(statement.widened ? { widened: true as const } : {}),
    batch: (keys) => rewritten(node, [...raw, replace(value, keys)]),
  };
}

/** postgres.js: ``sql`select … where id = ${id}` `` */
export function readPostgresJs({ node, scope, table }: ReadQuestion): KeyedRead | undefined {
  if (!ts.isTaggedTemplateExpression(node) || !ts.isTemplateExpression(node.template)) return undefined;
  const { head, templateSpans } = node.template;
  const variant = templateSpans.filter(({ expression }) => scope.isVariant(expression));
  const [span] = variant;
  const key = span === undefined || variant.length > 1 ? undefined : scope.ofElement(span.expression);
  if (span === undefined || key === undefined || !restIsFixed(node, scope, [span.expression], /^$/)) return undefined;
  const at = templateSpans.indexOf(span);
  // Holes are written as PostgreSQL's parameters to be read as SQL.
  const text = head.text + templateSpans.map(({ literal }, i) => `$${i + 1}${literal.text}`).join("");
  const statement = keyedStatement(text, `\\$${at + 1}(?!\\d)`, table);
  if (statement === undefined || statement.widened || statement.limited) return undefined;
  const before = at === 0 ? head : templateSpans[at - 1]?.literal;
  const equals = before === undefined ? undefined : /=\s*\$\{$/.exec(before.getText());
  if (before === undefined || equals === null || equals === undefined) return undefined;
  return {
    key,
    column: statement.column,
    rowKey: statement.column,
    gives: "rows",
    missing: "[]",
    boundKeys: false,
    asText: true,
    batch: (keys) =>
      rewritten(node, [
        { start: before.end - equals[0].length, end: before.end, newText: "= any(${" },
        replace(span.expression, keys),
        { start: span.literal.getStart() + 1, end: span.literal.getStart() + 1, newText: ")" },
      ]),
  };
}

interface KeyedStatement {
  readonly column: string;
  /** `t.id = $1`, where it stands in the text. */
  readonly condition: { readonly start: number; readonly end: number; readonly column: string; readonly place: string };
  /** `limit 1`, which goes. */
  readonly limit: { readonly start: number; readonly end: number } | undefined;
  readonly limited: boolean;
  /** Where the key's column joins those selected. */
  readonly select: { readonly at: number; readonly text: string } | undefined;
  readonly widened: boolean;
}

const TOO_MUCH =
  /\b(group\s+by|having|distinct|union|intersect|except|with|over|offset|for\s+update|or|not|join|count|sum|min|max|avg|array_agg|json_agg|string_agg|exists|case|returning|insert|update|delete)\b|\(\s*select\b|--|\/\*/i;

/** Takes a statement apart; `place` is a pattern for the parameter that holds the key. */
export function keyedStatement(text: string, place: string, table: TableAnswers): KeyedStatement | undefined {
  const head = /^\s*select\s+([\s\S]+?)\s+from\s+[\w."]+(\s+(as\s+)?(?!where\b)[a-z_]\w*)?\s+where\s+/i.exec(text);
  if (head === null || TOO_MUCH.test(text)) return undefined;
  const found = new RegExp(`([a-z_][\\w.]*)\\s*=\\s*(${place}(::\\w+)?)`, "i").exec(text);
  if (
    found === null ||
    found.index < head[0].length ||
    new RegExp(place, "g").exec(text.slice(found.index + found[0].length)) !== null
  )
    return undefined;
  const written = found[1] ?? "";
  const column = (written.split(".").at(-1) ?? "").toLowerCase();
  const limit = /\s+limit\s+1\s*;?\s*$/i.exec(text);
  if (/\blimit\b/i.test(text) && limit === null) return undefined;
  if (limit !== null && (!isUnique(table, [column]) || /\border\s+by\b/i.test(text))) return undefined;
  const list = head[1] ?? "";
  const names = list.split(",").map((name) => name.trim().split(".").at(-1)?.toLowerCase() ?? "");
  const isThere = names.some((name) => name === "*" || name === column);
  if (!isThere && /[()]/.test(list)) return undefined;
  const end = text.indexOf(list, /^\s*select\s+/i.exec(text)?.[0].length ?? 0) + list.length;
  return {
    column,
    condition: { start: found.index, end: found.index + found[0].length, column: written, place: found[2] ?? "" },
    limit: limit === null ? undefined : { start: limit.index, end: text.length },
    limited: limit !== null,
    select: isThere ? undefined : { at: end, text: `, ${written}` },
    widened: !isThere,
  };
}

/** Edits of a string's inside; undefined where its text is not what it says (escapes). */
export function textEdits(
  node: ts.StringLiteralLike,
  { condition, limit, select }: KeyedStatement,
  print: (column: string, place: string) => string,
): readonly TextEdit[] | undefined {
  const start = node.getStart() + 1;
  if (node.getText().slice(1, -1) !== node.text) return undefined;
  return [
    ...(select === undefined ? [] : [{ start: start + select.at, end: start + select.at, newText: select.text }]),
    { start: start + condition.start, end: start + condition.end, newText: print(condition.column, condition.place) },
    ...(limit === undefined ? [] : [{ start: start + limit.start, end: start + limit.end, newText: "" }]),
  ];
}

export function isPlainText(node: ts.Expression): node is ts.StringLiteralLike {
  return ts.isStringLiteralLike(node);
}
