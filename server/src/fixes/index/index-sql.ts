/** Statements that make and drop an index. */
import type { WantedIndex } from "./wanted-index.js";

/** What a tool's migrations quote: everything, as generated ones do, or only what has to be. */
export type Quoting = "always" | "needed";

export interface SqlOptions {
  readonly quoting: Quoting;
  readonly concurrently: boolean;
}

export function createIndexSql(wanted: WantedIndex, { quoting, concurrently }: SqlOptions): string {
  const { name, parts, method, where, engine } = wanted;
  const isPostgres = engine === "postgresql";
  const columns = parts.map(({ column, expression, descending, operatorClass }) => {
    const what = column === undefined ? (expression ?? "") : quoted(column, engine, quoting);
    const inner = column === undefined && !/^\w+\(.*\)$/.test(what) ? `(${what})` : what;
    return `${inner}${operatorClass === undefined ? "" : ` ${operatorClass}`}${descending ? " DESC" : ""}`;
  });
  const using = isPostgres && method !== "btree" ? ` USING ${method}` : "";
  const how = concurrently && isPostgres ? " CONCURRENTLY" : "";
  const on = tableSql(wanted, quoting);
  return `CREATE INDEX${how} ${quoted(name, engine, quoting)} ON ${on}${using} (${columns.join(", ")})${where === undefined ? "" : ` WHERE ${where}`};`;
}

export function dropIndexSql(
  wanted: Pick<WantedIndex, "name" | "table" | "schema" | "engine">,
  options: SqlOptions,
): string {
  const { name, schema, engine } = wanted;
  const { quoting, concurrently } = options;
  const index = quoted(name, engine, quoting);
  if (engine === "mysql") return `DROP INDEX ${index} ON ${tableSql(wanted, quoting)};`;
  const how = concurrently && engine === "postgresql" ? " CONCURRENTLY" : "";
  const owner = schema === undefined ? "" : `${quoted(schema, engine, quoting)}.`;
  return `DROP INDEX${how} ${owner}${index};`;
}

function tableSql(
  { table, schema, engine }: Pick<WantedIndex, "table" | "schema" | "engine">,
  quoting: Quoting,
): string {
  const name = quoted(table, engine, quoting);
  return schema === undefined ? name : `${quoted(schema, engine, quoting)}.${name}`;
}

function quoted(name: string, engine: WantedIndex["engine"], quoting: Quoting): string {
  if (quoting === "needed" && /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.test(name)) return name;
  return engine === "mysql" ? `\`${name.replaceAll("`", "``")}\`` : `"${name.replaceAll('"', '""')}"`;
}

/** Names of tables and columns that SQL takes for something else. */
const RESERVED =
  /^(?:all|and|any|array|as|asc|case|cast|check|column|constraint|create|default|desc|distinct|do|else|end|false|for|foreign|from|grant|group|having|in|into|key|limit|not|null|offset|on|only|or|order|primary|references|select|table|then|to|true|union|unique|user|using|values|when|where|window|with)$/;

/** As most names of a text are written. */
export function quotingOf(text: string): Quoting {
  const plain = text.match(/\b(?:TABLE|INDEX|ON)\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?\w/gi)?.length ?? 0;
  const marked = text.match(/\b(?:TABLE|INDEX|ON)\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?["`]/gi)?.length ?? 0;
  return plain < marked ? "always" : "needed";
}
