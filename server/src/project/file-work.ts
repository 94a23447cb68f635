/** Asynchronous file work of Node.js and `fs-extra`: calls that wait for the disk without holding the event loop. */
import type { CallSite } from "./model.js";

/** Work that does not hang on its order: reads, and changes of separate files. */
const SEPARATE =
  /^(readFile|stat|lstat|access|readdir|realpath|copyFile|copy|unlink|rm|remove|writeFile|outputFile|readJson|writeJson|pathExists|utimes|chmod)$/;

export function isFileWork({ external }: CallSite): boolean {
  if (external === undefined || !SEPARATE.test(external.path.at(-1) ?? "")) return false;
  if (external.module === "node:fs/promises" || external.module === "fs-extra") return true;
  return external.module === "node:fs" && external.path.includes("promises");
}
