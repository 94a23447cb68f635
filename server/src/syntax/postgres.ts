/**
 * SQL text → tree, by PostgreSQL's own grammar (WebAssembly). The one place that knows the package. It is loaded when somebody asks for it: a workspace
 * without SQL pays nothing. Until then, and where it cannot be loaded, every parse answers `unavailable`.
 */
import type { Node, fingerprintSync, parseSync } from "libpg-query";

export type { Node as SqlNode } from "libpg-query";

export type PostgresParse =
  | {
      readonly kind: "tree";
      readonly nodes: readonly Node[];
      /** Trees count in UTF-8 bytes: gives the UTF-16 offset in the text that was parsed. */
      readonly offsetOf: (location: number) => number;
    }
  | { readonly kind: "error"; readonly message: string; readonly offset: number }
  | { readonly kind: "unavailable" };

interface Grammar {
  readonly parseSync: typeof parseSync;
  readonly fingerprintSync: typeof fingerprintSync;
}

interface Loading {
  started?: Promise<void>;
  grammar?: Grammar;
  failure?: string;
}

const loading: Loading = {};

/** Makes the grammar ready, about 30 ms the first time. Never rejects: `postgresFailure` tells why it is not there. */
export function loadPostgres(): Promise<void> {
  loading.started ??= load();
  return loading.started;
}

async function load(): Promise<void> {
  try {
    const grammar = await import("libpg-query");
    await grammar.loadModule();
    loading.grammar = grammar;
  } catch (error) {
    loading.failure = error instanceof Error ? error.message : String(error);
  }
}

export function isPostgresLoaded(): boolean {
  return loading.grammar !== undefined;
}

/** Why the grammar could not be loaded. */
export function postgresFailure(): string | undefined {
  return loading.failure;
}

/** Parses one or more statements. Never throws; an error is the first one, with its place. */
export function parsePostgres(sql: string): PostgresParse {
  const { grammar } = loading;
  if (grammar === undefined) return { kind: "unavailable" };
  // The grammar takes a C string: what follows a zero character would be ignored in silence.
  const text = sql.replaceAll("\0", " ");
  if (text.trim() === "") return { kind: "tree", nodes: [], offsetOf: (location) => location };
  try {
    const { stmts } = grammar.parseSync(text);
    const nodes = (stmts ?? []).flatMap(({ stmt }) => (stmt === undefined ? [] : [stmt]));
    return { kind: "tree", nodes, offsetOf: byteMap(text) };
  } catch (error) {
    return { kind: "error", message: messageOf(error), offset: codePointOffset(text, cursorOf(error)) };
  }
}

/** Equal for statements that differ only in literals and parameters; undefined for what cannot be parsed. */
export function fingerprintPostgres(sql: string): string | undefined {
  try {
    return loading.grammar?.fingerprintSync(sql);
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  // Both stacks can end: the one of JavaScript, and the one inside WebAssembly (a `RuntimeError` of its own).
  if (error instanceof RangeError || (error instanceof Error && error.name === "RuntimeError"))
    return "the statement is nested too deeply";
  return error instanceof Error ? error.message : "it cannot be parsed";
}

function cursorOf(error: unknown): number {
  const details: unknown = error instanceof Error && "sqlDetails" in error ? error.sqlDetails : undefined;
  const cursor: unknown =
    typeof details === "object" && details !== null && "cursorPosition" in details ? details.cursorPosition : 0;
  return typeof cursor === "number" ? cursor : 0;
}

/** Positions of errors count characters, not bytes. */
function codePointOffset(text: string, count: number): number {
  let at = 0;
  for (let left = count; left > 0 && at < text.length; left--) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

const ASCII = /^[\0-\x7f]*$/;

function byteMap(text: string): (location: number) => number {
  if (ASCII.test(text)) return (location) => location;
  const lengths: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    lengths.push(bytes);
  }
  const starts = new Map<number, number>();
  let byte = 0;
  let unit = 0;
  for (const bytes of lengths) {
    starts.set(byte, unit);
    byte += bytes;
    unit += bytes === 4 ? 2 : 1;
  }
  starts.set(byte, unit);
  return (location) => starts.get(location) ?? text.length;
}
