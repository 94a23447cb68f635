/**
 * The advisor against a real PostgreSQL with 100,000 rows really loaded, unevenly spread and partly in order, which is not what is assumed where nobody knows
 * better: how often what it says of the tables and queries of `advisor-differential.test.ts` comes true. The figures are those of `docs/advisor.md`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { advise, type Advice } from "../server/src/advisor/advise.js";
import { bindQuery } from "../server/src/advisor/bind.js";
import type { ProofRequest } from "../server/src/advisor/proof.js";
import { proofRequest } from "../server/src/advisor/proof-request.js";
import { bestService } from "../server/src/advisor/served.js";
import { type Need, tableNeeds } from "../server/src/advisor/table-needs.js";
import { accessPathsOf } from "../server/src/catalog/lookup.js";
import { renderQuery } from "../server/src/queries/render-query.js";
import { replaceBetween, textBetween } from "./harness/generated-table.js";
import { postgresPrograms, startPostgres, type PostgresServer } from "./harness/postgres-server.js";
import { type Example, randomExample, randomNumbers } from "./harness/random-schemas.js";
import { repositoryRoot } from "./harness/repository.js";

const exampleCount = 240;
const page = path.join(repositoryRoot, "docs/advisor.md");
const marks = ["<!-- referee -->", "<!-- /referee -->"] as const;

/** Pages read for all values together below which no index makes a difference that anybody would notice; the table has some 1,500. */
const fewPages = 300;
/** Values each query is tried with, taken from rows by chance. */
const tries = 3;

const ROWS = `
  SELECT setseed(0.5);
  CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, team_id uuid, order_number text, external_id text, amount integer, status text, active boolean,
    created_at timestamptz, deleted_at timestamptz);
  INSERT INTO orders SELECT n,
    -- A few have much, most have little.
    floor(4000 * random() ^ 3), md5(floor(1500 * random() ^ 2)::text)::uuid, 'n' || floor(30000 * random()), 'x' || n, floor(10000 * random() ^ 2),
    (array['new', 'paid', 'paid', 'sent', 'sent', 'sent', 'done', 'done', 'done', 'done', 'done', 'failed'])[1 + floor(12 * random())],
    random() < 0.95, '2020-01-01'::timestamptz + n * interval '13 minutes' + random() * interval '3 days',
    CASE WHEN random() < 0.06 THEN now() END
  FROM generate_series(1, 100000) n;
  VACUUM ANALYZE orders`;

interface Measure {
  /** The planner's estimate with all statistics, for all values together. */
  readonly cost: number;
  /** Pages touched when it ran. */
  readonly pages: number;
}

const programs = postgresPrograms();
const title = "a real PostgreSQL with rows";

describe.runIf(programs !== undefined)(
  programs === undefined ? `${title} (skipped: postgresql is not installed)` : title,
  () => {
    const state: { server: PostgresServer; client: Client; next: (below: number) => number } = {} as never;

    beforeAll(async () => {
      state.server = await startPostgres(programs ?? "", [
        "shared_buffers=256MB",
        "jit=off",
        "max_parallel_workers_per_gather=0",
      ]);
      state.client = new Client({ connectionString: state.server.url });
      await state.client.connect();
      for (const statement of ROWS.split(";")) await state.client.query(statement);
    }, 120_000);
    afterAll(async () => {
      await state.client.end();
      await state.server.stop();
    });

    test("what it says comes true", { timeout: 600_000 }, async () => {
      const nextExample = randomNumbers(20_260_101);
      state.next = randomNumbers(7);
      const examples = Array.from({ length: exampleCount }, () => randomExample(nextExample));
      const missing = { right: 0, wrong: [] as string[] };
      const served = { right: 0, wrong: [] as string[] };
      for (const example of examples) {
        const advice = adviceOn(example);
        if (advice !== undefined) {
          const isRight = await gains(example, advice, [advice]);
          if (isRight) missing.right++;
          else missing.wrong.push(textOf(example, advice));
        } else if (isServed(example)) {
          const all = trials(example);
          const isWrong = all[0] !== undefined && (await gains(example, all[0], all));
          if (isWrong) served.wrong.push(textOf(example, undefined));
          else served.right++;
        }
      }
      const line = (what: string, { right, wrong }: typeof missing, says: string): string => {
        const share = ((100 * right) / (right + wrong.length)).toFixed(1);
        return `| ${what} | ${right + wrong.length} | ${right}: ${says} | ${wrong.length} | ${share} % |`;
      };
      const rows = [
        "| The advisor says | Queries | It comes true | It does not | Right |",
        "| --- | --- | --- | --- | --- |",
        line("an index is missing", missing, "with it the server touches half the pages or fewer"),
        line(
          "the query is served",
          served,
          `no index on its columns halves its pages, or they are under ${fewPages / tries}`,
        ),
      ].join("\n");
      if (process.env["HOTPATH_UPDATE"] !== undefined)
        writeFileSync(page, replaceBetween(readFileSync(page, "utf8"), marks, rows));
      expect(textBetween(readFileSync(page, "utf8"), marks).split("\n").length).toBe(rows.split("\n").length);
      // Versions of PostgreSQL differ in what they make of close calls.
      expect(missing.wrong.slice(missing.right / 10)).toEqual([]);
      expect(served.wrong.slice(served.right / 10)).toEqual([]);
    });

    /** Whether any of the candidates halves the pages that the query touches. */
    async function gains(example: Example, first: Advice, all: readonly Advice[]): Promise<boolean> {
      const request = proofRequest(first, example.query, undefined);
      if (request === undefined) return false;
      const { client } = state;
      const values = await valuesFor(first);
      await client.query("BEGIN");
      try {
        for (const statement of request.indexes.filter((sql) => !sql.endsWith('("id")'))) await client.query(statement);
        const before = await measured(request, values);
        if (all.length > 1 && before.pages <= fewPages) return false;
        for (const advice of all) {
          const candidates = proofRequest(advice, example.query, undefined)?.candidates ?? [];
          await client.query("SAVEPOINT candidate");
          for (const statement of candidates) await client.query(statement);
          const after = await measured(request, values);
          await client.query("ROLLBACK TO SAVEPOINT candidate");
          if (after.pages * 2 <= before.pages) return true;
        }
        return false;
      } finally {
        await client.query("ROLLBACK");
      }
    }

    async function measured({ query }: ProofRequest, values: readonly (readonly unknown[])[]): Promise<Measure> {
      let [cost, pages] = [0, 0];
      for (const some of values) {
        const { rows } = await state.client.query<{
          "QUERY PLAN": readonly { Plan: Readonly<Record<string, number>> }[];
        }>(`EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${query}`, [...some]);
        const plan = rows[0]?.["QUERY PLAN"][0]?.Plan ?? {};
        cost += plan["Total Cost"] ?? 0;
        pages += (plan["Shared Hit Blocks"] ?? 0) + (plan["Shared Read Blocks"] ?? 0);
      }
      return { cost, pages };
    }

    /** What rows by chance hold in the columns that are compared, in the order of the query's parameters. */
    async function valuesFor({ needs, all, kind }: Advice): Promise<readonly (readonly unknown[])[]> {
      const alternatives = kind === "filter" && needs.some((need) => !all.includes(need));
      const asked = (alternatives ? needs : all).filter(({ kind: one }) => !/null|prefix|other/.test(one));
      const values: (readonly unknown[])[] = [];
      for (let i = 0; i < tries; i++) {
        const id = 1 + state.next(100_000);
        const { rows } = await state.client.query<Record<string, unknown>>("SELECT * FROM orders WHERE id = $1", [id]);
        values.push(asked.map((need) => valueOf(need, rows[0] ?? {})));
      }
      return values;
    }
  },
);

function valueOf({ kind, column }: Need, row: Readonly<Record<string, unknown>>): unknown {
  const value = row[column.name];
  if (kind === "in") return [value];
  return kind === "wildcard" || kind === "insensitive" ? `%${String(value)}%` : value;
}

function adviceOn({ catalog, query }: Example): Advice | undefined {
  return advise(bindQuery(catalog, query, "/src/a.ts"), { rowsOf: () => undefined })[0];
}

function isServed({ catalog, table, query }: Example): boolean {
  const [one] = tableNeeds(bindQuery(catalog, query, "/src/a.ts"));
  const service = one === undefined ? undefined : bestService(accessPathsOf(table), one.needs);
  return service === "equal" || service === "unique";
}

/** Every column of the query alone, and its equal columns together with its order: what somebody might try. */
function trials({ catalog, table, query }: Example): readonly Advice[] {
  const [one] = tableNeeds(bindQuery(catalog, query, "/src/a.ts"));
  const needs = one?.needs ?? [];
  const equal = needs.filter(({ kind }) => kind === "equal" || kind === "in").map(({ column }) => column.name);
  const order = query.orderBy.map(({ column, direction }) => ({ column: column.name, direction }));
  const sets = [...needs.map(({ column }) => [column.name]), equal, [...equal, ...order.map(({ column }) => column)]];
  const distinct = new Map(sets.map((set) => [...new Set(set)]).map((set) => [set.join(), set]));
  return [...distinct.values()]
    .filter((set) => set.length > 0)
    .map((set) => ({
      kind: "filter",
      table,
      index: 0,
      needs: [],
      all: needs,
      order,
      candidates: [{ table, parts: set.map((column) => ({ column })), method: "btree" }],
    }));
}

function textOf({ query, table }: Example, advice: Advice | undefined): string {
  const has = accessPathsOf(table).map(({ parts, method }) => `${method}(${parts.map(({ column }) => column).join()})`);
  const wanted = advice?.candidates.map(({ parts }) => parts.map(({ column }) => column).join()).join(" and ") ?? "";
  return `${renderQuery(query)} | has ${has.join(" ")} | ${wanted}`;
}
