/** `--changed-since REV`: which files differ from a revision, asked of git without running anything the repository configures. */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { UsageError } from "./command-line.js";
import { slashes } from "./project-root.js";

const run = promisify(execFile);

/**
 * The workspace is untrusted: these settings keep a repository's own configuration from making git start programs
 * (file-system monitors, external diff and text-conversion drivers, hooks).
 */
const SAFE = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "diff.external="];

/**
 * Absolute paths (`/` separators) of files that differ between `revision` and the working tree, untracked ones included.
 * Throws `UsageError` when there is no git, no repository or no such revision.
 */
export async function changedFiles(root: string, revision: string): Promise<ReadonlySet<string>> {
  if (revision.startsWith("-")) throw new UsageError(`${revision} is not a revision: name a commit, branch or tag`);
  const top = (await git(root, revision, ["rev-parse", "--show-toplevel"])).trim();
  await git(root, revision, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]);
  const changed = await git(root, revision, [
    "diff",
    "--name-only",
    "-z",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    revision,
    "--",
  ]);
  const untracked = await git(top, revision, ["ls-files", "-z", "--others", "--exclude-standard"]);
  const names = [...changed.split("\0"), ...untracked.split("\0")].filter((name) => name !== "");
  return new Set(names.map((name) => slashes(resolve(top, name))));
}

async function git(cwd: string, revision: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run("git", [...SAFE, ...args], { cwd, maxBuffer: 1 << 28, timeout: 60_000 });
    return stdout;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new UsageError("--changed-since needs git, which was not found: install it or leave the option out");
    }
    if (args.includes("--show-toplevel"))
      throw new UsageError("--changed-since needs a git repository: run it inside one or leave the option out");
    throw new UsageError(`git does not know the revision ${revision}: name a commit, branch or tag that exists here`);
  }
}
