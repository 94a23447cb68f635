/**
 * PostgreSQL's planner inside this process. A table stands for as long as requests ask for it; what a request claims of it and the indexes it tries are in a
 * transaction that is rolled back: rows are claimed by statistics, not written, and one real row makes the planner believe them.
 */
import { PGlite } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { type PlanNode, planTree } from "./plan-tree.js";
import { candidateName, type Plan, type Proof, type ProofRequest } from "../advisor/proof.js";

export interface PlannerEngine {
  verify(request: ProofRequest): Promise<Proof>;
  /** A fresh database as an archive, from which the next start takes a quarter of the time. */
  image(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** @param image What an earlier engine's `image` gave. Without it the database is initialised: some seconds. */
export async function startEngine(image?: Uint8Array): Promise<PlannerEngine> {
  const given = image === undefined ? {} : { loadDataDir: new Blob([Buffer.from(image)]) };
  const database = await PGlite.create({ ...given, extensions: { pg_trgm } });
  // Indexes for searches inside text; an image has it already.
  await database.exec("CREATE EXTENSION IF NOT EXISTS pg_trgm");
  const tables: Tables = new Map();
  return {
    verify: (request) => verify(database, tables, request),
    image: async () => new Uint8Array(await (await database.dumpDataDir("gzip")).arrayBuffer()),
    close: () => database.close(),
  };
}

/** Statements that made the tables there are, by the table's quoted name; the one asked for last comes last. */
type Tables = Map<string, string>;

/** A workspace asks about fewer as a rule; many tables make the catalog slow. */
const MAX_TABLES = 60;

/** Makes a table unless it is there already. Committed, because the catalog of a long transaction gets slower and slower. */
async function provide(database: PGlite, tables: Tables, request: ProofRequest): Promise<void> {
  const name = tableName(request.table);
  const made = [request.table, ...request.indexes].join(";\n");
  const known = tables.get(name);
  if (known !== made) {
    const oldest = [...tables.keys()].find((one) => one !== name);
    const over = oldest === undefined || tables.size < MAX_TABLES ? [] : [oldest];
    const dropped = [...(known === undefined ? [] : [name]), ...over].map((one) => `DROP TABLE ${one}`);
    await database.exec(["BEGIN", ...dropped, made, insertOne(request), "COMMIT"].join(";\n"));
    for (const one of over) tables.delete(one);
  }
  tables.delete(name);
  tables.set(name, made);
}

/** Everything else is done in one round: going in and out of the database costs more than most statements. */
async function verify(database: PGlite, tables: Tables, request: ProofRequest): Promise<Proof> {
  const query = `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${request.query.replace(/;\s*$/, "")}`;
  const candidates = request.candidates.map((sql, i) =>
    sql.replace("CREATE INDEX ON", `CREATE INDEX ${candidateName}${i + 1} ON`),
  );
  // Building an index counts the rows that are there, so their number is claimed again; what values there are stays.
  const statements = [
    "BEGIN",
    claimRows(request),
    ...claimValues(request),
    query,
    ...candidates,
    claimRows(request),
    query,
    "ROLLBACK",
  ];
  try {
    await provide(database, tables, request);
    const results = await database.exec(statements.join(";\n"));
    const [before, after] = results.filter(({ fields }) => fields[0]?.name === "QUERY PLAN");
    return { kind: "plans", before: planOf(before, request.detailed), after: planOf(after, request.detailed) };
  } catch (error) {
    await database.exec("ROLLBACK");
    return { kind: "unavailable", reason: error instanceof Error ? error.message : String(error) };
  }
}

function insertOne({ table }: ProofRequest): string {
  return `INSERT INTO ${tableName(table)} DEFAULT VALUES`;
}

/** The quoted name after `CREATE TABLE`. */
function tableName(statement: string): string {
  return /^CREATE TABLE ("(?:[^"]|"")+")/.exec(statement)?.[1] ?? '""';
}

function planOf(result: { readonly rows: readonly unknown[] } | undefined, detailed: true | undefined): Plan {
  const row = result?.rows[0] as { readonly "QUERY PLAN"?: unknown } | undefined;
  const found: unknown = row?.["QUERY PLAN"];
  const [first] = (typeof found === "string" ? JSON.parse(found) : found) as readonly { readonly Plan: PlanNode }[];
  if (first === undefined) throw new Error("the planner gave no plan");
  const { Plan: root } = first;
  const tree = detailed === true ? { tree: planTree(root) } : {};
  return { cost: root["Total Cost"], nodes: nodeNames(root).join(" → "), indexes: indexNames(root), ...tree };
}

function nodeNames(node: PlanNode): readonly string[] {
  const on = node["Relation Name"] === undefined ? "" : ` on ${node["Relation Name"]}`;
  return [`${node["Node Type"]}${on}`, ...(node.Plans ?? []).flatMap(nodeNames)];
}

function indexNames(node: PlanNode): readonly string[] {
  const own = node["Index Name"] === undefined ? [] : [node["Index Name"]];
  return [...own, ...(node.Plans ?? []).flatMap(indexNames)];
}

/** Tells the planner how many rows there are. */
function claimRows({ table, rows }: ProofRequest): string {
  return `SELECT pg_restore_relation_stats(${relationOf(table)}, 'relpages', 1::int, 'reltuples', ${Math.max(1, rows)}::real, 'relallvisible', 0::int)`;
}

/** Tells it how their values are spread. */
function claimValues({ table, statistics }: ProofRequest): readonly string[] {
  return statistics.map(
    ({ column, distinct, nullFraction }) =>
      `SELECT pg_restore_attribute_stats(${relationOf(table)}, 'attname', ${literal(column)}, 'inherited', false, ` +
      `'n_distinct', ${distinct}::real, 'null_frac', ${nullFraction}::real, 'avg_width', 16::int, 'correlation', 0::real)`,
  );
}

function relationOf(table: string): string {
  const name = tableName(table).slice(1, -1).replaceAll('""', '"');
  return `'schemaname', 'public', 'relname', ${literal(name)}`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
