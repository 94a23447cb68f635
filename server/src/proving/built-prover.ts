/** A prover made of the built files of a folder. */
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { createProver, type Prover } from "./create-prover.js";

/**
 * @param folder The built files: `prove-process.js` and `prove-sandbox.js`.
 * @param imageFile See `ProverOptions.imageFile`.
 */
export function builtProver(folder: string, imageFile?: string): Prover {
  return createProver({
    processFile: join(folder, "prove-process.js"),
    sandboxFile: join(folder, "prove-sandbox.js"),
    readable: [join(folder, sep), ...databaseFolders(folder)],
    ...(imageFile === undefined ? {} : { imageFile }),
  });
}

/** Where PGlite's own files are; nothing where it is not installed, and the process says so. */
function databaseFolders(folder: string): readonly string[] {
  try {
    const entry = createRequire(join(folder, "prove-process.js")).resolve("@electric-sql/pglite");
    return [join(dirname(dirname(entry)), sep), join(folder, "..", "package.json")];
  } catch {
    return [];
  }
}
