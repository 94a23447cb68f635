/**
 * Which files cannot matter to any finding, told by path and a glance at the text, so that they need not be parsed. Errs towards reading: what is left out
 * must neither hold a finding nor lie on the way to one.
 */
import { pathRole } from "../project/file-role.js";

/** Component files without any of these run nothing a rule could report, and hand on nothing that does. */
const RUNS_SOMETHING =
  /\basync\b|\bawait\b|\bPromise\b|Sync\b|use server|server-only|\brequire\s*\(|export\s+\*|\bgenerator\b|function\s*\*/;

/**
 * Tests are reported by no rule, and being called by a test says nothing about how a function runs in production.
 *
 * @param roots Folders of the workspace.
 */
export function isWorthReading(path: string, text: string, roots: readonly string[]): boolean {
  if (pathRole(path, roots) === "test") return false;
  return !/\.[jt]sx$/.test(path) || RUNS_SOMETHING.test(text);
}
