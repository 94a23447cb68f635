/**
 * How often the file somebody changes next is among those guessed, replayed over the history of repositories:
 *
 *     npx tsx scripts/ranking/measure-next-file.ts GIT_DIR…
 *
 * The last commits of each repository are replayed in order. From each file of a commit, the others of the same commit and those of the same author's next commit
 * are looked for among the guesses. Imports are those of the day before the first replayed commit; what was changed together is learned up to the commit before.
 */
import { spawnSync } from "node:child_process";
import { createModuleResolver } from "../../server/src/project/module-graph.js";
import { parseManifests } from "../../server/src/project/manifests.js";
import { scanModules } from "../../server/src/facts/scan-modules.js";
import { createCoChange, MOST_FILES_OF_A_COMMIT, type CoChange } from "../../server/src/ranking/co-change.js";
import {
  nearby,
  NEXT_FILE_WEIGHTS,
  nextFiles,
  type NextFileQuestion,
  type NextFileSignal,
} from "../../server/src/ranking/next-files.js";

const REPLAYED = 300;
/** Files of one commit the guess starts from. */
const STARTS = 4;
const LEARNED = 2_000;
const SOURCE = /\.[cm]?[jt]sx?$/;
const LIMITS = [1, 5, 10] as const;

interface Commit {
  readonly id: string;
  readonly author: string;
  readonly files: readonly string[];
}

interface Graph {
  readonly files: readonly string[];
  readonly imports: ReadonlyMap<string, readonly string[]>;
  readonly importers: ReadonlyMap<string, readonly string[]>;
}

const none = Object.fromEntries(Object.keys(NEXT_FILE_WEIGHTS).map((name) => [name, 0])) as Record<
  NextFileSignal,
  number
>;
const only = (...signals: NextFileSignal[]): Record<NextFileSignal, number> => ({
  ...none,
  ...Object.fromEntries(signals.map((name) => [name, NEXT_FILE_WEIGHTS[name]])),
});
const without = (...signals: NextFileSignal[]): Record<NextFileSignal, number> => ({
  ...NEXT_FILE_WEIGHTS,
  ...Object.fromEntries(signals.map((name) => [name, 0])),
});
const VARIANTS: Readonly<Record<string, Readonly<Record<NextFileSignal, number>>>> = {
  "same folder": only("folder"),
  "imports alone": only("imports"),
  "imports and importers": only("imports", "importers"),
  "most recently changed": only("recent"),
  "names alike": only("name"),
  "changed together": only("together"),
  "all signals": NEXT_FILE_WEIGHTS,
  "all but folder": without("folder"),
  "all but imports": without("imports", "importers"),
  "all but recent": without("recent"),
  "all but names": without("name"),
  "all but together": without("together"),
  ...(process.env.TRY === undefined ? {} : (JSON.parse(process.env.TRY) as Record<string, typeof NEXT_FILE_WEIGHTS>)),
};

function git(directory: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync("git", ["--git-dir", directory, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    input,
  });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr.slice(0, 300)}`);
  return stdout;
}

/** Oldest first. */
function commitsOf(directory: string): readonly Commit[] {
  const args = ["log", "--no-merges", "-n", String(REPLAYED + LEARNED), "--name-only", "--no-renames"];
  return git(directory, [...args, "--format=%x01%H %ae"])
    .split("\u0001")
    .slice(1)
    .map((entry) => {
      const [head = "", ...files] = entry.split("\n").filter((line) => line !== "");
      const [id = "", author = ""] = head.split(" ");
      return { id, author, files: files.filter((file) => SOURCE.test(file)).map((file) => `/${file}`) };
    })
    .filter(({ files }) => 0 < files.length)
    .reverse();
}

function graphAt(directory: string, commit: string): Graph {
  const names = git(directory, ["ls-tree", "-r", "--name-only", "-z", commit]).split("\0");
  const wanted = names.filter((name) => SOURCE.test(name) || /(^|\/)(package|tsconfig[^/]*)\.json$/.test(name));
  const texts = new Map(wanted.map((name, i) => [`/${name}`, read(directory, commit, wanted)[i] ?? ""]));
  const manifests = [...texts].filter(([path]) => path.endsWith(".json")).map(([path, text]) => ({ path, text }));
  const sources = new Map([...texts].filter(([path]) => SOURCE.test(path)));
  const resolver = createModuleResolver(sources, parseManifests(manifests));
  const imports = new Map<string, readonly string[]>();
  const importers = new Map<string, string[]>();
  for (const [path, text] of sources) {
    const targets = scanModules(text).flatMap(({ module }) => {
      const target = resolver.resolve(path, module);
      return target.kind === "file" ? [target.file] : [];
    });
    imports.set(path, [...new Set(targets)]);
    for (const target of new Set(targets)) importers.set(target, [...(importers.get(target) ?? []), path]);
  }
  return { files: [...sources.keys()], imports, importers };
}

const readTexts = new Map<string, readonly string[]>();
function read(directory: string, commit: string, names: readonly string[]): readonly string[] {
  const known = readTexts.get(directory);
  if (known !== undefined) return known;
  const asked = names.map((name) => `${commit}:${name}\n`).join("");
  const { stdout } = spawnSync("git", ["--git-dir", directory, "cat-file", "--batch"], {
    maxBuffer: 2 ** 30,
    input: asked,
  });
  const texts: string[] = [];
  for (let at = 0; at < stdout.length;) {
    const newline = stdout.indexOf(10, at);
    const size = Number(stdout.toString("latin1", at, newline).split(" ")[2]);
    texts.push(Number.isNaN(size) ? "" : stdout.toString("utf8", newline + 1, newline + 1 + size));
    at = Number.isNaN(size) ? newline + 1 : newline + 1 + size + 1;
  }
  readTexts.set(directory, texts);
  return texts;
}

interface Score {
  queries: number;
  readonly hits: Record<(typeof LIMITS)[number], number>;
}

function replay(directory: string): { readonly scores: Map<string, Score>; readonly files: number } {
  const commits = commitsOf(directory);
  const start = Math.max(0, commits.length - REPLAYED);
  const together = createCoChange();
  for (const commit of commits.slice(0, start)) together.add(commit);
  const graph = graphAt(directory, `${commits[start]?.id ?? ""}^`);
  const known = new Set(graph.files);
  const recent = new Map<string, readonly string[]>();
  const scores = new Map<string, Score>();
  commits.slice(start).forEach((commit, i) => {
    const next = commits.slice(start + i + 1).find(({ author }) => author === commit.author);
    const files = commit.files.filter((file) => known.has(file));
    if (commit.files.length <= MOST_FILES_OF_A_COMMIT)
      for (const current of files.slice(0, STARTS)) {
        const wanted = new Set(
          [...files, ...(next?.files ?? [])].filter((file) => file !== current && known.has(file)),
        );
        if (wanted.size > 0) ask(graph, together, recent.get(commit.author) ?? [], current, wanted, scores);
      }
    together.add(commit);
    const before = recent.get(commit.author) ?? [];
    recent.set(commit.author, [...files, ...before.filter((file) => !files.includes(file))].slice(0, 20));
  });
  return { scores, files: graph.files.length };
}

function ask(
  { files, imports, importers }: Graph,
  together: CoChange,
  recent: readonly string[],
  current: string,
  wanted: ReadonlySet<string>,
  scores: Map<string, Score>,
): void {
  const known = new Set(files);
  const question: NextFileQuestion = {
    current,
    recent: recent.filter((path) => path !== current),
    imports: imports.get(current) ?? [],
    importers: importers.get(current) ?? [],
    evidence: [],
    together: new Map([...together.of(current)].filter(([path]) => known.has(path))),
    ...nearby(current, files),
  };
  for (const [name, weights] of Object.entries(VARIANTS)) {
    const guessed = nextFiles(question, Math.max(...LIMITS), weights).map(({ path }) => path);
    const score = scores.get(name) ?? { queries: 0, hits: { 1: 0, 5: 0, 10: 0 } };
    score.queries++;
    for (const limit of LIMITS) if (guessed.slice(0, limit).some((path) => wanted.has(path))) score.hits[limit]++;
    scores.set(name, score);
  }
}

const rates = new Map<string, number[][]>();
for (const directory of process.argv.slice(2)) {
  const { scores, files } = replay(directory);
  readTexts.clear();
  const name = /([^/]+)\/repo\/?$/.exec(directory)?.[1] ?? directory;
  console.log(`\n${name}: ${files} files, ${scores.get("all signals")?.queries ?? 0} questions`);
  for (const [variant, { queries, hits }] of scores) {
    const row = LIMITS.map((limit) => hits[limit] / queries);
    rates.set(variant, [...(rates.get(variant) ?? []), row]);
    console.log(`  ${variant.padEnd(24)} ${row.map((rate) => rate.toFixed(3)).join("  ")}`);
  }
}
console.log("\nmean over repositories");
for (const [variant, rows] of rates) {
  const mean = LIMITS.map((_, i) => rows.reduce((sum, row) => sum + (row[i] ?? 0), 0) / rows.length);
  console.log(`  ${variant.padEnd(24)} ${mean.map((rate) => rate.toFixed(3)).join("  ")}`);
}
