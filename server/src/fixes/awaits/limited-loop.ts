/** A loop that awaits one element after another, turned into a few at a time. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { freshName } from "../names.js";
import { isFunction, nodeAt } from "../nodes.js";
import { arrow, styleOf } from "../style.js";
import { helperFor } from "./limited-helpers.js";

export interface LoopToLimit {
  readonly path: string;
  /** The `for … of` statement. */
  readonly loop: Span;
  readonly concurrency: number;
  /** Packages the file may import, whether or not it does. */
  readonly packages: { readonly pMap: boolean; readonly pLimit: boolean };
}

export function limitedLoop(sources: FixSources, { path, loop, concurrency, packages }: LoopToLimit): readonly Fix[] {
  const tree = sources.treeOf(path);
  const node = tree === undefined ? undefined : nodeAt(tree, loop, ts.isForOfStatement);
  if (tree === undefined || node === undefined || node.awaitModifier !== undefined || !ts.isBlock(node.statement))
    return [];
  const element = elementOf(node);
  const leaves = leavesOf(node.statement);
  if (element === undefined || leaves === undefined || ts.isLabeledStatement(node.parent)) return [];
  const kept = resultOf(node.statement);
  if (kept === "unordered" || (kept !== undefined && 0 < leaves.length)) return [];
  const helper = helperFor(tree, node, { concurrency, packages });
  const { semicolon } = styleOf(tree);
  const begun = `await ${helper.begin(node.expression.getText(tree), arrow(element, styleOf(tree)))}`;
  const part = freshName(tree, ["result"]);
  const head = kept === undefined ? begun : `for (const ${part} of ${begun}`;
  const end = kept === undefined ? semicolon : `) ${kept.list}.push(${part})${semicolon}`;
  const edits: TextEdit[] = [
    ...helper.edits,
    { start: node.getStart(tree), end: node.statement.getStart(tree), newText: head },
    ...leaves.map((leave) => ({
      start: leave.getStart(tree),
      end: leave.getStart(tree) + "continue".length,
      newText: "return",
    })),
    ...(kept?.edits ?? []),
    { start: node.end, end: node.end, newText: `${helper.end}${end}` },
  ];
  return [
    {
      id: "limited-loop",
      title: `Do ${concurrency} elements at a time`,
      safety: "review",
      edits: [{ path, edits }],
      note: helper.note,
    },
  ];
}

interface KeptResult {
  /** What each pass puts its result into. */
  readonly list: string;
  readonly edits: readonly TextEdit[];
}

/** `list.push(result)` at the end of each pass, kept in order; `unordered` where the order of passes shows in another way. */
function resultOf(body: ts.Block): KeptResult | "unordered" | undefined {
  const pushes = ordersOf(body);
  const [push] = pushes;
  if (push === undefined) return undefined;
  const last = body.statements.at(-1);
  const isLast = last !== undefined && ts.isExpressionStatement(last) && last.expression === push;
  const target = push.expression as ts.PropertyAccessExpression;
  const [value] = push.arguments;
  if (1 < pushes.length || !isLast || target.name.text !== "push" || value === undefined || 1 < push.arguments.length)
    return "unordered";
  if (!ts.isIdentifier(target.expression) || ts.isSpreadElement(value)) return "unordered";
  const list = target.expression.text;
  // Looked at in between, the list would be seen as it never was.
  if (body.getText().split(new RegExp(`\\b${list}\\b`)).length !== 2) return "unordered";
  return {
    list,
    edits: [
      { start: push.getStart(), end: value.getStart(), newText: "return " },
      { start: value.end, end: push.end, newText: "" },
    ],
  };
}

/** Calls that put things one behind the other. */
function ordersOf(body: ts.Block): readonly ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    const callee = ts.isCallExpression(node) ? node.expression : undefined;
    if (ts.isCallExpression(node) && callee !== undefined && ts.isPropertyAccessExpression(callee)) {
      if (/^(push|unshift|splice|write|append|enqueue)$/.test(callee.name.text)) found.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

function elementOf({ initializer }: ts.ForOfStatement): string | undefined {
  if (!ts.isVariableDeclarationList(initializer)) return undefined;
  const [declaration] = initializer.declarations;
  return declaration === undefined ? undefined : declaration.name.getText();
}

/** `continue`s that belong to the loop; undefined when its body leaves in a way a callback cannot. */
function leavesOf(body: ts.Block): readonly ts.ContinueStatement[] | undefined {
  const found: ts.ContinueStatement[] = [];
  const visit = (node: ts.Node, inLoop: boolean): boolean => {
    if (isFunction(node) || ts.isClassLike(node)) return true;
    if (ts.isReturnStatement(node) || ts.isYieldExpression(node)) return false;
    if (ts.isBreakStatement(node) && (node.label !== undefined || !inLoop)) return false;
    if (ts.isContinueStatement(node)) {
      if (node.label !== undefined) return false;
      if (!inLoop) found.push(node);
      return true;
    }
    if (ts.isIdentifier(node) && node.text === "arguments") return false;
    if (ts.isSwitchStatement(node)) return !ts.forEachChild(node, (child) => !visitSwitch(child, inLoop));
    const inner = inLoop || ts.isIterationStatement(node, false);
    return !ts.forEachChild(node, (child) => !visit(child, inner));
  };
  // `break` of a `switch` stays; `continue` in it is the loop's.
  const visitSwitch = (node: ts.Node, inLoop: boolean): boolean => {
    if (ts.isBreakStatement(node)) return node.label === undefined;
    if (ts.isCaseBlock(node) || ts.isCaseOrDefaultClause(node) || ts.isBlock(node) || ts.isIfStatement(node)) {
      return !ts.forEachChild(node, (child) => !visitSwitch(child, inLoop));
    }
    return visit(node, inLoop);
  };
  return visit(body, false) ? found : undefined;
}
