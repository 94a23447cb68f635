/** The fix that builds an index beside the writes: `CONCURRENTLY`, in a migration of its own that runs in no transaction. */
import type { Span } from "../../base/span.js";
import { splitStatements, type SqlStatement } from "../../syntax/sql-statements.js";
import type { FileEdit, Fix, FixSources, TextEdit } from "../fix.js";
import { nextMigration } from "./migration-names.js";
import { withLine } from "./remove-item.js";

export interface ConcurrentRequest {
  readonly path: string;
  /** The statement that makes the index. */
  readonly span: Span;
  /** The migration is the last of its folder: another one may follow it. */
  readonly isLast: boolean;
  /** Words for a migration of its own. */
  readonly words: readonly string[];
}

const CREATE = /^CREATE\s+(?:UNIQUE\s+)?INDEX(?=\s)/i;

export function buildConcurrently(request: ConcurrentRequest, sources: FixSources, nowMs: number): Fix | undefined {
  const { path, span } = request;
  const text = path.endsWith(".sql") ? sources.textOf(path) : undefined;
  if (text === undefined) return undefined;
  const statements = splitStatements(text, {});
  const statement = statements.find(({ start, end }) => start <= span.start && span.start < end);
  const head = statement === undefined ? undefined : CREATE.exec(text.slice(statement.start))?.[0];
  if (statement === undefined || head === undefined || /\bBEGIN\b/i.test(text)) return undefined;
  const marks = transactionMarks(text);
  if (marks === undefined) return undefined;
  const alone = statements.filter(({ start }) => marks.isApplied(start)).length === 1;
  const edits = alone
    ? inPlace(request, statement, head, marks.edits)
    : apart(request, text, statement, head, sources, nowMs);
  if (edits === undefined) return undefined;
  return {
    id: "build-concurrently",
    title: alone ? "Build the index CONCURRENTLY" : "Build the index CONCURRENTLY, in a migration of its own",
    safety: "review",
    edits,
    note: "It may not run inside a transaction: the migration tool has to use none for this file.",
  };
}

interface Marks {
  readonly edits: readonly TextEdit[];
  /** Whether a statement at an offset is applied, rather than taking the migration back. */
  readonly isApplied: (offset: number) => boolean;
}

/** What tells the tool to use no transaction, for those that read it from the file. Undefined when the file says something else already. */
function transactionMarks(text: string): Marks | undefined {
  const dbmate = /^--\s*migrate:up\b([^\n]*)/im.exec(text);
  const goose = /^--\s*\+goose\s+Up\b/im.exec(text);
  const down = /^--\s*(?:migrate:down|\+goose\s+Down|Down Migration)\b/im.exec(text)?.index ?? text.length;
  const isApplied = (offset: number): boolean => offset < down;
  if (dbmate !== null) {
    if ((dbmate[1] ?? "").trim() !== "") return undefined;
    const at = dbmate.index + dbmate[0].trimEnd().length;
    return { edits: [{ start: at, end: at, newText: " transaction:false" }], isApplied };
  }
  if (goose !== null)
    return { edits: [{ start: goose.index, end: goose.index, newText: "-- +goose NO TRANSACTION\n" }], isApplied };
  return { edits: [], isApplied };
}

function inPlace(
  { path }: ConcurrentRequest,
  { start }: SqlStatement,
  head: string,
  marks: readonly TextEdit[],
): readonly FileEdit[] {
  const at = start + head.length;
  return [{ path, edits: [...marks, { start: at, end: at, newText: inCaseOf(head) }] }];
}

/** ` CONCURRENTLY`, or in small letters where the statement is. */
function inCaseOf(head: string): string {
  return head === head.toLowerCase() ? " concurrently" : " CONCURRENTLY";
}

/** Files with marks for both ways are left alone: what takes the index back stands in the same file. */
function apart(
  { path, isLast, words }: ConcurrentRequest,
  text: string,
  { start, end }: SqlStatement,
  head: string,
  sources: FixSources,
  nowMs: number,
): readonly FileEdit[] | undefined {
  const name = isLast ? nextMigration(path, words, nowMs) : undefined;
  if (name === undefined || name.down !== undefined || /^--\s*(?:migrate:|\+goose|Up Migration)/im.test(text))
    return undefined;
  if (sources.exists?.(name.path) === true) return undefined;
  const statement = `${head}${inCaseOf(head)}${text.slice(start + head.length, end)};`;
  const whole = text.charAt(end) === ";" ? end + 1 : end;
  return [
    { path, edits: [{ ...withLine(text, { start, end: whole }), newText: "" }] },
    { path: name.path, edits: [], createText: `${statement.replace(/;+$/, ";")}\n` },
  ];
}
