/**
 * mysql2: `id = ?` becomes `id in (?)`. `query` writes a list into the statement itself; `execute` hands each key over as a parameter, so it gets as many
 * question marks as there are keys.
 */
import { ts } from "../../syntax/typescript.js";
import {
  type KeyedRead,
  methodCall,
  type ReadQuestion,
  replace,
  restIsFixed,
  rewritten,
  type TableAnswers,
} from "./keyed-read.js";
import { isPlainText, keyedStatement, textEdits } from "./read-sql.js";

/** Characters that stand for the key's question mark and for the others, one for one. */
const KEY = "\uE000";
const OTHER = "\uE001";

export function readMysql2({ node, scope, table }: ReadQuestion): KeyedRead | undefined {
  const call = methodCall(node);
  const [text, values, ...others] = call?.args ?? [];
  if (call === undefined || text === undefined || values === undefined || others.length > 0) return undefined;
  if (!isPlainText(text) || !ts.isArrayLiteralExpression(values) || !isTyped(node)) return undefined;
  const variant = values.elements.filter((element) => scope.isVariant(element));
  const [value] = variant;
  const key = value === undefined || variant.length > 1 ? undefined : scope.ofElement(value);
  if (value === undefined || key === undefined) return undefined;
  if (!restIsFixed(node, scope, [value], /^(query|execute|promise)$/)) return undefined;
  const at = values.elements.indexOf(value);
  let seen = -1;
  const marked = text.text.replaceAll("?", () => (++seen === at ? KEY : OTHER));
  const statement = keyedStatement(marked, KEY, table);
  if (statement === undefined || !tellsApart(statement.column, table)) return undefined;
  const isQuery = call.method.text === "query";
  // Question marks that are counted at run time take a template, in which neither backticks nor `${` mean themselves.
  if (!isQuery && /[`\\]|\$\{/.test(text.getText().slice(1, -1))) return undefined;
  return {
    key,
    column: statement.column,
    rowKey: statement.column,
    gives: "tuple",
    missing: "[]",
    boundKeys: true,
    waits: true,
    refusesEmpty: true,
    asText: true,
    ...(statement.widened ? { widened: true as const } : {}),
    batch: (keys) => {
      const places = isQuery ? "?" : `\${${keys}.map(() => "?").join(", ")}`;
      const edits = textEdits(text, statement, (column) => `${column} in (${places})`) ?? [];
      const quotes = [text.getStart(), text.end - 1].map((start) => ({ start, end: start + 1, newText: "`" }));
      const query = rewritten(node, [
        ...edits,
        ...(isQuery ? [] : quotes),
        replace(value, isQuery ? keys : `...${keys}`),
      ]);
      return `(await ${query})[0]`;
    },
  };
}

/** Types only know that there are rows when the query says so. */
function isTyped(node: ts.Expression): boolean {
  const isScript = !/\.[cm]?tsx?$/.test(node.getSourceFile().fileName);
  const [given] = ts.isCallExpression(node) ? (node.typeArguments ?? []) : [];
  return isScript || given?.getText().endsWith("[]") === true;
}

/** MySQL's usual collations take words that differ in case for equal; keys are numbers, or spelled one way. */
function tellsApart(column: string, table: TableAnswers): boolean {
  return /id$/i.test(column) || /int|serial|uuid/i.test(table.column(column)?.type ?? "");
}
