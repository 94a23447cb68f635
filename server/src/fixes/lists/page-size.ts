/** How many rows a page has, as the code around a query says it. */
import { ts } from "../../syntax/typescript.js";
import { functionAround } from "../nodes.js";

/** What code calls it. */
const SIZE = /^(limit|take|pageSize|page_size|perPage|per_page|itemsPerPage|rowsPerPage|pageLimit|maxResults)$/;

/** The number of rows of a page, as what is skipped names it: `pageSize` of `(page - 1) * pageSize`. */
export function sizeInOffset(skip: ts.Expression | undefined): string | undefined {
  if (skip === undefined) return undefined;
  const at = ts.isParenthesizedExpression(skip) ? skip.expression : skip;
  if (!ts.isBinaryExpression(at) || at.operatorToken.kind !== ts.SyntaxKind.AsteriskToken) return undefined;
  const sides = [at.right, at.left].filter(
    (one) => ts.isIdentifier(one) || ts.isNumericLiteral(one) || ts.isPropertyAccessExpression(one),
  );
  const size = sides.find(
    (one) => ts.isNumericLiteral(one) || /(size|limit|take|perPage|per_page|count)$/i.test(one.getText()),
  );
  return size?.getText();
}

/** A number called like the size of a page that the function around is given, or has made before; nothing when there are several. */
export function sizeInSight(node: ts.Node): string | undefined {
  const fn = functionAround(node);
  if (fn?.body === undefined) return undefined;
  const found = new Set<string>();
  const add = (name: ts.BindingName, isNumber: boolean): void => {
    if (isNumber && ts.isIdentifier(name) && SIZE.test(name.text)) found.add(name.text);
  };
  for (const { name, type, initializer } of fn.parameters) {
    add(name, isNumberType(type) || isNumber(initializer));
    if (!ts.isObjectBindingPattern(name) || type === undefined || !ts.isTypeLiteralNode(type)) continue;
    for (const element of name.elements) {
      const member = type.members.find(
        (one) => one.name?.getText() === (element.propertyName ?? element.name).getText(),
      );
      const own = member !== undefined && ts.isPropertySignature(member) ? member : undefined;
      // One that may be left out has a value only where a default gives it one.
      const isThere = own?.questionToken === undefined || element.initializer !== undefined;
      add(element.name, isThere && isNumberType(own?.type));
    }
  }
  const body = ts.isBlock(fn.body) ? fn.body.statements : [];
  for (const statement of body) {
    if (node.getStart() < statement.end || !ts.isVariableStatement(statement)) continue;
    if ((statement.declarationList.flags & ts.NodeFlags.Const) === 0) continue;
    for (const { name, type, initializer } of statement.declarationList.declarations)
      add(name, isNumberType(type) || isNumber(initializer));
  }
  const [only, ...others] = found;
  return others.length === 0 ? only : undefined;
}

function isNumberType(type: ts.TypeNode | undefined): boolean {
  return type?.kind === ts.SyntaxKind.NumberKeyword;
}

/** `20`, `Number(…)`, `Math.min(…)`, `parseInt(…)`, and either of two of them. */
function isNumber(value: ts.Expression | undefined): boolean {
  if (value === undefined) return false;
  if (ts.isParenthesizedExpression(value)) return isNumber(value.expression);
  if (ts.isNumericLiteral(value)) return true;
  if (ts.isConditionalExpression(value)) return isNumber(value.whenTrue) && isNumber(value.whenFalse);
  if (ts.isBinaryExpression(value) && /^(\|\||\?\?)$/.test(value.operatorToken.getText()))
    return isNumber(value.left) && isNumber(value.right);
  return (
    ts.isCallExpression(value) &&
    /^(Number|parseInt|Number\.parseInt|Math\.(min|max|floor|ceil))$/.test(value.expression.getText())
  );
}
