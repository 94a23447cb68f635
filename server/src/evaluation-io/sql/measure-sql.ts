/** Measures statements in a database of their own, or in the user's. Runs in a process of its own; see `ask-sql.ts`. */
import type { SqlObservation, SqlScan } from "../../evaluation/sql/judge-sql.js";
import { seededDatabase, userDatabase, type OpenDatabase } from "./open-database.js";

interface SqlStatement {
  readonly query: string;
  readonly parameters: readonly unknown[];
}

export type SqlRequest = SqlStatement &
  (
    | { readonly kind: "seed"; readonly seed: string }
    /** `limitMs`: how long a statement may take there, which goes on when this process is ended. */
    | { readonly kind: "user"; readonly url: string; readonly limitMs: number }
  );

export type SqlAnswer =
  | { readonly kind: "measured"; readonly observation: SqlObservation }
  /** One sentence. */
  | { readonly kind: "failed"; readonly reason: string };

/** The first execution fills caches and is not counted. */
const EXECUTIONS = 5;

export interface SqlMeter {
  /** Never rejects. The database is opened once; what a statement changes is rolled back. */
  measure(request: SqlRequest): Promise<SqlAnswer>;
}

export function createSqlMeter(): SqlMeter {
  const state: { database?: Promise<OpenDatabase> } = {};
  return {
    async measure(request) {
      const { query, parameters } = request;
      try {
        const database = await (state.database ??=
          request.kind === "seed" ? seededDatabase(request.seed) : userDatabase(request.url));
        await database.begin(request.kind === "user" ? request.limitMs : undefined);
        try {
          return { kind: "measured", observation: await observe(database, query, parameters) };
        } finally {
          await database.exec("ROLLBACK");
        }
      } catch (error) {
        return { kind: "failed", reason: reasonOf(error) };
      }
    },
  };
}

async function observe(database: OpenDatabase, query: string, parameters: readonly unknown[]): Promise<SqlObservation> {
  await explain(database, query, parameters);
  const runs: Explained[] = [];
  for (let i = 0; i < EXECUTIONS; i++) runs.push(await explain(database, query, parameters));
  const times = runs.map((run) => run["Planning Time"] + run["Execution Time"]).sort((a, b) => a - b);
  const [first] = runs;
  if (first === undefined) throw new Error("the statement has no plan");
  const nodes = nodesOf(first.Plan);
  return {
    steps: nodes.map(stepText),
    indexes: nodes.flatMap((node) => node["Index Name"] ?? []),
    sequentialScans: await scansOf(database, nodes),
    ms: Math.round((times[times.length >> 1] ?? 0) * 1000) / 1000,
    buffers: (first.Plan["Shared Hit Blocks"] ?? 0) + (first.Plan["Shared Read Blocks"] ?? 0),
  };
}

interface Explained {
  readonly Plan: PlanNode;
  readonly "Planning Time": number;
  readonly "Execution Time": number;
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Shared Hit Blocks"?: number;
  readonly "Shared Read Blocks"?: number;
  readonly Plans?: readonly PlanNode[];
}

async function explain(database: OpenDatabase, query: string, parameters: readonly unknown[]): Promise<Explained> {
  const statement = query.replace(/;\s*$/, "");
  const rows = await database.rows<{ readonly "QUERY PLAN": unknown }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`,
    parameters,
  );
  const plan = rows[0]?.["QUERY PLAN"];
  const [explained] = (typeof plan === "string" ? JSON.parse(plan) : plan) as readonly Explained[];
  if (explained === undefined) throw new Error("the statement has no plan");
  return explained;
}

function nodesOf(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function stepText(node: PlanNode): string {
  const index = node["Index Name"] === undefined ? "" : ` using ${node["Index Name"]}`;
  const table = node["Relation Name"] === undefined ? "" : ` on ${node["Relation Name"]}`;
  return `${node["Node Type"]}${index}${table}`;
}

async function scansOf(database: OpenDatabase, nodes: readonly PlanNode[]): Promise<readonly SqlScan[]> {
  const tables = nodes.flatMap((node) => (node["Node Type"] === "Seq Scan" ? (node["Relation Name"] ?? []) : []));
  const rows = await database.rows<SqlScan>(
    'SELECT relname AS "table", greatest(0, reltuples)::float8 AS "rows" FROM pg_class WHERE relkind = $2 AND relname = ANY($1)',
    [[...new Set(tables)], "r"],
  );
  return rows;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
