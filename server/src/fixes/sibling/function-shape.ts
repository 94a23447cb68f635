/**
 * A function seen as a loop: called for one key after another, its body is what each pass does. What a loop's query can be turned into, a function's can, too:
 * its key is the element, and its other parameters are the same in every pass.
 */
import { ts } from "../../syntax/typescript.js";
import { someReference } from "../load/loop-scope.js";
import type { LoopShape } from "../load/loop-shape.js";
import type { DeclaredFunction } from "./declared-function.js";

export interface FunctionShape {
  readonly shape: LoopShape;
  /** Constants of the body that the query needs and that are the same for every key: they come before it once. */
  readonly fixed: readonly ts.VariableStatement[];
  /** What remains of the body, statement by statement; the body itself where it is an expression. */
  readonly rest: readonly ts.Node[];
}

export function functionShape({ fn }: DeclaredFunction, key: ts.Identifier, query: ts.Expression): FunctionShape {
  const { body } = fn;
  const fixed = ts.isBlock(body) ? fixedBefore(body, key.text, query) : [];
  const rest = ts.isBlock(body) ? body.statements.filter((one) => !fixed.some((other) => other === one)) : [body];
  const shape: LoopShape = {
    node: body,
    body,
    over: key,
    element: key,
    before: { indent: "", insert: () => [] },
    callback: fn,
    fixed: new Set<ts.Node>(fixed),
  };
  return { shape, fixed, rest };
}

/** `const db = trx ?? this.db;` before a query of `db`: nothing is awaited or made, nor does it depend on the key. */
function fixedBefore({ statements }: ts.Block, key: string, query: ts.Expression): readonly ts.VariableStatement[] {
  const at = statements.findIndex((one) => one.pos <= query.pos && query.end <= one.end);
  const needed = new Set<string>();
  const need = (node: ts.Node): void => void someReference(node, ({ text }) => needed.add(text).size < 0);
  need(query);
  const found: ts.VariableStatement[] = [];
  for (const statement of statements.slice(0, Math.max(0, at)).toReversed()) {
    const declarations = ts.isVariableStatement(statement) ? statement.declarationList : undefined;
    const [only, ...others] = declarations?.declarations ?? [];
    if (declarations === undefined || only === undefined || others.length > 0 || !ts.isVariableStatement(statement))
      continue;
    if ((declarations.flags & ts.NodeFlags.Const) === 0 || only.initializer === undefined) continue;
    if (!someReference(only.name, ({ text }) => needed.has(text)) || waits(only.initializer)) continue;
    if (someReference(only.initializer, ({ text }) => text === key)) continue;
    need(only.initializer);
    found.unshift(statement);
  }
  const own = declaredNames(statements.filter((one) => !found.some((other) => other === one)));
  const isFree = (one: ts.VariableStatement): boolean => !someReference(one, ({ text }) => own.has(text));
  return found.every(isFree) ? found : [];
}

function waits(node: ts.Node): boolean {
  return (
    ts.isAwaitExpression(node) ||
    ts.isNewExpression(node) ||
    ts.forEachChild(node, (child) => waits(child) || undefined) === true
  );
}

function declaredNames(statements: readonly ts.Statement[]): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if ((ts.isVariableDeclaration(node) || ts.isBindingElement(node)) && ts.isIdentifier(node.name))
      names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  statements.forEach(visit);
  return names;
}
