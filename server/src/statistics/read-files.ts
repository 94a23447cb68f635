/** Reads dumps of statistics from disk. A workspace may name only files of its own; the command line may name any. */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { readDump, type DumpContents } from "./read-dump.js";

export interface NamedDumps {
  readonly roots: readonly string[];
  /** Paths from a configuration: relative to a root, and below it. */
  readonly ofWorkspace: readonly string[];
  /** Absolute paths from the command line. */
  readonly ofUser: readonly string[];
}

export interface ReadDumps {
  readonly contents: readonly DumpContents[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

/** `pg_stats` of ten thousand columns takes a tenth of this. */
const maxBytes = 64 * 1024 * 1024;

export function readDumps({ roots, ofWorkspace, ofUser }: NamedDumps): ReadDumps {
  const contents: DumpContents[] = [];
  const problems: { path: string; message: string }[] = [];
  const take = (path: string, name: string): void => {
    const read = readOne(path, name);
    if (typeof read === "string") problems.push({ path, message: read });
    else contents.push(read);
  };
  for (const name of ofWorkspace) {
    const path = roots.map((root) => within(root, name)).find((one) => one !== undefined);
    if (path !== undefined) take(path, name);
    else {
      const message = `the statistics ${name} are not in this folder: give a path below it, or use --statistics on the command line`;
      problems.push({ path: join(roots[0] ?? "", "hotpath.config.json"), message });
    }
  }
  for (const path of ofUser) take(path, path.split(/[\\/]/).at(-1) ?? path);
  return { contents, problems };
}

/** The file's real path, if it is below the root: links that lead out are not followed. */
function within(root: string, name: string): string | undefined {
  if (isAbsolute(name)) return undefined;
  try {
    const [folder, file] = [realpathSync(root), realpathSync(join(root, name))];
    const way = relative(folder, file);
    return way === "" || way.startsWith("..") || isAbsolute(way) ? undefined : file;
  } catch {
    return undefined;
  }
}

function readOne(path: string, name: string): DumpContents | string {
  try {
    const { size } = statSync(path);
    if (maxBytes < size) return `${name} is larger than 64 MiB: save the columns of pg_class and pg_stats that count`;
    return readDump(readFileSync(path, "utf8"), name);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    return `cannot read the statistics ${name} (${code}): check the path`;
  }
}
