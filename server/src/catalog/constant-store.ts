/** What the files of a workspace export under names, gathered when a schema reader first asks, and which files asked: they are read again when it changes. */
import type { FileFacts } from "../facts/model.js";
import {
  constantLookup,
  exportedConstants,
  type ConstantLookup,
  type ExportedConstants,
} from "./exported-constants.js";

export interface ConstantStore {
  /** For the reader of one file. `files` is gone through at the first question only, and holds every file of the workspace by then. */
  lookupFor(path: string, files: Iterable<readonly [path: string, facts: FileFacts]>): ConstantLookup;
  /** A file has changed, or is gone. Returns the files to read again. */
  change(path: string, facts: FileFacts | undefined): readonly string[];
}

const NOTHING: ExportedConstants = new Map();

export function createConstantStore(): ConstantStore {
  return new Store();
}

/** A class because it has a lifetime and owns state that only it may change. */
class Store implements ConstantStore {
  #byFile: Map<string, ExportedConstants> | undefined;
  #lookup: ConstantLookup | undefined;
  readonly #users = new Set<string>();

  lookupFor(path: string, files: Iterable<readonly [path: string, facts: FileFacts]>): ConstantLookup {
    return (name, member) => {
      this.#users.add(path);
      this.#byFile ??= new Map([...files].map(([file, facts]) => [file, exportedConstants(facts)]));
      this.#lookup ??= constantLookup(this.#byFile.values());
      return this.#lookup(name, member);
    };
  }

  change(path: string, facts: FileFacts | undefined): readonly string[] {
    if (facts === undefined) this.#users.delete(path);
    if (this.#byFile === undefined) return [];
    const known = this.#byFile.get(path) ?? NOTHING;
    const next = facts === undefined ? NOTHING : exportedConstants(facts);
    if (isEqual(known, next)) return [];
    this.#byFile.set(path, next);
    this.#lookup = undefined;
    return [...this.#users].filter((user) => user !== path);
  }
}

function isEqual(a: ExportedConstants, b: ExportedConstants): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value);
}
