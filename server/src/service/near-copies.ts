/** Which findings of a report stand in nearly the same code, told from the texts alone: no index and no model is needed, and every run gives the same. */
import type { Finding } from "../analysis/finding.js";
import { groupAlike } from "../ranking/group-alike.js";
import { wordsOf } from "../ranking/split-identifiers.js";

/** Lines around a finding that are compared. */
const LINES = { before: 6, after: 3 } as const;

/**
 * For each finding the index of the first earlier one of its rule that it is a near copy of; its own index when there is none.
 *
 * @param textOf Text of a file; findings in one that cannot be read are copies of none.
 */
export function nearCopies(
  findings: readonly Finding[],
  textOf: (path: string) => string | undefined,
): readonly number[] {
  const lines = new Map<string, readonly string[]>();
  const linesOf = (path: string): readonly string[] => {
    const known = lines.get(path) ?? textOf(path)?.split(/\r\n?|\n/) ?? [];
    lines.set(path, known);
    return known;
  };
  return groupAlike(
    findings.map(({ rule, path, range }) => {
      const from = Math.max(0, range.start.line - 1 - LINES.before);
      const code = linesOf(path)
        .slice(from, range.end.line + LINES.after)
        .join("\n");
      return { rule, words: [...new Set(wordsOf(code))] };
    }),
    // What stands in the same lines is no copy of it.
    (index, leader) => areApart(findings[index], findings[leader]),
  );
}

function areApart(one: Finding | undefined, other: Finding | undefined): boolean {
  if (one === undefined || other === undefined || one.path !== other.path) return true;
  const distance = LINES.before + LINES.after;
  return (
    one.range.end.line + distance < other.range.start.line || other.range.end.line + distance < one.range.start.line
  );
}
