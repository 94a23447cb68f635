/** The fix that takes an index away where it is declared, and makes the migration that drops it. */
import type { Location } from "../../project/model.js";
import { splitStatements } from "../../syntax/sql-statements.js";
import type { FileEdit, Fix, FixSources, TextEdit } from "../fix.js";
import { DRIZZLE, GENERATORS, keepsDrizzleRecord, newFiles } from "./add-index.js";
import { codeMigrations } from "./code-migration.js";
import { removeAt, withLine } from "./remove-item.js";
import { sqlMigrations } from "./sql-migration.js";
import type { IndexHome, WantedIndex } from "./wanted-index.js";

export interface DropRequest {
  readonly home: IndexHome;
  /** As it is; its name is what a migration drops. */
  readonly index: WantedIndex;
  /** Where a model or a whole schema declares it; absent when only migrations do. */
  readonly declaredAt?: Location;
  /** Whether migrations have made it. */
  readonly isMigrated: boolean;
}

/** Undefined when it cannot be taken away everywhere it is declared. */
export function dropIndex(request: DropRequest, sources: FixSources, nowMs: number): Fix | undefined {
  const { home, index, declaredAt, isMigrated } = request;
  const { model, migrations } = home;
  const generator = model === undefined ? undefined : GENERATORS[model.source];
  const isDrizzle = migrations !== undefined && keepsDrizzleRecord(migrations, sources);
  const isGenerated = isDrizzle || model?.source === "mikro-orm";
  const steps = [{ action: "drop", index }] as const;
  const made =
    !isMigrated || migrations === undefined || isGenerated
      ? undefined
      : migrations.kind === "sql"
        ? sqlMigrations(migrations, steps, sources, nowMs)
        : codeMigrations(migrations, steps, sources, nowMs);
  if (isMigrated && made === undefined && !isGenerated) return undefined;
  const removed = declaredAt === undefined ? undefined : removal(declaredAt, sources);
  if (declaredAt !== undefined && removed === undefined) return undefined;
  const edits: readonly FileEdit[] = [...(removed === undefined ? [] : [removed]), ...newFiles(made)];
  if (edits.length === 0) return undefined;
  const notes = [...(isGenerated ? [generator ?? DRIZZLE] : []), ...(made?.note === undefined ? [] : [made.note])];
  return {
    id: "drop-index",
    title: `Drop the index ${made === undefined ? "from the schema" : declaredAt === undefined ? "with a migration" : "from the schema, with a migration"}`,
    safety: "review",
    edits,
    ...(notes.length === 0 ? {} : { note: notes.join(" ") }),
  };
}

function removal({ file, span }: Location, sources: FixSources): FileEdit | undefined {
  const text = sources.textOf(file);
  if (text === undefined) return undefined;
  const edit = file.endsWith(".prisma")
    ? attributeAt(text, span)
    : file.endsWith(".sql")
      ? statementAt(text, span.start)
      : codeItem(file, span, sources);
  return edit === undefined ? undefined : { path: file, edits: [edit] };
}

/** An attribute with its line, and the blank line before it when it was the only one. */
function attributeAt(text: string, span: Location["span"]): TextEdit {
  const { start, end } = withLine(text, span);
  const blank = /\n[ \t]*\r?\n$/.exec(text.slice(0, start))?.[0].slice(1);
  const isLast = /^[ \t]*\}/.test(text.slice(end));
  return { start: isLast && blank !== undefined ? start - blank.length : start, end, newText: "" };
}

function codeItem(file: string, span: Location["span"], sources: FixSources): TextEdit | undefined {
  const tree = sources.treeOf(file);
  return tree === undefined ? undefined : removeAt(tree, span);
}

/** A statement with its semicolon. */
function statementAt(text: string, offset: number): TextEdit | undefined {
  const found = splitStatements(text, {}).find(({ start, end }) => start <= offset && offset < end);
  if (found === undefined || !/^CREATE\s+INDEX\b/i.test(text.slice(found.start))) return undefined;
  const end = text.charAt(found.end) === ";" ? found.end + 1 : found.end;
  return { ...withLine(text, { start: found.start, end }), newText: "" };
}
