/** Files of suites on disk. A suite is untrusted text: it may read what lies in its project, and nothing else. */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FileText, SuiteFiles } from "../evaluation/suite-files.js";
import { discover } from "../workspace/discover.js";
import { readSource } from "../workspace/read-source.js";

/** A suite's data may be large, but it is read as a whole. */
const MAX_BYTES = 64 * 2 ** 20;
/** As for a check; see the setting `maxFileSize`. */
const MAX_SOURCE_BYTES = 2 * 2 ** 20;
/** Folders a pattern is allowed to look into, so that `/**` at a wrong place ends. */
const MAX_FOLDERS = 20_000;

/** @param roots Absolute folders that may be read. */
export function suiteFilesOnDisk(roots: readonly string[]): SuiteFiles {
  const real = roots.filter((root) => existsSync(root)).map((root) => slashes(realpathSync(root)));
  const allowed = (path: string): boolean => {
    const target = existsSync(path) ? slashes(realpathSync(path)) : path;
    return [...real, ...roots].some(
      (root) => target === root || target.startsWith(root.endsWith("/") ? root : `${root}/`),
    );
  };
  return {
    read: (path) => Promise.resolve(readText(path, allowed)),
    match: (pattern) => Promise.resolve(matching(pattern).filter(allowed)),
    async *sources(folder) {
      if (!allowed(folder) || !existsSync(folder)) return;
      for (const path of discover([folder], []).sources) {
        const source = readSource(path, MAX_SOURCE_BYTES);
        if (source.kind === "text") yield { path: path.slice(folder.length + 1), text: source.text };
        await Promise.resolve();
      }
    },
  };
}

function readText(path: string, allowed: (path: string) => boolean): FileText {
  if (!existsSync(path)) return { kind: "unreadable", reason: "there is no such file" };
  if (!allowed(path)) return { kind: "unreadable", reason: "it lies outside the project" };
  try {
    const info = statSync(path);
    if (!info.isFile()) return { kind: "unreadable", reason: "it is no file" };
    if (MAX_BYTES < info.size) return { kind: "unreadable", reason: "it is over 64 MiB" };
    return { kind: "text", text: readFileSync(path, "utf8").replace(/^\uFEFF/, "") };
  } catch (error) {
    return {
      kind: "unreadable",
      reason: error instanceof Error && "code" in error ? String(error.code) : "unknown error",
    };
  }
}

function matching(pattern: string): string[] {
  const segments = pattern.split("/");
  const firstWild = segments.findIndex((segment) => /[*?]/.test(segment));
  if (firstWild < 0) return existsSync(pattern) ? [pattern] : [];
  const base = segments.slice(0, firstWild).join("/");
  const wanted = new RegExp(
    `^${segments.slice(firstWild).map(segmentPattern).join("/").replaceAll("**/", "(?:[^/]+/)*")}$`,
  );
  const deep = segments.slice(firstWild).some((segment) => segment === "**");
  const depth = deep ? Infinity : segments.length - firstWild;
  return filesBelow(base === "" ? "/" : base, depth)
    .filter((path) => wanted.test(path.slice(base.length + 1)))
    .sort();
}

/** `**` stays as it is; the caller makes it stand for any number of folders. */
function segmentPattern(segment: string): string {
  if (segment === "**") return segment;
  return segment
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
}

function filesBelow(base: string, depth: number): string[] {
  const files: string[] = [];
  const work: { readonly folder: string; readonly left: number }[] = [{ folder: base, left: depth }];
  for (let seen = 0, next = work.pop(); next !== undefined && seen < MAX_FOLDERS; seen++, next = work.pop()) {
    const { folder, left } = next;
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = slashes(join(folder, entry.name));
        if (entry.isFile()) files.push(path);
        else if (entry.isDirectory() && entry.name !== "node_modules" && entry.name !== ".git" && 1 < left) {
          work.push({ folder: path, left: left - 1 });
        }
      }
    } catch {
      // A folder that cannot be read holds no suite file.
    }
  }
  return files;
}

export function slashes(path: string): string {
  return path.replaceAll("\\", "/");
}
