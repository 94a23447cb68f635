/** A question a loop asks the same in every pass, asked once before the loop. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { loopScope } from "../load/loop-scope.js";
import { loopShape, type LoopShape } from "../load/loop-shape.js";
import { dedented } from "../load/moved-text.js";
import { freshName, namesIn } from "../names.js";
import { functionAround, isListed, nodeAt } from "../nodes.js";
import { removedStatement } from "../removed-statement.js";
import { styleOf } from "../style.js";
import { isChanged } from "./is-changed.js";

export interface QueryToHoist {
  readonly path: string;
  /** The call whose answer is awaited. */
  readonly call: Span;
  /** Loops it asks the same in, the innermost first: statements, or calls of iteration methods. */
  readonly loops: readonly Span[];
  /** What its answer may be called. */
  readonly name: string;
}

export function hoistQuery(sources: FixSources, { path, call, loops, name }: QueryToHoist): readonly Fix[] {
  const tree = sources.treeOf(path);
  const node = tree === undefined ? undefined : nodeAt(tree, call, ts.isCallExpression);
  const awaited = node?.parent;
  if (tree === undefined || awaited === undefined || !ts.isAwaitExpression(awaited)) return [];
  const loop = outermost(tree, awaited, loops);
  if (loop === undefined || hasNested(awaited) || isAnswerChanged(awaited, loop)) return [];
  const edits = moved(tree, awaited, loop) ?? named(tree, awaited, loop, name);
  return [
    {
      id: "hoist-query",
      title: "Ask once before the loop",
      safety: "review",
      edits: [{ path, edits }],
      note: "All passes share one answer, which is asked for even when there is no pass: look whether somebody changes it, or what it is read from, meanwhile.",
    },
  ];
}

/** The outermost of the loops before which the question can be asked. */
function outermost(tree: ts.SourceFile, awaited: ts.AwaitExpression, loops: readonly Span[]): LoopShape | undefined {
  let found: LoopShape | undefined;
  for (const span of loops) {
    const loop = loopShape(tree, span);
    if (loop === undefined || !isDirectlyIn(awaited, loop, found)) return found;
    if (loopScope(loop, "element").isVariant(awaited)) return found;
    found = loop;
  }
  return found;
}

/** No function, `try` or condition stands between the question and the loop, but the loops inside it. */
function isDirectlyIn(node: ts.Node, loop: LoopShape, inner: LoopShape | undefined): boolean {
  const from = inner === undefined ? node : inner.node;
  const home = loop.callback ?? functionAround(loop.node);
  if (functionAround(from) !== home) return false;
  for (let at = from; at !== loop.body && at !== loop.node; at = at.parent) {
    const { parent } = at;
    if (ts.isSourceFile(parent) || ts.isTryStatement(parent) || ts.isCatchClause(parent)) return false;
    if (ts.isIfStatement(parent) && parent.expression !== at) return false;
    if (ts.isConditionalExpression(parent) && parent.condition !== at) return false;
    if (ts.isCaseOrDefaultClause(parent) || ts.isYieldExpression(parent)) return false;
    if (ts.isBinaryExpression(parent) && parent.right === at && LAZY.test(parent.operatorToken.getText())) return false;
  }
  return true;
}

const LAZY = /^(&&|\|\||\?\?)=?$/;

/** Another question inside, or a function that may be called again and again. */
function hasNested(awaited: ts.AwaitExpression): boolean {
  const visit = (node: ts.Node): boolean =>
    ts.isAwaitExpression(node) ||
    ts.isYieldExpression(node) ||
    ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  return ts.forEachChild(awaited, (child) => visit(child) || undefined) === true;
}

/** Every pass would see what the one before it made of the answer. */
function isAnswerChanged({ parent }: ts.AwaitExpression, loop: LoopShape): boolean {
  if (!ts.isVariableDeclaration(parent)) return ts.isBinaryExpression(parent) && isAssigned(parent);
  return namesOf(parent.name).some((name) => isChanged(loop.body, name));
}

/** `settings = await …`: where it is kept, and what is done with it there, is not looked for. */
function isAssigned({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return ts.SyntaxKind.FirstAssignment <= kind && kind <= ts.SyntaxKind.LastAssignment;
}

/** `const settings = await …;` goes before the loop as it is, when its names mean nothing outside. */
function moved(tree: ts.SourceFile, awaited: ts.AwaitExpression, loop: LoopShape): readonly TextEdit[] | undefined {
  const declaration = awaited.parent;
  if (!ts.isVariableDeclaration(declaration)) return undefined;
  const list = declaration.parent;
  const statement = list.parent;
  if (!ts.isVariableDeclarationList(list) || (list.flags & ts.NodeFlags.Const) === 0) return undefined;
  if (list.declarations.length !== 1 || !ts.isVariableStatement(statement) || !isListed(statement)) return undefined;
  const names = namesOf(declaration.name);
  if (names.some((name) => isMentionedOutside(tree, name, loop.node))) return undefined;
  return [...loop.before.insert(dedented(statement.getText(tree), statement)), removedStatement(tree, statement)];
}

function namesOf(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((one) => (ts.isBindingElement(one) ? namesOf(one.name) : []));
}

function isMentionedOutside(tree: ts.SourceFile, name: string, { pos, end }: ts.Node): boolean {
  if (!namesIn(tree).has(name)) return false;
  const visit = (node: ts.Node): boolean => {
    if (pos <= node.pos && node.end <= end) return false;
    if (ts.isIdentifier(node) && node.text === name && !isProperty(node)) return true;
    return ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  };
  return visit(tree);
}

function isProperty(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node)
  );
}

/** The answer gets a name before the loop, which stands where it was asked for. */
function named(tree: ts.SourceFile, awaited: ts.AwaitExpression, loop: LoopShape, wanted: string): readonly TextEdit[] {
  const name = freshName(tree, [wanted]);
  const line = `const ${name} = ${awaited.getText(tree)}${styleOf(tree).semicolon}`;
  const at = ts.isParenthesizedExpression(awaited.parent) ? awaited.parent : awaited;
  return [...loop.before.insert(dedented(line, awaited)), { start: at.getStart(tree), end: at.end, newText: name }];
}
