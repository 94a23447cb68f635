/** The one way out of the sandbox: a query to the database beside it. Everything that crosses is text. */
import { cannot, plainOf } from "./stub.js";

export type Row = Readonly<Record<string, unknown>>;

export interface Result {
  readonly columns: readonly { readonly name: string; readonly type: number }[];
  /** Values in order of `columns`; what JavaScript cannot hold exactly is text as PostgreSQL wrote it. */
  readonly values: readonly (readonly unknown[])[];
  readonly affected: number;
}

/** An error the database gave, as `pg` shows it. */
export class DatabaseError extends Error {
  override readonly name = "error";
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

export type Send = (text: string, params: string, answer: (json: string) => void) => void;

interface Link {
  send: Send | undefined;
  /** Depth of nested transactions. */
  depth: number;
  /** Statements the program sent. */
  count: number;
  /** What runs now belongs to a statement that was counted. */
  silent: boolean;
}

const link: Link = { send: undefined, depth: 0, count: 0, silent: false };

/** A statement that is none of the program's. */
export async function quietly(text: string): Promise<Result> {
  const before = link.count;
  const result = await query(text);
  link.count = before;
  return result;
}

export function queryCount(): number {
  return link.count;
}

/** Starts statements that a library sends as part of another one. */
export function uncounted<T>(start: () => T): T {
  link.silent = true;
  try {
    return start();
  } finally {
    link.silent = false;
  }
}

/** Whether a transaction of the program is under way. */
export function isInTransaction(): boolean {
  return 0 < link.depth;
}

export function connect(send: Send): void {
  link.send = send;
}

type Answer = { readonly ok: Result } | { readonly error: { readonly message: string; readonly code: string } };

/** Runs one statement. Statements that begin and end transactions become savepoints: the whole run is undone afterwards. */
export function query(text: string, params: readonly unknown[] = []): Promise<Result> {
  const { send } = link;
  if (send === undefined) return Promise.reject(cannot("a query runs while modules are loaded"));
  if (!link.silent) link.count++;
  return new Promise((resolve, reject) => {
    send(control(text) ?? text, JSON.stringify(params.map(toJson)), (json) => {
      const answer = JSON.parse(json) as Answer;
      if ("ok" in answer) resolve(answer.ok);
      else reject(new DatabaseError(answer.error.message, answer.error.code));
    });
  });
}

function control(text: string): string | undefined {
  const word = /^\s*(begin|start\s+transaction|commit|end|rollback|savepoint|set\s+transaction)\b/i.exec(text)?.[1];
  if (word === undefined) return undefined;
  const lower = word.toLowerCase();
  if (lower === "savepoint" || (lower === "rollback" && /\bto\b/i.test(text))) return text;
  if (lower.startsWith("set")) return "SELECT 1";
  if (lower === "begin" || lower.startsWith("start")) return `SAVEPOINT hotpath_${++link.depth}`;
  if (link.depth === 0) return "SELECT 1";
  const name = `hotpath_${link.depth--}`;
  return lower === "rollback" ? `ROLLBACK TO SAVEPOINT ${name}` : `RELEASE SAVEPOINT ${name}`;
}

/** Runs a body in a transaction of its own. */
export async function inTransaction<T>(body: () => Promise<T>): Promise<T> {
  await query("BEGIN");
  try {
    const result = await body();
    await query("COMMIT");
    return result;
  } catch (error) {
    await query("ROLLBACK");
    throw error;
  }
}

function toJson(given: unknown): unknown {
  const value = plainOf(given);
  if (value === undefined) return null;
  if (typeof value === "bigint") return { $n: String(value) };
  if (value instanceof Date) return { $d: value.toISOString() };
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Uint8Array) throw cannot("it sends bytes to the database");
  return value;
}

/** How `pg` gives values by type: 20 `int8` and 1700 `numeric` stay text, dates become `Date`. */
export function asPg(value: unknown, type: number): unknown {
  if (typeof value !== "string") return value;
  if (type === 1082) return new Date(`${value}T00:00:00.000Z`);
  if (type === 1114) return new Date(`${value.replace(" ", "T")}Z`);
  if (type === 1184) return new Date(value.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
  return value;
}

export function rowsOf(
  result: Result,
  decode: (value: unknown, type: number, column: string) => unknown = asPg,
): Row[] {
  return result.values.map((values) =>
    Object.fromEntries(
      result.columns.map(({ name, type }, index) => [name, decode(values[index], type, name)] as const),
    ),
  );
}
