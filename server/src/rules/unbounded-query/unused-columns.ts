/** Finds lists read with every column, large ones among them, of which a few small ones are used. */
import { bindQuery } from "../../advisor/bind.js";
import { columnOf } from "../../catalog/lookup.js";
import type { Column, Table } from "../../catalog/model.js";
import { selectColumns } from "../../fixes/lists/select-columns.js";
import type { FileView } from "../../project/file-view.js";
import type { QueryModel } from "../../queries/model.js";
import { defineRule } from "../define-rule.js";
import { entryPath, perUnit } from "../runtime-code.js";
import { readsAllColumns, wholeQuery } from "./all-columns.js";
import { listReads, type ListRead } from "./list-read.js";
import { namesRead, type Shape } from "./row-use.js";

interface Unused extends ListRead {
  readonly table: Table;
  readonly used: readonly string[];
  /** The same, as the code names them. */
  readonly names: readonly string[];
  readonly heavy: readonly Column[];
}

/** Documents, bytes and long texts: PostgreSQL keeps values over 2 KB outside the row and reads them piece by piece (TOAST, chapter 66.2 of its manual). */
const HEAVY_TYPE = /json|bytea|blob|bytes|xml|longtext|mediumtext|tsvector|vector|hstore|mixed|buffer/i;
const TEXT_TYPE = /^(text|string|clob|nvarchar\(max\))/i;
const LONG_TEXT =
  /^(body|content|html|markdown|payload|raw|transcript|snapshot|source|template)$|(Body|Content|Html|Markdown|Payload|Snapshot|Transcript|Template|_body|_content|_html|_markdown|_payload|_snapshot|_transcript)$/;
/** At most this share of the columns is used. */
const FEW = 1 / 3;
const SHORT_LIST = 10;
/** Large columns named in a message. */
const SHOWN = 3;

export const unusedColumns = defineRule({
  id: "unused-columns",
  family: "unbounded-query",
  since: "0.1.0",
  severity: "information",
  fixSafety: "review",
  docs: {
    what: "A request reads a list with every column, among them documents, bytes or long texts, and uses a few small columns of each row.",
    why: "Large values are kept apart from their row; the database fetches, unpacks and sends each of them, and the client parses them into objects, for nothing. A document of 10 KB in a thousand rows is 10 MB per request.",
    instead:
      "Ask for the columns that are used: `select` (Prisma, TypeORM, Knex, Kysely, Mongoose), `columns` (Drizzle), `attributes` (Sequelize), `fields` (MikroORM).",
    limits:
      "Only where every use of the rows is in sight: rows that are returned, passed on or copied are left alone. How large the values are is not known; types and names such as `content` say.",
  },
  *check(view) {
    for (const read of listReads(view)) {
      const found = examine(view, read);
      if (found !== undefined) yield found;
    }
  },
  describe: ({ table, used, heavy, runtime }) => ({
    message: `all ${table.columns.length} columns of \`${table.name}\` are read, ${first(heavy)} among them, and ${used.length === 1 ? "only" : "no more than"} ${listed(used)} ${used.length === 1 ? "is" : "are"} used`,
    severity: "information",
    confidence: 0.7,
    cost: `${heavy.length} large columns of every row ${perUnit(runtime.reach)}`,
    related: entryPath(runtime.reach),
  }),
  fixes: ({ query, names, site }, view, sources) => {
    const call = view.facts.exprs[site.operation?.expr ?? site.expr];
    if (call === undefined) return [];
    return selectColumns(sources, { path: view.path, dialect: query.dialect, method: query.method, call, names });
  },
});

function examine(view: FileView, read: ListRead): Unused | undefined {
  const { query } = read;
  if (query.limit?.kind === "literal" && typeof query.limit.value === "number" && query.limit.value <= SHORT_LIST)
    return undefined;
  if (!readsAllColumns(view, read)) return undefined;
  const names = namesRead(view, wholeQuery(view, read), shapeOf(query));
  const table = names === undefined ? undefined : bindQuery(view.catalog, query, view.path).tables[0];
  if (names === undefined || table === undefined) return undefined;
  const used = new Set<string>();
  for (const name of names) {
    const column = columnOf(table, name);
    if (column !== undefined) used.add(column.name);
    else if (!table.names.some(({ relations }) => Object.hasOwn(relations, name))) return undefined;
  }
  const heavy = table.columns.filter((column) => isHeavy(column) && !used.has(column.name));
  if (heavy.length === 0 || used.size === 0 || used.size > table.columns.length * FEW) return undefined;
  return { ...read, table, used: [...used], names: [...names], heavy };
}

/** What a driver gives that answers with more than rows. */
function shapeOf({ dialect }: QueryModel): Shape {
  if (dialect === "pg") return "result";
  return dialect === "mysql2" ? "tuple" : "rows";
}

function isHeavy({ name, type, values }: Column): boolean {
  if (values !== undefined) return false;
  return HEAVY_TYPE.test(type) || (TEXT_TYPE.test(type) && LONG_TEXT.test(name));
}

function first(columns: readonly Column[]): string {
  const shown = columns.slice(0, SHOWN).map(({ name }) => `\`${name}\``);
  const more = columns.length - shown.length;
  return more === 0 ? shown.join(", ") : `${shown.join(", ")} and ${more} more large ones`;
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1) ?? ""}`;
}
