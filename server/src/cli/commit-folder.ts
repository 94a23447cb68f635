/** The files of a commit in a folder of their own, for running something on them. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { UsageError } from "./command-line.js";
import { commitOf, git, readBlobs } from "./git.js";
import { slashes } from "./project-root.js";

export interface CommitFolder {
  /** What `root` was at that commit. Absolute, `/` separators. */
  readonly root: string;
  /** Full hash. */
  readonly commit: string;
  /** Removes everything. */
  dispose(): void;
}

interface TreeEntry {
  readonly id: string;
  readonly path: string;
}

/**
 * Writes the files a commit has below `root` to a temporary folder, byte by byte as they are stored: filters, hooks and links of the repository are left
 * out. Installed packages are lent from `root`, since no commit holds them.
 * Throws `UsageError` for what the caller did wrong.
 */
export async function commitFolder(root: string, option: string, revision: string): Promise<CommitFolder> {
  const top = realpathSync((await git(root, option, revision, ["rev-parse", "--show-toplevel"])).trim());
  const commit = await commitOf(root, option, revision);
  const below = slashes(relative(top, realpathSync(root)));
  const listing = await git(top, option, revision, ["ls-tree", "-r", "-z", "--full-tree", commit, "--", below || "."]);
  const entries = listing.split("\0").flatMap(entryOf);
  if (entries.length === 0) throw new UsageError(`the commit ${revision} has no files here: name a later one`);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "hotpath-commit-")));
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const ids = entries.map(({ id }) => id);
    await readBlobs(top, ids, (index, content) => writeInside(folder, entries[index]?.path ?? "", content));
    const there = join(folder, below);
    mkdirSync(there, { recursive: true });
    lendPackages(root, there);
    return { root: slashes(there), commit, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** `100644 blob <id>\t<path>`; links and submodules have other modes. */
function entryOf(line: string): TreeEntry[] {
  const match = /^100\d{3} blob ([0-9a-f]+)\t(.+)$/s.exec(line);
  return match === null ? [] : [{ id: match[1] ?? "", path: match[2] ?? "" }];
}

/** A tree made by hand may name a path outside of it. */
function writeInside(folder: string, path: string, content: Buffer): void {
  const target = resolve(folder, path);
  if (!target.startsWith(folder + sep)) return;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content, { mode: 0o600 });
}

function lendPackages(from: string, to: string): void {
  const packages = join(from, "node_modules");
  if (existsSync(packages) && !existsSync(join(to, "node_modules")))
    symlinkSync(packages, join(to, "node_modules"), "junction");
}
