/** Which folder a check analyzes, given the paths somebody asked about. */
import { existsSync, statSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import { UsageError } from "./command-line.js";

export interface CheckScope {
  /** Folder that is analyzed as a whole, so that calls are followed everywhere in it. Absolute, `/` separators. */
  readonly root: string;
  /** Files and folders whose findings are wanted; empty means all. Absolute, `/` separators. */
  readonly wanted: readonly string[];
}

/**
 * A finding's cause can lie outside the folder asked about, so the whole project around it is analyzed: the nearest folder above all paths
 * with a `hotpath.config.json`, else the nearest repository (`.git`), else the outermost package below the working folder (a folder full of projects is not one
 * project), else the working folder if it holds the paths, else their common folder.
 * Throws `UsageError` for a path that does not exist.
 */
export function scopeOf(paths: readonly string[], cwd: string): CheckScope {
  const absolute = (paths.length === 0 ? ["."] : paths).map((path) => {
    const full = resolve(cwd, path);
    if (!existsSync(full)) throw new UsageError(`${path} does not exist: give a file or folder to check`);
    return full;
  });
  const common = absolute.map(folderOf).reduce(commonFolder);
  const root =
    nearestWith(common, "hotpath.config.json") ??
    nearestWith(common, ".git") ??
    outermostPackage(common, resolve(cwd)) ??
    (isInside(cwd, common) ? resolve(cwd) : common);
  const wanted = absolute.includes(root) ? [] : absolute;
  return { root: slashes(root), wanted: wanted.map(slashes) };
}

/** Whether a finding's file is one that was asked about. */
export function isWanted(scope: CheckScope, path: string): boolean {
  return scope.wanted.length === 0 || scope.wanted.some((wanted) => path === wanted || path.startsWith(`${wanted}/`));
}

export function slashes(path: string): string {
  return sep === "/" ? path : path.replaceAll(sep, "/");
}

function folderOf(path: string): string {
  return statSync(path).isDirectory() ? path : dirname(path);
}

function commonFolder(a: string, b: string): string {
  let folder = a;
  while (!isInside(folder, b)) folder = dirname(folder);
  return folder;
}

function isInside(folder: string, path: string): boolean {
  const prefix = folder.endsWith(sep) ? folder : folder + sep;
  return path === folder || path.startsWith(prefix);
}

/** The highest folder with a `package.json` from one folder up to another that holds it. */
function outermostPackage(start: string, end: string): string | undefined {
  if (!isInside(end, start)) return undefined;
  let found: string | undefined;
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(resolve(folder, "package.json"))) found = folder;
    if (folder === end || dirname(folder) === folder) return found;
  }
}

function nearestWith(start: string, name: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(resolve(folder, name))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
