/** `--changed-since REV`: which files differ from a revision. */
import { resolve } from "node:path";
import { commitOf, git } from "./git.js";
import { slashes } from "./project-root.js";

const OPTION = "--changed-since";

/**
 * Absolute paths (`/` separators) of files that differ between `revision` and the working tree, untracked ones included.
 * Throws `UsageError` when there is no git, no repository or no such revision.
 */
export async function changedFiles(root: string, revision: string): Promise<ReadonlySet<string>> {
  const top = (await git(root, OPTION, revision, ["rev-parse", "--show-toplevel"])).trim();
  await commitOf(root, OPTION, revision);
  const compare = ["diff", "--name-only", "-z", "--no-ext-diff", "--no-textconv", "--no-renames", revision, "--"];
  const changed = await git(root, OPTION, revision, compare);
  const untracked = await git(top, OPTION, revision, ["ls-files", "-z", "--others", "--exclude-standard"]);
  const names = [...changed.split("\0"), ...untracked.split("\0")].filter((name) => name !== "");
  return new Set(names.map((name) => slashes(resolve(top, name))));
}
