/** The list of a loop, named once more before it. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { freshName, pluralOf, singularOf } from "../names.js";
import { bare } from "../nodes.js";
import { styleOf } from "../style.js";
import { calledName, type LoopScope, walk } from "./loop-scope.js";
import type { LoopShape } from "./loop-shape.js";
import { dedented } from "./moved-text.js";

export interface ListText {
  /** Last name of it, to call an element after. */
  readonly name: string | undefined;
  /** An expression for it as an array. */
  readonly array: string;
  /** A function applied to each element. */
  readonly mapped: (fn: string) => string;
  /** Lines that must stand before the first use. */
  readonly lines: readonly string[];
  /** The loop goes over the list's new name. */
  readonly edits: readonly TextEdit[];
}

const CHANGES_LIST = /^(push|pop|shift|unshift|splice|add|delete|clear)$/;
const MAKES_ARRAY = /^(filter|map|flatMap|slice|concat|sort|toSorted|reverse|flat|split|keys|values|entries)$/;

/** Undefined for lists that may be gone through only once, or change while they are. */
export function listAt(loop: LoopShape, scope: Pick<LoopScope, "isVariant">, isArray: boolean): ListText | undefined {
  const over = bare(loop.over);
  if (scope.isVariant(over) || isChanged(loop, over)) return undefined;
  if (isPath(over)) return named(over.getText(), lastName(over), isArray);
  // `list ?? []`
  if (ts.isBinaryExpression(over) && isPath(over.left) && over.right.getText() === "[]")
    return named(`(${over.getText()})`, lastName(over.left), isArray);
  return hoisted(loop, over, isArray);
}

function named(text: string, name: string | undefined, isArray: boolean): ListText {
  return {
    name,
    array: isArray ? text : `[...${text}]`,
    mapped: (fn) => (isArray ? `${text}.map(${fn})` : `Array.from(${text}, ${fn})`),
    lines: [],
    edits: [],
  };
}

/** A list that is made for the loop is kept in a constant. */
function hoisted(loop: LoopShape, over: ts.Expression, isArray: boolean): ListText | undefined {
  const tree = over.getSourceFile();
  const value = ts.isAwaitExpression(over) ? bare(over.expression) : over;
  if (!ts.isCallExpression(value)) return undefined;
  const isObjects = /^Object\.(keys|values|entries)$/.test(value.expression.getText());
  const makes = MAKES_ARRAY.test(calledName(value));
  const isIterator = !isObjects && /^(keys|values|entries)$/.test(calledName(value));
  if (!isArray && !isObjects && !makes) return undefined;
  const wanted = ts.isIdentifier(loop.element) ? pluralOf(loop.element.text) : "items";
  const base = ts.isIdentifier(loop.element) && wanted === loop.element.text ? `${wanted}List` : wanted;
  const name = freshName(tree, [base]);
  const text = over.getText();
  const { semicolon } = styleOf(tree);
  const list = named(name, name, true);
  return {
    ...list,
    lines: dedented(`const ${name} = ${isIterator ? `[...${text}]` : text}${semicolon}`, over),
    edits: [{ start: over.getStart(), end: over.end, newText: name }],
  };
}

function isPath(node: ts.Expression): boolean {
  const at = bare(node);
  if (ts.isPropertyAccessExpression(at)) return at.questionDotToken === undefined && isPath(at.expression);
  return ts.isIdentifier(at) || at.kind === ts.SyntaxKind.ThisKeyword;
}

function lastName(node: ts.Expression): string | undefined {
  const at = bare(node);
  const name = ts.isPropertyAccessExpression(at) ? at.name.text : ts.isIdentifier(at) ? at.text : undefined;
  return name === undefined || singularOf(name) === undefined ? undefined : name;
}

/** A list that grows while it is gone through is a work list. */
function isChanged(loop: LoopShape, over: ts.Expression): boolean {
  let changed = false;
  const text = over.getText();
  walk(loop.body, (node) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    if (CHANGES_LIST.test(node.expression.name.text) && node.expression.expression.getText() === text) changed = true;
  });
  return changed;
}
