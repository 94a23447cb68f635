/** Many fixes at once: which of them can be applied together, and the edits that does. */
import { conflict, firstOffset } from "./edits.js";
import type { FileEdit, Fix, TextEdit } from "./fix.js";

export interface Together<T> {
  readonly chosen: readonly T[];
  /** They touch text that a chosen one changes; they are to be made again once that is done. */
  readonly waiting: readonly T[];
  /** Of all chosen ones, one entry for each file. */
  readonly edits: readonly FileEdit[];
}

/** The first by position wins. @param pathOf The file a fix is counted to. */
export function together<T extends { readonly fix: Fix }>(
  fixes: readonly T[],
  pathOf: (one: T) => string,
): Together<T> {
  const ordered = fixes
    .map((one) => ({ one, path: pathOf(one) }))
    .map(({ one, path }) => ({ one, path, at: firstOffset(one.fix, path) }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.at - b.at))
    .map(({ one }) => one);
  const chosen: T[] = [];
  const waiting: T[] = [];
  for (const one of ordered) {
    if (chosen.some((other) => conflict(other.fix, one.fix))) waiting.push(one);
    else chosen.push(one);
  }
  return { chosen, waiting, edits: merged(chosen.map(({ fix }) => fix)) };
}

function merged(fixes: readonly Fix[]): readonly FileEdit[] {
  const made: FileEdit[] = [];
  const changed = new Map<string, TextEdit[]>();
  for (const { edits } of fixes)
    for (const edit of edits) {
      if (edit.createText !== undefined) made.push(edit);
      const own = changed.get(edit.path) ?? [];
      if (edit.edits.length > 0) changed.set(edit.path, [...own, ...edit.edits.filter((one) => !own.some(equal(one)))]);
    }
  return [...made, ...[...changed].map(([path, edits]) => ({ path, edits }))];
}

function equal(one: TextEdit): (other: TextEdit) => boolean {
  return (other) => other.start === one.start && other.end === one.end && other.newText === one.newText;
}
