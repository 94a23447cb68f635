/** The files of this repository, for tests that check all of them. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

export const repositoryRoot = path.resolve(__dirname, "../..");

/** Tracked files and new ones that are not ignored, relative, with `/`. */
export function repositoryFiles(): string[] {
  return execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    cwd: repositoryRoot,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  })
    .split("\0")
    .filter((file) => file !== "" && existsSync(path.join(repositoryRoot, file)));
}
