/** What kept a file from being understood in full, in words. */
import type { FileFacts } from "../facts/model.js";
import type { Problem } from "./finding.js";

/** The first problem of a file, and how many more there are; undefined when there is none. */
export function problemOf(path: string, facts: FileFacts): Problem | undefined {
  const [first, ...others] = facts.problems;
  if (first === undefined) return undefined;
  if (first.kind !== "syntax-error") return { path, message: first.message };
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return { path, message: `syntax error: ${first.message}${more}; the rest of the file was analyzed` };
}
