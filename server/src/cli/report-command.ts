/** `hotpath report --html FILE`: the dashboard as one file that needs nothing else, for people without an editor. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { version } from "../base/version.js";
import { runHistory } from "../evaluation-io/run-history.js";
import { endpointPoints } from "../history/endpoint-points.js";
import { readHistory, recordScan } from "../history/finding-history.js";
import type { DashboardData } from "../../../protocol/src/dashboard.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import { sharedCacheFrom } from "../workspace/shared-cache.js";
import { analyze } from "./analyze.js";
import { UsageError, type ParsedCommand } from "./command-line.js";
import { progressLine } from "./progress-line.js";
import { scopeOf } from "./project-root.js";
import { EXIT, type Terminal } from "./terminal.js";

/** Throws `UsageError` for everything the caller did wrong. */
export async function report(command: ParsedCommand, terminal: Terminal): Promise<number> {
  const target = command.values["html"]?.at(-1);
  if (target === undefined) throw new UsageError("say where to: hotpath report --html FILE");
  const { root } = scopeOf(command.positionals, terminal.cwd);
  const data = await dataOf(root, terminal);
  const file = resolve(terminal.cwd, target);
  try {
    writeFileSync(file, pageOf(data));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`cannot write ${file} (${code}): choose a folder you may write to`);
  }
  terminal.stderr.write(`wrote ${file}: ${data.history.at(-1)?.findings ?? 0} findings, open it in a browser\n`);
  return EXIT.clean;
}

async function dataOf(root: string, terminal: Terminal): Promise<DashboardData> {
  const cacheFolder = defaultCacheFolder();
  const roots = [root];
  const line = progressLine(terminal.stderr);
  const options = {
    roots,
    cacheFolder,
    sharedCache: sharedCacheFrom(new Map(), terminal.env),
    extractWorkerFile: join(__dirname, "analysis-worker.js"),
    plannerFile: join(__dirname, "planner-process.js"),
    overrides: {},
  };
  const analysis = await analyze(options, (progress) => line.show(progress), { costs: true }).finally(() =>
    line.clear(),
  );
  recordScan(cacheFolder, roots, { ...analysis.stats, findings: analysis.findings });
  const rules = Object.entries(analysis.work?.ruleMs ?? {}).map(([rule, totalMs]) => ({ rule, totalMs, runs: 1 }));
  return {
    version,
    workspace: root.slice(root.lastIndexOf("/") + 1),
    history: readHistory(cacheFolder, roots),
    evaluations: runHistory(cacheFolder, roots),
    endpoints: analysis.endpoints === undefined ? undefined : endpointPoints(analysis.endpoints, roots),
    rules: rules.sort((a, b) => b.totalMs - a.totalMs),
    methods: [],
    tiers: [],
    live: [],
  };
}

/** Script and style stand in the file, and nothing but them may run: their hashes are the policy. */
function pageOf(data: DashboardData): string {
  const read = (name: string): string => readFileSync(join(__dirname, name), "utf8");
  const [style, script] = [read("dashboard.css"), read("dashboard.js")];
  const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const parts: Readonly<Record<string, string>> = {
    policy: `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}`,
    nonce: "",
    style,
    script,
    // The only character that could end the element it stands in.
    data: JSON.stringify(data).replaceAll("<", "\\u003c"),
  };
  return read("dashboard.html").replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => parts[name] ?? "");
}
