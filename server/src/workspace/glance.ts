/**
 * What a text says at a glance, without parsing it: the modules it names, its directives, whether it holds an ignore comment. A text search that
 * may see an import in a comment or a string, but misses none that can be followed.
 */
import type { Glance } from "../analysis/program-files.js";
import { mentionsSchema } from "../facts/mentions-schema.js";
import { scanModules } from "../facts/scan-modules.js";

const DIRECTIVE = /^(?:\s|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/|;)*["']use (\w+)["']/;
/** Component files without any of these run nothing a rule could report, and hand on nothing that does. */
const RUNS_SOMETHING =
  /\basync\b|\bawait\b|\bPromise\b|Sync\b|use server|server-only|\brequire\s*\(|export\s+\*|\bgenerator\b|function\s*\*/;
/** Directives stand before everything else, below a licence at most. */
const HEAD_LENGTH = 4_000;

export function glanceAt(text: string): Glance {
  const directive = DIRECTIVE.exec(text.slice(0, HEAD_LENGTH))?.[1];
  return {
    modules: scanModules(text),
    directives: directive === undefined ? [] : [`use ${directive}`],
    hasIgnoreComment: text.includes("hotpath-ignore-"),
    runsSomething: RUNS_SOMETHING.test(text),
    mentionsSchema: mentionsSchema(text),
  };
}
