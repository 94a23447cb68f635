/** Who imports a file: the module graph backwards, with a dependency token for each file's list. */
import { type FilePath } from "./model.js";
import { type ModuleTarget } from "./module-graph.js";

export interface ImporterIndex {
  /** Files whose imports lead straight to `path`, sorted. */
  of(path: FilePath): readonly FilePath[];
  token(path: FilePath): number;
  /** Replaces where a file's imports lead; returns the tokens of the files it starts or stops to import. */
  replace(importer: FilePath, targets: readonly ModuleTarget[]): readonly number[];
}

/** @param newToken hands out a token nobody else uses. */
export function createImporterIndex(newToken: () => number): ImporterIndex {
  const importers = new Map<FilePath, Set<FilePath>>();
  const imported = new Map<FilePath, ReadonlySet<FilePath>>();
  const tokens = new Map<FilePath, number>();
  return {
    of: (path) => [...(importers.get(path) ?? [])].sort(),
    token(path) {
      let token = tokens.get(path);
      if (token === undefined) tokens.set(path, (token = newToken()));
      return token;
    },
    replace(importer, targets) {
      const before = imported.get(importer) ?? new Set<FilePath>();
      const now = new Set(targets.flatMap((target) => (target.kind === "file" ? [target.file] : [])));
      if (now.size === 0) imported.delete(importer);
      else imported.set(importer, now);
      const changed: FilePath[] = [];
      for (const path of before) {
        if (now.has(path)) continue;
        importers.get(path)?.delete(importer);
        changed.push(path);
      }
      for (const path of now) {
        if (before.has(path)) continue;
        const list = importers.get(path);
        if (list === undefined) importers.set(path, new Set([importer]));
        else list.add(importer);
        changed.push(path);
      }
      return changed.flatMap((path) => tokens.get(path) ?? []);
    },
  };
}
