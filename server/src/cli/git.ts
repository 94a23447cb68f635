/** Git, asked without running anything a repository configures. */
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { UsageError } from "./command-line.js";

const run = promisify(execFile);

/**
 * The workspace is untrusted: these settings keep a repository's own configuration from making git start programs
 * (file-system monitors, external diff and text-conversion drivers, hooks).
 */
const SAFE = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "diff.external="];

/** Output of a git command. Throws `UsageError` when there is no git, no repository, or no such revision. `option` names what asked for it. */
export async function git(cwd: string, option: string, revision: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run("git", [...SAFE, ...args], { cwd, maxBuffer: 1 << 28, timeout: 60_000 });
    return stdout;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new UsageError(`${option} needs git, which was not found: install it or leave the option out`);
    }
    if (args.includes("--show-toplevel"))
      throw new UsageError(`${option} needs a git repository: run it inside one or leave the option out`);
    throw new UsageError(`git does not know the revision ${revision}: name a commit, branch or tag that exists here`);
  }
}

/** Full hash of the commit a revision names. */
export async function commitOf(cwd: string, option: string, revision: string): Promise<string> {
  if (revision.startsWith("-")) throw new UsageError(`${revision} is not a revision: name a commit, branch or tag`);
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
  return (await git(cwd, option, revision, args)).trim();
}

/**
 * Contents of objects, in the order of their ids, as they are stored: no filter of the repository runs over them.
 * Rejects when git ends early.
 */
export async function readBlobs(
  cwd: string,
  ids: readonly string[],
  onBlob: (index: number, content: Buffer) => void,
): Promise<void> {
  const child = spawn("git", [...SAFE, "cat-file", "--batch"], { cwd, stdio: ["pipe", "pipe", "ignore"] });
  const state: { rest: Buffer; index: number } = { rest: Buffer.alloc(0), index: 0 };
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => (state.index === ids.length ? resolve() : reject(new Error("git stopped early"))));
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(ids.map((id) => `${id}\n`).join(""));
  child.stdout.on("data", (chunk: Buffer) => {
    state.rest = state.rest.length === 0 ? chunk : Buffer.concat([state.rest, chunk]);
    for (;;) {
      const newline = state.rest.indexOf(10);
      if (newline < 0) return;
      const size = Number(state.rest.toString("latin1", 0, newline).split(" ")[2] ?? 0);
      // The content is followed by a line break of its own.
      const end = newline + 1 + size + 1;
      if (state.rest.length < end) return;
      onBlob(state.index++, state.rest.subarray(newline + 1, end - 1));
      state.rest = state.rest.subarray(end);
    }
  });
  await ended;
}
