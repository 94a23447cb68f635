/**
 * Finds an index that is made on a table full of rows without `CONCURRENTLY`: every write to the table waits until it is built.
 *
 * Only the newest migrations are looked at. Those before them have been applied everywhere, and may not be edited any more.
 */
import type { Index, MigrationFile } from "../../catalog/model.js";
import { buildConcurrently } from "../../fixes/index/build-concurrently.js";
import type { Location } from "../../project/model.js";
import { defineCatalogRule } from "../define-catalog-rule.js";

interface LockingCreation {
  readonly at: Location;
  readonly subject: string;
  readonly table: string;
  readonly index: Index;
  readonly transaction: MigrationFile["transaction"];
  /** Nothing follows its migration yet. */
  readonly isLast: boolean;
}

/** Migrations from the end of their order that may not have been applied yet: those of a branch or two. */
const NEWEST = 3;
/** Dated ones must also be this near to the newest of the workspace: a folder nobody touched for longer has been applied. */
const NEWEST_DAYS = 31;

export const lockingIndexCreation = defineCatalogRule<LockingCreation>({
  id: "locking-index-creation",
  family: "missing-index",
  since: "0.1.0",
  severity: "information",
  fixSafety: "review",

  docs: {
    what: "A migration makes an index on a table that an earlier migration created, without `CONCURRENTLY` (PostgreSQL).",
    why: "`CREATE INDEX` holds a lock that keeps all writes to the table waiting until the index is built: minutes on a big table, while requests pile up.",
    instead:
      "`CREATE INDEX CONCURRENTLY` builds it beside the writes. It may not run inside a transaction, so tell the migration tool to use none for this file, and put nothing else into it.",
    limits: `Only the last ${NEWEST} migrations of a folder are looked at, if their names carry a date near the newest of the workspace, and else the last one. Where a tool always wraps migrations in a transaction, and for tables that are small in production, the plain statement is right.`,
  },

  *check({ catalog, isQuiet }) {
    const newest = Math.max(...catalog.migrations.map(({ path }) => dayOf(path) ?? 0));
    for (const { path, engine, ordinal, count, createdTables, createdIndexes, transaction } of catalog.migrations) {
      if (engine !== "postgresql" || ordinal === 0 || transaction === "always" || isQuiet(path)) continue;
      const day = dayOf(path);
      const isNew =
        day === undefined ? ordinal === count - 1 : count - NEWEST <= ordinal && newest - day <= NEWEST_DAYS;
      if (!isNew) continue;
      for (const { table, index } of createdIndexes) {
        if (index.concurrently === true || createdTables.includes(table)) continue;
        const isLast = ordinal === count - 1;
        yield { at: index.location, subject: `${table}.${index.name ?? ""}`, table, index, transaction, isLast };
      }
    }
  },

  describe({ table, transaction }) {
    const note = transaction === "unknown" ? ", in a migration that runs in no transaction," : "";
    return {
      message: `building this index keeps all writes to \`${table}\` waiting; \`CREATE INDEX CONCURRENTLY\`${note} does not`,
      severity: "information",
      confidence: 0.6,
      cost: `writes to ${table} wait while the index is built`,
      related: [],
    };
  },

  fixes({ at, table, index, isLast }, _view, sources) {
    const columns = index.parts.map(({ column, expression }) => column ?? expression ?? "");
    const words = ["add", table, ...columns, "index"].flatMap((text) => text.toLowerCase().split(/[^a-z0-9]+/));
    const request = { path: at.file, span: at.span, isLast, words: words.filter((word) => word !== "") };
    const fix = buildConcurrently(request, sources, sources.now?.() ?? 0);
    return fix === undefined ? [] : [fix];
  },
});

/** Day, counted from 1970, that a migration's name carries: `20240131_…`, `2024-01-31…`, or milliseconds as TypeORM writes them. */
function dayOf(path: string): number | undefined {
  const name = path.slice(-120);
  const date = /(?:^|[/\D])(20\d{2})[-_]?(0[1-9]|1[0-2])[-_]?(0[1-9]|[12]\d|3[01])/.exec(name);
  if (date !== null) return Math.floor(Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3])) / DAY_MS);
  const millis = /(?:^|\/)(1\d{12})\D/.exec(name)?.[1];
  return millis === undefined ? undefined : Math.floor(Number(millis) / DAY_MS);
}

const DAY_MS = 24 * 60 * 60 * 1000;
