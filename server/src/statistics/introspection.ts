/** What is asked of PostgreSQL's own catalog, and the answer as SQL that the schema readers understand. */

export interface Introspected {
  readonly tables: readonly {
    readonly schema: string;
    readonly name: string;
    readonly rows: number;
    readonly kind: string;
    /** Of a partition. */
    readonly parent: string | null;
  }[];
  readonly columns: readonly {
    readonly schema: string;
    readonly table: string;
    readonly name: string;
    readonly type: string;
    readonly required: boolean;
  }[];
  readonly constraints: readonly {
    readonly schema: string;
    readonly table: string;
    readonly name: string;
    readonly text: string;
  }[];
  readonly indexes: readonly { readonly text: string }[];
  readonly enums: readonly { readonly schema: string; readonly name: string; readonly values: readonly string[] }[];
}

/** Tables of users: PostgreSQL's own and those of extensions are nobody's concern. */
const own = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

const ofTables = `FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace`;

export const introspection = {
  tables: `SELECT n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
      CASE WHEN c.relkind = 'p' THEN COALESCE((SELECT sum(GREATEST(p.reltuples, 0)) FROM pg_partition_tree(c.oid) t JOIN pg_class p ON p.oid = t.relid WHERE t.isleaf), -1)
        ELSE c.reltuples END::float8 AS rows,
      (SELECT p.relname FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent WHERE i.inhrelid = c.oid LIMIT 1) AS parent
    ${ofTables} WHERE c.relkind IN ('r', 'p') AND ${own} ORDER BY 1, 2`,
  columns: `SELECT n.nspname AS schema, c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required
    ${ofTables} JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND ${own} ORDER BY 1, 2, a.attnum`,
  constraints: `SELECT n.nspname AS schema, c.relname AS table, k.conname AS name, pg_get_constraintdef(k.oid) AS text
    ${ofTables} JOIN pg_constraint k ON k.conrelid = c.oid
    WHERE k.contype IN ('p', 'u', 'f') AND NOT c.relispartition AND c.relkind IN ('r', 'p') AND ${own} ORDER BY k.contype DESC, 1, 2, 3`,
  indexes: `SELECT pg_get_indexdef(i.indexrelid) AS text
    ${ofTables} JOIN pg_index i ON i.indrelid = c.oid
    WHERE i.indisvalid AND NOT c.relispartition AND c.relkind IN ('r', 'p') AND ${own}
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u')) ORDER BY 1`,
  enums: `SELECT n.nspname AS schema, t.typname AS name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS values
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_enum e ON e.enumtypid = t.oid
    WHERE n.nspname !~ '^pg_' GROUP BY 1, 2 ORDER BY 1, 2`,
  /** Never `most_common_vals` or `histogram_bounds`: those are values of rows. */
  statistics: `SELECT schemaname AS schema, tablename AS table, attname AS column, n_distinct::float8 AS distinct, null_frac::float8 AS nulls, avg_width AS width, correlation::float8 AS correlation
    FROM pg_stats WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema' AND NOT inherited ORDER BY 1, 2, 3`,
  statementsPlace: `SELECT n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'`,
} as const;

/** Statements that make the same tables. */
export function ddlOf({ tables, columns, constraints, indexes, enums }: Introspected): string {
  const lines = enums.map(
    ({ schema, name, values }) => `CREATE TYPE ${named(schema, name)} AS ENUM (${values.map(literal).join(", ")});`,
  );
  const byTable = new Map<string, string[]>();
  for (const { schema, table, name, type, required } of columns) {
    const key = named(schema, table);
    byTable.set(key, [...(byTable.get(key) ?? []), `${quote(name)} ${type}${required ? " NOT NULL" : ""}`]);
  }
  // Partitions have no queries of their own.
  for (const { schema, name, parent } of tables)
    if (parent === null)
      lines.push(`CREATE TABLE ${named(schema, name)} (${(byTable.get(named(schema, name)) ?? []).join(", ")});`);
  for (const { schema, table, name, text } of constraints)
    lines.push(`ALTER TABLE ${named(schema, table)} ADD CONSTRAINT ${quote(name)} ${text};`);
  lines.push(...indexes.map(({ text }) => `${text};`));
  return `${lines.join("\n")}\n`;
}

/** With the schema, `public` too: tables of two schemas may have one name. */
function named(schema: string, name: string): string {
  return `${quote(schema)}.${quote(name)}`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
