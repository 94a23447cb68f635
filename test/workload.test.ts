/** Indexes chosen for all queries on a table together: which, by what the planner says, and how the choice follows edits. */
import { beforeAll, expect, test } from "vitest";
import { advise } from "../server/src/advisor/advise.js";
import { bindQuery } from "../server/src/advisor/bind.js";
import { candidateText } from "../server/src/advisor/candidate.js";
import type { Demand } from "../server/src/advisor/demand.js";
import type { Proof, ProofRequest } from "../server/src/advisor/proof.js";
import { selectIndexes, type TableWorkload } from "../server/src/advisor/select.js";
import type { Catalog } from "../server/src/catalog/model.js";
import { buildCatalog } from "../server/src/catalog/build-catalog.js";
import { readSqlFile } from "../server/src/catalog/read-sql-file.js";
import { sqlQueries } from "../server/src/queries/sql-query.js";
import { loadPostgres } from "../server/src/syntax/postgres.js";
import { analyzeFiles, ROOT } from "./harness/check-case.js";
import { randomNumbers } from "./harness/random-schemas.js";

beforeAll(loadPostgres);

const TABLE =
  "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, number text, shop_id bigint, paid boolean, created_at timestamptz);";

function catalogOf(sql: string): Catalog {
  const file = readSqlFile("/db/schema.sql", sql, { source: "sql-migration", engine: "postgresql" });
  return buildCatalog({ hash: "1", files: [file], packageOf: () => "", engineOf: () => "postgresql" });
}

/** What is chosen for each statement, in their order; `-` for those that lack nothing, or whose index is not worth it. */
function chosen(statements: readonly string[], more: Partial<TableWorkload> = {}): readonly string[] {
  const catalog = catalogOf(TABLE);
  const operation = {
    dialect: "pg",
    kind: "sql",
    access: "read",
    rows: "many",
    method: "query",
    confidence: "high",
    expr: 0,
  } as const;
  const demands = statements.flatMap((sql, i): Demand[] => {
    const span = { start: i, end: i + 1 };
    const query = sqlQueries({ ...operation, span }, sql)[0];
    if (query === undefined) return [];
    const at = { file: "/src/a.ts", span };
    return advise(bindQuery(catalog, query, at.file), { rowsOf: () => undefined }).map((advice) => ({
      at,
      fn: i,
      advice,
      query,
      isReached: true,
      unit: "per request",
    }));
  });
  const served = selectIndexes({ demands, writes: 0, statistics: undefined, proofOf: () => undefined, ...more });
  return statements.map((_, i) => {
    const one = served.find(({ demand }) => demand.fn === i);
    return one === undefined ? "-" : one.candidates.map(candidateText).join(" and ");
  });
}

const BY_USER = "select * from orders where user_id = $1";
const BY_USER_AND_SHOP = "select * from orders where shop_id = $1 and user_id = $2";
const LATEST = "select * from orders where user_id = $1 order by created_at desc limit 20";
const BY_NUMBER = "select * from orders where number = $1";

test("one query gets the index that serves it best", () => {
  expect(chosen([BY_USER])).toEqual(["orders (user_id)"]);
  expect(chosen([LATEST])).toEqual(["orders (user_id, created_at desc)"]);
  expect(chosen([BY_USER_AND_SHOP])).toEqual(["orders (shop_id, user_id)"]);
});

test("one index that serves several queries is preferred to several", () => {
  const one = "orders (user_id, created_at desc)";
  expect(chosen([BY_USER, LATEST])).toEqual([one, one]);
  expect(chosen([LATEST, BY_USER, BY_USER])).toEqual([one, one, one]);
  // Its columns come in the order in which they serve the most, whatever order a query has them in.
  const both = "orders (user_id, shop_id)";
  expect(chosen([BY_USER, BY_USER_AND_SHOP])).toEqual([both, both]);
  expect(chosen([BY_USER_AND_SHOP, BY_USER])).toEqual([both, both]);
});

test("queries with nothing in common get one each", () => {
  expect(chosen([BY_USER, BY_NUMBER])).toEqual(["orders (user_id)", "orders (number)"]);
});

test("alternatives need an index for each branch, and share it", () => {
  expect(chosen(["select * from orders where user_id = $1 or number = $2", LATEST])).toEqual([
    "orders (user_id, created_at desc) and orders (number)",
    "orders (user_id, created_at desc)",
  ]);
});

const scan = { cost: 1_000, nodes: "Seq Scan", indexes: [] };

test("what the planner refuses is not chosen, and the query keeps its own index", () => {
  const proofOf = ({ candidates, query }: ProofRequest): Proof => {
    // It takes the long index for the sorted query alone.
    const isRefused = candidates.join().includes("created_at") && !query.includes("ORDER BY");
    const after = isRefused ? scan : { cost: 1, nodes: "Index Scan", indexes: ["hotpath_candidate_1"] };
    return { kind: "plans", before: scan, after };
  };
  expect(chosen([BY_USER, LATEST], { proofOf })).toEqual(["orders (user_id)", "orders (user_id, created_at desc)"]);
  const never = (): Proof => ({ kind: "plans", before: scan, after: scan });
  expect(chosen([BY_USER, LATEST], { proofOf: never })).toEqual(["-", "-"]);
});

test("the same answers give the same choice, in whatever order they came", () => {
  const all = [LATEST, BY_USER, BY_NUMBER, BY_USER_AND_SHOP];
  const answers = new Map<string, Proof>();
  const proofOf = (request: ProofRequest): Proof | undefined => answers.get(request.key);
  const asked = new Map<string, ProofRequest>();
  const asking = (request: ProofRequest): Proof | undefined => {
    asked.set(request.key, request);
    return proofOf(request);
  };
  for (let round = 0; round < 4; round++) {
    chosen(all, { proofOf: asking });
    for (const key of asked.keys())
      answers.set(key, { kind: "plans", before: scan, after: { ...scan, cost: 1, indexes: ["hotpath_candidate_1"] } });
  }
  const settled = chosen(all, { proofOf });
  expect(settled).toEqual(chosen(all));
  expect(new Set(settled).size).toBe(2);
});

test("an index that costs the places that write more than it saves is not advised", () => {
  const statistics = { rows: 2_000, source: "a test" };
  expect(chosen([BY_USER], { statistics, writes: 2 })).toEqual(["orders (user_id)"]);
  expect(chosen([BY_USER], { statistics, writes: 500 })).toEqual(["-"]);
});

test("what is known of the values decides what is worth another column", () => {
  const columns = { user_id: { distinct: -1 }, shop_id: { distinct: 3 } };
  expect(chosen([BY_USER_AND_SHOP], { statistics: { rows: 100_000, source: "a test", columns } })).toEqual([
    "orders (user_id)",
  ]);
});

const SCHEMA = `datasource db {
  provider = "postgresql"
}
model Invoice {
  id         Int      @id
  customerId Int
  number     String
  createdAt  DateTime
}
`;

const route = (name: string, query: string): string => `import { PrismaClient } from "@prisma/client";
import express from "express";
const prisma = new PrismaClient();
const app = express();
app.get("/${name}/:id", async (request, response) => {
  const customerId = Number(request.params.id);
  response.json(await prisma.invoice.${query});
});
`;

const start = {
  "prisma/schema.prisma": SCHEMA,
  "src/a.ts": route("a", "findMany({ where: { customerId } })"),
  "src/b.ts": route("b", "count({ where: { customerId } })"),
};

const told = (host: ReturnType<typeof analyzeFiles>): readonly string[] =>
  host
    .allFindings()
    .filter(({ family }) => family === "missing-index")
    .map(({ severity, path, range, message }) => {
      const index = /index on `([^`]+)`/.exec(message)?.[1] ?? "";
      const also = /also serve (another|\d+)/.exec(message)?.[1] ?? "";
      return `${severity} ${path.slice(ROOT.length + 5)}:${range.start.line} ${index} ${also}`.trim();
    });

test("an index is told once, and waits for edits in any file", () => {
  const host = analyzeFiles(start);
  const edit = (path: string, text: string | undefined): readonly string[] => {
    const at = `${ROOT}/${path}`;
    host.apply([text === undefined ? { path: at, removed: true } : { path: at, text }]);
    host.refresh();
    return told(host);
  };
  const short = ["information a.ts:7 Invoice (customerId) another", "hint b.ts:7 Invoice (customerId)"];
  expect(told(host)).toEqual(short);

  const sorted = route("c", 'findMany({ where: { customerId }, orderBy: { createdAt: "desc" }, take: 9 })');
  expect(edit("src/c.ts", sorted)).toEqual([
    "information a.ts:7 Invoice (customerId, createdAt desc) 2",
    "hint b.ts:7 Invoice (customerId, createdAt desc)",
    "hint c.ts:7 Invoice (customerId, createdAt desc)",
  ]);
  expect(edit("src/c.ts", undefined)).toEqual(short);
  // Where it is told goes away: the next query takes its place.
  expect(edit("src/a.ts", "")).toEqual(["information b.ts:7 Invoice (customerId)"]);
  expect(edit("src/a.ts", start["src/a.ts"])).toEqual(short);
  expect(
    edit(
      "prisma/schema.prisma",
      SCHEMA.replace("}\n", "}\n").replace(/DateTime\n/, "DateTime\n  @@index([customerId])\n"),
    ),
  ).toEqual([]);
  expect(edit("prisma/schema.prisma", SCHEMA)).toEqual(short);
});

test("an edit beside a shared index does not run the rules of other files again", () => {
  const host = analyzeFiles(start);
  host.apply([{ path: `${ROOT}/src/a.ts`, text: `\n${start["src/a.ts"]}` }]);
  const { work, changed } = host.refresh();
  expect(work.checked).toEqual([`${ROOT}/src/a.ts`]);
  // The hint points at the query where the index is told, which has moved.
  expect([...changed].sort()).toEqual([`${ROOT}/src/a.ts`, `${ROOT}/src/b.ts`]);
  host.apply([
    { path: `${ROOT}/src/b.ts`, text: start["src/b.ts"].replace("json(", "send(").replace("send(", "json(") },
  ]);
  expect(host.refresh().changed).toEqual([]);
});

test("places in the code that write a small table weigh against an index on it", () => {
  const write = (i: number): string => route(`w${i}`, 'create({ data: { customerId, number: "1" } })');
  const writes = Array.from({ length: 6 }, (_, i) => [`src/w${i}.ts`, write(i)] as const);
  const read = { "prisma/schema.prisma": SCHEMA, "src/a.ts": start["src/a.ts"] };
  const both = { ...read, ...Object.fromEntries(writes) };
  expect(told(analyzeFiles(read, { tableRows: { Invoice: 1_000 } }))).toHaveLength(1);
  expect(told(analyzeFiles(both, { tableRows: { Invoice: 1_000 } }))).toEqual([]);
  expect(told(analyzeFiles(both))).toHaveLength(1);
  const inTests = Object.fromEntries(writes.map(([name, text]) => [name.replace(".ts", ".test.ts"), text]));
  expect(told(analyzeFiles({ ...read, ...inTests }, { tableRows: { Invoice: 1_000 } }))).toHaveLength(1);
});

test("whatever was edited before, the choice is that of the files as they are", () => {
  const queries = [
    "findMany({ where: { customerId } })",
    "count({ where: { customerId, number: String(customerId) } })",
    'findMany({ where: { customerId }, orderBy: { createdAt: "desc" }, take: 9 })',
    "findFirst({ where: { number: String(customerId) } })",
    'findMany({ orderBy: { createdAt: "asc" }, take: 20 })',
    "update({ where: { id: customerId }, data: { number: String(customerId) } })",
  ];
  const names = ["a", "b", "c", "d", "e"];
  const next = randomNumbers(11);
  const files = new Map<string, string>();
  const host = analyzeFiles({ "prisma/schema.prisma": SCHEMA });
  for (let round = 0; round < 60; round++) {
    const name = names[next(names.length)] ?? "a";
    const query = queries[next(queries.length + 1)];
    if (query === undefined) files.delete(name);
    else files.set(name, `${"\n".repeat(next(3))}${route(name, query)}`);
    const path = `${ROOT}/src/${name}.ts`;
    const text = files.get(name);
    host.apply([text === undefined ? { path, removed: true } : { path, text }]);
    host.refresh();
    const cold = analyzeFiles({
      "prisma/schema.prisma": SCHEMA,
      ...Object.fromEntries([...files].map(([one, content]) => [`src/${one}.ts`, content])),
    });
    expect(host.allFindings()).toEqual(cold.allFindings());
  }
});
