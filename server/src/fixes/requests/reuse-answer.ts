/** A query asked a second time, replaced by the name of what the first has given. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources } from "../fix.js";
import { nodeAt } from "../nodes.js";

export interface AnswerToReuse {
  readonly path: string;
  readonly first: Span;
  readonly second: Span;
}

export function reuseAnswer(sources: FixSources, { path, first, second }: AnswerToReuse): readonly Fix[] {
  const tree = sources.treeOf(path);
  const [one, two] = tree === undefined ? [] : [awaitedAt(tree, first), awaitedAt(tree, second)];
  const declaration = one?.parent;
  if (tree === undefined || two === undefined || declaration === undefined) return [];
  if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return [];
  const list = declaration.parent;
  if (!ts.isVariableDeclarationList(list) || (list.flags & ts.NodeFlags.Const) === 0) return [];
  const block = list.parent.parent;
  const name = declaration.name.text;
  if (!contains(block, two) || isDeclaredTwice(block, name)) return [];
  return [
    {
      id: "reuse-answer",
      title: `Use \`${name}\`, which holds the answer`,
      safety: "review",
      edits: [{ path, edits: [{ start: two.getStart(tree), end: two.end, newText: name }] }],
      note: "Both names now stand for one object: look whether it is changed in between, here or by somebody else.",
    },
  ];
}

function awaitedAt(tree: ts.SourceFile, span: Span): ts.AwaitExpression | undefined {
  const call = nodeAt(tree, span, ts.isCallExpression);
  return call !== undefined && ts.isAwaitExpression(call.parent) ? call.parent : undefined;
}

function contains(block: ts.Node, node: ts.Node): boolean {
  return block.getStart() <= node.getStart() && node.end <= block.end;
}

/** Another declaration of the name inside may hide the first. */
function isDeclaredTwice(block: ts.Node, name: string): boolean {
  let count = 0;
  const visit = (node: ts.Node): void => {
    const declared =
      ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node) ? node.name : undefined;
    if (declared !== undefined && ts.isIdentifier(declared) && declared.text === name) count++;
    ts.forEachChild(node, visit);
  };
  visit(block);
  return count > 1;
}
