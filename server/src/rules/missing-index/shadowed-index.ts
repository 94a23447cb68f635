/** Finds an index that another one makes superfluous: the same columns in the same order, or the first columns of a longer index. */
import { accessPathsOf } from "../../catalog/lookup.js";
import type { Index, IndexPart, Table } from "../../catalog/model.js";
import type { Location } from "../../project/model.js";
import { defineCatalogRule } from "../define-catalog-rule.js";
import { dropFixes } from "./drop-fixes.js";

interface ShadowedIndex {
  readonly at: Location;
  readonly subject: string;
  readonly table: Table;
  readonly index: Index;
  readonly by: Index;
}

/** A longer index is larger to read; beyond this many more columns it does not serve the short one's queries as well. */
const MAX_EXTRA_COLUMNS = 2;

export const shadowedIndex = defineCatalogRule<ShadowedIndex>({
  id: "shadowed-index",
  family: "missing-index",
  since: "0.1.0",
  severity: "information",
  fixSafety: "review",

  docs: {
    what: "An index whose columns are the first columns of another index of the table, in the same order, and that is neither unique nor partial.",
    why: "Every insert, and every update of its columns, maintains both, and both take memory that data could use. The longer index answers everything the shorter one does.",
    instead: "Drop the shorter index.",
    limits:
      "A much shorter index may still be a little faster to scan, so indexes with three or more extra columns are not taken to replace it. Whether either is used at all only the database knows.",
  },

  *check({ catalog, isQuiet }) {
    for (const table of catalog.tables) {
      if (table.incomplete !== undefined) continue;
      const paths = accessPathsOf(table);
      for (const index of table.indexes) {
        const by = paths.find((other) => other !== index && shadows(other, index, paths));
        if (by === undefined || isQuiet(index.location.file) || isElsewhere(index) || isPast(table, index)) continue;
        yield { at: index.location, subject: `${table.name}.${nameOf(index)}`, table, index, by };
      }
    }
  },

  describe({ table, index, by }) {
    const equal = by.parts.length === index.parts.length;
    const what =
      by.constraint === "primary-key"
        ? "the primary key"
        : by.constraint === "unique"
          ? "the unique constraint"
          : "the index";
    return {
      message: equal
        ? `this index of \`${table.name}\` duplicates ${what} on ${columnsOf(by)}`
        : `${what} on ${columnsOf(by)} of \`${table.name}\` serves every query this index on ${columnsOf(index)} does`,
      severity: equal ? "information" : "hint",
      confidence: equal ? 0.9 : 0.7,
      cost: `one more index to maintain per write to ${table.name}`,
      related: [{ at: by.location, message: `declared here` }],
    };
  },

  fixes: ({ table, index }, { catalog }, sources) => dropFixes(table, index, catalog, sources),
});

function shadows(other: Index, index: Index, paths: readonly Index[]): boolean {
  if (index.constraint !== undefined || index.unique || index.method !== "btree" || other.method !== "btree")
    return false;
  if (other.constraint === "foreign-key" || other.where !== undefined || index.where !== undefined) return false;
  const extra = other.parts.length - index.parts.length;
  if (extra === 0 && isSameElsewhere(other, index)) return false;
  if (extra < 0 || extra > MAX_EXTRA_COLUMNS || !index.parts.every((part, i) => samePart(part, other.parts[i])))
    return false;
  const stored = [...(other.include ?? []), ...other.parts.map(({ column }) => column)];
  if (!(index.include ?? []).every((column) => stored.includes(column))) return false;
  // Of two equal indexes the later one is reported, once.
  return extra > 0 || other.unique || paths.indexOf(other) < paths.indexOf(index);
}

/** A model says of a column that it is unique, and a migration makes the index for that: one index, declared in two places that know nothing of each other. */
function isSameElsewhere(other: Index, index: Index): boolean {
  return other.constraint === "unique" && !index.sources.some((source) => other.sources.includes(source));
}

function samePart(a: IndexPart, b: IndexPart | undefined): boolean {
  return (
    b !== undefined &&
    a.column === b.column &&
    a.expression === b.expression &&
    a.descending === b.descending &&
    a.nulls === b.nulls &&
    a.operatorClass === b.operatorClass &&
    a.collation === b.collation &&
    a.prefixLength === b.prefixLength
  );
}

/** Only a live database has it: there is no place to show. */
function isElsewhere({ sources }: Index): boolean {
  return sources.every((source) => source === "database");
}

/** An old migration made it, and the model that people edit no longer mentions it: whether it is still there nobody can say, and nothing can be edited here. */
function isPast(table: Table, { sources }: Index): boolean {
  const model = table.sources.find((source) => source === "prisma" || source === "drizzle");
  return model !== undefined && !sources.includes(model);
}

function nameOf(index: Index): string {
  return index.name ?? columnsOf(index);
}

function columnsOf({ parts }: Index): string {
  return `\`(${parts.map(({ column, expression }) => column ?? expression ?? "").join(", ")})\``;
}
