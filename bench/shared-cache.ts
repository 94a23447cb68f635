/**
 * What a Redis that colleagues and CI share is worth: a clone that was never analyzed on a machine with an empty disk cache, without the Redis and with what
 * another clone put there. Starts a `redis-server` of its own.
 *
 *   npx tsx bench/shared-cache.ts FOLDER [--runs 3] [--cli dist/cli.js] [--latency 0]
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startRedis } from "../test/harness/redis.js";

interface Figures {
  readonly seconds: number;
  /** Processor time, which other work on the machine disturbs least. */
  readonly userSeconds: number;
  readonly files: number;
  readonly cacheHits: number;
  readonly findings: number;
}

function check(cli: string, folder: string, env: NodeJS.ProcessEnv): Figures {
  const started = performance.now();
  const command = [process.execPath, cli, "check", folder, "--format", "json", "--fail-on", "never", "--no-daemon"];
  const { stdout, stderr, status } = spawnSync("/usr/bin/time", ["-f", "CPU %U", ...command], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(stderr);
  const seconds = (performance.now() - started) / 1000;
  const { findings, stats } = JSON.parse(stdout) as {
    readonly findings: readonly unknown[];
    readonly stats: { readonly files: number; readonly cacheHits: number };
  };
  const userSeconds = Number(/CPU ([\d.]+)/.exec(stderr)?.[1] ?? Number.NaN);
  return { seconds, userSeconds, ...stats, findings: findings.length };
}

function median(runs: readonly Figures[]): Figures {
  const [middle] = [...runs].sort((a, b) => a.userSeconds - b.userSeconds).slice(runs.length >> 1);
  if (middle === undefined) throw new Error("no run");
  return middle;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: "string" }, cli: { type: "string" } },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new Error("say which folder: npx tsx bench/shared-cache.ts FOLDER");
  const runs = Number(values.runs ?? 3);
  const cli = path.resolve(values.cli ?? path.join(__dirname, "../dist/cli.js"));
  const scratch = mkdtempSync(path.join(tmpdir(), "hotpath-shared-"));
  const redis = await startRedis(path.join(scratch, "redis"));
  try {
    const [a, b] = ["a", "b"].map((name) => {
      const clone = path.join(scratch, name);
      mkdirSync(clone);
      cpSync(folder, clone, { recursive: true, filter: (file) => !/\/(?:\.git|node_modules)(?:\/|$)/.test(file) });
      return clone;
    }) as [string, string];
    let caches = 0;
    const emptyCache = (): NodeJS.ProcessEnv => ({ HOTPATH_CACHE_DIR: path.join(scratch, `cache-${caches++}`) });
    const shared = { HOTPATH_REDIS_URL: redis.url, HOTPATH_REDIS_KEY: "the workspace key" };
    const timed = (act: () => Figures): Figures => median(Array.from({ length: runs }, act));

    const rows: [string, Figures][] = [];
    rows.push(["clone B, empty cache, no Redis", timed(() => check(cli, b, emptyCache()))]);
    rows.push(["clone A, empty cache, fills the Redis", check(cli, a, { ...emptyCache(), ...shared })]);
    rows.push([
      "clone B, empty cache, answered from the Redis",
      timed(() => check(cli, b, { ...emptyCache(), ...shared })),
    ]);
    const own = emptyCache();
    check(cli, b, { ...own, ...shared });
    rows.push(["clone B, second scan", timed(() => check(cli, b, { ...own, ...shared }))]);
    const [changed] = readdirSync(b, { recursive: true, encoding: "utf8" }).filter((name) => /[^.]\w\.ts$/.test(name));
    appendFileSync(path.join(b, changed ?? "new.ts"), "\n// another line\n");
    // Each changed run would leave its own results behind, so each sees another text.
    let edits = 0;
    const edited = (env: NodeJS.ProcessEnv): Figures => {
      appendFileSync(path.join(b, changed ?? "new.ts"), `// edit ${edits++}\n`);
      return check(cli, b, env);
    };
    rows.push([
      "clone B with an edited file, from the Redis's facts",
      timed(() => edited({ ...emptyCache(), ...shared })),
    ]);
    rows.push(["clone B with an edited file, from the disk's facts", timed(() => edited({ ...own, ...shared }))]);
    const base = rows[0]?.[1].userSeconds ?? 0;
    for (const [name, { seconds, userSeconds, files, cacheHits, findings }] of rows)
      console.log(
        `${name.padEnd(54)} ${seconds.toFixed(2).padStart(6)} s  ${userSeconds.toFixed(2).padStart(6)} s of processor time, ${(base / userSeconds).toFixed(1)} ×  hits ${((100 * cacheHits) / Math.max(1, files)).toFixed(1)} % of ${files} files, ${findings} findings`,
      );
  } finally {
    await redis.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
