/** A place among the tokens of one SQL statement, and the small steps a tolerant reader takes. */
import type { SqlToken } from "../syntax/sql-tokens.js";

export interface TokenCursor {
  readonly tokens: readonly SqlToken[];
  at: number;
}

export function cursorOver(tokens: readonly SqlToken[]): TokenCursor {
  return { tokens, at: 0 };
}

export function peek({ tokens, at }: TokenCursor, ahead = 0): SqlToken | undefined {
  return tokens[at + ahead];
}

/** Takes these words if they come next; quoted names never count as words. */
export function takeWords(cursor: TokenCursor, ...words: readonly string[]): boolean {
  for (const [i, word] of words.entries()) {
    const token = peek(cursor, i);
    if (token === undefined || token.upper !== word || token.kind === "name" || token.kind === "string") return false;
  }
  cursor.at += words.length;
  return true;
}

/** Takes the first of these phrases that comes next; tells which. */
export function takeOneOf<T extends string>(cursor: TokenCursor, phrases: readonly T[]): T | undefined {
  return phrases.find((phrase) => takeWords(cursor, ...phrase.split(" ")));
}

/** A name, quoted or not. Unquoted names fold to lower case where the engine does. */
export function takeName(cursor: TokenCursor, foldCase: boolean): string | undefined {
  const token = peek(cursor);
  if (token === undefined || (token.kind !== "word" && token.kind !== "name")) return undefined;
  cursor.at++;
  return token.kind === "word" && foldCase ? token.text.toLowerCase() : token.text;
}

/** The tokens between the parenthesis that comes next and the one that closes it; undefined when none opens here. */
export function takeGroup(cursor: TokenCursor): readonly SqlToken[] | undefined {
  if (peek(cursor)?.upper !== "(") return undefined;
  const start = cursor.at + 1;
  let depth = 0;
  for (; cursor.at < cursor.tokens.length; cursor.at++) {
    const text = peek(cursor);
    if (text?.kind !== "symbol") continue;
    if (text.text === "(") depth++;
    else if (text.text === ")") depth--;
    if (depth === 0) break;
  }
  const inside = cursor.tokens.slice(start, cursor.at);
  cursor.at++;
  return inside;
}

/** Parts between commas that stand in no parentheses. */
export function splitCommas(tokens: readonly SqlToken[]): readonly (readonly SqlToken[])[] {
  const parts: SqlToken[][] = [];
  let part: SqlToken[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === "symbol" && token.text === "(") depth++;
    else if (token.kind === "symbol" && token.text === ")") depth--;
    if (depth === 0 && token.kind === "symbol" && token.text === ",") {
      parts.push(part);
      part = [];
    } else part.push(token);
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

/** Tokens as comparable text: one space between words, none around punctuation, lower-case words. */
export function textOfTokens(tokens: readonly SqlToken[]): string {
  let text = "";
  let before: SqlToken | undefined;
  for (const token of tokens) {
    const own = spelling(token);
    const tight =
      own === ")" || own === "," || own === "." || own === "::" || before?.text === "." || before?.text === "::";
    const opens = own === "(" && before?.kind === "word" && !/^(?:AND|OR|NOT|IN)$/.test(before.upper);
    text += text === "" || tight || opens || before?.text === "(" ? own : ` ${own}`;
    before = token;
  }
  return text;
}

function spelling(token: SqlToken): string {
  if (token.kind === "word") return token.text.toLowerCase();
  return token.kind === "string" ? `'${token.text.replaceAll("'", "''")}'` : token.text;
}
