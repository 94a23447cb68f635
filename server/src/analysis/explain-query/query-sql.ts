/**
 * Writes a query as SQL, one clause a line: the statement of the code laid out, or for a library's calls what they amount to. For reading, and for a planner
 * to judge; the library's own statement may be spelled differently.
 */
import type { BoundQuery } from "../../advisor/bind.js";
import { quote } from "../../advisor/candidate.js";
import type { Table } from "../../catalog/model.js";
import { conjuncts, predicatesOf } from "../../queries/conditions.js";
import { ANY_TABLE, type ColumnRef, type Condition, type Predicate, type QueryValue } from "../../queries/model.js";

/** For a person, with comments where something is not understood; or for a planner, with nothing but what it takes. */
type Reader = "person" | "planner";

/** Words that cannot be names without quotes, as far as tables and columns are called that. */
const RESERVED =
  /^(?:all|and|any|array|as|asc|both|case|cast|check|column|constraint|create|default|desc|distinct|do|else|end|except|false|for|foreign|from|grant|group|having|in|into|limit|not|null|offset|on|only|or|order|primary|references|select|table|then|to|true|union|unique|user|using|when|where|window|with)$/;

function bare(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.test(name) ? name : quote(name);
}

interface Writer {
  readonly bound: BoundQuery;
  readonly reader: Reader;
  parameters: number;
}

/** Everything that is not understood stands as a comment. */
export function writeSql(bound: BoundQuery): string {
  return write({ bound, reader: "person", parameters: 0 });
}

/** Rows of a page, where the code does not say. */
const pageSize = 50;

/**
 * The statement for a planner, of a query on one table that was understood; undefined for others. Conditions that hold only at times are left out, and changes
 * are planned as the search for their rows.
 *
 * @param nameOf What the planner's stand-in for the table is called.
 */
export function planStatement(bound: BoundQuery, nameOf: (table: Table) => string): string | undefined {
  const { query, tables } = bound;
  const [table] = tables;
  const isAlone = tables.length === 1 || query.joins[0]?.kind === "load";
  if (!isAlone || table === undefined || !query.complete) return undefined;
  const named = { ...bound, tables: [{ ...table, name: nameOf(table) }] };
  return write({ bound: named, reader: "planner", parameters: 0 }).replaceAll("\n", " ");
}

function write(writer: Writer): string {
  const { bound } = writer;
  const { query } = bound;
  const inside = tablesInside(bound);
  const parts = conjuncts(query.where).filter((part) => writer.reader === "person" || part.kind !== "optional");
  const outer = parts.filter((part) => !isOf(part, inside));
  const lines = [
    headOf(writer),
    ...query.joins.flatMap((join) =>
      inside.has(join.table) || join.kind === "load" ? [] : [joinLine(writer, join.table, join.kind)],
    ),
  ];
  const conditions = [
    ...loadConditions(writer),
    ...outer.map((part) => conditionLine(writer, part)),
    ...[...inside].map((table) => existsLine(writer, table, parts)),
  ];
  lines.push(...conditions.map((condition, i) => `${i === 0 ? "WHERE" : "  AND"} ${condition}`));
  lines.push(...tailOf(writer));
  return lines.join("\n");
}

/** Tables that only say which rows of others are wanted. */
function tablesInside({ query }: BoundQuery): ReadonlySet<number> {
  return new Set(query.joins.filter(({ kind }) => kind.endsWith("exists")).map(({ table }) => table));
}

function isOf(condition: Condition, tables: ReadonlySet<number>): boolean {
  const predicates = predicatesOf(condition);
  return predicates.length > 0 && predicates.every(({ column }) => tables.has(column.table));
}

function headOf(writer: Writer): string {
  const { query } = writer.bound;
  const table = tableText(writer, 0);
  if (writer.reader === "planner")
    return `SELECT ${query.aggregate === true && query.orderBy.length === 0 ? "count(*)" : "*"} FROM ${table}`;
  if (query.access === "update") return `UPDATE ${table}\nSET …`;
  if (query.access === "delete") return `DELETE FROM ${table}`;
  const columns = query.projection?.map((ref) => columnText(writer, ref)).join(", ");
  const what = query.aggregate === true && query.orderBy.length === 0 ? "count(*)" : (columns ?? "*");
  return `SELECT ${what === "" ? "*" : what}\nFROM ${table}`;
}

function tailOf(writer: Writer): readonly string[] {
  const { query } = writer.bound;
  const order = query.orderBy.map(({ column, direction, fn }) => {
    const text = columnText(writer, column);
    return `${fn === undefined ? text : `${fn}(${text})`}${direction === "desc" ? " DESC" : ""}`;
  });
  if (writer.reader === "planner")
    return [...(order.length === 0 ? [] : [`ORDER BY ${order.join(", ")}`]), ...pageOf(writer)];
  return [
    ...(order.length === 0 ? [] : [`ORDER BY ${order.join(", ")}`]),
    ...(query.orderUnknown === true ? ["-- in an order chosen at run time"] : []),
    ...(query.limit === undefined ? [] : [`LIMIT ${valueText(writer, query.limit)}`]),
    ...(query.offset === undefined ? [] : [`OFFSET ${valueText(writer, query.offset)}`]),
  ];
}

function pageOf({ bound }: Writer): readonly string[] {
  const { limit, aggregate } = bound.query;
  if (limit === undefined || aggregate === true) return [];
  return [`LIMIT ${limit.kind === "literal" && typeof limit.value === "number" ? limit.value : pageSize}`];
}

const JOINS: Readonly<Record<string, string>> = {
  inner: "JOIN",
  left: "LEFT JOIN",
  right: "RIGHT JOIN",
  full: "FULL JOIN",
};

function joinLine(writer: Writer, table: number, kind: string): string {
  return `${JOINS[kind] ?? "JOIN"} ${tableText(writer, table)} ON ${joinPairs(writer, table) ?? "… -- over columns that are not known"}`;
}

/** Which columns tie a table to the others. */
function joinPairs(writer: Writer, table: number): string | undefined {
  const { joins } = writer.bound;
  const join = joins.find((one) => one.right === table) ?? joins.find((one) => one.left === table);
  if (join === undefined || join.pairs.length === 0) return undefined;
  return join.pairs
    .map(({ left, right }) => `${nameIn(writer, join.right, right.name)} = ${nameIn(writer, join.left, left.name)}`)
    .join(" AND ");
}

/** Rows of a relation are looked up by the keys of the rows they belong to. */
function loadConditions(writer: Writer): readonly string[] {
  const { query, joins } = writer.bound;
  if (query.joins[0]?.kind !== "load") return [];
  const join = joins.find((one) => one.right === 0);
  if (join === undefined) return ["… -- the rows that belong to those read before"];
  return join.pairs.map(({ right }) => `${nameIn(writer, 0, right.name)} ${listText(writer)}`);
}

function existsLine(writer: Writer, table: number, parts: readonly Condition[]): string {
  const own = parts.filter((part) => isOf(part, new Set([table]))).map((part) => conditionText(writer, part));
  const tied = joinPairs(writer, table);
  const conditions = [tied ?? "…", ...own].join(" AND ");
  const kind = writer.bound.query.joins.find((join) => join.table === table)?.kind;
  return `${kind === "not-exists" ? "NOT " : ""}EXISTS (SELECT 1 FROM ${tableText(writer, table)} WHERE ${conditions})`;
}

function conditionLine(writer: Writer, condition: Condition): string {
  if (condition.kind === "unknown") return `… -- ${oneLine(condition.why)}`;
  if (condition.kind !== "optional") return conditionText(writer, condition);
  return `${conditionText(writer, condition.of)} -- only under a condition of the code`;
}

function conditionText(writer: Writer, condition: Condition): string {
  switch (condition.kind) {
    case "and":
    case "or": {
      if (condition.of.length === 0) return "true";
      const glue = condition.kind === "and" ? " AND " : " OR ";
      return `(${condition.of.map((part) => conditionText(writer, part)).join(glue)})`;
    }
    case "not":
      return `NOT (${conditionText(writer, condition.of)})`;
    case "optional":
      return `/* at times */ ${conditionText(writer, condition.of)}`;
    case "unknown":
      return `… /* ${oneLine(condition.why).replaceAll("*/", "")} */`;
    default:
      return predicateText(writer, condition);
  }
}

function predicateText(writer: Writer, predicate: Predicate): string {
  const name = columnText(writer, predicate.column);
  const fn = "fn" in predicate ? predicate.fn : undefined;
  const column = fn === undefined ? name : fn.startsWith("::") ? `(${name})${fn}` : `${fn}(${name})`;
  switch (predicate.kind) {
    case "equal":
      return `${column} = ${valueText(writer, predicate.value)}`;
    case "not-equal":
      return `${column} <> ${valueText(writer, predicate.value)}`;
    case "in":
      return predicate.value.kind === "list"
        ? `${column} ${listText(writer)}`
        : `${column} = ANY (${valueText(writer, predicate.value)})`;
    case "range":
      return `${column} > ${valueText(writer, predicate.value)}`;
    case "like": {
      const word = predicate.insensitive === true ? "ILIKE" : "LIKE";
      const note = predicate.leading === "wildcard" ? " /* %… */" : "";
      return `${column} ${word} ${valueText(writer, predicate.value)}${note}`;
    }
    case "null":
      return `${column} IS NULL`;
    case "not-null":
      return `${column} IS NOT NULL`;
    case "special":
      return `${column} ${predicate.operator} ${parameter(writer)}`;
  }
}

function listText(writer: Writer): string {
  return writer.reader === "planner" ? `= ANY (${parameter(writer)})` : `IN (${parameter(writer)}, …)`;
}

function parameter(writer: Writer): string {
  return `$${++writer.parameters}`;
}

function valueText(writer: Writer, value: QueryValue): string {
  switch (value.kind) {
    case "literal":
      if (writer.reader === "planner") return parameter(writer);
      if (typeof value.value !== "string") return String(value.value);
      return `'${value.value.replaceAll("'", "''")}'`;
    case "parameter":
    case "list":
      return parameter(writer);
    case "column":
      return columnText(writer, value.column);
  }
}

function tableText({ bound, reader }: Writer, index: number): string {
  const table = bound.tables[index];
  if (table === undefined) return bare(bound.query.tables[index]?.name ?? "…");
  const { name, schema } = table;
  if (reader === "planner") return quote(name);
  return schema === undefined ? bare(name) : `${bare(schema)}.${bare(name)}`;
}

function columnText(writer: Writer, ref: ColumnRef): string {
  const target = writer.bound.columnAt(ref);
  if (target !== undefined) return nameIn(writer, target.table, target.column.name);
  return ref.table === ANY_TABLE ? bare(ref.name) : nameIn(writer, ref.table, ref.name);
}

/** With its table, where several are read. */
function nameIn(writer: Writer, table: number, name: string): string {
  const column = writer.reader === "planner" ? quote(name) : bare(name);
  const { query } = writer.bound;
  const isAlone = query.tables.length < 2 || query.joins.every(({ kind }) => kind === "load");
  return isAlone ? column : `${tableText(writer, table)}.${column}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

const CLAUSES =
  /\b(?:FROM|WHERE|(?:(?:INNER|LEFT|RIGHT|FULL|CROSS)\s+(?:OUTER\s+)?)?JOIN|GROUP\s+BY|HAVING|ORDER\s+BY|LIMIT|OFFSET|RETURNING|SET|VALUES|UNION(?:\s+ALL)?|ON\s+CONFLICT)\b/iy;

/** A statement of the code with one clause a line; what stands in quotes, comments and brackets stays as it is. */
export function layOut(sql: string): string {
  const text = sql.trim().replace(/;\s*$/, "");
  let result = "";
  let depth = 0;
  for (let at = 0; at < text.length;) {
    const quoted = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//y;
    quoted.lastIndex = at;
    const kept = quoted.exec(text)?.[0];
    if (kept !== undefined) {
      result += kept.startsWith("--") ? `${kept}\n` : kept;
      at += kept.length;
      continue;
    }
    CLAUSES.lastIndex = at;
    const clause = depth === 0 && !/\w$/.test(result) ? CLAUSES.exec(text)?.[0] : undefined;
    if (clause !== undefined && result.trim() !== "") {
      result = `${result.trimEnd()}\n${clause.replaceAll(/\s+/g, " ")}`;
      at += clause.length;
      continue;
    }
    const char = text.charAt(at++);
    if (char === "(") depth++;
    if (char === ")") depth--;
    if (/\s/.test(char)) result += /\s$/.test(result) ? "" : " ";
    else result += char;
  }
  return result;
}
