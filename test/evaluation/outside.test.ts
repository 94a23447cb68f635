/** Commands and load, against real processes and a real server. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readResults } from "../../server/src/evaluation/command/test-results.js";
import { repositoryRoot } from "../harness/repository.js";
import { refusalOf, runSuite } from "../harness/run-suite.js";
import { temporaryWorkspace, type TemporaryWorkspace } from "../harness/temporary-workspace.js";

const state: { workspace: TemporaryWorkspace; server?: Server } = {} as never;
beforeEach(() => {
  state.workspace = temporaryWorkspace();
});
afterEach(async () => {
  state.server?.closeAllConnections();
  state.server?.close();
  await state.workspace.dispose();
});

const node = JSON.stringify(process.execPath);
const script = (code: string): string => `[${node}, -e, ${JSON.stringify(code)}]`;

describe("commands", () => {
  test("exit codes, output, programs that are not there", async () => {
    const { of } = await runSuite(
      state.workspace,
      `cases:
  - { id: good, kind: command, run: ${script("console.log('fine')")} }
  - { id: bad, kind: command, run: ${script("console.error('the reason'); process.exit(3)")} }
  - { id: gone, kind: command, run: [no-such-program-anywhere] }
  - { id: keys, kind: command, run: ${script("process.exit(process.env.MODEL_KEY === undefined && process.env.OWN === 'mine' ? 0 : 1)")} }
  - { id: env, kind: command, env: { WORD: hi }, run: ${script("process.exit(process.env.WORD === 'hi' ? 0 : 1)")} }
  - { id: shell, kind: command, run: ${script("process.exit(process.argv[1] === '$(id); true' ? 0 : 1)").replace(/\]$/, ", '$(id); true']")} }
`,
      { env: { MODEL_KEY: "secret-of-the-editor", HOTPATH_STORED_KEYS: "MODEL_KEY", OWN: "mine" } },
    );
    expect(of("good")?.status).toBe("passed");
    expect(of("bad")).toMatchObject({ status: "failed", output: "the reason\n" });
    expect(of("bad")?.messages[0]).toMatchObject({ text: "it ended with exit code 3" });
    expect(of("gone")).toMatchObject({
      status: "error",
      messages: [{ text: "`no-such-program-anywhere` cannot be started: it is not installed, or the path is wrong" }],
    });
    expect(["env", "shell", "keys"].map((id) => of(id)?.status)).toEqual(["passed", "passed", "passed"]);
  });

  test("a time limit ends the command and what it has started", async () => {
    const marker = `hotpath-leftover-${process.pid}`;
    const child = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '${marker}']); setInterval(() => {}, 1000)`;
    const started = performance.now();
    const { of } = await runSuite(
      state.workspace,
      `cases: [{ id: endless, kind: command, timeoutSeconds: 0.5, run: ${script(child)} }]`,
    );
    expect(of("endless")?.status).toBe("timeout");
    expect(performance.now() - started).toBeLessThan(20_000);
    const { execSync } = await import("node:child_process");
    await expect.poll(() => execSync("ps ax").toString().includes(marker), { timeout: 15_000 }).toBe(false);
  });

  test("results in files are read; those of an earlier run are not", async () => {
    const xml = `<testsuites><testsuite><testcase classname="a" name="fits" time="0.5"/><testcase name="does not"><failure message="1 is not 2">stack</failure></testcase></testsuite></testsuites>`;
    const { of } = await runSuite(
      state.workspace,
      `cases:
  - { id: junit, kind: command, reads: junit, results: out.xml, run: ${script(`require('fs').writeFileSync('out.xml', ${JSON.stringify(xml)}); process.exit(1)`)} }
  - { id: none, kind: command, reads: junit, results: never.xml, run: ${script("")} }
  - { id: tap, kind: command, reads: tap, run: ${script("console.log('1..2\\nok 1 - a\\nok 2 - b # SKIP')")} }
`,
    );
    expect(of("junit")).toMatchObject({ status: "failed", score: 0.5, metrics: { tests: 2, failedTests: 1 } });
    expect(of("junit")?.messages).toEqual([{ text: "does not: 1 is not 2" }]);
    expect(of("none")?.messages).toEqual([
      { text: "its results cannot be read: there is no file `never.xml` after it ran" },
    ]);
    expect(of("tap")).toMatchObject({ status: "passed", metrics: { tests: 1 } });
  });

  test("only trusted folders run them, and remembering is off unless it is asked for", async () => {
    const suite = `cases: [{ id: a, kind: command, run: ${script("require('fs').appendFileSync('ran', 'x')")} }]`;
    expect(await refusalOf(state.workspace, suite, { trusted: false })).toMatchObject({
      problems: [{ message: "commands run in trusted folders only: trust this one first" }],
    });
    const hits = async (env: Record<string, string>): Promise<number> =>
      (await runSuite(state.workspace, suite, { env })).report.summary.metrics.cacheHits;
    expect([await hits({}), await hits({})]).toEqual([0, 0]);
    const asked = { ENABLE_TEST_CACHE: "true" };
    expect([await hits(asked), await hits(asked)]).toEqual([0, 1]);
    expect(await hits({ ...asked, ENABLE_EVALUATION_CACHE: "false" })).toBe(0);
  });
});

describe("forms of results", () => {
  test("Vitest and Jest", () => {
    const report = {
      testResults: [
        { name: "a.test.ts", status: "passed", assertionResults: [{ fullName: "a b", status: "passed", duration: 2 }] },
        { name: "c.test.ts", status: "failed", message: "cannot load", assertionResults: [] },
      ],
    };
    expect(readResults("vitest", `noise\n${JSON.stringify(report)}`)).toEqual({
      tests: [
        { name: "a b", status: "passed", ms: 2 },
        { name: "c.test.ts", status: "failed", message: "cannot load" },
      ],
    });
  });

  test("hyperfine, in milliseconds", () => {
    const text = JSON.stringify({ results: [{ command: "sleep 0.1", mean: 0.1042 }] });
    expect(readResults("hyperfine", text)).toMatchObject({ benchmarks: { "sleep 0.1": 104.2 } });
  });

  test("a plan that was not kept, a broken file, another form", () => {
    expect(readResults("tap", `1..3\nok 1\nnot ok 2 - b # ${"TO" + "DO"} later\n`)).toMatchObject({
      tests: [{ status: "passed" }, { status: "skipped" }, { name: "the plan", status: "failed" }],
    });
    expect(readResults("junit", "<testsuites><a>")).toMatch(/^they are no XML/);
    expect(readResults("junit", "<html/>")).toMatch(/^they are no JUnit XML/);
    expect(readResults("jest", "{}")).toMatch(/^they hold no `testResults`/);
    expect(readResults("jest", "nope")).toBe("they are no JSON");
  });
});

async function serve(handle: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handle);
  state.server = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe("sql", () => {
  const sqlProcessFile = path.join(repositoryRoot, "dist/sql-process.js");

  test("plans, indexes, budgets, and statements that fail", async () => {
    state.workspace.write({
      "seed.sql": `create table orders (id int primary key, customer int, total int);
insert into orders select n, n % 500, n from generate_series(1, 20000) n;
create index orders_customer on orders (customer);`,
      "broken.sql": "create tabel x ();",
    });
    const { of } = await runSuite(
      state.workspace,
      `cases:
  - { id: indexed, kind: sql, seed: seed.sql, query: "select * from orders where customer = $1", parameters: [7], expect: { noSequentialScanOver: 1000, usesIndex: orders_customer, maxBuffers: 100 } }
  - { id: scan, kind: sql, seed: seed.sql, query: "select * from orders where total = 5;", expect: { noSequentialScanOver: 1000, usesIndex: orders_customer } }
  - { id: typo, kind: sql, seed: seed.sql, query: "select * from ordres" }
  - { id: broken, kind: sql, seed: broken.sql, query: "select 1" }
`,
      { sqlProcessFile },
    );
    expect(of("indexed")?.status).toBe("passed");
    expect(of("indexed")?.output).toContain("using orders_customer");
    expect(of("scan")?.messages.map(({ text }) => text)).toEqual([
      "`orders` is read from end to end: 20000 rows",
      "the plan does not use `orders_customer`",
    ]);
    expect(of("typo")).toMatchObject({ status: "error", messages: [{ text: 'relation "ordres" does not exist' }] });
    expect(of("broken")?.messages[0]?.text).toMatch(/^the seed fails: syntax error/);
  }, 90_000);

  test("a query that does not end is ended with its process", async () => {
    const started = performance.now();
    const { of } = await runSuite(
      state.workspace,
      `cases: [{ id: endless, kind: sql, timeoutSeconds: 4, query: "select count(*) from generate_series(1, 1000000000) a, generate_series(1, 1000) b" }]`,
      { sqlProcessFile },
    );
    expect(of("endless")?.status).toBe("timeout");
    expect(performance.now() - started).toBeLessThan(30_000);
  }, 60_000);
});

describe("load", () => {
  test("closed loop: users times iterations, with latencies", async () => {
    const seen = { now: 0, most: 0, count: 0 };
    const url = await serve((_, response) => {
      seen.count++;
      seen.most = Math.max(seen.most, ++seen.now);
      setTimeout(() => {
        seen.now--;
        response.end("ok");
      }, 20);
    });
    const { of } = await runSuite(
      state.workspace,
      `cases: [{ id: a, kind: http, url: "${url}", load: { users: 8, iterations: 20 }, expect: { p95Ms: 20000 } }]`,
    );
    expect(seen).toEqual({ now: 0, most: 8, count: 160 });
    expect(of("a")).toMatchObject({ status: "passed", metrics: { requests: 160, errorRate: 0 } });
    expect(of("a")?.metrics?.["p50"]).toBeGreaterThanOrEqual(19);
    expect(of("a")?.metrics?.["p50"]).toBeLessThan(2000);
  });

  test("open loop: a server that stalls for half a second is seen by all who had to wait", async () => {
    const stall = { until: 0, done: false };
    const url = await serve((_, response) => {
      const now = performance.now();
      if (stall.until === 0) stall.until = now + 1000;
      if (!stall.done && stall.until < now) {
        stall.done = true;
        const end = now + 500;
        while (performance.now() < end);
      }
      response.end("ok");
    });
    const { of } = await runSuite(
      state.workspace,
      `cases: [{ id: a, kind: http, url: "${url}", load: { users: 1, rate: 100, seconds: 2.5 }, expect: { p99Ms: 400 } }]`,
    );
    const { p99 = 0, uncorrectedP99 = 0, requests } = of("a")!.metrics!;
    expect(requests).toBe(250);
    expect(p99).toBeGreaterThan(400);
    expect(uncorrectedP99).toBeLessThan(p99);
    expect(of("a")?.status).toBe("failed");
  });

  test("failing answers count, and nobody there is an error", async () => {
    const state500 = { count: 0 };
    const url = await serve((_, response) => {
      response.statusCode = ++state500.count % 4 === 0 ? 500 : 200;
      response.end();
    });
    const suite = (address: string): string =>
      `settings: { retries: 0 }\ncases: [{ id: a, kind: http, url: "${address}", load: { users: 2, iterations: 20 } }]`;
    const { of } = await runSuite(state.workspace, suite(url));
    expect(of("a")).toMatchObject({ status: "failed", metrics: { errorRate: 0.25 } });
    const gone = await runSuite(state.workspace, suite("http://127.0.0.1:1/"));
    expect(gone.of("a")).toMatchObject({ status: "error" });
    expect(gone.of("a")?.messages[0]?.text).toContain("start the server first");
  });

  test("another machine is asked about first", async () => {
    const suite = `cases: [{ id: a, kind: http, url: "https://shop.example.com/" }]`;
    expect(await refusalOf(state.workspace, suite)).toMatchObject({ problems: [], askHosts: ["shop.example.com"] });
  });
});
