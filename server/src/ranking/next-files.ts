/**
 * Which files somebody will probably open after the one they are in. A guess that only decides what is done first, so it may be wrong; the same question gives
 * the same order everywhere. Weights are measured on the history of public repositories (docs/model.md).
 */

export interface NextFileQuestion {
  readonly current: string;
  /** Opened before it, the latest first. */
  readonly recent: readonly string[];
  /** Files it imports, and files that import it. */
  readonly imports: readonly string[];
  readonly importers: readonly string[];
  /** Where the evidence of its findings leads, and files whose findings lead to it. */
  readonly evidence: readonly string[];
  /** How often each file was changed together with it, as a share of its own changes: 0 to 1. */
  readonly together: ReadonlyMap<string, number>;
  /** Files of its folder, and how alike the names of files are to its own: 0 to 1. See `nearby`. */
  readonly folder: readonly string[];
  readonly named: ReadonlyMap<string, number>;
}

export type NextFileSignal = "recent" | "imports" | "importers" | "evidence" | "together" | "folder" | "name";

export interface NextFile {
  readonly path: string;
  readonly score: number;
  /** What speaks for it, the strongest first. */
  readonly signals: readonly NextFileSignal[];
}

export type NextFileWeights = Readonly<Record<NextFileSignal, number>>;

export const NEXT_FILE_WEIGHTS: NextFileWeights = {
  together: 4,
  recent: 1,
  evidence: 1,
  imports: 0.5,
  importers: 0.5,
  name: 1,
  folder: 0.3,
};

/** Best first, ties by path; the current file is not among them. */
export function nextFiles(
  question: NextFileQuestion,
  limit: number,
  weights: NextFileWeights = NEXT_FILE_WEIGHTS,
): readonly NextFile[] {
  const found = new Map<string, { score: number; parts: { signal: NextFileSignal; part: number }[] }>();
  const add = (signal: NextFileSignal, path: string, strength: number): void => {
    const part = weights[signal] * strength;
    if (part <= 0 || path === question.current) return;
    const one = found.get(path) ?? { score: 0, parts: [] };
    if (one.parts.some((other) => other.signal === signal)) return;
    one.score += part;
    one.parts.push({ signal, part });
    found.set(path, one);
  };
  for (const [path, share] of question.together) add("together", path, share);
  question.recent.forEach((path, i) => add("recent", path, 1 / (1 + i)));
  for (const path of question.imports) add("imports", path, 1);
  for (const path of question.importers) add("importers", path, 1 / Math.sqrt(question.importers.length));
  for (const path of question.evidence) add("evidence", path, 1);
  for (const path of question.folder) add("folder", path, 1);
  for (const [path, share] of question.named) add("name", path, share);
  return [...found]
    .map(([path, { score, parts }]) => ({
      path,
      score,
      signals: parts.sort((a, b) => b.part - a.part || (a.signal < b.signal ? -1 : 1)).map(({ signal }) => signal),
    }))
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1))
    .slice(0, limit);
}

/** What the paths alone say: files of the same folder, and files whose name shares words with that of the current one. */
export function nearby(current: string, files: readonly string[]): Pick<NextFileQuestion, "folder" | "named"> {
  const folder = folderOf(current);
  const own = wordsOfName(current);
  const named = new Map<string, number>();
  for (const path of files) {
    const other = wordsOfName(path);
    const shared = [...own].filter((word) => other.has(word)).length;
    if (shared > 0 && path !== current) named.set(path, shared / (own.size + other.size - shared));
  }
  return { folder: files.filter((path) => path !== current && folderOf(path) === folder), named };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Said by so many files that it says nothing. */
const COMMON = new Set(["index", "types", "utils", "page", "route", "layout", "constants", "test", "spec"]);

/** `OrderItem.service.ts`: order, item, service. */
function wordsOfName(path: string): ReadonlySet<string> {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.[cm]?[jt]sx?$/, "");
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/);
  return new Set(words.filter((word) => word !== "" && !COMMON.has(word)));
}
