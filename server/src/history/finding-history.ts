/** How many findings a workspace had, over time: one line a scan, in a file of the user's cache folder that stays small. */
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../analysis/finding.js";
import { contentHash } from "../base/content-hash.js";
import { version } from "../base/version.js";
import type { HistoryPoint } from "../../../protocol/src/dashboard.js";

/** A year of some scans a day. */
const KEPT_POINTS = 2_000;
/** The file is written anew once it has so many lines too many. */
const SPARE_POINTS = 500;
/** Findings of deeper folders count for these first parts of their path. */
const FOLDER_DEPTH = 2;
/** Folders beyond these are counted together. */
const MAX_FOLDERS = 12;
/** Edits are worth a point after so long. */
const GAP_MS = 5 * 60_000;
/** After so long without a scan others may rightly have taken the place of what was kept. */
const LATELY_MS = 14 * 24 * 3_600_000;

export interface Scan {
  readonly files: number;
  readonly durationMs: number;
  readonly findings: readonly Finding[];
}

/**
 * Adds a scan that came to its end. Never throws: history is worth no failure.
 *
 * @returns Whether this very program has scanned these folders lately, so that what it kept should still be there.
 */
export function recordScan(cacheFolder: string, roots: readonly string[], scan: Scan, at = Date.now()): boolean {
  const file = fileOf(cacheFolder, roots);
  const point: HistoryPoint = { at, ...pointOf(scan, roots), build: version };
  let known = false;
  try {
    mkdirSync(join(cacheFolder, "history"), { recursive: true, mode: 0o700 });
    const before = readHistory(cacheFolder, roots);
    const last = before.at(-1);
    known = last?.build === version && at - last.at < LATELY_MS;
    if (last !== undefined && at - last.at < GAP_MS && last.build === version && sameCounts(last, point)) return known;
    if (before.length < KEPT_POINTS + SPARE_POINTS) {
      appendFileSync(file, `${JSON.stringify(point)}\n`, { mode: 0o600 });
      return known;
    }
    const kept = [...before.slice(1 - KEPT_POINTS), point];
    writeFileSync(`${file}.${process.pid}.partial`, kept.map((one) => `${JSON.stringify(one)}\n`).join(""), {
      mode: 0o600,
    });
    renameSync(`${file}.${process.pid}.partial`, file);
  } catch {
    // A full or read-only disk: the next scan tries again.
  }
  return known;
}

/** Oldest first. Lines that are no points, such as one that was cut short, are left out. */
export function readHistory(cacheFolder: string, roots: readonly string[]): readonly HistoryPoint[] {
  try {
    return readFileSync(fileOf(cacheFolder, roots), "utf8")
      .split("\n")
      .flatMap((line) => parsed(line));
  } catch {
    return [];
  }
}

function fileOf(cacheFolder: string, roots: readonly string[]): string {
  return join(cacheFolder, "history", `${contentHash([...roots].sort().join("\0")).slice(0, 16)}.jsonl`);
}

function pointOf({ files, durationMs, findings }: Scan, roots: readonly string[]): Omit<HistoryPoint, "at"> {
  const byFolder = counted(findings.map(({ path }) => folderOf(path, roots)));
  const [most, rest] = [byFolder.slice(0, MAX_FOLDERS), byFolder.slice(MAX_FOLDERS)];
  const others = rest.reduce((sum, [, count]) => sum + count, 0);
  return {
    files,
    durationMs: Math.round(durationMs),
    findings: findings.length,
    byFamily: Object.fromEntries(counted(findings.map(({ family }) => family))),
    byFolder: Object.fromEntries(others === 0 ? most : [...most, ["others", others]]),
  };
}

function folderOf(path: string, roots: readonly string[]): string {
  const root = roots.find((one) => path.startsWith(`${one}/`));
  const parts = (root === undefined ? path : path.slice(root.length + 1)).split("/").slice(0, -1);
  return parts.length === 0 ? "." : parts.slice(0, FOLDER_DEPTH).join("/");
}

/** Most frequent first. */
function counted(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function sameCounts(a: HistoryPoint, b: HistoryPoint): boolean {
  return JSON.stringify([a.byFamily, a.byFolder]) === JSON.stringify([b.byFamily, b.byFolder]);
}

function parsed(line: string): readonly HistoryPoint[] {
  if (line === "") return [];
  try {
    const point = JSON.parse(line) as Partial<HistoryPoint> | null;
    const numbers = [point?.at, point?.files, point?.durationMs, point?.findings];
    const isPoint =
      numbers.every((value) => typeof value === "number") && isCounts(point?.byFamily) && isCounts(point?.byFolder);
    return isPoint ? [point as HistoryPoint] : [];
  } catch {
    return [];
  }
}

function isCounts(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && Object.values(value).every((count) => typeof count === "number")
  );
}
