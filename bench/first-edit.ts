/**
 * The first edit after remembered results: how long until something is told, and until all of it is, beside the ways there were before.
 *
 *   npm run build && npx tsx bench/first-edit.ts FOLDER [--runs 5] [--after 0,250,1000]
 *
 * An analyzer in its own thread, as the language server has it, opens the folder whose results an earlier run left, and one line is put above a file with findings so many
 * milliseconds after these were told. Baseline, in the same run: the same edit, answered only when everything has been loaded (`WorkspaceService.refresh`), which is how
 * every first edit was answered before. Last, an edit when the analyzer is ready. Processor time of the whole is printed with it.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { AsyncService } from "../server/src/lsp/async-service.js";
import { startServiceThread } from "../server/src/lsp/service-thread.js";
import { createService } from "../server/src/service/create-service.js";
import { drain } from "../server/src/service/slices.js";

const repository = path.resolve(__dirname, "..");
const workerFile = path.join(repository, "dist/workspace-worker.js");
/** Stands for the program in the key of remembered results. */
const build = "bench";
/** Results are kept when nothing waits for the planner. */
const overrides = { noPlanner: "a bench" };

interface Edit {
  readonly file: string;
  readonly text: string;
}

/** What can be opened of a folder. */
interface Bench {
  readonly folder: string;
  readonly cacheFolder: string;
  readonly edit: Edit;
}

interface Answer {
  /** Milliseconds until the edit's first answer. */
  readonly firstMs: number;
  /** Until everything it changed was told. */
  readonly allMs: number;
  /** Of another edit after that. */
  readonly nextMs: number;
  /** From the start of the scan until the remembered findings were told. */
  readonly openMs: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

async function timed(act: () => unknown): Promise<number> {
  const started = performance.now();
  await act();
  return performance.now() - started;
}

/** Types and refreshes as the language server does: newer text makes work under way give up. */
async function type(service: AsyncService, { file, text }: Edit, lines: number): Promise<void> {
  service.supersede();
  service.setOverlay(file, "\n".repeat(lines) + text);
  while ((await service.refresh()).cancelled);
}

async function inThread({ folder, cacheFolder, edit }: Bench, afterMs: number): Promise<Answer> {
  const service = startServiceThread(workerFile);
  const warm = new Promise<void>((resolve) => service.onWarm(resolve));
  try {
    const openMs = await timed(async () => {
      await service.open({ roots: [folder], cacheFolder, overrides, workers: 0, build });
      await service.scan(() => undefined);
      await service.refresh();
    });
    await pause(afterMs);
    const started = performance.now();
    await type(service, edit, 1);
    const firstMs = performance.now() - started;
    await warm;
    await service.refresh();
    const allMs = performance.now() - started;
    return { openMs, firstMs, allMs, nextMs: await timed(() => type(service, edit, 2)) };
  } finally {
    await service.close();
  }
}

/** The edit waits until everything is loaded and linked. */
async function whole({ folder, cacheFolder, edit }: Bench): Promise<number> {
  const service = await createService({ roots: [folder], cacheFolder, overrides, workers: 0, build });
  await drain(service.scan());
  if (service.isWarm()) throw new Error("no results were remembered");
  service.refresh();
  const ms = await timed(() => {
    service.setOverlay(edit.file, `\n${edit.text}`);
    service.refresh();
  });
  await service.close();
  return ms;
}

/** Leaves results for the others, and chooses a file of some 300 lines with findings. */
async function fill(folder: string, cacheFolder: string): Promise<Edit> {
  const service = await createService({ roots: [folder], cacheFolder, overrides, workers: 0, build });
  await drain(service.scan());
  service.refresh();
  const files = [...new Set(service.allFindings().map((finding) => finding.path))].filter((file) =>
    /\.[jt]sx?$/.test(file),
  );
  const texts = files.map((file) => ({ file, text: readFileSync(file, "utf8") }));
  const far = ({ text }: Edit): number => Math.abs(text.split("\n").length - 300);
  const [chosen] = texts.sort((a, b) => far(a) - far(b));
  await service.close();
  if (chosen === undefined) throw new Error("nothing is found there that could be edited");
  return chosen;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: "string" }, after: { type: "string" } },
  });
  const folder = path.resolve(positionals[0] ?? path.join(repository, "test/workspaces/shop"));
  const runs = Number(values.runs ?? 5);
  const cacheFolder = mkdtempSync(path.join(tmpdir(), "hotpath-first-edit-"));
  try {
    const bench = { folder, cacheFolder, edit: await fill(folder, cacheFolder) };
    const baseline: number[] = [];
    const answers = new Map<number, Answer[]>();
    for (let run = 0; run < runs; run++) {
      baseline.push(await whole(bench));
      for (const after of (values.after ?? "0,250,1000").split(",").map(Number))
        answers.set(after, [...(answers.get(after) ?? []), await inThread(bench, after)]);
    }
    const base = median(baseline);
    console.log(`${folder}: ${runs} runs, in turns; ${path.relative(folder, bench.edit.file)}`);
    console.log(`answered when everything is loaded   ${base.toFixed(0).padStart(6)} ms   1.000`);
    for (const [after, list] of answers) {
      const of = (pick: (answer: Answer) => number): string => median(list.map(pick)).toFixed(0).padStart(6);
      const ratio = median(list.map(({ firstMs }) => firstMs)) / base;
      const slowest = Math.max(...list.map(({ firstMs }) => firstMs));
      console.log(
        `edit ${String(after).padStart(4)} ms after the findings    ${of((one) => one.firstMs)} ms   ${ratio.toFixed(3)}   slowest ${slowest.toFixed(0)} ms, all told after ${of((one) => one.allMs)} ms, the next edit ${of((one) => one.nextMs)} ms, opened in ${of((one) => one.openMs)} ms`,
      );
    }
    const { user, system } = process.cpuUsage();
    console.log(`processor time of everything: ${((user + system) / 1e6).toFixed(1)} s`);
  } finally {
    rmSync(cacheFolder, { recursive: true, force: true });
  }
}

void main();
