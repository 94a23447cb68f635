/** Detection cases as work: one item for each case of a case file, one for a labelled folder. */
import { dirname, resolve } from "node:path/posix";
import { contentHash } from "../../base/content-hash.js";
import { parseCaseFile, type Case } from "../case-file.js";
import type { ItemDraft, PlanContext } from "../plan-context.js";
import type { DetectCase, FolderLabel } from "../suite.js";
import { CaseError, type Observation, type Verdict, type WorkContext } from "../work.js";
import type { Analyzer, FoundPlace, ProjectFile } from "./analyzer.js";
import { readLabels } from "./read-labels.js";
import { scoreFindings, type Label } from "./score.js";

export async function planDetect(one: DetectCase, context: PlanContext): Promise<readonly ItemDraft[]> {
  return one.folder === undefined ? await caseFileDrafts(one, context) : await folderDrafts(one, one.folder, context);
}

async function caseFileDrafts(one: DetectCase, context: PlanContext): Promise<readonly ItemDraft[]> {
  const base = dirname(one.place.file);
  const drafts: ItemDraft[] = [];
  for (const pattern of one.files ?? []) {
    const files = await context.files.match(resolve(base, pattern));
    if (files.length === 0) context.fault(one.place, `\`${pattern}\` names no file: paths are relative to the suite`);
    for (const file of files) drafts.push(...(await draftsOfFile(one, file, context)));
  }
  return drafts;
}

async function draftsOfFile(one: DetectCase, file: string, context: PlanContext): Promise<readonly ItemDraft[]> {
  const read = await context.files.read(file);
  if (read.kind === "unreadable") {
    context.fault(one.place, `${file} cannot be read: ${read.reason}`);
    return [];
  }
  try {
    const name = file.slice(file.lastIndexOf("/") + 1).replace(/\.md$/, "");
    return parseCaseFile(read.text).map((labelled) => caseDraft(one, labelled, file, name, context.analyzer));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const line = Number(/^line (\d+)/.exec(said)?.[1] ?? 1);
    context.fault({ file, line, column: 1 }, said.replace(/^line \d+: /, ""));
    return [];
  }
}

function caseDraft(one: DetectCase, labelled: Case, file: string, name: string, analyzer: Analyzer): ItemDraft {
  const files: readonly ProjectFile[] = labelled.blocks.map(({ path, text }) => ({ path, text }));
  const labels = labelsOf(labelled, file, name);
  const { identity, families } = analyzer;
  return {
    suffix: `${name}: ${labelled.title}`,
    title: labelled.title,
    place: { file, line: labelled.line, column: 1 },
    cacheKey: identity === undefined ? undefined : contentHash(JSON.stringify([identity, files, one.rules])),
    observe: (context) => observe(() => analyzer.analyzeTexts(files, one.rules, stopper(context))),
    judge: (observation) => {
      const placeOf = (path: string, line: number): { file: string; line: number } => ({
        file,
        line: markdownLine(labelled, path, line),
      });
      return verdictOf(observation, labels, families, placeOf);
    },
  };
}

/** What was found, and how long that took. */
async function observe(analyze: () => Promise<readonly FoundPlace[]>): Promise<Observation> {
  const started = performance.now();
  const found = await analyze();
  return { found, analysisMs: performance.now() - started };
}

function stopper({ signal, deadline }: WorkContext): () => void {
  // Timers cannot fire while the analyzer holds the thread, so the clock is read instead.
  return () => {
    if (signal.aborted) throw new CaseError("stopped");
    if (deadline < performance.now()) throw new CaseError("it did not finish within its time limit");
  };
}

/**
 * Marks are labels. `Missed:` and `Mistaken:` cases state the analyzer's present mistakes, so there the labels are the contrary of the marks: a finding
 * somewhere in the first block, and none.
 */
function labelsOf(labelled: Case, file: string, name: string): Label[] {
  if (labelled.claim === "Mistaken") return [];
  if (labelled.claim === "Missed") {
    const path = labelled.blocks[0]?.path ?? "";
    return [{ file: path, line: undefined, expect: name, shownFile: file, shownLine: labelled.line }];
  }
  return labelled.blocks.flatMap((block) =>
    block.marks
      .filter((mark) => mark.kind === "finding")
      .map((mark) => ({
        file: block.path,
        line: mark.line + 1,
        expect: mark.rule ?? name,
        shownFile: file,
        shownLine: markdownLine(labelled, block.path, mark.line + 1),
      })),
  );
}

/** Line of the case file on which a line of a block's code stands; marker lines were taken out of the code. */
function markdownLine(labelled: Case, path: string, line: number): number {
  const block = labelled.blocks.find((candidate) => candidate.path === path);
  if (block === undefined) return labelled.line;
  return block.lines[0] + line + block.marks.filter((mark) => mark.line + 1 < line).length;
}

async function folderDrafts(one: DetectCase, folder: string, context: PlanContext): Promise<readonly ItemDraft[]> {
  const base = resolve(dirname(one.place.file), folder);
  const given = await readLabels(one, context);
  if (given === undefined) return [];
  const { analyzer } = context;
  const texts: [string, string][] = [];
  for await (const { path, text } of context.files.sources(base)) texts.push([path, contentHash(text)]);
  if (texts.length === 0) {
    context.fault(one.place, `\`${folder}\` holds no code: the path is relative to the suite`);
    return [];
  }
  const labels = given.map(({ file, line, expect }: FolderLabel): Label => {
    const known = texts.some(([path]) => path === file);
    if (!known) context.fault(one.place, `a label names \`${file}\`, which is not in \`${folder}\``);
    return { file, line, expect, shownFile: `${base}/${file}`, shownLine: line };
  });
  const placeOf = (path: string, line: number): { file: string; line: number } => ({ file: `${base}/${path}`, line });
  return [
    {
      cacheKey:
        analyzer.identity === undefined
          ? undefined
          : contentHash(JSON.stringify([analyzer.identity, texts, one.rules])),
      observe: (work) => observe(() => analyzer.analyzeFolder(base, one.rules, stopper(work))),
      judge: (observation) => verdictOf(observation, labels, analyzer.families, placeOf),
    },
  ];
}

function verdictOf(
  observation: Observation,
  labels: readonly Label[],
  families: ReadonlyMap<string, string>,
  placeOf: (file: string, line: number) => { readonly file: string; readonly line: number },
): Verdict {
  const found = observation["found"] as readonly FoundPlace[];
  const score = scoreFindings(found, labels, families, placeOf);
  const passed = score.messages.length === 0;
  const metrics = { latencyMs: Number(observation["analysisMs"]) };
  return { passed, score: passed ? 1 : 0, messages: score.messages, metrics, families: score.families };
}
