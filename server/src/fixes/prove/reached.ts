/** A mark that tells whether the code of a finding ran: equal results of code that never did say nothing. */
import type { TextEdit } from "../fix.js";
import { ts } from "../../syntax/typescript.js";
import type { FunctionNode } from "./target-function.js";

const CALL = "__hotpathReached()";

/** Insertions that put the mark before the statement around the offset. */
export function reachedEdits(tree: ts.SourceFile, offset: number, fn: FunctionNode): readonly TextEdit[] {
  const insert = (at: number, newText: string): TextEdit => ({ start: at, end: at, newText });
  let found: readonly TextEdit[] = [];
  const visit = (node: ts.Node): void => {
    if (offset < node.getStart(tree) || node.end <= offset) return;
    if (ts.isStatement(node) && isInList(node)) found = [insert(node.getStart(tree), `${CALL};`)];
    else if (ts.isArrowFunction(node) && !ts.isBlock(node.body) && node.body.getStart(tree) <= offset && node !== fn)
      found = [insert(node.body.getStart(tree), `(${CALL}, `), insert(node.body.end, ")")];
    ts.forEachChild(node, visit);
  };
  if (fn.body !== undefined) visit(fn.body);
  // The function's own expression.
  if (found.length === 0 && fn.body !== undefined && !ts.isBlock(fn.body))
    return [insert(fn.body.getStart(tree), `(${CALL}, `), insert(fn.body.end, ")")];
  return found;
}

/** A statement others may stand before; `if (x) return;` has none. */
function isInList(node: ts.Statement): boolean {
  const { parent } = node;
  return ts.isBlock(parent) || ts.isCaseOrDefaultClause(parent) || ts.isSourceFile(parent);
}
