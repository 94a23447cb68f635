/**
 * Rows that a pass changes. Each pass has rows of its own as long as it asks for them; of rows that were loaded beforehand, passes with the same key get the
 * same ones, and would see what an earlier one changed.
 */
import { ts } from "../../syntax/typescript.js";
import { bare } from "../nodes.js";
import type { KeyedRead } from "./keyed-read.js";
import { walk } from "./loop-scope.js";
import type { LoopShape } from "./loop-shape.js";

const CHANGES =
  /^(push|pop|shift|unshift|splice|sort|reverse|fill|set|add|clear|delete|save|update|increment|decrement|reload|remove|destroy)$/;

/** Whether a pass may change rows that another one gets as well. Keys that are ids of the elements are taken for different. */
export function changesShared(node: ts.Expression, loop: LoopShape, { key }: Pick<KeyedRead, "key">): boolean {
  if (/^_?id$/.test(key.lastName ?? "") && key.depth === 1) return false;
  const names = namesOf(node);
  let changed = false;
  walk(loop.body, (at) => {
    if (targetsOf(at).some((target) => isOf(target, names))) changed = true;
  });
  return changed;
}

/** What the result is called in the pass. */
function namesOf(node: ts.Expression): ReadonlySet<string> {
  let at: ts.Node = node;
  while (ts.isAwaitExpression(at.parent) || ts.isParenthesizedExpression(at.parent)) at = at.parent;
  const names = new Set<string>();
  const { parent } = at;
  if (ts.isVariableDeclaration(parent))
    walk(parent.name, (one) => {
      if (ts.isIdentifier(one)) names.add(one.text);
    });
  if (ts.isBinaryExpression(parent) && ts.isIdentifier(parent.left)) names.add(parent.left.text);
  return names;
}

/** Expressions whose value a node changes. */
function targetsOf(node: ts.Node): readonly ts.Expression[] {
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return held(node.left);
  if (ts.isDeleteExpression(node)) return held(node.expression);
  if (ts.isPostfixUnaryExpression(node)) return held(node.operand);
  if (ts.isPrefixUnaryExpression(node))
    return node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken
      ? held(node.operand)
      : [];
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { expression, name } = node.expression;
  if (CHANGES.test(name.text)) return [expression];
  return expression.getText() === "Object" && name.text === "assign" ? node.arguments.slice(0, 1) : [];
}

/** A variable that is given another value changes no row. */
function held(target: ts.Expression): readonly ts.Expression[] {
  const at = bare(target);
  return ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at) ? [at.expression] : [];
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return ts.SyntaxKind.FirstAssignment <= kind && kind <= ts.SyntaxKind.LastAssignment;
}

/** `row`, `row.items`, `rows[0]` of a name. */
function isOf(node: ts.Expression, names: ReadonlySet<string>): boolean {
  const at = bare(node);
  if (ts.isIdentifier(at)) return names.has(at.text);
  return (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) && isOf(at.expression, names);
}
