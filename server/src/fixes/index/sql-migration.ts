/**
 * A new SQL migration that makes an index: named, marked and quoted as the ones before it, and built without blocking writes where its tool allows that. Which tool
 * it is is told from folders and marks; what is not known to wrap migrations in a transaction is told in a comment what it must not do.
 */
import type { FixSources } from "../fix.js";
import { createIndexSql, dropIndexSql, quotingOf } from "./index-sql.js";
import { nextMigration } from "./migration-names.js";
import type { IndexStep, MigrationHome, NewFile, WantedIndex } from "./wanted-index.js";

export interface NewMigration {
  readonly files: readonly NewFile[];
  /** What has to be seen to beside the file, one sentence. */
  readonly note?: string;
}

interface Tool {
  /** `no`: it wraps every migration in a transaction. `note`: it may, and a comment says so. */
  readonly concurrently: "yes" | "note" | "no";
  readonly note?: string;
  /** Lines around the statements. */
  readonly up?: readonly string[];
  readonly down?: readonly string[];
}

const NOTE = "-- Built beside the writes: may not run inside a transaction.";

/** Each step in a file of its own: what is built beside the writes may share a file with nothing else. */
export function sqlMigrations(
  home: MigrationHome,
  wanted: readonly IndexStep[],
  sources: FixSources,
  nowMs: number,
): NewMigration | undefined {
  const newest = home.files.at(-1)?.path;
  if (newest === undefined || wanted.length === 0) return undefined;
  const texts = home.files.slice(-6).flatMap(({ path }) => sources.textOf(path) ?? []);
  const tool = toolOf(newest, texts);
  const quoting = quotingOf(texts.join("\n"));
  const needsTrigrams = wanted.some(
    ({ action, index }) => action === "add" && index.parts.some((part) => part.operatorClass === "gin_trgm_ops"),
  );
  const steps = [
    ...(needsTrigrams && !hasTrigrams(home, sources) ? [extension(tool)] : []),
    ...wanted.map((one) => step(one, tool, quoting)),
  ];
  const files: NewFile[] = [];
  let last = newest;
  for (const { words, up, down } of steps) {
    const name = nextMigration(last, words, nowMs);
    if (name === undefined || sources.exists?.(name.path) === true) return undefined;
    last = name.path;
    files.push({ path: name.path, text: up });
    if (name.down !== undefined) files.push({ path: name.down, text: down });
  }
  return { files, ...(tool.note === undefined ? {} : { note: tool.note }) };
}

interface Step {
  readonly words: readonly string[];
  readonly up: string;
  readonly down: string;
}

function step({ action, index }: IndexStep, tool: Tool, quoting: "always" | "needed"): Step {
  const concurrently = tool.concurrently !== "no" && index.engine === "postgresql";
  const create = createIndexSql(index, { quoting, concurrently });
  const drop = dropIndexSql(index, { quoting, concurrently });
  const note = concurrently && tool.concurrently === "note" ? [NOTE] : [];
  const [up, down] = action === "add" ? [create, drop] : [drop, create];
  return { words: wordsFor(action, index), ...framed(tool, [...note, up], [down]) };
}

function extension(tool: Tool): Step {
  const up = ["CREATE EXTENSION IF NOT EXISTS pg_trgm;"];
  return { words: ["add", "pg", "trgm"], ...framed(tool, up, ["DROP EXTENSION IF EXISTS pg_trgm;"]) };
}

function framed({ up, down }: Tool, create: readonly string[], drop: readonly string[]): Pick<Step, "up" | "down"> {
  const inOne = [...(up ?? []), ...create, ...(down === undefined ? [] : ["", ...down, ...drop])];
  return { up: `${inOne.join("\n")}\n`, down: `${drop.join("\n")}\n` };
}

/** `add orders user_id index`, cut down where it would be long. */
export function wordsFor(action: IndexStep["action"], { table, parts }: WantedIndex): readonly string[] {
  const columns = parts.flatMap(({ column, expression }) => wordsOf(column ?? expression ?? ""));
  const words = [action, ...wordsOf(table), ...columns, "index"];
  return words.join("_").length <= 60 ? words : [action, ...wordsOf(table), ...columns.slice(0, 2), "index"];
}

function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

function hasTrigrams({ files }: MigrationHome, sources: FixSources): boolean {
  return files.some(({ path }) => /\bpg_trgm\b/.test(sources.textOf(path) ?? ""));
}

/** What is known of the tool that applies a folder of SQL. */
function toolOf(path: string, texts: readonly string[]): Tool {
  const all = texts.join("\n");
  if (/\/\d{14}_[^/]*\/migration\.sql$/.test(path)) return { concurrently: "yes" };
  if (/^--\s*migrate:up/im.test(all))
    return {
      concurrently: "yes",
      up: ["-- migrate:up transaction:false"],
      down: ["-- migrate:down transaction:false"],
    };
  if (/^--\s*\+goose\s+Up/im.test(all))
    return { concurrently: "yes", up: ["-- +goose NO TRANSACTION", "-- +goose Up"], down: ["-- +goose Down"] };
  if (/^--\s*\+migrate\s+Up/im.test(all))
    return { concurrently: "yes", up: ["-- +migrate Up notransaction"], down: ["-- +migrate Down notransaction"] };
  if (/^--\s*Up Migration/im.test(all))
    return { concurrently: "note", up: ["-- Up Migration"], down: ["-- Down Migration"] };
  if (/^--\s*atlas:/im.test(all) || /\/atlas\b/.test(path))
    return { concurrently: "yes", up: ["-- atlas:txmode none", ""], note: "Run `atlas migrate hash` afterwards." };
  if (/(?:^|\/)[vV]\d+(?:[._]\d+)*__/.test(path)) {
    const note =
      "Flyway builds it outside of a transaction; set `flyway.postgresql.transactional.lock=false`, or it waits for itself.";
    return { concurrently: "yes", note };
  }
  if (path.includes("/supabase/migrations/"))
    return inTransaction(
      "Supabase's command line applies migrations in a pipeline, where `CONCURRENTLY` is not allowed",
    );
  if (path.endsWith("/up.sql")) return inTransaction("Hasura and the like wrap each migration in a transaction");
  if (/\bCREATE\s+INDEX\s+CONCURRENTLY\b/i.test(all)) return { concurrently: "yes" };
  if (path.endsWith(".up.sql")) return { concurrently: "yes" };
  return {
    concurrently: "note",
    note: "`CONCURRENTLY` may not run inside a transaction: if your tool wraps migrations in one, tell it not to for this file.",
  };
}

function inTransaction(why: string): Tool {
  return {
    concurrently: "no",
    up: [`-- Not CONCURRENTLY: ${why}.`],
    note: `${why}: writes to the table wait until the index is built.`,
  };
}
