/** A limit at the end of a statement that is written out as SQL. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { FixSources, TextEdit } from "../fix.js";
import { nodeAt } from "../nodes.js";
import { sizeInOffset, sizeInSight } from "./page-size.js";

export interface SqlToLimit {
  readonly path: string;
  readonly call: Span;
  readonly dialect: string;
  /** Rows of a page where nothing in the code says; undefined: only what the statement's own offset tells. */
  readonly otherwise: number | undefined;
}

export interface LimitedSql {
  readonly edits: readonly TextEdit[];
  readonly size: string;
  /** The code names the size itself. */
  readonly own: boolean;
}

/** Databases that know `LIMIT`, and how a value of the code gets into a statement: `$1`, or nowhere but in tagged templates. */
const KNOWN: ReadonlySet<string> = new Set(["pg", "mysql2", "postgres", "sqlite", "sqlite3", "libsql", "pg-promise"]);

export function limitSql(sources: FixSources, { path, call, dialect, otherwise }: SqlToLimit): LimitedSql | undefined {
  const tree = sources.treeOf(path);
  if (tree === undefined || !KNOWN.has(dialect)) return undefined;
  const tagged = nodeAt(tree, call, ts.isTaggedTemplateExpression);
  if (tagged !== undefined) return inTemplate(tree, tagged, otherwise);
  const node = nodeAt(tree, call, ts.isCallExpression);
  const [text, values] = node?.arguments ?? [];
  if (node === undefined || text === undefined || !ts.isStringLiteralLike(text)) return undefined;
  const end = endOf(tree, text.getStart(tree) + 1, text.end - 1);
  if (end === undefined) return undefined;
  const size = dialect === "pg" ? sizeFor(node, text.text, values) : undefined;
  if (size !== undefined && dialect === "pg") return withValue(tree, text, values, { end, size });
  return otherwise === undefined || /\boffset\b/i.test(text.text) ? undefined : plain(tree, text, end, otherwise);
}

/** Where the statement ends in the text, before blanks and semicolons; undefined for anything but a plain question. */
function endOf(tree: ts.SourceFile, start: number, stop: number): number | undefined {
  const sql = tree.text.slice(start, stop);
  if (!/^\s*(select|with)\b/i.test(sql) || OTHERS.test(sql)) return undefined;
  const rest = /[\s;]*$/.exec(sql)?.[0].length ?? 0;
  return sql.slice(0, sql.length - rest).includes(";") ? undefined : stop - rest;
}

/** Statements that have a limit, lock rows, write, or end in a comment. */
const OTHERS = /\b(limit|fetch\s+(first|next)|for\s+(update|share|no\s+key)|into|insert|update|delete)\b|--|\/\*/i;

function keyword(tree: ts.SourceFile, node: ts.Node): string {
  return /\bSELECT\b/.test(node.getText(tree)) ? "LIMIT" : "limit";
}

/** On a line of its own where the statement is spread over lines. */
function gapBefore(tree: ts.SourceFile, start: number, end: number): string {
  const text = tree.text.slice(start, end);
  const last = /\r?\n[ \t]*(?=\S[^\n]*$)/.exec(text)?.[0];
  return last ?? " ";
}

function plain(tree: ts.SourceFile, text: ts.Node, end: number, rows: number): LimitedSql {
  const newText = `${gapBefore(tree, text.getStart(tree), end)}${keyword(tree, text)} ${rows}`;
  return { edits: [{ start: end, end, newText }], size: String(rows), own: false };
}

/** `offset $1` of `[page * size]`, or a number of the function around. */
function sizeFor(call: ts.CallExpression, sql: string, values: ts.Expression | undefined): string | undefined {
  const offset = /\boffset\s+\$(\d+)\s*;?\s*$/i.exec(sql)?.[1];
  if (offset === undefined) return /\boffset\b/i.test(sql) ? undefined : sizeInSight(call);
  const list = values !== undefined && ts.isArrayLiteralExpression(values) ? values.elements : undefined;
  return sizeInOffset(list?.[Number(offset) - 1]);
}

function withValue(
  tree: ts.SourceFile,
  text: ts.Expression,
  values: ts.Expression | undefined,
  { end, size }: { readonly end: number; readonly size: string },
): LimitedSql | undefined {
  const limit = (value: string): TextEdit => ({
    start: end,
    end,
    newText: `${gapBefore(tree, text.getStart(tree), end)}${keyword(tree, text)} ${value}`,
  });
  if (/^\d+$/.test(size)) return { edits: [limit(size)], size, own: true };
  if (values === undefined) {
    return { edits: [limit("$1"), { start: text.end, end: text.end, newText: `, [${size}]` }], size, own: true };
  }
  if (!ts.isArrayLiteralExpression(values) || values.elements.some(ts.isSpreadElement)) return undefined;
  const last = values.elements.at(-1);
  const at = last === undefined ? values.getStart(tree) + 1 : last.end;
  const item = { start: at, end: at, newText: `${last === undefined ? "" : ", "}${size}` };
  return { edits: [limit(`$${values.elements.length + 1}`), item], size, own: true };
}

/** ``sql`select …` `` takes values as they are. */
function inTemplate(
  tree: ts.SourceFile,
  { template }: ts.TaggedTemplateExpression,
  otherwise: number | undefined,
): LimitedSql | undefined {
  const end = endOf(tree, template.getStart(tree) + 1, template.end - 1);
  if (end === undefined) return undefined;
  const spans = ts.isTemplateExpression(template) ? template.templateSpans : [];
  const last = spans.at(-1);
  const isOffset = last !== undefined && /\boffset\s*$/i.test(tree.text.slice(template.getStart(tree), last.pos - 2));
  const hasOffset = /\boffset\b/i.test(template.getText(tree));
  const size = isOffset ? sizeInOffset(last.expression) : hasOffset ? undefined : sizeInSight(template);
  if (size === undefined)
    return otherwise === undefined || hasOffset ? undefined : plain(tree, template, end, otherwise);
  const value = /^\d+$/.test(size) ? size : `\${${size}}`;
  const newText = `${gapBefore(tree, template.getStart(tree), end)}${keyword(tree, template)} ${value}`;
  return { edits: [{ start: end, end, newText }], size, own: true };
}
