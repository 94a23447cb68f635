/** `hotpath check --costs` and `--profile`: the table, the JSON and its contract, and files that cannot be used. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { check } from "../server/src/cli/check.js";
import { parseCommand } from "../server/src/cli/command-line.js";
import { checkCommand } from "../server/src/cli/commands.js";
import { ordersFolder } from "./harness/orders-server.js";

const folder = mkdtempSync(path.join(tmpdir(), "hotpath-costs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<string> {
  const out: string[] = [];
  const sink = { write: (text: string) => out.push(text) > 0 };
  const silent = { write: () => true };
  const command = parseCommand(checkCommand, [
    ordersFolder,
    "--no-cache",
    "--no-planner",
    "--workers",
    "0",
    "--fail-on",
    "never",
    ...args,
  ]);
  const terminal = { stdout: sink, stderr: silent, cwd: folder, env: { NO_COLOR: "1" } };
  expect(await check(command, terminal as never)).toBe(0);
  return out.join("");
}

test("the table stands behind the findings, dearest first", async () => {
  const text = await run("--costs");
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.startsWith("GET /history"));
  expect(lines[first]).toMatch(
    /^GET \/history +1 \+ customers \+ customers·recent queries +src\/routes\/reports\.ts:18$/,
  );
  expect(lines.findIndex((line) => line.startsWith("GET /dashboard"))).toBeGreaterThan(first);
  expect(lines.find((line) => line.startsWith("GET /categories/:id"))).toContain("? tree()");
});

test("JSON keeps its shape and gains endpoints only when they are asked for", async () => {
  const plain = JSON.parse(await run("--format", "json")) as Record<string, unknown>;
  expect(Object.keys(plain)).toEqual(["version", "root", "findings", "stats", "problems"]);
  const report = JSON.parse(await run("--format", "json", "--costs")) as {
    readonly endpoints: readonly Readonly<Record<string, unknown>>[];
    readonly findings: unknown;
  };
  expect(report.findings).toEqual(plain["findings"]);
  const one = report.endpoints.find(({ label }) => label === "GET /orders/:id");
  expect(one).toMatchObject({
    id: "src/routes/orders.ts#@GET /orders/:id",
    kind: "http-route",
    file: "src/routes/orders.ts",
    range: { start: { line: 17, column: 1 } },
    cost: "1–2 + 0–1·items queries",
    counts: {
      queries: {
        min: [[{ times: 1, over: [] }]],
        max: [
          [
            { times: 2, over: [] },
            { times: 1, over: ["items"] },
          ],
        ],
      },
    },
    unknown: [],
  });
  const tree = report.endpoints.find(({ label }) => label === "GET /categories/:id");
  expect(tree).toMatchObject({
    unknown: [{ kind: "recursion", file: "src/services/categories.ts", range: { start: { line: 13 } } }],
  });
});

test("a profile puts what was measured first, also in JSON", async () => {
  const file = path.join(folder, "load.json");
  const results = [{ url: "http://localhost/terms", requests: { total: 900 }, latency: { average: 5 } }];
  writeFileSync(file, JSON.stringify(results));
  const report = JSON.parse(await run("--format", "json", "--costs", "--profile", file)) as {
    readonly endpoints: readonly { readonly label: string; readonly measured?: { readonly text: string } }[];
  };
  expect(report.endpoints[0]).toMatchObject({
    label: "GET /terms",
    measured: { text: "900 calls, 100 % of request time", calls: 900 },
  });
});

test("a profile that cannot be used is told in a sentence", async () => {
  const file = path.join(folder, "broken.cpuprofile");
  writeFileSync(file, '{"nodes":[');
  await expect(run("--profile", file)).rejects.toThrow(
    "cannot use the profile broken.cpuprofile: the file ends in the middle",
  );
  await expect(run("--profile", "none.cpuprofile")).rejects.toThrow("there is no such file");
});
