/**
 * Times whole checks of a folder beside other linters in the same run, and edits in the analyzer's host, and prints ratios.
 *
 *   npm run bench -- FOLDER [--runs 3] [--peers oxlint,biome,eslint] [--eslint-folder SUBFOLDER] [--against OTHER/dist/cli.js]
 *
 * The peers run the rule nearest to ours: `no-await-in-loop` (oxlint, Biome's `noAwaitInLoops`), and for typed ESLint
 * `@typescript-eslint/no-floating-promises` as well, because a rule that needs types is what a typed linter costs. Every run is a process of its own; the
 * median is printed, with peak memory as the operating system accounts it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { createService } from "../server/src/service/create-service.js";
import { drain } from "../server/src/service/slices.js";

const repository = path.resolve(__dirname, "..");
const peersFolder = path.join(__dirname, "node_modules");

interface Timing {
  readonly name: string;
  readonly seconds: number;
  readonly peakMb: number;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Runs a command several times under `/usr/bin/time`, when that is there, for its peak memory. */
function time(
  name: string,
  command: readonly string[],
  cwd: string,
  runs: number,
  env: NodeJS.ProcessEnv = {},
): Timing {
  const timed = existsSync("/usr/bin/time") ? ["/usr/bin/time", "-f", "PEAK %M", ...command] : [...command];
  const seconds: number[] = [];
  const peaks: number[] = [];
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    const [program = "", ...args] = timed;
    const { stderr, error } = spawnSync(program, args, {
      cwd,
      encoding: "utf8",
      maxBuffer: 2 ** 30,
      env: { ...process.env, ...env },
    });
    if (error !== undefined) throw error;
    seconds.push((performance.now() - started) / 1000);
    peaks.push(Number(/PEAK (\d+)/.exec(stderr)?.[1] ?? Number.NaN) / 1024);
  }
  return { name, seconds: median(seconds), peakMb: median(peaks) };
}

function hotpathTimings(folder: string, runs: number): Timing[] {
  const cache = mkdtempSync(path.join(tmpdir(), "hotpath-bench-"));
  const command = [
    process.execPath,
    path.join(repository, "dist/cli.js"),
    "check",
    folder,
    "--format",
    "json",
    "--fail-on",
    "never",
  ];
  try {
    const cold = time("hotpath, cold, no cache", [...command, "--no-cache"], folder, runs);
    time("fill", command, folder, 1, { HOTPATH_CACHE_DIR: cache });
    return [cold, time("hotpath, warm cache", command, folder, runs, { HOTPATH_CACHE_DIR: cache })];
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

function peerTimings(
  folder: string,
  runs: number,
  peers: readonly string[],
  eslintFolder: string | undefined,
): Timing[] {
  const bin = (name: string): string => path.join(peersFolder, ".bin", name);
  const scratch = mkdtempSync(path.join(tmpdir(), "hotpath-peers-"));
  const timings: Timing[] = [];
  try {
    if (peers.includes("oxlint")) {
      timings.push(
        time(
          "oxlint no-await-in-loop",
          [bin("oxlint"), "--allow", "all", "--deny", "no-await-in-loop", "--silent", "."],
          folder,
          runs,
        ),
      );
    }
    if (peers.includes("biome")) {
      timings.push(
        time(
          "biome noAwaitInLoops",
          [bin("biome"), "lint", "--only=performance/noAwaitInLoops", "--max-diagnostics=1", "."],
          folder,
          runs,
        ),
      );
    }
    if (peers.includes("eslint") && eslintFolder !== undefined) {
      const config = path.join(scratch, "eslint.config.mjs");
      const plugin = path.join(peersFolder, "typescript-eslint/dist/index.js");
      writeFileSync(
        config,
        `import ts from ${JSON.stringify(plugin)};
export default [{ files: ["**/*.ts"], languageOptions: { parser: ts.parser, parserOptions: { projectService: true } }, plugins: { ts: ts.plugin },
  rules: { "no-await-in-loop": "error", "ts/no-floating-promises": "error" }, linterOptions: { reportUnusedDisableDirectives: "off" } }];\n`,
      );
      timings.push(
        time(
          `typed ESLint (${path.basename(eslintFolder)})`,
          [bin("eslint"), "-c", config, "--no-warn-ignored", "."],
          eslintFolder,
          1,
        ),
      );
      timings.push(
        ...hotpathTimings(eslintFolder, 1).map((one) => ({
          ...one,
          name: `${one.name} (${path.basename(eslintFolder)})`,
        })),
      );
    }
    return timings;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Cold checks by this build and another one in turns, so that a machine whose speed drifts treats both alike; processor time is compared, which other work on
 * the machine disturbs least. Shows what a change costs (`git worktree add` and a build make the other).
 */
function compareBuilds(folder: string, runs: number, other: string): void {
  const own = path.join(repository, "dist/cli.js");
  const seconds = (cli: string): number => {
    const args = [cli, "check", folder, "--format", "json", "--fail-on", "never", "--no-cache", "--no-daemon"];
    const { status } = spawnSync("/usr/bin/time", ["-f", "%U", "-o", timeFile, process.execPath, ...args], {
      cwd: folder,
      maxBuffer: 2 ** 30,
    });
    if (status !== 0) throw new Error(`${cli} ended with ${String(status)}`);
    return Number(readFileSync(timeFile, "utf8").trim().split("\n").at(-1));
  };
  const scratch = mkdtempSync(path.join(tmpdir(), "hotpath-builds-"));
  const timeFile = path.join(scratch, "time");
  try {
    const pairs = Array.from({ length: runs }, () => ({ own: seconds(own), other: seconds(other) }));
    const ratio = median(pairs.map((pair) => pair.own / pair.other));
    console.log(
      `cold, this build ${median(pairs.map((pair) => pair.own)).toFixed(2)} s of processor time, the other ${median(pairs.map((pair) => pair.other)).toFixed(2)} s: ${ratio.toFixed(2)} × over ${runs} pairs`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Edit to findings, inside the host, for files of some lengths: a character typed into a function body, 60 times each. */
async function editLatencies(folder: string): Promise<void> {
  const service = await createService({ roots: [folder], cacheFolder: undefined, overrides: {}, workers: 0 });
  await drain(service.scan());
  service.refresh();
  const texts = service.files().map((file) => ({ file, text: readFileSync(file, "utf8") }));
  for (const wanted of [300, 1000, 2300]) {
    const [chosen] = texts
      .map((one) => ({ ...one, lines: one.text.split("\n").length }))
      .sort((a, b) => Math.abs(a.lines - wanted) - Math.abs(b.lines - wanted));
    if (chosen === undefined) continue;
    const times: number[] = [];
    for (let i = 0; i < 60; i++) {
      const started = performance.now();
      service.setOverlay(
        chosen.file,
        `${chosen.text}\nasync function typed() {\n  await Promise.resolve(${i});\n}\nvoid typed;\n`,
      );
      service.refresh();
      times.push(performance.now() - started);
    }
    service.setOverlay(chosen.file, undefined);
    service.refresh();
    const sorted = times.sort((a, b) => a - b);
    console.log(
      `edit of a ${chosen.lines}-line file in a workspace of ${texts.length}: p50 ${(sorted[30] ?? 0).toFixed(1)} ms, p95 ${(sorted[56] ?? 0).toFixed(1)} ms`,
    );
  }
  await service.close();
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: "string" },
      peers: { type: "string" },
      "eslint-folder": { type: "string" },
      against: { type: "string" },
    },
  });
  const folder = path.resolve(positionals[0] ?? path.join(repository, "test/workspaces/shop"));
  const runs = Number(values.runs ?? 3);
  if (values.against !== undefined) {
    compareBuilds(folder, runs, path.resolve(values.against));
    return;
  }
  const peers = (values.peers ?? "oxlint,biome,eslint")
    .split(",")
    .filter((name) => existsSync(path.join(peersFolder, ".bin", name)));
  if (peers.length === 0) console.log("no peers: npm install --prefix bench brings them");
  const own = hotpathTimings(folder, runs);
  const eslintFolder =
    values["eslint-folder"] === undefined ? undefined : path.resolve(folder, values["eslint-folder"]);
  const [base] = own;
  for (const one of [...own, ...peerTimings(folder, runs, peers, eslintFolder)]) {
    const ratio = base === undefined ? Number.NaN : one.seconds / base.seconds;
    console.log(
      `${one.name.padEnd(44)} ${one.seconds.toFixed(2).padStart(8)} s ${one.peakMb.toFixed(0).padStart(6)} MB  ${ratio.toFixed(2).padStart(7)} × cold`,
    );
  }
  await editLatencies(folder);
}

void main();
