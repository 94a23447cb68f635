/** Edits of a text: applying them, and telling which cannot be applied together. */
import type { FileEdit, Fix, TextEdit } from "./fix.js";

/** The text with these edits. Insertions at one place keep their order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = "";
  let at = 0;
  for (const edit of inOrder(edits)) {
    result += text.slice(at, edit.start) + edit.newText;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** By position; insertions before what replaces text from the same place on. */
export function inOrder(edits: readonly TextEdit[]): readonly TextEdit[] {
  return edits
    .map((edit, index) => ({ edit, index }))
    .sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.index - b.index)
    .map(({ edit }) => edit);
}

/** Whether the edits lie in the text and do not touch each other's ranges. */
export function areSound(text: string, edits: readonly TextEdit[]): boolean {
  let end = 0;
  for (const edit of inOrder(edits)) {
    if (edit.start < end || edit.end < edit.start || text.length < edit.end) return false;
    end = edit.end;
  }
  return true;
}

/** Whether two fixes change the same text, or insert at the same place, so that only one of them can be applied now. */
export function conflict(one: Fix, other: Fix): boolean {
  return one.edits.some((a) => other.edits.some((b) => a.path === b.path && touch(a, b)));
}

function touch(one: FileEdit, other: FileEdit): boolean {
  if (one.createText !== undefined || other.createText !== undefined) return true;
  return one.edits.some((a) => other.edits.some((b) => a.start <= b.end && b.start <= a.end && !isShared(a, b)));
}

/** Both bring the same import or helper, which is needed once. */
function isShared(one: TextEdit, other: TextEdit): boolean {
  if (one.start !== one.end || one.start !== other.start || one.end !== other.end) return false;
  return (
    one.newText === other.newText && /^\s*(import |const [^=]+ = require\(|(async )?function |\/\*\*)/.test(one.newText)
  );
}

/** Where a fix begins in a file, to order several. */
export function firstOffset({ edits }: Fix, path: string): number {
  const own = edits.filter((edit) => edit.path === path).flatMap((edit) => edit.edits.map(({ start }) => start));
  return Math.min(...own, Number.MAX_SAFE_INTEGER);
}
