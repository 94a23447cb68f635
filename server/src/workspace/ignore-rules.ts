/** Which paths of a folder tree are left out: `.gitignore` files at every level, the repository's own exclude file, and folders nobody writes code in. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ignore, { type Ignore } from "ignore";

/** Never entered, whatever ignore files say. */
const NEVER = new Set([
  "node_modules",
  ".git",
  ".hg",
  ".svn",
  ".next",
  ".nuxt",
  ".svelte-kit",
  ".turbo",
  ".cache",
  ".yarn",
  ".pnpm-store",
  ".vercel",
  ".serverless",
  ".output",
  "bower_components",
  "jspm_packages",
  "__pycache__",
  ".venv",
  "storybook-static",
  ".parcel-cache",
  ".angular",
  ".nx",
]);
/** Build output by custom; entered only where the name stands for something else, below a folder of sources. */
const OUTPUT = new Set(["dist", "build", "out", "coverage", "vendor", "target", "tmp", "public"]);

export interface IgnoreLevel {
  readonly folder: string;
  readonly rules: Ignore;
  readonly parent: IgnoreLevel | undefined;
}

/** The level of a root: its exclude file, the user's patterns, its `.gitignore`. */
export function rootLevel(root: string, patterns: readonly string[]): IgnoreLevel {
  const rules = ignore({ allowRelativePaths: true });
  const exclude = readOrUndefined(join(root, ".git", "info", "exclude"));
  if (exclude !== undefined) rules.add(exclude);
  rules.add([...patterns]);
  return withGitignore({ folder: root, rules, parent: undefined }, root);
}

/** The level of a folder: its own `.gitignore` on top of what holds above it. */
export function withGitignore(parent: IgnoreLevel, folder: string): IgnoreLevel {
  const text = readOrUndefined(join(folder, ".gitignore"));
  return text === undefined ? parent : { folder, rules: ignore({ allowRelativePaths: true }).add(text), parent };
}

/** Whether git would ignore a path. The innermost file with an opinion decides. */
export function isIgnored(level: IgnoreLevel, path: string, isFolder: boolean): boolean {
  for (let at: IgnoreLevel | undefined = level; at !== undefined; at = at.parent) {
    const relative = path.slice(at.folder.length + 1);
    if (relative === "") continue;
    const verdict = at.rules.test(isFolder ? `${relative}/` : relative);
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}

/** Folders that hold no sources by their name alone. `insideSources`: a folder called `src` or the like is above. */
export function isSkippedFolder(name: string, insideSources: boolean): boolean {
  return NEVER.has(name) || (OUTPUT.has(name) && !insideSources);
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
