/** Finds the files of a workspace: sources, and the manifests that say how modules are found and which versions are installed. */
import { opendirSync, type Dirent } from "node:fs";
import { join } from "node:path";
import { isIgnored, isSkippedFolder, rootLevel, withGitignore, type IgnoreLevel } from "./ignore-rules.js";

export interface Discovery {
  /** Absolute paths with `/` separators, sorted. */
  readonly sources: readonly string[];
  readonly manifests: readonly string[];
  /** SQL, Prisma schemas and journals of migrations. */
  readonly schemas: readonly string[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

const SOURCE = /\.(ts|tsx|mts|cts|js|jsx|mjs|cjs)$/;
const MINIFIED_NAME = /[.-](min|bundle|umd|chunk|packed)\.[cm]?js$/;
/** Below one of these, a folder called `build` or `public` is part of the program. */
const SOURCE_FOLDER = /^(src|app|server|source|lib)$/;
const MANIFEST =
  /^(package\.json|(tsconfig|jsconfig)([.-][\w.-]*)?\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock)$/;

export function isSourceName(name: string): boolean {
  return SOURCE.test(name) && !MINIFIED_NAME.test(name);
}

/** SQL, Prisma schemas, and Drizzle's list of migrations. */
export function isSchemaName(name: string): boolean {
  return /\.(?:sql|prisma)$|^_journal\.json$/.test(name);
}

export function isManifestName(name: string): boolean {
  return MANIFEST.test(name);
}

interface Folder {
  readonly path: string;
  readonly level: IgnoreLevel;
  readonly insideSources: boolean;
}

/**
 * Walks the roots. Symbolic links are not followed: what they point at is either found at its own place or lies outside. Sockets, pipes
 * and devices are never opened.
 */
export function discover(roots: readonly string[], exclude: readonly string[]): Discovery {
  const sources = new Set<string>();
  const manifests = new Set<string>();
  const schemas = new Set<string>();
  const problems: { path: string; message: string }[] = [];
  const work: Folder[] = roots.map((root) => ({ path: root, level: rootLevel(root, exclude), insideSources: false }));
  for (let folder = work.pop(); folder !== undefined; folder = work.pop()) {
    const entries = readFolder(folder.path);
    if (typeof entries === "string") {
      problems.push({ path: folder.path, message: `this folder cannot be read (${entries}) and was skipped` });
      continue;
    }
    const level =
      entries.some((entry) => entry.name === ".gitignore") && folder.path !== folder.level.folder
        ? withGitignore(folder.level, folder.path)
        : folder.level;
    for (const entry of entries) {
      const path = join(folder.path, entry.name).replaceAll("\\", "/");
      if (entry.isDirectory()) {
        if (isSkippedFolder(entry.name, folder.insideSources) || isIgnored(level, path, true)) continue;
        work.push({ path, level, insideSources: folder.insideSources || SOURCE_FOLDER.test(entry.name) });
      } else if (entry.isFile()) {
        if (isManifestName(entry.name)) manifests.add(path);
        else if (isSourceName(entry.name) && !isIgnored(level, path, false)) sources.add(path);
        else if (isSchemaName(entry.name) && !isIgnored(level, path, false)) schemas.add(path);
      }
    }
  }
  return { sources: [...sources].sort(), manifests: [...manifests].sort(), schemas: [...schemas].sort(), problems };
}

/** Entries of a folder, or the error code that kept them from being read. */
function readFolder(path: string): Dirent[] | string {
  try {
    const folder = opendirSync(path, { bufferSize: 256 });
    const entries: Dirent[] = [];
    try {
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) entries.push(entry);
    } finally {
      folder.closeSync();
    }
    return entries;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  }
}

/** Whether the walk of `root` would find a file: no folder on the way to it is skipped or ignored. */
export function isDiscoverable(path: string, root: string, exclude: readonly string[]): boolean {
  const segments = path.slice(root.length + 1).split("/");
  const name = segments.pop() ?? "";
  let level = rootLevel(root, exclude);
  let folder = root;
  let insideSources = false;
  for (const segment of segments) {
    folder = `${folder}/${segment}`;
    if (isSkippedFolder(segment, insideSources) || isIgnored(level, folder, true)) return false;
    insideSources ||= SOURCE_FOLDER.test(segment);
    level = withGitignore(level, folder);
  }
  return (isSourceName(name) || isSchemaName(name)) && !isIgnored(level, path, false);
}
