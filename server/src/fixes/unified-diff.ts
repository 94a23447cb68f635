/** Edits as a unified diff, the way `git apply` and `patch` read it. Made from the edits themselves: nothing has to be compared. */
import { lineStartsOf, positionAt } from "../base/line-index.js";
import { applyEdits, inOrder } from "./edits.js";
import type { FileEdit, TextEdit } from "./fix.js";

/** Lines of context around each change, as everybody has them. */
const CONTEXT = 3;

/** Old lines `from` (0-based) up to `to` become `lines`. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** @param name Path the patch is applied to, relative to where that is done. */
export function unifiedDiff(name: string, text: string, { edits, createText }: FileEdit): string {
  if (createText !== undefined) {
    const lines = linesOf(createText);
    const body = lines.map((line) => `+${line}`).map(withEnd);
    return `diff --git a/${name} b/${name}\nnew file mode 100644\n--- /dev/null\n+++ b/${name}\n@@ -0,0 +1,${lines.length} @@\n${body.join("")}`;
  }
  const old = linesOf(text);
  const hunks = grouped(changesOf(text, old, edits));
  let shift = 0;
  const parts = hunks.map((hunk) => {
    const printed = printHunk(old, hunk, shift);
    shift += hunk.reduce((sum, { from, to, lines }) => sum + lines.length - (to - from), 0);
    return printed;
  });
  return `diff --git a/${name} b/${name}\n--- a/${name}\n+++ b/${name}\n${parts.join("")}`;
}

/** Lines with their ends. */
function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** Edits that share a line are one change. */
function changesOf(text: string, old: readonly string[], edits: readonly TextEdit[]): readonly Change[] {
  const starts = lineStartsOf(text.replaceAll("\r", " "));
  const groups: { from: number; to: number; edits: TextEdit[] }[] = [];
  for (const edit of inOrder(edits)) {
    const from = positionAt(starts, edit.start).line;
    const to = Math.min(old.length, positionAt(starts, edit.end).line + 1);
    const last = groups.at(-1);
    if (last !== undefined && from < last.to) {
      last.to = Math.max(last.to, to);
      last.edits.push(edit);
    } else groups.push({ from, to, edits: [edit] });
  }
  return groups.map(({ from, to, edits: own }) => {
    const start = starts[from] ?? text.length;
    const shifted = own.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
    return trimmed(old, { from, to, lines: linesOf(applyEdits(old.slice(from, to).join(""), shifted)) });
  });
}

/** Without lines at its ends that stay the same. */
function trimmed(old: readonly string[], { from, to, lines }: Change): Change {
  let head = 0;
  while (from + head < to && head < lines.length && old[from + head] === lines[head]) head++;
  let tail = 0;
  while (from + head < to - tail && head < lines.length - tail && old[to - 1 - tail] === lines[lines.length - 1 - tail])
    tail++;
  return { from: from + head, to: to - tail, lines: lines.slice(head, lines.length - tail) };
}

/** Changes whose context touches share a hunk. */
function grouped(changes: readonly Change[]): readonly (readonly Change[])[] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1);
    const before = last?.at(-1);
    if (last !== undefined && before !== undefined && change.from - before.to <= 2 * CONTEXT) last.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

function printHunk(old: readonly string[], changes: readonly Change[], shift: number): string {
  const first = Math.max(0, (changes[0]?.from ?? 0) - CONTEXT);
  const end = Math.min(old.length, (changes.at(-1)?.to ?? 0) + CONTEXT);
  const body: string[] = [];
  let at = first;
  let added = 0;
  for (const { from, to, lines } of changes) {
    body.push(...old.slice(at, from).map((line) => ` ${line}`), ...old.slice(from, to).map((line) => `-${line}`));
    body.push(...lines.map((line) => `+${line}`));
    added += lines.length - (to - from);
    at = to;
  }
  body.push(...old.slice(at, end).map((line) => ` ${line}`));
  const count = end - first;
  const start = (line: number, length: number): number => (length === 0 ? line : line + 1);
  const head = `@@ -${start(first, count)},${count} +${start(first + shift, count + added)},${count + added} @@\n`;
  return head + body.map(withEnd).join("");
}

function withEnd(line: string): string {
  return line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`;
}
