/** Writes a file whole or not at all. */
import { chmodSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Undefined when it was written; otherwise why not, to follow "cannot be changed: ". Never throws. */
export function writeWhole(path: string, text: string): string | undefined {
  const partial = `${path}.${process.pid}.partial`;
  try {
    const known = statOf(path);
    // Renaming over a file takes rights to its folder alone, but a file that nobody may write is meant to stay as it is.
    if (known !== undefined && (known & 0o222) === 0) return "it is read-only";
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(partial, text);
    if (known !== undefined) chmodSync(partial, known & 0o777);
    renameSync(partial, known === undefined ? path : realpathSync(path));
    return undefined;
  } catch (error) {
    rmSync(partial, { force: true });
    return reasonOf(error);
  }
}

function statOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mode;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return `writing there is not allowed (${code})`;
  return code === "ENOSPC" ? "the disk is full" : `it cannot be written (${code})`;
}
