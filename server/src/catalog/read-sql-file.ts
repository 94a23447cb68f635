/**
 * Text of an SQL file → what it changes. Tools mark what is applied and what takes it back in one file; only the first counts. A statement that PostgreSQL's
 * grammar rejects is read again by the tolerant reader, and reported once per file when the file is PostgreSQL's.
 */
import type { Span } from "../base/span.js";
import { parsePostgres, type SqlNode } from "../syntax/postgres.js";
import { splitStatements, type SqlScanOptions, type SqlStatement } from "../syntax/sql-statements.js";
import { tokensOf } from "../syntax/sql-tokens.js";
import type { SchemaChange, SchemaFile } from "./change.js";
import type { CatalogProblem, Engine, SourceKind } from "./model.js";
import { plainSqlChanges } from "./plain-sql-changes.js";
import { postgresChanges } from "./postgres-changes.js";

/** Statements that can change a schema begin with one of these. */
const VERBS = new Set(["CREATE", "ALTER", "DROP", "RENAME", "DO"]);
/** What a schema file never needs to be looked at for: routines, rights, data. */
const NO_SCHEMA =
  /^CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:FUNCTION|PROCEDURE|TRIGGER|EXTENSION|SCHEMA|DATABASE|ROLE|USER|POLICY|SEQUENCE|PUBLICATION|SUBSCRIPTION|AGGREGATE|OPERATOR|CAST|RULE|DOMAIN|EVENT|CONSTRAINT\s+TRIGGER)\b/i;

export interface SqlFileOptions {
  readonly source: SourceKind;
  /** Engine told by something beside the file (a Prisma provider, a journal, a driver); `unknown` lets the text decide. */
  readonly engine: Engine;
}

export function readSqlFile(path: string, text: string, options: SqlFileOptions): SchemaFile {
  const engine = options.engine === "unknown" ? engineOf(text) : options.engine;
  const scan: SqlScanOptions = engine === "mysql" ? { backslashEscapes: true, hashComments: true } : {};
  const changes: SchemaChange[] = [];
  const problems: CatalogProblem[] = [];
  for (const { start, end } of appliedParts(text)) {
    for (const statement of statementsWithin(text, start, end, scan)) {
      const read = readStatement({ path, text, statement, engine, source: options.source, scan });
      changes.push(...read.changes);
      if (read.problem !== undefined && problems.length === 0) problems.push(read.problem);
    }
  }
  return { path, source: options.source, engine, changes, problems, transaction: transactionOf(text) };
}

function statementsWithin(text: string, start: number, end: number, scan: SqlScanOptions): readonly SqlStatement[] {
  if (start === 0 && end === text.length) return splitStatements(text, scan);
  const shift = (statement: SqlStatement): SqlStatement => ({
    ...statement,
    start: statement.start + start,
    end: statement.end + start,
  });
  return splitStatements(text.slice(start, end), scan).map(shift);
}

// ---------------------------------------------------------------------------------------------- parts

const UP = /^--\s*(?:migrate:up|\+goose\s+Up|\+migrate\s+Up|Up Migration|!?Ups|\+micrate\s+Up|\+up)\b.*$/im;
const DOWN =
  /^--\s*(?:migrate:down|\+goose\s+Down|\+migrate\s+Down|Down Migration|!?Downs|\+micrate\s+Down|\+down)\b.*$/im;

/** The stretches of a file that are applied: all of it, or what stands between the mark for up and the mark for down. */
function appliedParts(text: string): readonly Span[] {
  const up = UP.exec(text);
  const down = DOWN.exec(text);
  if (up === null && down === null) return [{ start: 0, end: text.length }];
  const start = up === null ? 0 : up.index + up[0].length;
  const end = down === null || down.index < start ? text.length : down.index;
  return [{ start, end }];
}

function transactionOf(text: string): "always" | "optional" | "unknown" {
  if (
    /transaction:\s*false|\+goose\s+NO\s+TRANSACTION|notransaction|disable-transaction|executeInTransaction\s*=\s*false/i.test(
      text,
    )
  )
    return "optional";
  // Whoever writes in a comment why it cannot be concurrent has thought about it.
  return /--[^\n]*\bconcurrently\b/i.test(text) ? "always" : "unknown";
}

// ---------------------------------------------------------------------------------------------- statements

interface StatementInput {
  readonly path: string;
  readonly text: string;
  readonly statement: SqlStatement;
  readonly engine: Engine;
  readonly source: SourceKind;
  readonly scan: SqlScanOptions;
}

interface StatementResult {
  readonly changes: readonly SchemaChange[];
  readonly problem?: CatalogProblem;
}

const NOTHING: StatementResult = { changes: [] };

function readStatement(input: StatementInput): StatementResult {
  const { text, statement, engine } = input;
  if (!VERBS.has(statement.verb)) return NOTHING;
  const head = text.slice(statement.start, Math.min(statement.end, statement.start + 200));
  if (NO_SCHEMA.test(head)) return NOTHING;
  if (engine === "mysql" || engine === "sqlite") return plain(input);
  if (statement.verb === "DO") return { changes: blockChanges(input) };
  const sql = text.slice(statement.start, statement.end);
  const parsed = parsePostgres(sql);
  if (parsed.kind === "unavailable") return plain(input);
  if (parsed.kind === "error") {
    const offset = Math.min(statement.start + parsed.offset, Math.max(statement.start, statement.end - 1));
    const at = { file: input.path, span: { start: offset, end: offset + 1 } };
    const problem =
      engine === "postgresql" ? { problem: { at, message: `${parsed.message}; the other statements were read` } } : {};
    return { ...plain(input), ...problem };
  }
  const spanAt = (location: number | undefined): Span =>
    location === undefined ? statement : nameSpan(text, statement.start + parsed.offsetOf(location), statement);
  return { changes: parsed.nodes.flatMap((node) => treeChanges(node, input, spanAt)) };
}

function treeChanges(
  node: SqlNode,
  { path, statement, source }: StatementInput,
  spanAt: (at: number | undefined) => Span,
): readonly SchemaChange[] {
  const at = { file: path, span: { start: statement.start, end: statement.end } };
  return postgresChanges(node, { statement: at, source, spanAt });
}

function plain({ path, text, statement, engine, source, scan }: StatementInput): StatementResult {
  const at = { file: path, span: { start: statement.start, end: statement.end } };
  return {
    changes: plainSqlChanges(tokensOf(text, statement.start, statement.end, scan), { statement: at, source, engine }),
  };
}

/** The name, word or keyword that stands at an offset. */
function nameSpan(text: string, start: number, limit: Span): Span {
  const name = /^(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)/u.exec(text.slice(start, Math.min(limit.end, start + 200)));
  return { start, end: start + (name?.[0].length ?? 1) };
}

/** Statements of a `DO $$ … $$` block that stand in its `BEGIN … EXCEPTION`: what they do is done unless it was done before. */
function blockChanges(input: StatementInput): readonly SchemaChange[] {
  const { text, statement } = input;
  const changes: SchemaChange[] = [];
  const inside = /(?:;|\b(?:BEGIN|THEN|ELSE|LOOP)\b)\s*(?=(?:CREATE|ALTER|DROP)\b)/gi;
  inside.lastIndex = statement.start;
  for (let match = inside.exec(text); match !== null && match.index < statement.end; match = inside.exec(text)) {
    const start = match.index + match[0].length;
    const [first] = splitStatements(text.slice(start, statement.end), input.scan);
    if (first === undefined) continue;
    const inner = { ...first, start, end: start + first.end };
    changes.push(...readStatement({ ...input, statement: inner }).changes);
    inside.lastIndex = inner.end;
  }
  return changes;
}

// ---------------------------------------------------------------------------------------------- engine

const MARKS: readonly (readonly [Engine, RegExp])[] = [
  ["mysql", /\bENGINE\s*=|\bAUTO_INCREMENT\b|\bUNSIGNED\b|\bLONGTEXT\b|\bDATETIME\(\d\)/i],
  ["sqlite", /\bAUTOINCREMENT\b|\bPRAGMA\s+\w+|\bWITHOUT\s+ROWID\b|\bDATETIME\b/i],
  [
    "postgresql",
    /\$\$|::\w|\b(?:BIG|SMALL)?SERIAL\b|\bTIMESTAMPTZ\b|\bTIMESTAMP(?:\s*\(\d\))?\s+WITH|\bJSONB\b|\bBYTEA\b|\bUSING\s+(?:btree|gin|gist|brin|hash)\b|\bCREATE\s+(?:EXTENSION|TYPE|POLICY|MATERIALIZED)\b|\bgen_random_uuid\b|\bCONCURRENTLY\b|\bDOUBLE\s+PRECISION\b|\bALTER\s+TABLE\s+ONLY\b|\bUUID\b|\bTIMESTAMP\(3\)|\bCREATE\s+SCHEMA\b|\bTEXT\[\]|\bALTER\s+TYPE\b|\bpg_\w+\(|\bOWNER\s+TO\b/i,
  ],
];

/** Column stores and other systems with an SQL of their own: what they call an index is something else. */
const FOREIGN =
  /\bENGINE\s*=\s*\w*(?:MergeTree|Distributed|Kafka|Buffer|TinyLog)\b|\bON\s+CLUSTER\b|\bMATERIALIZED\s+VIEW\b[^;]*\bTO\s+\w|\bLowCardinality\(/i;

export function isForeignSql(path: string, text: string): boolean {
  return (
    /\/(?:clickhouse|bigquery|snowflake|duckdb|cassandra)\//i.test(path) ||
    FOREIGN.test(text.length > 200_000 ? text.slice(0, 200_000) : text)
  );
}

/** Which engine a text is written for, by words only one of them knows. */
export function engineOf(text: string): Engine {
  const head = text.length > 200_000 ? text.slice(0, 200_000) : text;
  return (
    MARKS.find(([, mark]) => mark.test(head))?.[0] ?? (BACKTICKED_TABLE.test(head) ? ofBackticks(head) : "unknown")
  );
}

const BACKTICKED_TABLE = /^\s*(?:CREATE|ALTER|DROP)\s+TABLE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?`/im;

/** SQLite takes names in backticks too, and tools that write them for it use none but its own types. */
function ofBackticks(text: string): Engine {
  const types = [...text.matchAll(/^\s*(?:.*\bADD\s+(?:COLUMN\s+)?)?`\w+`\s+(\w+)/gim)].map(([, type]) => type ?? "");
  if (types.length === 0 || types.some((type) => !/^(?:text|integer|real|blob|numeric)$/i.test(type))) return "mysql";
  // MySQL has no key on a whole text, and its generators say `int` or INTEGER.
  return /`\s+text\s+PRIMARY\s+KEY/i.test(text) || types.includes("integer") ? "sqlite" : "unknown";
}
