/** Conditions under which a pass of a loop comes to a query at all. */
import { ts } from "../../syntax/typescript.js";
import type { LoopShape } from "./loop-shape.js";
import type { LoopScope } from "./loop-scope.js";

export interface Guards {
  /** Conditions made of the element alone, as they read before the loop; all of them hold where the query is asked. */
  readonly tests: readonly string[];
  /** There are others, or they are not all understood. */
  readonly unclear: boolean;
}

/** Undefined where the query may run more than once in a pass, or its failure is dealt with inside the loop. */
export function guardsOf(node: ts.Node, loop: LoopShape, scope: LoopScope): Guards | undefined {
  const found: (string | undefined)[] = [];
  for (let at: ts.Node = node; at !== loop.body; at = at.parent) {
    const { parent } = at;
    if (ts.isSourceFile(parent) || ts.isTryStatement(parent) || ts.isCatchClause(parent)) return undefined;
    if (ts.isFunctionLike(parent) || ts.isIterationStatement(parent, false)) {
      if (parent === loop.callback || parent === loop.node) break;
      return undefined;
    }
    if (ts.isBlock(parent)) for (const test of exitsBefore(parent, at)) found.push(render(test, true, scope));
    const own = conditionOf(parent, at);
    if (own === "unclear") found.push(undefined);
    else if (own !== undefined) found.push(render(own.test, own.negated, scope));
  }
  const tests = found.filter((text) => text !== undefined).reverse();
  return { tests: [...new Set(tests)], unclear: found.length > tests.length };
}

function conditionOf(
  parent: ts.Node,
  child: ts.Node,
): { readonly test: ts.Expression; readonly negated: boolean } | "unclear" | undefined {
  if (ts.isIfStatement(parent))
    return parent.expression === child
      ? undefined
      : { test: parent.expression, negated: parent.elseStatement === child };
  if (ts.isConditionalExpression(parent))
    return parent.condition === child ? undefined : { test: parent.condition, negated: parent.whenFalse === child };
  if (ts.isBinaryExpression(parent) && parent.right === child) {
    if (parent.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken)
      return { test: parent.left, negated: false };
    if (parent.operatorToken.kind === ts.SyntaxKind.BarBarToken) return { test: parent.left, negated: true };
    return parent.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken ? "unclear" : undefined;
  }
  return ts.isCaseOrDefaultClause(parent) ? "unclear" : undefined;
}

/** Tests of `if (…) continue;` and its like that stand before a statement of a block. */
function exitsBefore({ statements }: ts.Block, child: ts.Node): readonly ts.Expression[] {
  return statements
    .slice(
      0,
      Math.max(
        0,
        statements.findIndex((one) => one === child),
      ),
    )
    .flatMap((one) =>
      ts.isIfStatement(one) && one.elseStatement === undefined && leaves(one.thenStatement) ? [one.expression] : [],
    );
}

function leaves(node: ts.Statement): boolean {
  if (ts.isBlock(node)) {
    const last = node.statements.at(-1);
    return last !== undefined && leaves(last);
  }
  return (
    ts.isContinueStatement(node) || ts.isReturnStatement(node) || ts.isThrowStatement(node) || ts.isBreakStatement(node)
  );
}

function render(test: ts.Expression, negated: boolean, scope: LoopScope): string | undefined {
  const own = scope.ofElement(test);
  if (own === undefined) return undefined;
  if (!negated) return /\|\||\?\?/.test(own.body) ? `(${own.body})` : own.body;
  const positive = /^!(?!=)([\w$.?!]+)$/.exec(own.body)?.[1];
  if (positive !== undefined) return positive;
  const turned = turn(own.body);
  return turned ?? (/^[\w$.?]+$/.test(own.body) ? `!${own.body}` : `!(${own.body})`);
}

/** `a === null` → `a !== null`, where that is the whole of it. */
function turn(text: string): string | undefined {
  const parts = /^([\w$.?!]+) ([!=]==?) ([\w$.?"']+)$/.exec(text);
  if (parts === null) return undefined;
  const [, left = "", operator = "", right = ""] = parts;
  return `${left} ${operator.startsWith("!") ? `=${operator.slice(1)}` : `!${operator.slice(1)}`} ${right}`;
}
