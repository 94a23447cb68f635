/** `sql` cases on the user's own database: a real PostgreSQL, asked only once it is allowed, and only for reading. */
import path from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { postgresPrograms, startPostgres, type PostgresServer } from "../harness/postgres-server.js";
import { repositoryRoot } from "../harness/repository.js";
import { prepareSuite, runSuite } from "../harness/run-suite.js";
import { temporaryWorkspace, type TemporaryWorkspace } from "../harness/temporary-workspace.js";

const programs = postgresPrograms();
const sqlProcessFile = path.join(repositoryRoot, "dist/sql-process.js");
const state: { workspace: TemporaryWorkspace; server: PostgresServer } = {} as never;
beforeEach(() => {
  state.workspace = temporaryWorkspace();
});
afterEach(() => state.workspace.dispose());

/** Why a suite is not run. */
async function refusal(suite: string, options: Parameters<typeof prepareSuite>[2]): Promise<string> {
  try {
    await prepareSuite(state.workspace, suite, options);
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  throw new Error("the suite was not refused");
}

const SUITE = `settings: { retries: 0 }
cases:
  - { id: indexed, kind: sql, database: user, query: "select * from orders where customer = $1", parameters: [7], expect: { noSequentialScanOver: 1000, usesIndex: orders_customer } }
  - { id: scan, kind: sql, database: user, query: "select * from orders where total = 5", expect: { noSequentialScanOver: 1000 } }
  - { id: writes, kind: sql, database: user, query: "delete from orders" }
  - { id: endless, kind: sql, database: user, timeoutSeconds: 1, query: "select pg_sleep(30)" }
`;

describe.runIf(programs !== undefined)(
  programs === undefined ? "a real PostgreSQL (skipped: postgresql is not installed)" : "a real PostgreSQL",
  () => {
    beforeAll(async () => {
      state.server = await startPostgres(programs ?? "");
      await ask(`create table orders (id int primary key, customer int, total int);
        insert into orders select n, n % 500, n from generate_series(1, 20000) n;
        create index orders_customer on orders (customer); analyze`);
    }, 60_000);
    afterAll(() => state.server.stop());

    async function ask(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
      const client = new Client({ connectionString: state.server.url });
      await client.connect();
      try {
        return (await client.query<Readonly<Record<string, unknown>>>(sql)).rows;
      } finally {
        await client.end();
      }
    }

    const address = (): string => state.server.url.replace("postgres@", "postgres:hidden-word@");
    const options = (): { env: Record<string, string>; sqlProcessFile: string } => ({
      env: { HOTPATH_DATABASE_URL: address() },
      sqlProcessFile,
    });

    test("is measured once it is allowed, and neither changed nor kept busy", async () => {
      const refused = await refusal(SUITE, options());
      const { askHosts } = JSON.parse(refused) as { readonly askHosts: readonly string[] };
      expect(askHosts).toEqual([state.server.url.replace("postgres@", "")]);
      expect(refused).not.toContain("hidden-word");

      const { of } = await runSuite(state.workspace, SUITE, { ...options(), allowedHosts: askHosts });
      expect(of("indexed")?.status).toBe("passed");
      expect(of("indexed")?.output).toContain("orders_customer");
      expect(of("scan")?.messages.map(({ text }) => text)).toEqual(["`orders` is read from end to end: 20000 rows"]);
      expect(of("writes")).toMatchObject({
        status: "error",
        messages: [{ text: "cannot execute DELETE in a read-only transaction" }],
      });
      expect(["timeout", "error"]).toContain(of("endless")?.status);
      expect(await ask("select count(*)::int as rows from orders")).toEqual([{ rows: 20000 }]);
      await new Promise((resolve) => setTimeout(resolve, 1200));
      const busy = "select 1 from pg_stat_activity where application_name = 'hotpath' and state = 'active'";
      expect(await ask(busy)).toEqual([]);
    }, 60_000);
  },
);

const CASE = `cases: [{ id: a, kind: sql, database: user, query: "select 1" }]`;

test("without an address, with a wrong one, or without trust, the case says so at its line", async () => {
  const said = (env: Readonly<Record<string, string>>, trusted = true): Promise<string> =>
    refusal(CASE, { env, trusted, sqlProcessFile });
  expect(await said({})).toContain("needs the address of your database in HOTPATH_DATABASE_URL");
  const wrong = await said({ HOTPATH_DATABASE_URL: "mysql://root:hidden-word@localhost/shop" });
  expect(wrong).toContain("is no address of a PostgreSQL database");
  expect(wrong).not.toContain("hidden-word");
  expect(await said({ HOTPATH_DATABASE_URL: "postgres://localhost/shop" }, false)).toContain(
    "only from a folder you trust",
  );
});

test("a database that is not there is an error of the case, without its password", async () => {
  const url = "postgres://me:hidden-word@127.0.0.1:9/shop";
  const { of } = await runSuite(state.workspace, CASE, {
    env: { HOTPATH_DATABASE_URL: url },
    allowedHosts: ["postgres://127.0.0.1:9/shop"],
    sqlProcessFile,
  });
  expect(of("a")?.status).toBe("error");
  expect(of("a")?.messages[0]?.text).toMatch(/^your database cannot be reached: /);
  expect(JSON.stringify(of("a"))).not.toContain("hidden-word");
});
