/**
 * PostgreSQL's planner inside this process. A table that exists only for one request is made in a transaction that is rolled back: its rows are claimed by
 * statistics, not written, and one real row makes the planner believe them.
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
  return {
    verify: (request) => verify(database, request),
    image: async () => new Uint8Array(await (await database.dumpDataDir("gzip")).arrayBuffer()),
    close: () => database.close(),
  };
}

// A table could be kept for requests in a row, with savepoints around each; the catalog of a long transaction gets slower than making it anew.
async function verify(database: PGlite, request: ProofRequest): Promise<Proof> {
  try {
    const table = ["BEGIN", request.table, ...request.indexes, insertOne(request)];
    const before = await explain(database, request, table);
    const candidates = request.candidates.map((sql, i) =>
      sql.replace("CREATE INDEX ON", `CREATE INDEX ${candidateName}${i + 1} ON`),
    );
    return { kind: "plans", before, after: await explain(database, request, candidates) };
  } catch (error) {
    return { kind: "unavailable", reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await database.exec("ROLLBACK");
  }
}

/** Runs statements and plans the query, in one round: going in and out of the database costs more than most of them. */
async function explain(database: PGlite, request: ProofRequest, statements: readonly string[]): Promise<Plan> {
  // Building an index counts the rows that are there, so the claim is made again each time.
  const query = `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${request.query.replace(/;\s*$/, "")}`;
  return planOf(await database.exec([...statements, claim(request), query].join(";\n")), request.detailed);
}

function insertOne({ table }: ProofRequest): string {
  return `INSERT INTO ${tableName(table)} DEFAULT VALUES`;
}

/** The quoted name after `CREATE TABLE`. */
function tableName(statement: string): string {
  return /^CREATE TABLE ("(?:[^"]|"")+")/.exec(statement)?.[1] ?? '""';
}

function planOf(results: readonly { readonly rows: readonly unknown[] }[], detailed: true | undefined): Plan {
  const row = results.at(-1)?.rows[0] as { readonly "QUERY PLAN"?: unknown } | undefined;
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

/** Tells the planner how many rows there are and how their values are spread. */
function claim({ table, rows, statistics }: ProofRequest): string {
  const name = literal(tableName(table).slice(1, -1).replaceAll('""', '"'));
  const relation = `'schemaname', 'public', 'relname', ${name}`;
  return [
    `SELECT pg_restore_relation_stats(${relation}, 'relpages', 1::int, 'reltuples', ${Math.max(1, rows)}::real, 'relallvisible', 0::int)`,
    ...statistics.map(
      ({ column, distinct, nullFraction }) =>
        `SELECT pg_restore_attribute_stats(${relation}, 'attname', ${literal(column)}, 'inherited', false, ` +
        `'n_distinct', ${distinct}::real, 'null_frac', ${nullFraction}::real, 'avg_width', 16::int, 'correlation', 0::real)`,
    ),
  ].join(";\n");
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
