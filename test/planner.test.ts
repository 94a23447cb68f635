import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { confirms, type Proof, type ProofRequest } from "../server/src/advisor/proof.js";
import { createPlanner, type PlannerOptions } from "../server/src/planner/create-planner.js";
import { repositoryRoot } from "./harness/repository.js";
import { temporaryFolder } from "./harness/planner-image.js";

const processFile = path.join(repositoryRoot, "server/src/planner-process.ts");
const base: PlannerOptions = {
  processFile,
  execArgv: ["--import", "tsx"],
  imageFile: temporaryFolder("planner-1.img"),
};

const request = (more: Partial<ProofRequest> = {}): ProofRequest => ({
  key: JSON.stringify(more),
  table: 'CREATE TABLE "orders" ("id" text, "user_id" text, "created_at" timestamptz)',
  indexes: ['CREATE UNIQUE INDEX ON "orders" USING btree ("id")'],
  query: 'SELECT * FROM "orders" WHERE "user_id" = $1 ORDER BY "created_at" DESC LIMIT 50',
  candidates: ['CREATE INDEX ON "orders" ("user_id", "created_at" DESC)'],
  rows: 100_000,
  statistics: [
    { column: "user_id", distinct: 2000, nullFraction: 0 },
    { column: "created_at", distinct: -0.9, nullFraction: 0 },
  ],
  ...more,
});

const planner = createPlanner(base);
afterAll(() => planner.close());

test(
  "a candidate that the planner would use is confirmed, one that it would not is not",
  { timeout: 90_000 },
  async () => {
    const [wanted, served, small, broken] = await planner.verify([
      request(),
      request({ query: 'SELECT * FROM "orders" WHERE "id" = $1' }),
      request({ rows: 20 }),
      request({ query: "SELECT FROM WHERE" }),
    ]);
    expect(wanted?.kind === "plans" && wanted.before.nodes).toBe("Limit → Sort → Seq Scan on orders");
    expect(wanted?.kind === "plans" && wanted.after.nodes).toBe("Limit → Index Scan on orders");
    expect(wanted !== undefined && confirms(wanted)).toBe(true);
    expect(served !== undefined && confirms(served)).toBe(false);
    expect(small !== undefined && confirms(small)).toBe(false);
    expect(broken).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("syntax error") as string });
    expect(existsSync(base.imageFile ?? "")).toBe(true);
  },
);

test("what was asked before changes no answer", { timeout: 120_000 }, async () => {
  const indexed = request({ indexes: ['CREATE INDEX ON "orders" ("user_id", "created_at")'] });
  const wrong = request({ table: 'CREATE TABLE "orders" ("id" no_such_type)' });
  const others = Array.from({ length: 70 }, (_, i) =>
    request({
      table: `CREATE TABLE "t${i}" ("id" text)`,
      indexes: [],
      query: `SELECT * FROM "t${i}"`,
      candidates: [],
      statistics: [],
    }),
  );
  const [first, served, failed, again, ...rest] = await planner.verify([
    request(),
    indexed,
    wrong,
    request(),
    ...others,
  ]);
  const last = await planner.verify([indexed, request()]);
  expect(first?.kind).toBe("plans");
  expect(served).not.toEqual(first);
  expect(failed).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("no_such_type") as string });
  expect(again).toEqual(first);
  expect(rest.every(({ kind }) => kind === "plans")).toBe(true);
  expect(last).toEqual([served, first]);
});

test("trigram indexes for searches inside text", { timeout: 90_000 }, async () => {
  const [proof] = await planner.verify([
    request({
      query: 'SELECT * FROM "orders" WHERE "user_id" LIKE $1',
      candidates: ['CREATE INDEX ON "orders" USING gin ("user_id" gin_trgm_ops)'],
    }),
  ]);
  expect(proof?.kind === "plans" && proof.after.nodes).toBe("Bitmap Heap Scan on orders → Bitmap Index Scan");
  expect(proof !== undefined && confirms(proof)).toBe(true);
});

test("a request that takes too long costs its own answer, not the next one's", { timeout: 90_000 }, async () => {
  const hasty = createPlanner({ ...base, requestLimitMs: 1_000 });
  const slow = request({
    query: "SELECT 1",
    table: 'CREATE TABLE "orders" ("id" text); SELECT pg_sleep(30)',
    indexes: [],
  });
  const [first] = await hasty.verify([slow]);
  expect(first).toEqual({ kind: "unavailable", reason: "the planner took longer than 1 s" });
  const [next] = await hasty.verify([request()]);
  expect(next?.kind).toBe("plans");
  await hasty.close();
});

test("a planner that does not start says why and is not asked for ever", { timeout: 90_000 }, async () => {
  const broken = createPlanner({ processFile: path.join(repositoryRoot, "test/nothing-here.js") });
  const answers = await broken.verify([1, 2, 3, 4, 5].map((rows) => request({ rows })));
  for (const answer of answers) {
    expect(answer).toMatchObject({
      kind: "unavailable",
      reason: expect.stringContaining("the planner's process ended") as string,
    });
  }
  await broken.close();
});

/** A process that speaks the planner's language and misbehaves as the request's table says. */
const UNRULY = `process.on("message", (message) => {
  if (message.kind === "start") return process.send({ kind: "ready" });
  const { table } = message.request;
  if (table === "crash") process.exit(3);
  if (table === "kill") process.kill(process.pid, "SIGKILL");
  if (table === "hang") for (;;);
  if (table === "silent") return;
  const plan = { cost: process.pid, nodes: "", indexes: [] };
  process.send({ kind: "proof", proof: { kind: "plans", before: plan, after: plan }, memoryBytes: table === "huge" ? 2e9 : 1e6 });
});`;

function unruly(): PlannerOptions {
  const file = temporaryFolder(`unruly-${process.pid}.cjs`);
  writeFileSync(file, UNRULY);
  return { processFile: file, requestLimitMs: 2_000, maxMemoryBytes: 1e9 };
}

const pidOf = (proof: Proof | undefined): number => (proof?.kind === "plans" ? proof.before.cost : 0);

test.each([
  ["crash", "the planner's process ended (3)"],
  ["kill", "the planner's process ended (killed)"],
  ["hang", "the planner took longer than 2 s"],
  ["silent", "the planner took longer than 2 s"],
])("a planner that does this: %s, costs one answer and is started again", async (table, reason) => {
  const strange = createPlanner(unruly());
  const [before, lost, after] = await strange.verify(
    ["fine", table, "fine too"].map((name) => request({ table: name })),
  );
  expect(lost).toEqual({ kind: "unavailable", reason });
  expect(pidOf(before)).toBeGreaterThan(0);
  expect(pidOf(after)).toBeGreaterThan(0);
  expect(pidOf(after)).not.toBe(pidOf(before));
  expect(isAlive(pidOf(before))).toBe(false);
  // The same question is not asked again: it would do the same.
  expect(await strange.verify([request({ table })])).toEqual([{ kind: "unavailable", reason }]);
  await strange.close();
});

test("over its memory it is ended after the answer, and started again for the next one", async () => {
  const strange = createPlanner(unruly());
  const [huge, next, same] = await strange.verify(["huge", "a", "b"].map((table) => request({ table })));
  expect(pidOf(huge)).toBeGreaterThan(0);
  expect(pidOf(next)).not.toBe(pidOf(huge));
  expect(pidOf(same)).toBe(pidOf(next));
  expect(isAlive(pidOf(huge))).toBe(false);
  await strange.close();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
