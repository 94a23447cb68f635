/** Command cases as work: a test or benchmark command of the project, run in trusted folders only. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { contentHash } from "../../base/content-hash.js";
import { judgeCommand, type CommandObservation } from "../../evaluation/command/judge-command.js";
import { readResults } from "../../evaluation/command/test-results.js";
import type { ItemDraft, PlanContext } from "../../evaluation/plan-context.js";
import type { CommandCase } from "../../evaluation/suite.js";
import { CaseError, type Observation } from "../../evaluation/work.js";
import type { Outside } from "../outside.js";
import { redactor } from "../providers/redact.js";
import { runProgram, type ProgramEnd } from "./run-program.js";

const MAX_RESULT_BYTES = 64 * 2 ** 20;

export async function planCommand(
  one: CommandCase,
  context: PlanContext,
  outside: Outside,
): Promise<readonly ItemDraft[]> {
  if (!outside.trusted) {
    context.fault(one.place, "commands run in trusted folders only: trust this one first");
    return [];
  }
  const folder = resolve(dirname(one.place.file), one.folder ?? ".");
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    context.fault(one.place, `there is no folder \`${one.folder ?? "."}\`: paths are relative to the suite`);
    return [];
  }
  return [
    {
      cacheKey: context.settings.commandCache ? await keyOf(one, folder, context) : undefined,
      // What is timed must not share the machine with other cases.
      alone: one.reads === "hyperfine",
      observe: ({ signal }) => observe(one, folder, outside, signal),
      judge: (observation) => judgeCommand(one, observation),
    },
  ];
}

/** What the command says and the sources it can see; what else it depends on nobody knows. */
async function keyOf(one: CommandCase, folder: string, { files }: PlanContext): Promise<string> {
  const texts: string[] = [];
  for await (const { path, text } of files.sources(folder)) texts.push(path, contentHash(text));
  return contentHash(JSON.stringify([one.run, one.env, one.reads, one.results ?? null, texts]));
}

async function observe(one: CommandCase, folder: string, outside: Outside, signal: AbortSignal): Promise<Observation> {
  const resultFile = one.results === undefined ? undefined : resolve(folder, one.results);
  const startedAt = Date.now();
  const started = outside.clock.now();
  const env = { ...withoutStoredKeys(outside.env), ...one.env };
  const end = await runProgram(one.run, { cwd: folder, env }, signal).catch((error: unknown) => {
    throw notStarted(one, error);
  });
  const redact = redactor(outside.env, (outside.env["HOTPATH_STORED_KEYS"] ?? "").split(","));
  const observation: CommandObservation = {
    exitCode: end.exitCode,
    ms: Math.round((outside.clock.now() - started) * 100) / 100,
    output: redact(end.tail),
    ...resultsOf(one, end, resultFile, startedAt),
  };
  return { ...observation };
}

/** Keys the editor keeps for models are none of a command's business; those the user has set otherwise are the user's. */
function withoutStoredKeys(env: Outside["env"]): NodeJS.ProcessEnv {
  const stored = new Set(["HOTPATH_STORED_KEYS", ...(env["HOTPATH_STORED_KEYS"] ?? "").split(",")]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !stored.has(name)));
}

function notStarted({ run }: CommandCase, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const why = error.code === "ENOENT" ? "it is not installed, or the path is wrong" : String(error.code);
  return new CaseError(`\`${run[0] ?? ""}\` cannot be started: ${why}`);
}

/** Clocks of file systems may be this much behind, milliseconds. */
const CLOCK_SLACK_MS = 2000;

function resultsOf(
  one: CommandCase,
  end: ProgramEnd,
  file: string | undefined,
  startedAt: number,
): Pick<CommandObservation, "results" | "unreadable"> {
  if (one.reads === "exit") return {};
  const text = file === undefined ? end.stdout : readResultFile(file, one.results ?? "", startedAt);
  if (typeof text !== "string") return text;
  const read = readResults(one.reads, text);
  return typeof read === "string" ? { unreadable: read } : { results: read };
}

function readResultFile(file: string, name: string, startedAt: number): string | { readonly unreadable: string } {
  if (!existsSync(file)) return { unreadable: `there is no file \`${name}\` after it ran` };
  const { size, mtimeMs } = statSync(file);
  // Results of an earlier run must not be taken for this one's.
  if (mtimeMs < startedAt - CLOCK_SLACK_MS) return { unreadable: `\`${name}\` is older than this run` };
  if (MAX_RESULT_BYTES < size) return { unreadable: `\`${name}\` is over 64 MiB` };
  return readFileSync(file, "utf8");
}
