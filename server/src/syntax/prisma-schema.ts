/**
 * Text of a `schema.prisma` → its blocks, fields and attributes with their places. Any text gives some answer: what cannot be read is skipped up to the end
 * of its line. Half-typed schemas are the normal case in an editor, and Prisma's own parsers either reject them or need another runtime.
 */
import type { Span } from "../base/span.js";

export interface PrismaSchema {
  readonly blocks: readonly PrismaBlock[];
  /** Blocks that do not end. */
  readonly problems: readonly { readonly message: string; readonly span: Span }[];
}

export interface PrismaBlock extends Span {
  /** `model`, `view`, `enum`, `type`, `datasource`, `generator`. */
  readonly keyword: string;
  readonly name: string;
  readonly nameSpan: Span;
  readonly fields: readonly PrismaField[];
  /** `@@index(…)`. */
  readonly attributes: readonly PrismaAttribute[];
  /** `provider = "postgresql"`. */
  readonly settings: Readonly<Record<string, PrismaValue>>;
}

export interface PrismaField {
  readonly name: string;
  readonly nameSpan: Span;
  /** `String`, `User`, `Unsupported("…")`; empty for a value of an enum. */
  readonly type: string;
  readonly list: boolean;
  readonly optional: boolean;
  readonly attributes: readonly PrismaAttribute[];
}

export interface PrismaAttribute extends Span {
  /** Without the at signs: `id`, `db.VarChar`. */
  readonly name: string;
  readonly args: readonly PrismaArgument[];
}

export interface PrismaArgument {
  readonly name?: string;
  readonly value: PrismaValue;
}

export type PrismaValue =
  | { readonly kind: "string"; readonly text: string }
  /** A name, number or dotted path. */
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly PrismaValue[] }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly PrismaArgument[] };

interface Reader {
  readonly text: string;
  at: number;
}

const HEAD = /(model|view|enum|type|datasource|generator)[ \t]+([\p{L}_][\p{L}\p{N}_-]*)[ \t\r\n]*\{/uy;
const WORD = /[\p{L}_-][\p{L}\p{N}_.-]*|\d[\d.]*/uy;
/** Deeper lists than this are not a schema. */
const MAX_DEPTH = 20;

export function parsePrismaSchema(text: string): PrismaSchema {
  const reader: Reader = { text, at: 0 };
  const blocks: PrismaBlock[] = [];
  const problems: { message: string; span: Span }[] = [];
  while (skipBlank(reader)) {
    const head = take(reader, HEAD);
    if (head === undefined) {
      skipLine(reader);
      continue;
    }
    const start = reader.at - head[0].length;
    const { block, closed } = readBlock(reader, head[1] ?? "", head[2] ?? "", start);
    blocks.push(block);
    if (!closed) problems.push({ message: `the block ${block.name} does not end`, span: block.nameSpan });
  }
  return { blocks, problems };
}

/** The one block whose name starts at an offset, read without what stands around it; undefined where no block's head is. */
export function prismaBlockAt(text: string, nameStart: number): PrismaBlock | undefined {
  const before = text.slice(text.lastIndexOf("\n", nameStart - 1) + 1, nameStart);
  const keyword = /(?:model|view|enum|type|datasource|generator)[ \t]+$/.exec(before)?.[0];
  if (keyword === undefined) return undefined;
  const reader: Reader = { text, at: nameStart - keyword.length };
  const head = take(reader, HEAD);
  return head === undefined
    ? undefined
    : readBlock(reader, head[1] ?? "", head[2] ?? "", nameStart - keyword.length).block;
}

/** Value of a named argument, or of the first without a name. */
export function argumentOf(args: readonly PrismaArgument[], name: string): PrismaValue | undefined {
  return (args.find((one) => one.name === name) ?? args.find((one) => one.name === undefined))?.value;
}

function readBlock(
  reader: Reader,
  keyword: string,
  name: string,
  start: number,
): { readonly block: PrismaBlock; readonly closed: boolean } {
  const nameStart = reader.text.indexOf(name, start + keyword.length);
  const fields: PrismaField[] = [];
  const attributes: PrismaAttribute[] = [];
  const settings: Record<string, PrismaValue> = {};
  let closed = false;
  while (skipBlank(reader)) {
    const char = reader.text.charAt(reader.at);
    if (char === "}") {
      reader.at++;
      closed = true;
      break;
    }
    HEAD.lastIndex = reader.at;
    if (HEAD.test(reader.text)) break;
    if (reader.text.startsWith("@@", reader.at)) attributes.push(readAttribute(reader));
    else if (!readMember(reader, keyword, fields, settings)) skipLine(reader);
  }
  const nameSpan = { start: nameStart, end: nameStart + name.length };
  return { block: { start, end: reader.at, keyword, name, nameSpan, fields, attributes, settings }, closed };
}

/** A field, a setting or a value of an enum. False when it is neither. */
function readMember(
  reader: Reader,
  keyword: string,
  fields: PrismaField[],
  settings: Record<string, PrismaValue>,
): boolean {
  const start = reader.at;
  const name = take(reader, WORD)?.[0];
  if (name === undefined) return false;
  const nameSpan = { start, end: reader.at };
  skipSpaces(reader);
  if (reader.text.charAt(reader.at) === "=") {
    reader.at++;
    skipSpaces(reader);
    const value = readValue(reader, 0);
    if (value !== undefined) settings[name] = value;
    return true;
  }
  const type = keyword === "enum" ? "" : (take(reader, WORD)?.[0] ?? "");
  if (type === "Unsupported") readArguments(reader, 0);
  const list = takeText(reader, "[]");
  const optional = takeText(reader, "?");
  const attributes: PrismaAttribute[] = [];
  while (skipSpaces(reader) === "@") attributes.push(readAttribute(reader));
  fields.push({ name, nameSpan, type, list, optional, attributes });
  return true;
}

function readAttribute(reader: Reader): PrismaAttribute {
  const start = reader.at;
  while (reader.text.charAt(reader.at) === "@") reader.at++;
  const name = take(reader, WORD)?.[0] ?? "";
  const args = readArguments(reader, 0);
  return { start, end: reader.at, name, args };
}

function readArguments(reader: Reader, depth: number): readonly PrismaArgument[] {
  if (reader.text.charAt(reader.at) !== "(") return [];
  return readItems(reader, ")", () => readArgument(reader, depth));
}

function readArgument(reader: Reader, depth: number): PrismaArgument | undefined {
  const start = reader.at;
  const name = take(reader, WORD)?.[0];
  skipBlank(reader);
  if (name !== undefined && reader.text.charAt(reader.at) === ":") {
    reader.at++;
    skipBlank(reader);
    const value = readValue(reader, depth + 1);
    return value === undefined ? undefined : { name, value };
  }
  reader.at = start;
  const value = readValue(reader, depth + 1);
  return value === undefined ? undefined : { value };
}

function readValue(reader: Reader, depth: number): PrismaValue | undefined {
  const char = reader.text.charAt(reader.at);
  if (depth > MAX_DEPTH) return undefined;
  if (char === '"') return { kind: "string", text: readString(reader) };
  if (char === "[") return { kind: "list", items: readItems(reader, "]", () => readValue(reader, depth + 1)) };
  const word = take(reader, WORD)?.[0];
  if (word === undefined) return undefined;
  if (reader.text.charAt(reader.at) === "(") return { kind: "call", name: word, args: readArguments(reader, depth) };
  return { kind: "word", text: word };
}

/** Items between commas, up to the closing bracket or the end of the block. */
function readItems<T>(reader: Reader, close: string, read: () => T | undefined): readonly T[] {
  const items: T[] = [];
  reader.at++;
  while (skipBlank(reader)) {
    const char = reader.text.charAt(reader.at);
    if (char === close) {
      reader.at++;
      return items;
    }
    if (char === "}" || reader.text.startsWith("@@", reader.at)) return items;
    const before = reader.at;
    const item = read();
    if (item !== undefined) items.push(item);
    if (reader.at === before) reader.at++;
  }
  return items;
}

function readString(reader: Reader): string {
  const start = reader.at;
  for (reader.at++; reader.at < reader.text.length; reader.at++) {
    const char = reader.text.charAt(reader.at);
    if (char === "\n") break;
    if (char === "\\") reader.at++;
    else if (char === '"') {
      reader.at++;
      return reader.text.slice(start + 1, reader.at - 1).replace(/\\(.)/g, "$1");
    }
  }
  return reader.text.slice(start + 1, reader.at);
}

/** Passes white space and comments. False at the end of the text. */
function skipBlank(reader: Reader): boolean {
  const { text } = reader;
  for (;;) {
    const code = text.charCodeAt(reader.at);
    if (code <= 32 || code === 0xfeff) reader.at++;
    else if (code === 47 && text.charCodeAt(reader.at + 1) === 47) skipLine(reader);
    else if (code === 47 && text.charCodeAt(reader.at + 1) === 42) {
      const end = text.indexOf("*/", reader.at + 2);
      reader.at = end < 0 ? text.length : end + 2;
    } else return reader.at < text.length;
  }
}

/** Passes what stands between words of a line. Gives the character that comes next. */
function skipSpaces(reader: Reader): string {
  while (/[ \t]/.test(reader.text.charAt(reader.at))) reader.at++;
  return reader.text.charAt(reader.at);
}

function skipLine(reader: Reader): void {
  const end = reader.text.indexOf("\n", reader.at);
  reader.at = end < 0 ? reader.text.length : end + 1;
}

function take(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text);
  if (match === null) return undefined;
  reader.at += match[0].length;
  return match;
}

function takeText(reader: Reader, text: string): boolean {
  if (!reader.text.startsWith(text, reader.at)) return false;
  reader.at += text.length;
  return true;
}
