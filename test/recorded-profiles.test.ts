/**
 * Profiles as the tools themselves wrote them, shortened: autocannon 9, k6 1.1 (`--out json`, `handleSummary`), the OpenTelemetry SDK for Node (0.223) over
 * OTLP/HTTP, `pg_stat_statements` of PostgreSQL 15; and one that this very Node writes.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { Profile } from "../server/src/profiles/model.js";
import { openReader } from "../server/src/profiles/open-reader.js";
import { repositoryRoot } from "./harness/repository.js";

function recorded(name: string): Profile {
  const bytes = readFileSync(path.join(repositoryRoot, "test/recorded-profiles", name));
  const reader = openReader(name, bytes);
  reader.push(bytes);
  return reader.end();
}

test("a run of autocannon", () => {
  expect(recorded("autocannon.json")).toMatchObject({ routes: [{ path: "/list", calls: 22, totalMs: 22 * 336.05 }] });
});

test("points of k6, among those of other metrics; names of its own stand for addresses", () => {
  const profile = recorded("k6-out.jsonl");
  if (!("routes" in profile)) throw new Error("no routes");
  const calls = Object.fromEntries(profile.routes.map((one) => [`${one.method ?? ""} ${one.path}`, one.calls]));
  expect(Object.keys(calls)).toEqual(expect.arrayContaining(["GET /list", "GET /orders/${}"]));
  expect(Object.values(calls).reduce((sum, count) => sum + count, 0)).toBe(6);
});

test("a summary of k6 that names no address says what to do instead", () => {
  expect(() => recorded("k6-summary.json")).toThrow(
    "the results name no URL: use autocannon --json, or k6 run --out json=FILE",
  );
});

test("spans of the OpenTelemetry SDK: the route of the server, and the statements below it", () => {
  const profile = recorded("otlp.json");
  expect(profile).toMatchObject({
    routes: [{ method: "GET", path: "/list", calls: 1 }],
    statements: [{ text: "select id from orders limit 20", calls: 3 }],
  });
  // Written by hand from the start and the end of the span: 252.234910 ms.
  if ("routes" in profile) expect(profile.routes[0]?.totalMs).toBeCloseTo(252.235, 2);
});

test("all columns of pg_stat_statements, statements of several rows apart", () => {
  expect(recorded("pg-stat-statements.csv")).toMatchObject({
    statements: [
      { text: "select * from orders where id = $1", calls: 5102, totalMs: 30.476054999999914 },
      { text: "select id from orders limit $1", calls: 232 },
      { text: "select pg_stat_statements_reset()", calls: 1 },
    ],
  });
});

test("a heap profile that this Node writes", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "hpp-"));
  try {
    const work =
      "function fill() { const all = []; for (let i = 0; i < 3e5; i++) all.push({ i }); return all; } globalThis.kept = fill();";
    execFileSync(process.execPath, ["--heap-prof", `--heap-prof-dir=${folder}`, "-e", work]);
    const [name = ""] = readdirSync(folder);
    const bytes = readFileSync(path.join(folder, name));
    const reader = openReader(name, bytes);
    reader.push(bytes);
    const profile = reader.end();
    if (!("tree" in profile)) throw new Error("not sampled");
    expect(profile.kind).toBe("heap");
    expect(profile.frames.map(({ functionName }) => functionName)).toContain("fill");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
