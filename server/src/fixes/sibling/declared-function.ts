/** A function with a name that a sibling can be written beside: how it is declared, and how another is declared the same way. */
import { ts } from "../../syntax/typescript.js";
import { around, isFunction } from "../nodes.js";
import type { Style } from "../style.js";

export interface DeclaredFunction {
  readonly fn: ts.FunctionLikeDeclaration & { readonly body: ts.ConciseBody };
  readonly name: string;
  /** `module`: called by its name, or as a member of the module. `member`: of a class or an object. */
  readonly kind: "module" | "member";
  /** Others can import it: by its declaration, or as the element of a list, behind which the sibling has to stand. */
  readonly exported: "declaration" | ListedExport | undefined;
  /** Behind this the sibling is written. */
  readonly after: ts.Node;
  /** First and last line of a sibling. */
  readonly frame: (name: string, parameters: string, style: Style) => readonly [string, string];
}

/** `getUser` of `export { getUser };` or of `module.exports = { getUser };`. */
export type ListedExport = ts.ExportSpecifier | ts.ShorthandPropertyAssignment;

/** The function around a node, when it has a name of its own and nothing decorates it. */
export function declaredFunction(node: ts.Node): DeclaredFunction | undefined {
  const fn = ts.isSourceFile(node) ? undefined : around(node.parent, isFunction);
  if (fn?.body === undefined || isUnusual(fn)) return undefined;
  const own = fn as DeclaredFunction["fn"];
  if (ts.isFunctionDeclaration(fn)) return asDeclaration(fn, own);
  if (ts.isMethodDeclaration(fn)) return asMethod(fn, own);
  if (!ts.isArrowFunction(fn) && !ts.isFunctionExpression(fn)) return undefined;
  const { parent } = fn;
  if (ts.isVariableDeclaration(parent)) return asConstant(parent, own);
  if (ts.isPropertyDeclaration(parent) || ts.isPropertyAssignment(parent)) return asProperty(parent, own);
  return undefined;
}

function isUnusual(fn: ts.FunctionLikeDeclaration): boolean {
  const isGenerator = "asteriskToken" in fn && fn.asteriskToken !== undefined;
  return isGenerator || (fn.typeParameters?.length ?? 0) > 0 || isDecorated(fn) || usesArguments(fn);
}

function isDecorated(node: ts.Node): boolean {
  return ts.canHaveDecorators(node) && (ts.getDecorators(node) ?? []).length > 0;
}

function usesArguments(fn: ts.FunctionLikeDeclaration): boolean {
  const visit = (node: ts.Node): boolean =>
    (ts.isIdentifier(node) && node.text === "arguments") ||
    ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  return fn.body !== undefined && visit(fn.body);
}

function modifiersOf(node: ts.Node, leaving: readonly ts.SyntaxKind[]): string {
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return modifiers
    .filter(({ kind }) => !leaving.includes(kind))
    .map((one) => `${one.getText()} `)
    .join("");
}

function has(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((one) => one.kind === kind);
}

function asDeclaration(fn: ts.FunctionDeclaration, own: DeclaredFunction["fn"]): DeclaredFunction | undefined {
  const { name, parent } = fn;
  if (name === undefined || !ts.isSourceFile(parent)) return undefined;
  // Overloads say more about the arguments than the function itself does.
  const overloaded = parent.statements.some(
    (one) => ts.isFunctionDeclaration(one) && one !== fn && one.name?.text === name.text,
  );
  if (overloaded) return undefined;
  const modifiers = modifiersOf(fn, [ts.SyntaxKind.AsyncKeyword, ts.SyntaxKind.DefaultKeyword]);
  return {
    fn: own,
    name: name.text,
    kind: "module",
    exported: has(fn, ts.SyntaxKind.ExportKeyword) ? "declaration" : listedExport(parent, name.text),
    after: fn,
    frame: (sibling, parameters) => [`${modifiers}async function ${sibling}(${parameters}) {`, "}"],
  };
}

function asMethod(fn: ts.MethodDeclaration, own: DeclaredFunction["fn"]): DeclaredFunction | undefined {
  const { name, parent } = fn;
  if (!ts.isIdentifier(name)) return undefined;
  if (ts.isObjectLiteralExpression(parent)) {
    return isFreeObject(parent)
      ? {
          fn: own,
          name: name.text,
          kind: "member",
          exported: undefined,
          after: fn,
          frame: (sibling, parameters) => [`async ${sibling}(${parameters}) {`, "}"],
        }
      : undefined;
  }
  if (!ts.isClassLike(parent) || hasOverload(parent, fn)) return undefined;
  const modifiers = modifiersOf(fn, [ts.SyntaxKind.AsyncKeyword, ts.SyntaxKind.OverrideKeyword]);
  return {
    fn: own,
    name: name.text,
    kind: "member",
    exported: undefined,
    after: fn,
    frame: (sibling, parameters) => [`${modifiers}async ${sibling}(${parameters}) {`, "}"],
  };
}

function hasOverload({ members }: ts.ClassLikeDeclaration, fn: ts.MethodDeclaration): boolean {
  return members.some((one) => one !== fn && ts.isMethodDeclaration(one) && one.name.getText() === fn.name.getText());
}

function asConstant(declaration: ts.VariableDeclaration, own: DeclaredFunction["fn"]): DeclaredFunction | undefined {
  const { name, type, parent: list } = declaration;
  if (!ts.isVariableDeclarationList(list)) return undefined;
  const statement = list.parent;
  if (!ts.isIdentifier(name) || !ts.isVariableStatement(statement) || !ts.isSourceFile(statement.parent))
    return undefined;
  if (type !== undefined || list.declarations.length > 1 || (list.flags & ts.NodeFlags.Const) === 0) return undefined;
  const modifiers = modifiersOf(statement, []);
  return {
    fn: own,
    name: name.text,
    kind: "module",
    exported: has(statement, ts.SyntaxKind.ExportKeyword) ? "declaration" : listedExport(statement.parent, name.text),
    after: statement,
    frame: (sibling, parameters, { semicolon }) => [
      `${modifiers}const ${sibling} = async (${parameters}) => {`,
      `}${semicolon}`,
    ],
  };
}

function asProperty(
  property: ts.PropertyDeclaration | ts.PropertyAssignment,
  own: DeclaredFunction["fn"],
): DeclaredFunction | undefined {
  if (!ts.isIdentifier(property.name) || !ts.isArrowFunction(own) || isDecorated(property)) return undefined;
  const { name } = property;
  if (ts.isPropertyAssignment(property)) {
    return isFreeObject(property.parent)
      ? {
          fn: own,
          name: name.text,
          kind: "member",
          exported: undefined,
          after: property,
          frame: (sibling, parameters) => [`${sibling}: async (${parameters}) => {`, "}"],
        }
      : undefined;
  }
  if (property.type !== undefined) return undefined;
  const modifiers = modifiersOf(property, [ts.SyntaxKind.OverrideKeyword]);
  return {
    fn: own,
    name: name.text,
    kind: "member",
    exported: undefined,
    after: property,
    frame: (sibling, parameters, { semicolon }) => [
      `${modifiers}${sibling} = async (${parameters}) => {`,
      `}${semicolon}`,
    ],
  };
}

/** `const users = { … }` of a module: no type says what it may hold. */
function isFreeObject(object: ts.ObjectLiteralExpression): boolean {
  const { parent } = object;
  return ts.isVariableDeclaration(parent) && parent.type === undefined && ts.isSourceFile(parent.parent.parent.parent);
}

/** Where a list of exports names a function: there the sibling is named, too. */
function listedExport(tree: ts.SourceFile, name: string): ListedExport | undefined {
  for (const statement of tree.statements) {
    const listed = ts.isExportDeclaration(statement) ? exportedIn(statement) : givenToModule(statement);
    const found = listed.find((one) => one.name.text === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function exportedIn({ exportClause, moduleSpecifier, isTypeOnly }: ts.ExportDeclaration): readonly ListedExport[] {
  if (moduleSpecifier !== undefined || isTypeOnly || exportClause === undefined) return [];
  if (!ts.isNamedExports(exportClause)) return [];
  return exportClause.elements.filter(({ propertyName }) => propertyName === undefined);
}

/** `module.exports = { getUser, … };` */
function givenToModule(statement: ts.Statement): readonly ListedExport[] {
  const value = ts.isExpressionStatement(statement) ? statement.expression : undefined;
  if (value === undefined || !ts.isBinaryExpression(value) || value.left.getText() !== "module.exports") return [];
  const { right } = value;
  return ts.isObjectLiteralExpression(right) ? right.properties.filter(ts.isShorthandPropertyAssignment) : [];
}
