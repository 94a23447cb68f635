/** The program as fixes may look at it. */
import type { FileFacts } from "../facts/model.js";
import type { FixProgram } from "../fixes/fix.js";
import type { FileView } from "../project/file-view.js";
import type { WorkspaceLinker } from "../project/linker.js";

/** Asks when it is asked, so it is made once. @param files By path. */
export function fixProgram(
  files: ReadonlyMap<string, { readonly facts: FileFacts }>,
  linker: WorkspaceLinker,
  viewOf: (path: string) => FileView | undefined,
): FixProgram {
  return {
    files: () => [...files.keys()],
    factsOf: (path) => files.get(path)?.facts,
    viewOf,
    fileOf: (from, specifier) => linker.fileOf(from, specifier),
    packagesAround: (path) => linker.packagesAround(path),
  };
}
