/**
 * What a text says at a glance, without parsing it: the modules it names, its directives, whether it holds an ignore comment. A text search that
 * may see an import in a comment or a string, but misses none that can be followed.
 */
import type { Glance, ModuleMention } from "../analysis/program-files.js";

/** `from "x"`, `import "x"`, `import("x")`, `require("x")`, comments and line ends between the parts included. */
const MENTION =
  /\b(from|import|require)\s*(?:\(\s*)?(?:\/\*(?:[^*]|\*(?!\/))*\*\/\s*)*(?:"([^"\n\\]+)"|'([^'\n\\]+)'|`([^`\n\\$]+)`)/g;
/** A whole statement that names types alone. `import { type A } from` may load the module and is not meant. */
const TYPE_ONLY = /^(?:import|export)\s+type\b(?!\s*(?:,|from\b|=))/;
const DIRECTIVE = /^(?:\s|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/|;)*["']use (\w+)["']/;
/** Component files without any of these run nothing a rule could report, and hand on nothing that does. */
const RUNS_SOMETHING =
  /\basync\b|\bawait\b|\bPromise\b|Sync\b|use server|server-only|\brequire\s*\(|export\s+\*|\bgenerator\b|function\s*\*/;
/** Directives stand before everything else, below a licence at most. */
const HEAD_LENGTH = 4_000;

export function glanceAt(text: string): Glance {
  const modules: ModuleMention[] = [];
  for (const match of text.matchAll(MENTION)) {
    const module = match[2] ?? match[3] ?? match[4] ?? "";
    const typeOnly = match[1] === "from" && TYPE_ONLY.test(statementBefore(text, match.index));
    modules.push(typeOnly ? { module, typeOnly } : { module });
  }
  const directive = DIRECTIVE.exec(text.slice(0, HEAD_LENGTH))?.[1];
  return {
    modules,
    directives: directive === undefined ? [] : [`use ${directive}`],
    hasIgnoreComment: text.includes("hotpath-ignore-"),
    runsSomething: RUNS_SOMETHING.test(text),
  };
}

/** Text from the keyword that opens the import or export whose `from` stands at an offset. */
function statementBefore(text: string, from: number): string {
  const start = Math.max(text.lastIndexOf("import", from), text.lastIndexOf("export", from));
  return start < 0 ? "" : text.slice(start, Math.min(from + 5, start + 60));
}
