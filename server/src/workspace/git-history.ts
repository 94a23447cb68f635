/** Which files were changed together, asked of git without running anything the repository configures. Only for workspaces the user trusts. */
import { execFile } from "node:child_process";

/** Newest first; files relative to the folder. */
export type History = readonly { readonly files: readonly string[] }[];

const MOST_COMMITS = 2_000;
const LIMIT_MS = 20_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** A repository's own configuration may name programs (monitors, hooks, checkers of signatures, differs): none of them is started. */
const SAFE = [
  ...["--no-pager", "--no-optional-locks", "--literal-pathspecs"],
  ...["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "diff.external="],
  ...["-c", "log.showSignature=false", "-c", "log.mailmap=false", "-c", "protocol.allow=never"],
];
const LOG = ["log", "--no-merges", "--no-show-signature", "--no-ext-diff", "--no-textconv", "--no-renames"];
/** Nothing is fetched, nobody is asked for a password. */
const ENVIRONMENT = { GIT_ALLOW_PROTOCOL: "", GIT_NO_LAZY_FETCH: "1", GIT_TERMINAL_PROMPT: "0" };

/** Empty where there is no git, no repository, or no answer in time. Never rejects. */
export function readHistory(folder: string): Promise<History> {
  const args = [
    ...SAFE,
    ...LOG,
    `--max-count=${MOST_COMMITS}`,
    "--relative",
    "--name-only",
    "-z",
    "--format=%x01",
    ".",
  ];
  const options = {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: MOST_BYTES,
    timeout: LIMIT_MS,
    windowsHide: true,
    env: { ...process.env, ...ENVIRONMENT },
  } as const;
  return new Promise((resolve) => {
    try {
      execFile("git", args, options, (error, stdout) => resolve(error === null ? parse(stdout) : []));
    } catch {
      resolve([]);
    }
  });
}

function parse(log: string): History {
  return log
    .split("\u0001")
    .map((entry) => ({ files: entry.split("\0").flatMap((name) => (name.trim() === "" ? [] : [name.trim()])) }))
    .filter(({ files }) => files.length > 0);
}
