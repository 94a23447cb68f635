/** A real PostgreSQL asked for its catalog and statistics: what is read, what is never asked, and what no message holds. */
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { liveCatalog } from "../../server/src/catalog/with-live.js";
import { readLiveDatabase, type LiveDatabase } from "../../server/src/statistics/read-live-database.js";
import { loadPostgres } from "../../server/src/syntax/postgres.js";
import { freePort } from "../harness/redis.js";
import { postgresPrograms, startPostgres, type PostgresServer } from "../harness/postgres-server.js";
import { temporaryWorkspace, type TemporaryWorkspace } from "../harness/temporary-workspace.js";

beforeAll(loadPostgres);
const workspaces: TemporaryWorkspace[] = [];
afterAll(() => Promise.all(workspaces.map((workspace) => workspace.dispose())));

const SECRET = "Sw0rdfish";

test.each([
  ["mysql://root@localhost/db", /^HOTPATH_DATABASE_URL is not a PostgreSQL URL/],
  [`postgres://me:${SECRET}@no-such-host.invalid/orders`, /could not be asked/],
  [`postgresql://me:${SECRET}@[bad/`, /could not be asked/],
])("an address that cannot be used is a sentence without its parts: %s", async (url, expected) => {
  const answer = await readLiveDatabase({ url, connectLimitMs: 2_000 });
  expect(answer).toMatch(expected);
  expect(answer).not.toMatch(new RegExp(`${SECRET}|no-such-host|orders|\\bme\\b`));
});

test("nobody listens: said in a sentence, and findings are there all the same", async () => {
  const workspace = temporaryWorkspace(files);
  workspaces.push(workspace);
  const databaseUrl = `postgres://me:${SECRET}@127.0.0.1:${await freePort()}/orders`;
  const { service } = await workspace.open({ overrides: { rules: ["missing-index"] }, databaseUrl });
  expect(service.problems().map(({ message }) => message)).toEqual([
    "the database could not be asked (nobody listens there): sizes of tables are assumed",
  ]);
  expect(service.allFindings()).toHaveLength(3);
});

const files = {
  "package.json": JSON.stringify({ dependencies: { pg: "8.0.0", express: "5.0.0" } }),
  "schema.sql": `CREATE TABLE orders (id bigserial PRIMARY KEY, user_id bigint, number text);
CREATE TABLE notes (id bigserial PRIMARY KEY, user_id bigint);
`,
  "src/app.ts": `import express from "express";
import { Pool } from "pg";
const pool = new Pool();
const app = express();
app.get("/orders", async (request, response) => {
  await pool.query("select * from notes where user_id = $1", [request.query.user]);
  await pool.query("select * from orders where number = $1", [request.query.number]);
  response.json(await pool.query("select * from orders where user_id = $1", [request.query.user]));
});
app.get("/parcels", async (request, response) => {
  response.json(await pool.query("select * from parcels where order_id = $1", [request.query.order]));
});
`,
};

const programs = postgresPrograms();
const title = "a real PostgreSQL";

describe.runIf(programs !== undefined)(
  programs === undefined ? `${title} (skipped: postgresql is not installed)` : title,
  () => {
    const state: { server: PostgresServer; live: LiveDatabase } = {} as never;

    async function ask(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
      const client = new Client({ connectionString: state.server.url });
      await client.connect();
      try {
        return (await client.query<Readonly<Record<string, unknown>>>(sql)).rows;
      } finally {
        await client.end();
      }
    }

    beforeAll(async () => {
      state.server = await startPostgres(programs ?? "", [
        "log_statement=all",
        "shared_preload_libraries=pg_stat_statements",
      ]);
      await ask(`create extension pg_stat_statements;
        create type size as enum ('small', 'it''s big');
        create table orders (id bigserial primary key, user_id bigint, number text unique);
        insert into orders (user_id, number) select n % 700, 'n' || n from generate_series(1, 30000) n;
        create table notes (id bigserial primary key, user_id bigint);
        insert into notes (user_id) select n from generate_series(1, 50) n;
        create schema shop;
        create table shop.parcels (id int generated always as identity primary key, order_id bigint references orders, how size, "odd ""name" text);
        create table parcels (id serial primary key, order_id bigint, note text);
        insert into parcels (order_id) select n from generate_series(1, 4000) n;
        create index parcels_open on shop.parcels (order_id, id desc) where how is not null;
        create index on shop.parcels (lower("odd ""name"));
        create table events (at timestamptz not null, body text) partition by range (at);
        create table events_1 partition of events for values from ('2020-01-01') to ('2030-01-01');
        create index on events (at);
        insert into events select '2024-01-01'::timestamptz + n * interval '1 hour', 'x' from generate_series(1, 500) n;
        analyze`);
      for (let i = 0; i < 3; i++) await ask("select * from orders where user_id = 3");
      const live = await readLiveDatabase({ url: state.server.url });
      if (typeof live === "string") throw new Error(live);
      state.live = live;
    }, 60_000);
    afterAll(() => state.server.stop());

    test("sizes of tables, partitions together, and shapes of columns", () => {
      const { statistics } = state.live;
      expect(Object.fromEntries(Object.entries(statistics).map(([name, { rows }]) => [name, rows]))).toEqual({
        orders: 30_000,
        notes: 50,
        parcels: 4_000,
        events: 500,
        events_1: 500,
        "shop.parcels": 0,
      });
      expect(statistics["orders"]?.source).toBe("the live database");
      expect(statistics["orders"]?.columns?.["user_id"]).toMatchObject({ distinct: 700, nullFraction: 0, width: 8 });
      expect(statistics["orders"]?.columns?.["number"]?.distinct).toBe(-1);
      expect(statistics["parcels"]?.columns?.["note"]).toMatchObject({ nullFraction: 1 });
    });

    test("its tables and indexes are read as if it were a dump", () => {
      const tables = liveCatalog(state.live.schema).tables.map(
        ({ schema, name, columns, primaryKey, uniques, indexes }) => [
          schema === undefined ? name : `${schema}.${name}`,
          columns.map(
            (column) =>
              `${column.name} ${column.type}${column.values === undefined ? "" : ` of ${column.values.join("|")}`}`,
          ),
          [primaryKey?.columns, ...uniques.map((key) => key.columns)].join(";"),
          indexes.map(
            ({ parts, where }) =>
              `${parts.map((part) => part.column ?? part.expression).join()}${where === undefined ? "" : ` where ${where}`}`,
          ),
        ],
      );
      expect(tables).toEqual([
        ["events", ["at timestamptz", "body text"], "", ["at"]],
        ["notes", ["id bigint", "user_id bigint"], "id", []],
        ["orders", ["id bigint", "user_id bigint", "number text"], "id;number", []],
        ["parcels", ["id integer", "order_id bigint", "note text"], "id", []],
        [
          "shop.parcels",
          ["id integer", "order_id bigint", "how size of small|it's big", 'odd "name text'],
          "id",
          ['lower(odd "name)', "order_id,id where how is not null"],
        ],
      ]);
    });

    test("findings know its sizes, its indexes, its calls, and tables that no file declares", async () => {
      const workspace = temporaryWorkspace(files);
      workspaces.push(workspace);
      const { service } = await workspace.open({
        overrides: { rules: ["missing-index"] },
        databaseUrl: state.server.url,
      });
      expect(service.problems()).toEqual([]);
      const lines = service
        .allFindings()
        .map(({ range, message, cost, related }) => [
          `${range.start.line} ${message.replace(/;.*/, "")} | ${cost.replace(/of [\d.]+ ms/, "of N ms")}`,
          ...related.map((place) => place.path.slice(workspace.root.length + 1)),
        ]);
      // `notes` is small, `orders.number` has a unique key in the database alone, and `parcels` is declared nowhere.
      expect(lines).toEqual([
        [
          "8 no index serves the filter on `user_id` of `orders` | one scan of orders per request; 3 calls of N ms counted by the live database",
          "schema.sql",
        ],
        ["11 no index serves the filter on `order_id` of `parcels` | one scan of parcels per request"],
      ]);
    });

    test("it only reads, and never rows", async () => {
      const seen = await ask(
        "select query from pg_stat_statements s join pg_roles r on r.oid = s.userid where query ~* 'orders|parcels|notes|events' and query !~* '^(create|insert|analyze|select \\* from orders)'",
      );
      expect(seen).toEqual([]);
      const [tables] = await ask(
        "select sum(seq_tup_read)::int as read from pg_stat_user_tables where relname = 'notes'",
      );
      expect(tables).toEqual({ read: 0 });
    });

    test("a user without rights, a wrong password and a database that is not there are told by their kind alone", async () => {
      await ask(`create role reader login password '${SECRET}'`);
      const { url } = state.server;
      const answer = await readLiveDatabase({ url: url.replace("postgres@", `reader:${SECRET}@`) });
      // Sizes are everybody's to read, shapes of columns are not.
      expect(answer).toMatchObject({ statistics: { orders: { rows: 30_000 } } });
      expect(answer).not.toMatchObject({ statistics: { orders: { columns: {} } } });
      expect(answer).toMatchObject({ statements: [] });
      expect(await readLiveDatabase({ url: url.replace(/postgres$/, "nothing") })).toBe(
        "the database could not be asked (there is no such database): sizes of tables are assumed",
      );
    });
  },
);
