/**
 * What a check of a small folder takes, pair by pair beside another build and beside Node.js doing nothing: a newcomer's first impression, and every commit with a hook.
 *
 *   npx tsx bench/start-up.ts [--against OTHER/dist/cli.js] [--node NODE] [--runs 9]
 *
 * Processor time of whole processes. Remembered: the results of the folder are in the cache, and so is compiled code where Node.js can keep it (22.1 and later).
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

const repository = path.resolve(__dirname, "..");

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function main(): void {
  const { values } = parseArgs({
    options: { against: { type: "string" }, node: { type: "string" }, runs: { type: "string" } },
  });
  const node = values.node ?? process.execPath;
  const scratch = mkdtempSync(path.join(tmpdir(), "hotpath-start-up-"));
  const folder = path.join(scratch, "shop");
  cpSync(path.join(repository, "test/workspaces/shop"), folder, { recursive: true });
  const seconds = (cache: string, args: readonly string[]): number => {
    const timeFile = path.join(scratch, "time");
    const env = { ...process.env, HOTPATH_CACHE_DIR: path.join(scratch, cache) };
    const { status } = spawnSync("/usr/bin/time", ["-f", "%U", "-o", timeFile, node, ...args], { env });
    if (status !== 0) throw new Error(`${args.join(" ")} ended with ${String(status)}`);
    return Number(readFileSync(timeFile, "utf8").trim());
  };
  const check = ["check", folder, "--format", "json", "--fail-on", "never", "--no-daemon"];
  const builds = {
    own: path.join(repository, "dist/cli.js"),
    other: path.resolve(values.against ?? path.join(repository, "dist/cli.js")),
  };
  try {
    for (const [what, more] of [
      ["remembered", []],
      ["from scratch", ["--no-cache", "--no-planner"]],
    ] as const) {
      for (const [name, cli] of Object.entries(builds))
        for (let i = 0; i < 2; i++) seconds(name, [cli, ...check, ...more]);
      const rows = Array.from({ length: Number(values.runs ?? 9) }, () => ({
        own: seconds("own", [builds.own, ...check, ...more]),
        other: seconds("other", [builds.other, ...check, ...more]),
        nothing: seconds("own", ["-e", "0"]),
      }));
      const against = values.against === undefined ? "itself" : "the other";
      console.info(
        `${what}: ${median(rows.map(({ own }) => own)).toFixed(2)} s, ${median(rows.map(({ own, other }) => own / other)).toFixed(2)} × ${against}, ${median(rows.map(({ own, nothing }) => own / nothing)).toFixed(1)} × Node.js doing nothing`,
      );
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

main();
