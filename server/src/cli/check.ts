/** `hotpath check`. */
import { renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Finding } from "../analysis/finding.js";
import type { Severity } from "../rules/define-rule.js";
import { version } from "../base/version.js";
import { remoteCheck } from "../daemon/remote-check.js";
import { recordScan } from "../history/finding-history.js";
import { analyze, readText, type Analysis } from "./analyze.js";
import { applyBaseline, makeBaseline, parseBaseline, type BaselineEntry } from "./baseline.js";
import { changedFiles } from "./changed-files.js";
import { UsageError, type ParsedCommand } from "./command-line.js";
import { applySafeFixes, writePatch } from "./fix.js";
import { formatGithub } from "./formats/github.js";
import { formatJson } from "./formats/json.js";
import { formatPretty } from "./formats/pretty.js";
import { formatSarif } from "./formats/sarif.js";
import { paletteFor } from "./palette.js";
import { progressLine } from "./progress-line.js";
import { isWanted, scopeOf, slashes, type CheckScope } from "./project-root.js";
import type { Report } from "./report.js";
import { renderTiming } from "./timing.js";
import { EXIT, type Terminal } from "./terminal.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import { databaseUrlFrom } from "../service/database-url.js";
import { unnamedFixes } from "../service/fixes.js";
import { sharedCacheFrom } from "../workspace/shared-cache.js";

const RANK: Readonly<Record<Severity, number>> = { hint: 0, information: 1, warning: 2, error: 3 };
const FAIL_RANK: Readonly<Record<string, number>> = { info: 1, warning: 2, error: 3, never: 4 };

/** Runs a check and returns the exit code. Throws `UsageError` for everything the caller did wrong. */
export async function check(command: ParsedCommand, terminal: Terminal): Promise<number> {
  const scope = scopeOf(command.positionals, terminal.cwd);
  const baselineFile = pathOption(command, terminal, "baseline");
  if (baselineFile === undefined && (command.flags.has("update-baseline") || command.flags.has("strict-baseline"))) {
    throw new UsageError("--update-baseline and --strict-baseline need --baseline FILE to say which file");
  }
  const revision = command.values["changed-since"]?.at(-1);
  const changed = revision === undefined ? undefined : await changedFiles(scope.root, revision);
  const started = performance.now();
  const analysis = await runAnalysis(command, terminal, scope);
  record(command, scope, analysis);
  const isJson = command.values["format"]?.at(-1) === "json";
  const asked = analysis.findings.filter((finding) => isWanted(scope, finding.path) && isTouched(finding, changed));

  if (baselineFile !== undefined && command.flags.has("update-baseline")) {
    writeWhole(baselineFile, `${JSON.stringify(makeBaseline(asked, scope.root), undefined, 2)}\n`);
    terminal.stderr.write(`wrote ${asked.length} findings to ${baselineFile}\n`);
    return EXIT.clean;
  }
  const baselined = baselineFile === undefined ? undefined : compare(asked, baselineFile, scope, changed);
  const report: Report = {
    root: scope.root,
    findings: baselined?.fresh ?? asked,
    problems: isJson ? [...analysis.problems, ...unnamedFixes(analysis.findings, readText)] : analysis.problems,
    rules: analysis.rules,
    stats: {
      files: analysis.stats.files,
      skipped: analysis.stats.skipped,
      durationMs: Math.round(performance.now() - started),
      cacheHits: analysis.stats.cacheHits,
    },
    ...(analysis.endpoints === undefined
      ? {}
      : { endpoints: analysis.endpoints.filter(({ file }) => isWanted(scope, file)) }),
    textOf: readText,
  };
  write(command, terminal, report);
  if (command.flags.has("timing")) terminal.stderr.write(renderTiming(analysis));
  return exitCode(command, report.findings, tellGone(baselined?.gone ?? [], terminal, baselineFile));
}

/** Whole analyses, of all rules, are points of the project's history. */
function record(command: ParsedCommand, { root }: CheckScope, { stats, findings }: Analysis): void {
  const isPart = ["rule", "config"].some((name) => command.values[name] !== undefined) || command.flags.has("no-cache");
  if (!isPart) recordScan(defaultCacheFolder(), [root], { ...stats, findings });
}

/** What only an analysis in this process can do. */
const LOCAL_FLAGS = ["no-daemon", "no-cache", "no-planner", "timing", "costs", "fix"];

async function runAnalysis(command: ParsedCommand, terminal: Terminal, scope: CheckScope): Promise<Analysis> {
  const line = progressLine(terminal.stderr);
  const configFile = pathOption(command, terminal, "config");
  const workers = command.values["workers"]?.at(-1);
  if (workers !== undefined && !/^\d{1,3}$/.test(workers))
    throw new UsageError(`--workers ${workers} is not a number from 0 to 999`);
  const statisticsFiles = (command.values["statistics"] ?? []).map((file) => resolve(terminal.cwd, file));
  const databaseUrl = databaseUrlFrom(terminal.env);
  // A daemon answers everybody: it knows nothing of what one user's environment points to.
  const isOwn = workers !== undefined || 0 < statisticsFiles.length || databaseUrl !== undefined;
  const patchFile = pathOption(command, terminal, "fix-review");
  const isJson = command.values["format"]?.at(-1) === "json";
  const isLocal = patchFile !== undefined || LOCAL_FLAGS.some((flag) => command.flags.has(flag));
  const profiles = (command.values["profile"] ?? []).map((file) => resolve(terminal.cwd, file));
  const remote = !isOwn && !isLocal && profiles.length === 0;
  const rules = command.values["rule"] ?? [];
  const answer = remote
    ? await remoteCheck(version, {
        root: scope.root,
        ...(configFile === undefined ? {} : { configFile }),
        rules,
        fixes: isJson,
      })
    : undefined;
  if (answer !== undefined) return { ...answer, work: undefined };
  try {
    return await analyze(
      {
        roots: [scope.root],
        ...(configFile === undefined ? {} : { configFile }),
        cacheFolder: command.flags.has("no-cache") ? undefined : defaultCacheFolder(),
        sharedCache: command.flags.has("no-cache") ? undefined : sharedCacheFrom(new Map(), terminal.env),
        extractWorkerFile: join(__dirname, "analysis-worker.js"),
        plannerFile: join(__dirname, "planner-process.js"),
        statisticsFiles,
        ...(databaseUrl === undefined ? {} : { databaseUrl }),
        overrides: {
          rules,
          ...(command.flags.has("no-planner") ? { noPlanner: "the planner is switched off" } : {}),
        },
        ...(workers === undefined ? {} : { workers: Number(workers) }),
      },
      (progress) => line.show(progress),
      {
        ...(command.flags.has("costs") ? { costs: true } : {}),
        profiles,
        ...(isJson ? { fixes: true } : {}),
        first: async (service) => {
          const isMeant = ({ path }: Finding): boolean => isWanted(scope, path);
          if (command.flags.has("fix")) await applySafeFixes(service, scope.root, isMeant, terminal);
          if (patchFile !== undefined) writePatch(service, scope.root, isMeant, patchFile, terminal);
        },
      },
    );
  } finally {
    line.clear();
  }
}

/** A finding counts as touched when its file, or a file its path runs through, has changed. */
function isTouched(finding: Finding, changed: ReadonlySet<string> | undefined): boolean {
  if (changed === undefined) return true;
  return changed.has(finding.path) || finding.related.some((place) => changed.has(place.path));
}

function compare(
  findings: readonly Finding[],
  file: string,
  scope: CheckScope,
  changed: ReadonlySet<string> | undefined,
): ReturnType<typeof applyBaseline> {
  const text = readText(file);
  if (text === undefined)
    throw new UsageError(`cannot read the baseline ${file}: create it with --baseline ${file} --update-baseline`);
  const baseline = parseBaseline(text);
  if ("error" in baseline)
    throw new UsageError(`cannot use the baseline ${file}, ${baseline.error}: write it anew with --update-baseline`);
  return applyBaseline(findings, baseline, (name) => {
    const path = `${scope.root}/${name}`;
    return isWanted(scope, path) && (changed === undefined || changed.has(path));
  });
}

/** Tells which baselined findings are gone; returns how many. */
function tellGone(gone: readonly BaselineEntry[], terminal: Terminal, file: string | undefined): number {
  if (gone.length === 0 || file === undefined) return gone.length;
  const shown = gone.slice(0, 5).map((entry) => `  ${entry.file}: ${entry.rule}`);
  const more = gone.length > shown.length ? [`  and ${gone.length - shown.length} more`] : [];
  terminal.stderr.write(
    [
      `${gone.length} baselined findings are gone; run again with --update-baseline to drop them from ${file}`,
      ...shown,
      ...more,
      "",
    ].join("\n"),
  );
  return gone.length;
}

function write(command: ParsedCommand, terminal: Terminal, report: Report): void {
  const output = pathOption(command, terminal, "output");
  const text = render(command.values["format"]?.at(-1) ?? "pretty", report, terminal, output !== undefined);
  if (output === undefined) terminal.stdout.write(text);
  else writeWhole(output, text);
}

function render(format: string, report: Report, terminal: Terminal, toFile: boolean): string {
  if (format === "json") return formatJson(report);
  if (format === "sarif") return formatSarif(report, version);
  if (format === "github") return formatGithub(report);
  return formatPretty(report, paletteFor(toFile ? {} : terminal.stdout, terminal.env));
}

function exitCode(command: ParsedCommand, findings: readonly Finding[], goneCount: number): number {
  const threshold = FAIL_RANK[command.values["fail-on"]?.at(-1) ?? "warning"] ?? 2;
  if (findings.some((finding) => RANK[finding.severity] >= threshold)) return EXIT.findings;
  return command.flags.has("strict-baseline") && goneCount > 0 ? EXIT.findings : EXIT.clean;
}

function pathOption(command: ParsedCommand, terminal: Terminal, name: string): string | undefined {
  const value = command.values[name]?.at(-1);
  return value === undefined ? undefined : resolve(terminal.cwd, value);
}

/** Writes beside the target first, so that an interrupted run never leaves half a file. */
function writeWhole(file: string, text: string): void {
  const partial = `${file}.${process.pid}.partial`;
  try {
    writeFileSync(partial, text);
    renameSync(partial, file);
  } catch (error) {
    throw new UsageError(
      `cannot write ${slashes(file)} (${error instanceof Error && "code" in error ? String(error.code) : "unknown error"}): choose a folder you may write to`,
    );
  }
}
