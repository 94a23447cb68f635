/** The history behind the dashboard: points of scans in a file that stays small, whatever else stands in it. */
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Finding } from "../server/src/analysis/finding.js";
import { readHistory, recordScan } from "../server/src/history/finding-history.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ROOTS = ["/projects/shop"];
const state = { folder: "" };
beforeEach(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hph-"));
});
afterEach(() => rmSync(state.folder, { recursive: true, force: true }));

const finding = (file: string, family: string): Finding =>
  ({ path: `/projects/shop/${file}`, family }) as unknown as Finding;
const scanOf = (...findings: readonly Finding[]): Parameters<typeof recordScan>[2] => ({
  files: 12,
  durationMs: 34.6,
  findings,
});
const file = (): string => path.join(state.folder, "history", readdirSync(path.join(state.folder, "history"))[0] ?? "");

test("a scan is a point by family and folder; one that says the same a moment later is none", () => {
  const findings = [
    finding("src/api/orders/list.ts", "n-plus-one"),
    finding("src/api/users.ts", "n-plus-one"),
    finding("app.ts", "no-timeout"),
  ];
  recordScan(state.folder, ROOTS, scanOf(...findings), 1_000);
  recordScan(state.folder, ROOTS, scanOf(...findings), 1_000 + MINUTE);
  recordScan(state.folder, ROOTS, scanOf(), 1_000 + 2 * MINUTE);
  recordScan(state.folder, ROOTS, scanOf(), 1_000 + 10 * MINUTE);
  recordScan(state.folder, ["/projects/other"], scanOf(), 5);
  const points = readHistory(state.folder, ROOTS);
  expect(points.map(({ at, findings: count }) => [at, count])).toEqual([
    [1_000, 3],
    [1_000 + 2 * MINUTE, 0],
    [1_000 + 10 * MINUTE, 0],
  ]);
  expect(points[0]).toMatchObject({
    files: 12,
    durationMs: 35,
    byFamily: { "n-plus-one": 2, "no-timeout": 1 },
    byFolder: { "src/api": 2, ".": 1 },
  });
});

test("whether the same program was here lately is told, for whoever expects its cache to be filled", () => {
  expect(recordScan(state.folder, ROOTS, scanOf(), 0)).toBe(false);
  expect(recordScan(state.folder, ROOTS, scanOf(), MINUTE)).toBe(true);
  expect(recordScan(state.folder, ROOTS, scanOf(), 2 * DAY)).toBe(true);
  expect(recordScan(state.folder, ROOTS, scanOf(), 30 * DAY)).toBe(false);
  writeFileSync(file(), readFileSync(file(), "utf8").replaceAll(/"build":"[^"]*"/g, '"build":"another"'));
  expect(recordScan(state.folder, ROOTS, scanOf(), 31 * DAY)).toBe(false);
  expect(recordScan(state.folder, ROOTS, scanOf(), 31 * DAY + MINUTE)).toBe(true);
});

test("lines that are no points are left out, and the file stays small", () => {
  recordScan(state.folder, ROOTS, scanOf(), 0);
  appendFileSync(file(), '{"at":1,"files":\nnull\n[]\n{"at":"1"}\n');
  const [line = ""] = readFileSync(file(), "utf8").split("\n");
  appendFileSync(file(), `${line}\n`.repeat(2_480));
  for (let n = 1; n <= 40; n++) recordScan(state.folder, ROOTS, scanOf(), n * 10 * MINUTE);
  const points = readHistory(state.folder, ROOTS);
  expect(points.length).toBeLessThanOrEqual(2_500);
  expect(points.length).toBeGreaterThanOrEqual(2_000);
  expect(points.at(-1)?.at).toBe(40 * 10 * MINUTE);
  expect(readFileSync(file(), "utf8").split("\n").length).toBeLessThanOrEqual(2_502);
});

test("a folder that cannot be written costs nothing but the point", () => {
  const blocked = path.join(state.folder, "file");
  writeFileSync(blocked, "");
  expect(recordScan(blocked, ROOTS, scanOf())).toBe(false);
  expect(readHistory(blocked, ROOTS)).toEqual([]);
});
