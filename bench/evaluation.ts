/**
 * Times the runner alone, on 50,000 cases that cost nothing: how long, how much memory, and how long from the cache.
 *
 *   npx tsx bench/evaluation.ts [--cases 50000]
 *
 * Runs the built command line, as a user would; build first. Memory is the peak the operating system accounts.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

interface Timing {
  readonly seconds: number;
  readonly peakMb: number;
  readonly metrics: { readonly cacheHits: number; readonly itemsPerSecond: number };
  readonly counts: { readonly total: number; readonly passed: number };
}

const cli = path.resolve(__dirname, "../dist/cli.js");

function run(folder: string): Timing {
  const output = path.join(folder, "report.json");
  const command = [process.execPath, cli, "eval", "trivial.hotpath-eval.yaml", "--format", "json", "--output", output];
  const timed = existsSync("/usr/bin/time") ? ["/usr/bin/time", "-f", "PEAK %M", ...command] : command;
  const [program = "", ...args] = timed;
  const started = performance.now();
  const { status, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, HOTPATH_CACHE_DIR: path.join(folder, "cache") },
  });
  if (status !== 0) throw new Error(stderr);
  const report = JSON.parse(readFileSync(output, "utf8")) as {
    readonly suites: readonly Omit<Timing, "seconds" | "peakMb">[];
  };
  const [suite] = report.suites;
  if (suite === undefined) throw new Error("the report holds no suite");
  return {
    seconds: (performance.now() - started) / 1000,
    peakMb: Number(/PEAK (\d+)/.exec(stderr)?.[1] ?? Number.NaN) / 1024,
    metrics: suite.metrics,
    counts: suite.counts,
  };
}

function main(): void {
  const { values } = parseArgs({ options: { cases: { type: "string", default: "50000" } } });
  const count = Number(values.cases);
  const folder = mkdtempSync(path.join(tmpdir(), "hotpath-bench-"));
  try {
    writeFileSync(
      path.join(folder, "trivial.hotpath-eval.yaml"),
      'providers: [{ id: e, type: echo }]\ncases: [{ id: a, kind: prompt, prompt: "say {{n}}", variables: rows.jsonl, assert: [{ type: contains, value: "{{n}}" }] }]\n',
    );
    writeFileSync(
      path.join(folder, "rows.jsonl"),
      Array.from({ length: count }, (_, n) => `{"n":"number ${n}"}\n`).join(""),
    );
    for (const name of ["first run", "from the cache"]) {
      const { seconds, peakMb, metrics, counts } = run(folder);
      console.log(
        `${name.padEnd(16)}${counts.passed}/${counts.total} passed, ${seconds.toFixed(1)} s, ${peakMb.toFixed(0)} MB, ${metrics.itemsPerSecond.toFixed(0)} a second, ${metrics.cacheHits} from the cache`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
