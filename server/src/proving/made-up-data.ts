/**
 * Tables and rows from a schema: right types, keys that exist, keys that do not where the database would allow it, the same key many times, and nulls.
 * The same schema, size and seed always give the same rows.
 */
import type { ProofColumn, ProofReference, ProofTable } from "./proof-case.js";

type Cell = string | number | boolean | null;

/** Statements that make the tables. Foreign keys are left out, so that tables can be filled in any order; rows obey those the schema enforces. */
export function createStatements(tables: readonly ProofTable[]): readonly string[] {
  return tables.flatMap((table) => {
    const name = quoted(table.name);
    const columns = table.columns.map(
      (column) =>
        `${quoted(column.name)} ${typeOf(column)}${column.nullable ? "" : " NOT NULL"} DEFAULT ${defaultOf(column, table)}`,
    );
    const keys = [table.primaryKey, ...table.uniques].filter((key) => 0 < key.length);
    return [
      `CREATE SEQUENCE ${quoted(sequenceOf(table))}`,
      `CREATE TABLE ${name} (${columns.join(", ")})`,
      ...keys.map((key) => `CREATE UNIQUE INDEX ON ${name} (${key.map(quoted).join(", ")})`),
      ...table.references.map(({ columns: own }) => `CREATE INDEX ON ${name} (${own.map(quoted).join(", ")})`),
    ];
  });
}

/** Statements that fill them, with the values in text: a few hundred rows each. @param all Tables that keys may lead to. */
export function insertStatements(
  tables: readonly ProofTable[],
  rowCount: number,
  seed: number,
  all: readonly ProofTable[] = tables,
): readonly string[] {
  return tables.flatMap((table) => {
    const rows = rowsOf(table, all, rowCount, seed);
    const names = table.columns.map(({ name }) => quoted(name)).join(", ");
    const statements: string[] = [];
    for (let at = 0; at < rows.length; at += 200) {
      const tuples = rows.slice(at, at + 200).map((row) => `(${row.map(literal).join(", ")})`);
      statements.push(
        `INSERT INTO ${quoted(table.name)} (${names}) VALUES ${tuples.join(", ")} ON CONFLICT DO NOTHING`,
      );
    }
    // Keys made from here on follow those that are there.
    return [...statements, `SELECT setval('${quoted(sequenceOf(table)).replaceAll("'", "''")}', ${rowCount + 1_000})`];
  });
}

export function sequenceOf(table: ProofTable): string {
  return `${table.name}_made`;
}

function rowsOf(table: ProofTable, tables: readonly ProofTable[], rowCount: number, seed: number): Cell[][] {
  const random = generator(seed + hashOf(table.name));
  return Array.from({ length: rowCount }, (_, row) =>
    table.columns.map((column) => cell(table, column, tables, row, rowCount, seed, random)),
  );
}

function cell(
  table: ProofTable,
  column: ProofColumn,
  tables: readonly ProofTable[],
  row: number,
  rowCount: number,
  seed: number,
  random: () => number,
): Cell {
  if (row === 0) return firstCell(table, column, tables, rowCount, seed);
  const isKey = table.primaryKey.includes(column.name);
  const reference = table.references.find(({ columns }) => columns.length === 1 && columns[0] === column.name);
  if (reference !== undefined) return foreignKey(column, reference, tables, rowCount, random, isKey ? row : undefined);
  if (column.nullable && random() < 0.15) return null;
  // Programs expect lists in some columns of JSON and objects in others.
  if (kindOf(column.type) === "json" && seed % 3 === 2) return "[]";
  if (kindOf(column.type) === "array") return listCell(column, tables, Math.floor(random() * rowCount));
  const isUnique = isKey || table.uniques.some((key) => key.includes(column.name));
  return valueOf(column, isUnique ? row : Math.floor(random() * Math.max(2, rowCount / 3)), isUnique);
}

/** Words of columns that say a row is out of use. */
const GONE = /delet|archiv|revok|expire|reject|disabl|bann|block|cancel|suspend|complet|declin|hidden|remov/i;

/**
 * The first row of every table: it is in use, and its keys lead to the first rows of others, so that what belongs together (a user, its membership, its team)
 * is found by conditions over all of them. Another seed gives its enums other values.
 */
function firstCell(
  table: ProofTable,
  column: ProofColumn,
  tables: readonly ProofTable[],
  rowCount: number,
  seed: number,
): Cell {
  const { name, type, values } = column;
  const reference = table.references.find(({ columns }) => columns.includes(name));
  const to = reference?.to[reference.columns.indexOf(name)];
  const target = tables.find((one) => one.name === reference?.table)?.columns.find((one) => one.name === to);
  if (reference !== undefined && reference.table !== table.name) return valueOf(target ?? column, 0, true);
  if (reference !== undefined && column.nullable) return null;
  const kind = kindOf(type);
  if (GONE.test(name)) return column.nullable ? null : kind === "boolean" ? false : valueOf(column, 0, true);
  if (kind === "json" && seed % 3 === 2) return "[]";
  if (kind === "array") return listCell(column, tables, Math.max(2, rowCount - 1 - (rowCount % 3)));
  if (kind === "boolean") return seed % 2 === 1;
  return valueOf(column, values === undefined ? 0 : Math.max(0, seed - 1), true);
}

/** Up to two values; `teamIds` holds keys of teams. */
function listCell({ name, type }: ProofColumn, tables: readonly ProofTable[], n: number): string {
  const word = /^(.+?)_?[iI]ds$/.exec(name)?.[1]?.toLowerCase().replaceAll("_", "");
  const target = tables.find((one) => {
    const plain = one.name.toLowerCase().replaceAll("_", "");
    return plain === word || plain === `${word ?? ""}s`;
  });
  const key = target?.columns.find((one) => one.name === target.primaryKey[0]);
  const element = key ?? { name, type: type.replace(/\[\]$/, ""), nullable: false };
  const values = Array.from({ length: n % 3 }, (_, index) => valueOf(element, n + index, true));
  return `{${values.map((value) => `"${String(value).replaceAll('"', "")}"`).join(",")}}`;
}

/**
 * Half of all rows point at one row, the rest at a few: keys repeat, and a list of one parent's rows grows with the table. A tenth points at rows that do not
 * exist where the database would not notice; nullable keys are empty now and then.
 */
function foreignKey(
  column: ProofColumn,
  { table, to, enforced }: ProofReference,
  tables: readonly ProofTable[],
  rowCount: number,
  random: () => number,
  row: number | undefined,
): Cell {
  const target = tables.find((one) => one.name === table)?.columns.find(({ name }) => name === to[0]);
  const chance = random();
  if (column.nullable && chance < 0.12) return null;
  if (!enforced && chance < 0.22) return valueOf(target ?? column, rowCount + 500, true);
  const spread = Math.max(1, Math.floor(rowCount / 2));
  // Part of a key: pairs of the hot parent and every other row.
  if (row !== undefined) return valueOf(target ?? column, (row * 7 + Math.floor(row / 3)) % rowCount, true);
  return valueOf(target ?? column, chance < 0.6 ? 0 : Math.floor(random() * spread), true);
}

/** The nth value of a column's type. `exact` values must be different for different n. */
export function valueOf({ type, values, name }: ProofColumn, n: number, exact: boolean): Cell {
  if (values !== undefined && 0 < values.length) return values[n % values.length] ?? null;
  if (/^objectid/i.test(type)) return (n + 1).toString(16).padStart(24, "0");
  switch (kindOf(type)) {
    case "integer":
      return n + 1;
    case "number":
      return (n * 37 + 5) / 4;
    case "boolean":
      return n % 3 === 0;
    case "uuid":
      return `00000000-0000-4000-8000-${(n + 1).toString(16).padStart(12, "0")}`;
    case "timestamp":
      return new Date(Date.UTC(2026, 0, 14) - n * 3_600_000).toISOString();
    case "date":
      return new Date(Date.UTC(2026, 0, 14) - n * 86_400_000).toISOString().slice(0, 10);
    case "time":
      return "12:00:00";
    case "json":
      return JSON.stringify({ n });
    case "array":
      return "{}";
    case "bytes":
      return "\\x00";
    case "text":
      return exact ? `${name.slice(0, 8)}-${n + 1}` : `${name} ${n + 1}`;
  }
}

type Kind =
  "integer" | "number" | "boolean" | "uuid" | "timestamp" | "date" | "time" | "json" | "array" | "bytes" | "text";

export function kindOf(type: string): Kind {
  const lower = type.toLowerCase();
  if (lower.endsWith("[]") || lower.startsWith("array")) return "array";
  if (/^(big|small)?(int|serial)|^int\d|^tinyint|^mediumint|^number/.test(lower)) return "integer";
  if (/^(numeric|decimal|real|double|float|money)/.test(lower)) return "number";
  if (lower.startsWith("bool")) return "boolean";
  if (lower.startsWith("uuid")) return "uuid";
  if (/^(timestamp|datetime)/.test(lower)) return "timestamp";
  if (lower === "date") return "date";
  if (lower.startsWith("time")) return "time";
  if (lower.startsWith("json")) return "json";
  return /^(bytea|blob|bytes)/.test(lower) ? "bytes" : "text";
}

/** The type as PostgreSQL has it; enums and what is unknown are text, which keeps what is written to it. */
function typeOf({ type, values }: ProofColumn): string {
  if (values !== undefined) return "text";
  const lower = type.toLowerCase();
  switch (kindOf(type)) {
    case "integer":
      return /^big|int8/.test(lower) ? "bigint" : "integer";
    case "number":
      return /^(real|double|float)/.test(lower) ? "double precision" : "numeric";
    case "boolean":
      return "boolean";
    case "uuid":
      return "uuid";
    case "timestamp":
      return /timestamptz|with time zone/.test(lower) ? "timestamptz" : "timestamp";
    case "date":
      return "date";
    case "time":
      return "time";
    case "json":
      return "jsonb";
    case "array":
      return "text[]";
    case "bytes":
      return "bytea";
    case "text":
      return "text";
  }
}

/** What a left-out value becomes: the same in both runs, which `now()` and random keys would not be. */
function defaultOf(column: ProofColumn, table: ProofTable): string {
  const next = `nextval('${quoted(sequenceOf(table)).replaceAll("'", "''")}')`;
  if (!table.primaryKey.includes(column.name)) {
    if (column.nullable) return "NULL";
    const value = valueOf(column, 0, false);
    return literal(kindOf(column.type) === "timestamp" ? "2026-01-15T12:00:00Z" : value);
  }
  switch (kindOf(column.type)) {
    case "integer":
    case "number":
      return next;
    case "uuid":
      return `('00000000-0000-4000-8000-' || lpad(to_hex(${next}), 12, '0'))::uuid`;
    case "text":
      return `('made-' || ${next})`;
    default:
      return "NULL";
  }
}

function literal(value: Cell): string {
  if (value === null) return "NULL";
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function hashOf(text: string): number {
  let sum = 7;
  for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  return sum;
}

/** Numbers from 0 to 1; the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
