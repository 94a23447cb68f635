/** `hotpath eval --compare-to`: what the present run is held against, be it an earlier run, another suite, or another commit. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { baselineCases, type BaselineCase } from "../evaluation/baseline.js";
import type { EvaluateOptions, EvaluationReport } from "../evaluation-io/evaluate.js";
import { findSuites } from "../evaluation-io/find-suites.js";
import { isSessionName, journalPath, journalResults, runsFolder } from "../evaluation-io/run-store.js";
import { UsageError } from "./command-line.js";
import { commitFolder, type CommitFolder } from "./commit-folder.js";
import { relativeTo } from "./report.js";

const OPTION = "--compare-to";

export interface Counterpart {
  /** For people: `commit 1a2b3c4`. */
  readonly label: string;
  /** Outcomes of a suite there, by id of the result. */
  casesOf(options: EvaluateOptions): Promise<Readonly<Record<string, BaselineCase>>>;
  dispose(): void;
}

/** Runs a suite to its end. */
export type RunSuite = (options: EvaluateOptions) => Promise<EvaluationReport>;

/**
 * @param reference A session of this project, a suite file, or a revision of its repository.
 * @param cwd Folder a suite file is relative to.
 */
export async function counterpartOf(
  reference: string,
  root: string,
  cwd: string,
  cacheFolder: string,
  run: RunSuite,
): Promise<Counterpart> {
  if (isSessionName(reference)) return earlierRun(reference, root, cacheFolder);
  const file = resolve(cwd, reference);
  if (/\.ya?ml$/.test(reference) && existsSync(file)) return otherSuite(file, run);
  const folder = await commitFolder(root, OPTION, reference);
  lendSuites(root, folder);
  return {
    label: `commit ${folder.commit.slice(0, 9)}`,
    async casesOf(options) {
      const suiteFile = join(folder.root, relativeTo(root, options.suiteFile));
      if (!existsSync(suiteFile))
        throw new UsageError(`${OPTION} ${reference} needs a suite of this project, not ${options.suiteFile}`);
      try {
        const there = { ...options, suiteFile, root: folder.root, otherRoots: [...options.otherRoots, folder.root] };
        return baselineCases((await run(there)).results());
      } finally {
        // The folder is gone soon, and nobody will ask for its runs.
        rmSync(runsFolder(cacheFolder, folder.root), { recursive: true, force: true });
      }
    },
    dispose: () => folder.dispose(),
  };
}

function earlierRun(session: string, root: string, cacheFolder: string): Counterpart {
  const path = journalPath(runsFolder(cacheFolder, root), session);
  if (!existsSync(path)) throw new UsageError(`there is no run ${session} of this project: run the suite first`);
  return {
    label: `run ${session}`,
    casesOf: () => Promise.resolve(baselineCases(journalResults(path))),
    dispose: () => undefined,
  };
}

function otherSuite(suiteFile: string, run: RunSuite): Counterpart {
  return {
    label: `suite ${suiteFile.slice(suiteFile.lastIndexOf("/") + 1)}`,
    casesOf: async (options) => baselineCases((await run({ ...options, suiteFile })).results()),
    dispose: () => undefined,
  };
}

/** Both sides answer the same questions: the suites are the present ones, what they are asked about is the commit's. */
function lendSuites(root: string, folder: CommitFolder): void {
  for (const suite of findSuites(root)) {
    const target = join(folder.root, relativeTo(root, suite));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(suite, target);
  }
}
