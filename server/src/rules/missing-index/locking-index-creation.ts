/**
 * Finds an index that is made on a table full of rows without `CONCURRENTLY`: every write to the table waits until it is built.
 *
 * Only the newest migrations are looked at. Those before them have been applied everywhere, and may not be edited any more.
 */
import type { Index, MigrationFile } from "../../catalog/model.js";
import type { Location } from "../../project/model.js";
import { defineCatalogRule } from "../define-catalog-rule.js";

interface LockingCreation {
  readonly at: Location;
  readonly subject: string;
  readonly table: string;
  readonly index: Index;
  readonly transaction: MigrationFile["transaction"];
}

/** Migrations from the end of their order that may not have been applied yet: those of a branch or two. */
const NEWEST = 3;

export const lockingIndexCreation = defineCatalogRule<LockingCreation>({
  id: "locking-index-creation",
  family: "missing-index",
  since: "0.1.0",
  severity: "information",
  fixSafety: "none",

  docs: {
    what: "A migration makes an index on a table that an earlier migration created, without `CONCURRENTLY` (PostgreSQL).",
    why: "`CREATE INDEX` holds a lock that keeps all writes to the table waiting until the index is built: minutes on a big table, while requests pile up.",
    instead:
      "`CREATE INDEX CONCURRENTLY` builds it beside the writes. It may not run inside a transaction, so tell the migration tool to use none for this file, and put nothing else into it.",
    limits: `Only the last ${NEWEST} migrations of a folder are looked at. Where a tool always wraps migrations in a transaction, and for tables that are small in production, the plain statement is right.`,
  },

  *check({ catalog, isQuiet }) {
    for (const { path, engine, ordinal, count, createdTables, createdIndexes, transaction } of catalog.migrations) {
      if (
        engine !== "postgresql" ||
        ordinal < count - NEWEST ||
        ordinal === 0 ||
        transaction === "always" ||
        isQuiet(path)
      )
        continue;
      for (const { table, index } of createdIndexes) {
        if (index.concurrently === true || createdTables.includes(table)) continue;
        yield { at: index.location, subject: `${table}.${index.name ?? ""}`, table, index, transaction };
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
});
