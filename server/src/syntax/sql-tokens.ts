/** Text of one SQL statement of any engine → tokens. Nothing is rejected. */
import { afterSpecial, skipBlank, type SqlScanOptions } from "./sql-statements.js";

export interface SqlToken {
  readonly kind: "word" | "name" | "string" | "number" | "symbol";
  /** Words as written, names without their quotes, strings without quotes and with `''` resolved. */
  readonly text: string;
  /** Upper case for words, `text` for everything else: what keywords are compared with. */
  readonly upper: string;
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}_@][\p{L}\p{N}_$@]*/uy;
const NUMBER = /\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+/y;
const SYMBOL = /::|<=|>=|<>|!=|\|\||->>|->|:=|=>|./sy;

/** Tokens of a stretch of text, without comments. Offsets are those of the whole text. */
export function tokensOf(text: string, start: number, end: number, options: SqlScanOptions = {}): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = start;
  for (;;) {
    at = skipBlank(text, at, options);
    if (at >= end) return tokens;
    const token = tokenAt(text, at, end, options);
    tokens.push(token);
    at = token.end;
  }
}

function tokenAt(text: string, at: number, limit: number, options: SqlScanOptions): SqlToken {
  const char = text.charAt(at);
  if (char === "'" || (char === "$" && isDollarQuote(text, at))) {
    const end = Math.min(limit, afterSpecial(text, at, char, options) ?? limit);
    const value = char === "$" ? dollarBody(text.slice(at, end)) : unquoted(text.slice(at, end));
    return { kind: "string", text: value, upper: value, start: at, end };
  }
  if (char === '"' || char === "`") {
    const end = Math.min(limit, afterSpecial(text, at, char, {}) ?? limit);
    const value = unquoted(text.slice(at, end));
    return { kind: "name", text: value, upper: value, start: at, end };
  }
  if (char === "[") {
    const close = text.indexOf("]", at);
    const inner = close < 0 ? "" : text.slice(at + 1, close);
    if (/^[A-Za-z_][\w $]*$/.test(inner) && close < limit)
      return { kind: "name", text: inner, upper: inner, start: at, end: close + 1 };
  }
  const word = matchAt(WORD, text, at);
  if (word !== undefined)
    return { kind: "word", text: word, upper: word.toUpperCase(), start: at, end: at + word.length };
  const number = matchAt(NUMBER, text, at);
  if (number !== undefined) return { kind: "number", text: number, upper: number, start: at, end: at + number.length };
  const symbol = matchAt(SYMBOL, text, at) ?? char;
  return { kind: "symbol", text: symbol, upper: symbol, start: at, end: at + symbol.length };
}

function isDollarQuote(text: string, at: number): boolean {
  return /^\$(?:[A-Za-z_]\w*)?\$/.test(text.slice(at, at + 64));
}

function dollarBody(text: string): string {
  const tag = /^\$\w*\$/.exec(text)?.[0] ?? "";
  return text.endsWith(tag) ? text.slice(tag.length, -tag.length) : text.slice(tag.length);
}

function unquoted(text: string): string {
  const quote = text.charAt(0);
  const inner = text.endsWith(quote) && text.length > 1 ? text.slice(1, -1) : text.slice(1);
  return inner.replaceAll(quote + quote, quote);
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
