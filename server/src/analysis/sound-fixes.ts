/** The last look at fixes before anybody is offered them: whatever rule made them, they can be applied and leave code that parses. */
import { unexpected } from "../base/unexpected.js";
import { applyEdits, areSound } from "../fixes/edits.js";
import type { FileEdit, Fix, FixSources } from "../fixes/fix.js";
import { isCode } from "../fixes/sources.js";
import { parse, syntaxErrorsOf } from "../syntax/typescript.js";

/** A maker that throws gives no fix; fixes that change nothing or cannot be applied are left out. */
export function soundFixes(sources: FixSources, make: () => readonly Fix[]): readonly Fix[] {
  try {
    return make().filter((fix) => fix.edits.length > 0 && fix.edits.every((edit) => isSound(sources, edit, fix.id)));
  } catch (error) {
    unexpected("a fix could not be made", error);
    return [];
  }
}

function isSound(sources: FixSources, { path, edits, createText }: FileEdit, id: string): boolean {
  if (createText !== undefined) return edits.length === 0 && sources.exists?.(path) !== true;
  const text = sources.textOf(path);
  if (text === undefined || edits.length === 0) return false;
  if (!areSound(text, edits)) {
    unexpected(`edits of ${id} overlap or lie outside the text`);
    return false;
  }
  if (!isCode(path)) return true;
  const after = applyEdits(text, edits);
  if (after === text) return false;
  const errors = errorsIn(path, after);
  if (errors === 0 || errors <= errorsBefore(sources, path)) return true;
  unexpected(`${id} would break the syntax of ${path}:\n${after}`);
  return false;
}

function errorsIn(path: string, text: string): number {
  const result = parse(path, text);
  return result.kind === "failed" ? Number.MAX_SAFE_INTEGER : syntaxErrorsOf(result.tree).length;
}

function errorsBefore(sources: FixSources, path: string): number {
  const tree = sources.treeOf(path);
  return tree === undefined ? Number.MAX_SAFE_INTEGER : syntaxErrorsOf(tree).length;
}
