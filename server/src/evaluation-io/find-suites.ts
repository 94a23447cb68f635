/** Suites of a folder, by their name. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suiteFileName } from "../../../protocol/src/evaluation.js";
import { slashes } from "./suite-files-on-disk.js";

/** Folders that are looked into before it is given up: a home folder opened by mistake must not be walked to its end. */
const MAX_FOLDERS = 50_000;
const SKIPPED = new Set(["node_modules", ".git", "dist", "build", "out", "coverage", ".next", "vendor"]);

export function isSuiteName(name: string): boolean {
  return suiteFileName.test(name);
}

/** Absolute paths with `/` separators, sorted. */
export function findSuites(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const found: string[] = [];
  const work = [folder];
  for (let seen = 0, next = work.pop(); next !== undefined && seen < MAX_FOLDERS; seen++, next = work.pop()) {
    for (const entry of entriesOf(next)) {
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) work.push(join(next, entry.name));
      else if (entry.isFile() && isSuiteName(entry.name)) found.push(slashes(join(next, entry.name)));
    }
  }
  return found.sort();
}

function entriesOf(folder: string): ReturnType<typeof readEntries> {
  try {
    return readEntries(folder);
  } catch {
    return [];
  }
}

function readEntries(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}
