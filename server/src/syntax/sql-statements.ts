/**
 * Text of an SQL file → its statements, told apart without a grammar: strings, quoted names, dollar quotes, comments, `BEGIN … END` bodies, `DELIMITER`
 * lines, the data of `COPY … FROM stdin` and commands of `psql` are known, everything else is skipped over. Any text gives some answer; a string that
 * does not end costs its own statement, not the file.
 */
import type { Span } from "../base/span.js";

export interface SqlStatement extends Span {
  /** First word, upper case: `CREATE`. */
  readonly verb: string;
  /** A string or comment in it does not end. */
  readonly unterminated?: true;
}

/** Whether `\'` continues a string, as in MySQL, or ends it, as the standard says. */
export interface SqlScanOptions {
  readonly backslashEscapes?: boolean;
  /** `#` starts a comment (MySQL). */
  readonly hashComments?: boolean;
}

const WORD = /[A-Za-z_][\w$]*/y;
const BODY_STATEMENT = /^CREATE\b[^;'"`$]*?\b(?:TRIGGER|PROCEDURE|FUNCTION|EVENT)\b/i;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const COPY_DATA = /^COPY\b[^;]*\bFROM\s+stdin\b/i;
const DELIMITER = /DELIMITER[ \t]+(\S+)[^\n]*/iy;

export function splitStatements(text: string, options: SqlScanOptions = {}): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  let delimiter = ";";
  let at = 0;
  while (at < text.length) {
    at = skipBlank(text, at, options);
    if (at >= text.length) break;
    if (text.charCodeAt(at) === 92) {
      at = lineEnd(text, at);
      continue;
    }
    DELIMITER.lastIndex = at;
    const changed = DELIMITER.exec(text);
    if (changed !== null) {
      delimiter = changed[1] ?? ";";
      at = DELIMITER.lastIndex;
      continue;
    }
    if (text.startsWith(delimiter, at)) {
      at += delimiter.length;
      continue;
    }
    const { end, unterminated } = statementEnd(text, at, delimiter, options);
    const verb = wordAt(text, at).toUpperCase();
    if (end > at)
      statements.push({ start: at, end: trimmedEnd(text, at, end), verb, ...(unterminated && { unterminated }) });
    const next = end + (text.startsWith(delimiter, end) ? delimiter.length : 0);
    at = verb === "COPY" && COPY_DATA.test(text.slice(at, end)) ? afterCopyData(text, next) : Math.max(next, at + 1);
  }
  return statements;
}

/** Offset past white space and comments. */
export function skipBlank(text: string, from: number, { hashComments = false }: SqlScanOptions = {}): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === 0xa0 || code === 0xfeff) at++;
    else if (code === 45 && text.charCodeAt(at + 1) === 45) at = lineEnd(text, at);
    else if (code === 47 && text.charCodeAt(at + 1) === 42) at = commentEnd(text, at) ?? text.length;
    else if (code === 35 && hashComments) at = lineEnd(text, at);
    else return at;
    if (at >= text.length) return text.length;
  }
}

interface Ending {
  readonly end: number;
  readonly unterminated?: true;
}

/** Where a statement ends: at its delimiter, or at the end of the text. */
function statementEnd(text: string, start: number, delimiter: string, options: SqlScanOptions): Ending {
  const special = delimiter === ";" ? /[;'"`$#]|--|\/\*/g : /['"`#]|--|\/\*/g;
  const hasBody = delimiter === ";" && BODY_STATEMENT.test(text.slice(start, start + 2000));
  special.lastIndex = start;
  let at = start;
  for (;;) {
    special.lastIndex = at;
    const match = special.exec(text);
    const next = match === null ? text.length : match.index;
    if (delimiter !== ";") {
      const stop = text.indexOf(delimiter, at);
      if (stop >= 0 && stop <= next) return { end: stop };
    }
    if (match === null) return { end: text.length };
    if (match[0] === ";") {
      if (!hasBody || bodyIsClosed(text.slice(start, next))) return { end: next };
      at = next + 1;
      continue;
    }
    const skipped = afterSpecial(text, next, match[0], options);
    if (skipped === undefined) return { end: unterminatedEnd(text, next), unterminated: true };
    at = skipped;
  }
}

/** Offset after a string, quoted name, dollar quote or comment that starts here; undefined when it does not end. */
export function afterSpecial(text: string, at: number, mark: string, options: SqlScanOptions): number | undefined {
  if (mark === "--") return lineEnd(text, at);
  if (mark === "#") return options.hashComments === true ? lineEnd(text, at) : at + 1;
  if (mark === "/*") return commentEnd(text, at);
  if (mark === "$") {
    DOLLAR_TAG.lastIndex = at;
    const tag = DOLLAR_TAG.exec(text)?.[0];
    if (tag === undefined || /[\w$]/.test(text.charAt(at - 1))) return at + 1;
    const close = text.indexOf(tag, at + tag.length);
    return close < 0 ? undefined : close + tag.length;
  }
  const escapes = mark === "'" && (options.backslashEscapes === true || /[eE]/.test(text.charAt(at - 1)));
  return quoteEnd(text, at, mark, escapes);
}

function quoteEnd(text: string, start: number, quote: string, escapes: boolean): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (escapes && char === "\\") at++;
    else if (char === quote) {
      if (text.charAt(at + 1) !== quote) return at + 1;
      at++;
    }
  }
  return undefined;
}

/** Block comments nest in PostgreSQL. */
function commentEnd(text: string, start: number): number | undefined {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  let depth = 0;
  for (let match = edge.exec(text); match !== null; match = edge.exec(text)) {
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return undefined;
}

/** A half-typed string is taken to end before the next blank line or the next line that starts a statement. */
function unterminatedEnd(text: string, from: number): number {
  const next = /\n[ \t]*\r?\n|\n(?=(?:CREATE|ALTER|DROP|INSERT|UPDATE|DELETE|SELECT|COMMENT|GRANT)\b)/gi;
  next.lastIndex = from;
  return next.exec(text)?.index ?? text.length;
}

/** Whether every `BEGIN` and `CASE` of a routine's text has its `END`. */
function bodyIsClosed(text: string): boolean {
  let depth = 0;
  for (const [word] of text.matchAll(/\b(?:BEGIN|CASE|END(?:\s+(?:IF|LOOP|WHILE|REPEAT|CASE))?)\b/gi)) {
    const upper = word.toUpperCase();
    if (upper === "BEGIN" || upper === "CASE") depth++;
    else if (upper === "END" || upper.endsWith("CASE")) depth--;
  }
  return depth <= 0;
}

function afterCopyData(text: string, from: number): number {
  const end = /^\\\.\r?$/gm;
  end.lastIndex = from;
  return end.exec(text) === null ? text.length : end.lastIndex;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function wordAt(text: string, at: number): string {
  WORD.lastIndex = at;
  return WORD.exec(text)?.[0] ?? "";
}

function trimmedEnd(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && text.charCodeAt(last - 1) <= 32) last--;
  return last;
}
