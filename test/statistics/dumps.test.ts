/** Statistics from dumps: what is read, what is refused, and what findings make of it. */
import { symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseCsv } from "../../server/src/statistics/parse-csv.js";
import { readDump } from "../../server/src/statistics/read-dump.js";
import { temporaryWorkspace, type TemporaryWorkspace } from "../harness/temporary-workspace.js";

test("CSV as COPY writes it: quotes, commas, lines and marks within values", () => {
  expect(parseCsv('﻿a,B\r\n1,"x, ""y""\nz"\r\n\n2,\n3\n')).toEqual([
    { a: "1", b: 'x, "y"\nz' },
    { a: "2", b: "" },
    { a: "3", b: "" },
  ]);
  expect(parseCsv("")).toEqual([]);
  expect(parseCsv('a\n"never ends')).toEqual([{ a: "never ends" }]);
});

test("pg_class: tables by schema and name; indexes and tables never analyzed say nothing", () => {
  const read = readDump(
    "schemaname,relname,relkind,reltuples\npublic,orders,r,2.5e+06\nsales,lines,p,10\npublic,orders_pkey,i,99\npublic,new,r,-1\n",
    "pg_class.csv",
  );
  expect(read).toEqual({
    tables: new Map([
      ["orders", { rows: 2_500_000, source: "pg_class.csv" }],
      ["sales.lines", { rows: 10, source: "pg_class.csv" }],
    ]),
    statements: [],
  });
});

test("pg_stats: shapes of columns, never their values", () => {
  const read = readDump(
    'schemaname,tablename,attname,null_frac,avg_width,n_distinct,most_common_vals,correlation\npublic,orders,email,0.5,20,-1,"{secret@example.org}",\n',
    "pg_stats.csv",
  );
  expect(JSON.stringify([...(typeof read === "string" ? [] : read.tables)])).toBe(
    '[["orders",{"columns":{"email":{"distinct":-1,"nullFraction":0.5,"width":20}}}]]',
  );
});

test("pg_stat_statements of all versions, as JSON of one list or of several", () => {
  const query = "SELECT * FROM orders WHERE user_id = $1";
  const list = [
    { query, calls: 10, total_exec_time: 50 },
    { query, calls: "4", mean_time: 2 },
    { query, calls: 0 },
  ];
  const expected = [
    { query, calls: 10, meanMs: 5, source: "s.json" },
    { query, calls: 4, meanMs: 2, source: "s.json" },
  ];
  expect(readDump(JSON.stringify(list), "s.json")).toMatchObject({ statements: expected });
  expect(readDump(JSON.stringify({ pg_stat_statements: list, note: "hand-made" }), "s.json")).toMatchObject({
    statements: expected,
  });
});

test.each(["", "hello", "{", "[]", "null", '[{"relname": 3}]', "a,b\n1,2\n", '{"pg_class": {"relname": "x"}}'])(
  "%j is refused with a sentence",
  (text) => {
    expect(readDump(text, "dump")).toMatch(/^dump (?:holds no rows of|is not valid JSON)/);
  },
);

const files = {
  "package.json": JSON.stringify({ dependencies: { pg: "8.0.0", express: "5.0.0" } }),
  "schema.sql":
    "CREATE TABLE orders (id bigserial PRIMARY KEY, user_id bigint, shop_id bigint);\nCREATE TABLE small (id bigserial PRIMARY KEY, user_id bigint);\n",
  "src/app.ts": `import express from "express";
import { Pool } from "pg";
const pool = new Pool();
const app = express();
app.get("/orders", async (request, response) => {
  await pool.query("select * from small where user_id = $1", [request.query.user]);
  response.json(await pool.query("select id from orders where user_id = $1 and shop_id = $2", [request.query.user, 1]));
});
`,
};

const workspaces: TemporaryWorkspace[] = [];
afterAll(() => Promise.all(workspaces.map((workspace) => workspace.dispose())));

async function check(more: Readonly<Record<string, string>>, prepare?: (workspace: TemporaryWorkspace) => void) {
  const workspace = temporaryWorkspace({ ...files, ...more });
  workspaces.push(workspace);
  prepare?.(workspace);
  const { service } = await workspace.open({ overrides: { rules: ["unindexed-filter"] } });
  return {
    lines: service.allFindings().map(({ range, message, cost }) => `${range.start.line} ${message} | ${cost}`),
    problems: service.problems().map(({ message }) => message),
  };
}

const config = (...statistics: string[]): string => JSON.stringify({ statistics });

test("sizes, values and calls reach the finding; a table that is small has none", async () => {
  const { lines, problems } = await check({
    "hotpath.config.json": config("db/pg_class.csv", "db/rest.json"),
    "db/pg_class.csv": "relname,reltuples\norders,2000000\nsmall,12\n",
    "db/rest.json": JSON.stringify({
      columns: [
        { schemaname: "public", tablename: "orders", attname: "user_id", n_distinct: -1 },
        { schemaname: "public", tablename: "orders", attname: "shop_id", n_distinct: 4 },
      ],
      statements: [
        {
          query: "SELECT o.id FROM orders o WHERE o.shop_id = $1 AND o.user_id = $2",
          calls: 12345,
          mean_exec_time: 350.2,
        },
      ],
    }),
  });
  expect(problems).toEqual([]);
  expect(lines).toEqual([
    "7 no index serves the filter on `user_id` and `shop_id` of `orders`; an index on `orders (user_id)` would (not confirmed: no planner was started) | one scan of orders per request; 12,345 calls of 350 ms counted by db/rest.json",
  ]);
});

test("rows that the configuration states win over a dump's", async () => {
  const text = JSON.stringify({ statistics: ["pg_class.csv"], tables: { orders: { rows: 5 } } });
  const { lines } = await check({ "hotpath.config.json": text, "pg_class.csv": "relname,reltuples\norders,2000000\n" });
  expect(lines.map((line) => line.slice(0, 1))).toEqual(["6"]);
});

test("a workspace cannot name files that are not its own", async () => {
  const outside = path.join(path.dirname(emptyWorkspace()), "outside.csv");
  writeFileSync(outside, "relname,reltuples\norders,2\n");
  const linked = (workspace: TemporaryWorkspace): void => symlinkSync(outside, workspace.at("link.csv"));
  for (const name of ["../outside.csv", outside, "link.csv", "missing.csv"]) {
    const { lines, problems } = await check({ "hotpath.config.json": config(name) }, linked);
    expect(lines).toHaveLength(2);
    expect(problems).toEqual([expect.stringMatching(/^the statistics .* are not in this folder: /)]);
  }
});

test("the command line may name any file, and what it cannot read is told", async () => {
  const outside = path.join(path.dirname(emptyWorkspace()), "sizes.json");
  writeFileSync(outside, JSON.stringify([{ relname: "small", reltuples: 3 }]));
  const workspace = temporaryWorkspace(files);
  workspaces.push(workspace);
  const { service, lines } = await workspace.open({
    overrides: { rules: ["unindexed-filter"] },
    statisticsFiles: [outside, "/nowhere/pg_stats.csv"],
  });
  expect(lines()).toEqual(["src/app.ts:7 unindexed-filter"]);
  expect(service.problems().map(({ message }) => message)).toEqual([
    "cannot read the statistics pg_stats.csv (ENOENT): check the path",
  ]);
});

function emptyWorkspace(): string {
  const workspace = temporaryWorkspace({});
  workspaces.push(workspace);
  return workspace.at("x");
}
