/** What the host needs of a linker; `linker.ts` implements it. */
import type { ExprId, FileFacts } from "../facts/model.js";
import type { ManifestSource } from "./manifests.js";
import type { CallSite, FilePath, Value } from "./model.js";

export interface Linker {
  setManifests(manifests: readonly ManifestSource[]): void;
  /** Adds or replaces a file. */
  setFile(path: FilePath, facts: FileFacts): void;
  removeFile(path: FilePath): void;
  /** Files whose links are out of date after the changes so far. */
  stale(): readonly FilePath[];
  /** Links one file; its calls, in source order. Up to date until it is stale again. */
  link(path: FilePath): readonly CallSite[];
  valueOf(path: FilePath, expr: ExprId): Value;
}
