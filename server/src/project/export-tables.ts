/**
 * What barrels export: for a file with `export * from`, each name and the file that really declares it.
 *
 * A name that comes through a barrel depends on the file that declares it and on the barrel's table, which has a dependency token of its own: editing
 * any other file behind the barrel changes neither. A table is rebuilt when the export names of a file it was made from change.
 */
import { type FileFacts } from "../facts/model.js";
import { type FilePath } from "./model.js";
import { type ModuleTarget } from "./module-graph.js";
import { type ProjectFile } from "./project-file.js";

export interface ExportTable {
  readonly token: number;
  /** The file that declares a name reached through stars, its own names left out. */
  readonly origins: ReadonlyMap<string, FilePath>;
  /** Modules outside the workspace that are re-exported whole: they may export any name. */
  readonly packages: readonly ModuleTarget[];
}

export interface ExportTables {
  of(file: ProjectFile): ExportTable;
  /** Drops the tables made from a file; returns their tokens. */
  drop(path: FilePath): readonly number[];
}

interface Entry extends ExportTable {
  readonly madeFrom: ReadonlySet<FilePath>;
}

/** Files behind one barrel, at most. */
const maxBehind = 5000;

export function createExportTables(
  newToken: () => number,
  fileAt: (path: FilePath) => ProjectFile | undefined,
  resolve: (file: ProjectFile, specifier: string) => ModuleTarget,
): ExportTables {
  const tables = new Map<FilePath, Entry>();
  const tokens = new Map<FilePath, number>();

  const build = (root: ProjectFile, token: number): Entry => {
    const origins = new Map<string, FilePath>();
    const packages: ModuleTarget[] = [];
    const madeFrom = new Set<FilePath>();
    const visit = (file: ProjectFile): void => {
      if (madeFrom.has(file.path) || maxBehind < madeFrom.size) return;
      madeFrom.add(file.path);
      const { exports, stars } = file.names();
      if (file !== root) {
        for (const name of exports.keys()) {
          if (name !== "default" && name !== "=" && !origins.has(name)) origins.set(name, file.path);
        }
      }
      for (const star of stars) {
        const target = resolve(file, star.module ?? "");
        const next = target.kind === "file" ? fileAt(target.file) : undefined;
        if (next !== undefined) visit(next);
        else if (target.kind !== "file") packages.push(target);
      }
    };
    visit(root);
    return { token, origins, packages, madeFrom };
  };

  return {
    of(file) {
      let table = tables.get(file.path);
      if (table === undefined) {
        let token = tokens.get(file.path);
        if (token === undefined) tokens.set(file.path, (token = newToken()));
        tables.set(file.path, (table = build(file, token)));
      }
      return table;
    },
    drop(path) {
      const dropped: number[] = [];
      for (const [barrel, table] of tables) {
        if (!table.madeFrom.has(path)) continue;
        dropped.push(table.token);
        tables.delete(barrel);
      }
      return dropped;
    },
  };
}

/** Whether two versions of a file export the same names and stars. */
export function sameExportNames(a: FileFacts, b: FileFacts): boolean {
  return (
    a.exports.length === b.exports.length &&
    a.exports.every((entry, i) => entry.name === b.exports[i]?.name && entry.module === b.exports[i].module)
  );
}
