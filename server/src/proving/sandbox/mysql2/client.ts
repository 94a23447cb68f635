/**
 * What stands for `mysql2/promise`: pools and connections over PostgreSQL. Texts are compared as PostgreSQL does, which tells capitals apart where MySQL's usual
 * collations do not.
 */
import { asPg, DatabaseError, isInTransaction, query, type Result } from "../database.js";
import { strict } from "../lazy.js";
import { tables } from "../schema.js";
import { cannot } from "../stub.js";
import { toPostgres } from "./statement.js";

type Options = { readonly sql: string; readonly values?: readonly unknown[]; readonly rowsAsArray?: boolean };

/** SQLSTATE to what MySQL calls it. */
const ERRORS: Readonly<Record<string, readonly [code: string, errno: number, sqlState: string]>> = {
  "23505": ["ER_DUP_ENTRY", 1062, "23000"],
  "23502": ["ER_BAD_NULL_ERROR", 1048, "23000"],
  "23503": ["ER_NO_REFERENCED_ROW_2", 1452, "23000"],
};

const refuse = (what: string): Error => cannot(`it uses \`${what}\` of mysql2, which has no stand-in`);

/** 16 `bool` is a number in MySQL, and so is 20 `int8`, unless it is a sum; 1700 `numeric` stays text. */
function asMysql(value: unknown, type: number, adds: "counts" | "sums" | "both"): unknown {
  if (typeof value === "boolean") return Number(value);
  if (type !== 20 || typeof value !== "string") return asPg(value, type);
  if (adds === "both") throw cannot("it counts and sums in one statement of MySQL");
  return adds === "sums" ? value : Number(value);
}

function addsOf(statement: string): "counts" | "sums" | "both" {
  if (!/\bsum\s*\(/i.test(statement)) return "counts";
  return /\bcount\s*\(/i.test(statement) ? "both" : "sums";
}

class Queryable {
  query(given: string | Options, values?: unknown): Promise<unknown> {
    return run(given, values, true);
  }
  execute(given: string | Options, values?: unknown): Promise<unknown> {
    return run(given, values, false);
  }
  promise(): this {
    return this;
  }
  on(): this {
    return this;
  }
  end(): Promise<void> {
    return Promise.resolve();
  }
}

class Connection extends Queryable {
  async beginTransaction(): Promise<void> {
    await query("BEGIN");
  }
  async commit(): Promise<void> {
    await query("COMMIT");
  }
  async rollback(): Promise<void> {
    await query("ROLLBACK");
  }
  release(): void {
    return undefined;
  }
  destroy(): void {
    return undefined;
  }
}

class Pool extends Queryable {
  getConnection(): Promise<Connection> {
    return Promise.resolve(connection());
  }
}

function connection(): Connection {
  return strict(new Connection(), "connection", refuse);
}

export function mysqlPool(): Pool {
  return strict(new Pool(), "pool", refuse);
}

async function run(given: string | Options, more: unknown, inline: boolean): Promise<unknown> {
  const options = typeof given === "string" ? { sql: given } : given;
  if (typeof more === "function") throw cannot("it uses `mysql2` with a callback");
  const values = "values" in options ? options.values : (more ?? []);
  if (!Array.isArray(values)) throw cannot("it names the values of a statement of mysql2");
  const { text, params } = toPostgres(options.sql, values, inline);
  const key = keyMadeBy(text);
  const written = key === undefined ? text : `${text} RETURNING "${key}"`;
  const result = await query(written, params).catch((error: unknown) => {
    throw error instanceof DatabaseError ? asMysqlError(error, options.sql) : error;
  });
  if (key !== undefined || result.columns.length === 0) return [header(result, text, key !== undefined), undefined];
  const adds = addsOf(text);
  const rows = result.values.map((row) => row.map((value, i) => asMysql(value, result.columns[i]?.type ?? 0, adds)));
  const fields = result.columns.map(({ name }) => ({ name }));
  if ("rowsAsArray" in options && options.rowsAsArray) return [rows, fields];
  return [rows.map((row) => Object.fromEntries(fields.map(({ name }, i) => [name, row[i]]))), fields];
}

/** What an insert, update or delete gives. What was matched is `affectedRows`; what was changed nobody here can tell. */
function header({ affected, values }: Result, text: string, made: boolean): object {
  const own = { affectedRows: affected, fieldCount: 0, warningStatus: 0 };
  const [first] = values;
  // An insert that names its keys tells the last of them, which the text alone does not show.
  if (!made && /^\s*insert\b/i.test(text)) return strict(own, "result", refuse);
  return strict({ ...own, insertId: made && typeof first?.[0] === "number" ? first[0] : 0 }, "result", refuse);
}

/** The column whose value an insert makes by itself; undefined for other statements, and where the insert names it. */
function keyMadeBy(text: string): string | undefined {
  const [, name = "", columns = ""] = /^\s*insert\s+into\s+("[^"]+"|\w+)\s*\(([^)]*)\)/i.exec(text) ?? [];
  const plain = (one: string): string => one.trim().replaceAll('"', "");
  const table = tables().find((one) => one.name === plain(name));
  const [key, ...others] = table?.primaryKey ?? [];
  if (key === undefined || 0 < others.length || /\breturning\b/i.test(text)) return undefined;
  const type = table?.columns.find((one) => one.name === key)?.type ?? "";
  return /int|serial/i.test(type) && !columns.split(",").map(plain).includes(key) ? key : undefined;
}

function asMysqlError(error: DatabaseError, statement: string): Error {
  const known = ERRORS[error.code];
  // MySQL goes on after a statement that fails in a transaction.
  if (known !== undefined && isInTransaction()) return cannot("a statement fails in a transaction of mysql2");
  if (known === undefined) return cannot(`PostgreSQL does not know this SQL: \`${statement.trim().slice(0, 60)}\``);
  const [code, errno, sqlState] = known;
  return Object.assign(new Error(error.message), { code, errno, sqlState });
}

export const mysqlModule = {
  createPool: mysqlPool,
  createConnection: (): unknown => Object.assign(Promise.resolve(connection()), { promise: connection }),
  createPoolCluster: (): never => {
    throw refuse("createPoolCluster");
  },
};
