/**
 * A statement of MySQL in PostgreSQL's words: names in backticks, texts in double quotes, question marks and what mysql2 puts in their place. Where the two
 * engines mean different things by the same words, the proof ends.
 */
import { cannot } from "../stub.js";
import { join, list, quote, render, type Sql, sql, text } from "../sql.js";

/** In the order of the alternatives of `TOKEN`. */
type Token = { readonly kind: "text" | "name" | "word" | "mark" | "namesMark" | "other"; readonly text: string };

const TOKEN =
  /(?<space>\s+|--[ \t][^\n]*|#[^\n]*|\/\*[^]*?\*\/)|(?<text>'(?:[^'\\]|\\[^]|'')*'|"(?:[^"\\]|\\[^]|"")*")|(?<name>`(?:[^`]|``)*`)|(?<word>[A-Za-z_$][\w$]*)|(?<namesMark>\?\?)|(?<mark>\?)|(?<other>[^])/g;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "0": "\0", b: "\b", Z: "\x1a" };

/** Words and signs that mean something else in PostgreSQL, or nothing. */
const FOREIGN = new Set(
  "ignore replace duplicate regexp rlike div mod xor sql_calc_found_rows straight_join group_concat interval found_rows last_insert_id".split(
    " ",
  ),
);
const FOREIGN_SIGNS = /\|\||&&|<=>|:=|@|;[^]*\S/;
/** Functions under another name. */
const RENAMED: Readonly<Record<string, string>> = { ifnull: "COALESCE", lcase: "LOWER", ucase: "UPPER" };
/** Words of SQL that somebody may write with a capital. */
const KEYWORD =
  /^(select|from|where|and|or|not|in|is|null|order|by|group|having|limit|offset|insert|into|values|update|set|delete|join|left|right|inner|outer|on|as|asc|desc|distinct|count|sum|avg|min|max|between|like|exists|case|when|then|else|end|union|all|true|false|now|coalesce|default|cross|using|with)$/i;

export interface Written {
  readonly text: string;
  readonly params: readonly unknown[];
}

/** @param inline `query` writes lists and objects into the statement; `execute` hands each value over by itself. */
export function toPostgres(statement: string, values: readonly unknown[], inline: boolean): Written {
  const tokens = tokensOf(statement);
  const plain = tokens.map((one) => (one.kind === "text" ? "''" : one.text)).join("");
  if (FOREIGN_SIGNS.test(plain)) throw cannot(`its SQL is MySQL's own: \`${statement.trim().slice(0, 60)}\``);
  const marks = tokens.filter(({ kind }) => kind === "mark" || kind === "namesMark").length;
  if (marks !== values.length && (!inline || marks > values.length))
    throw cannot(`it gives ${values.length} values for ${marks} question marks`);
  let at = 0;
  const pieces = tokens.map((token) => {
    if (token.kind === "mark") return inline ? inlined(values[at++]) : bound(values[at++]);
    if (token.kind === "namesMark") return text(quotedNames(values[at++]));
    return text(writtenAs(token, statement));
  });
  return render(limited(join(pieces, "")));
}

function tokensOf(statement: string): Token[] {
  const kinds = ["text", "name", "word", "namesMark", "mark", "other"] as const;
  return [...statement.matchAll(TOKEN)].map(({ groups, 0: all }): Token => {
    const kind = kinds.find((one) => groups?.[one] !== undefined);
    return kind === undefined ? { kind: "other", text: " " } : { kind, text: all };
  });
}

function writtenAs({ kind, text: token }: Token, statement: string): string {
  if (kind === "text") return textOf(token);
  if (kind === "name") return quote(token.slice(1, -1).replaceAll("``", "`"));
  if (kind !== "word") return token;
  const lower = token.toLowerCase();
  if (FOREIGN.has(lower)) throw cannot(`its SQL is MySQL's own: \`${statement.trim().slice(0, 60)}\``);
  const renamed = Object.hasOwn(RENAMED, lower) ? RENAMED[lower] : undefined;
  if (renamed !== undefined) return renamed;
  // PostgreSQL would fold a name that is not quoted.
  return /[A-Z]/.test(token) && /[a-z]/.test(token) && !KEYWORD.test(token) ? quote(token) : token;
}

function textOf(token: string): string {
  const own = token.charAt(0);
  const value = token
    .slice(1, -1)
    .replaceAll(own + own, own)
    .replaceAll(/\\([^])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
  return `'${value.replaceAll("'", "''")}'`;
}

function quotedNames(value: unknown): string {
  const names = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return names.map((name) => String(name).split(".").map(quote).join(".")).join(", ");
}

function bound(value: unknown): Sql {
  if (value === undefined) throw cannot("it binds `undefined`, which mysql2 refuses");
  if (isObject(value)) throw cannot("it binds a list or an object, which `execute` of mysql2 cannot");
  return sql`${asNumber(value)}`;
}

/** Truth values are numbers to MySQL. */
function asNumber(value: unknown): unknown {
  return typeof value === "boolean" ? Number(value) : (value ?? null);
}

/** A list becomes its elements, a list of lists rows, an object assignments. */
function inlined(value: unknown): Sql {
  if (Array.isArray(value)) {
    const elements = value as readonly unknown[];
    // The statement is no longer one: `in ()`.
    if (elements.length === 0) throw cannot("it writes an empty list into a statement of mysql2");
    if (!elements.some((one) => Array.isArray(one))) return list(elements.map((one) => sql`${asNumber(one)}`));
    return join(
      elements.map((one) => sql`(${inlined(one)})`),
      ", ",
    );
  }
  if (!isObject(value)) return sql`${asNumber(value)}`;
  const pairs = Object.entries(value as Readonly<Record<string, unknown>>);
  return join(
    pairs.map(([name, one]) => sql`${text(quote(name))} = ${asNumber(one)}`),
    ", ",
  );
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Date);
}

/** `LIMIT offset, count` the other way round. */
function limited(piece: Sql): Sql {
  const { chunks } = piece;
  const flat = chunks.map((chunk) => (typeof chunk === "string" ? chunk : "\0")).join("");
  const found = /\blimit\s+(\0|\d+)\s*,\s*(\0|\d+)/i.exec(flat);
  if (found === null) return piece;
  const params = chunks.filter((chunk) => typeof chunk !== "string");
  const before = flat.slice(0, found.index);
  const first = before.split("\0").length - 1;
  const part = (word: string | undefined, index: number): Sql =>
    word === "\0" ? sql`${params[index]?.param}` : text(word ?? "");
  const second = found[1] === "\0" ? first + 1 : first;
  const last = second + (found[2] === "\0" ? 1 : 0);
  return join(
    [
      filled(before, params.slice(0, first)),
      sql`LIMIT ${part(found[2], second)} OFFSET ${part(found[1], first)}`,
      filled(flat.slice(found.index + found[0].length), params.slice(last)),
    ],
    "",
  );
}

function filled(flat: string, params: readonly { readonly param: unknown }[]): Sql {
  return join(
    flat.split("\0").flatMap((part, i) => (i === 0 ? [text(part)] : [sql`${params[i - 1]?.param}`, text(part)])),
    "",
  );
}
