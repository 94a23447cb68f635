/** Imports a fix needs: the file's own when it has them, merged into a clause of the same module, or a new line in the file's style. */
import { ts } from "../syntax/typescript.js";
import type { TextEdit } from "./fix.js";
import { freshName } from "./names.js";
import { quoted, styleOf } from "./style.js";

export interface WantedImport {
  readonly module: string;
  /** Exported name, `default`, or `*` for the namespace. */
  readonly name: string;
  /** Name to use for a default or namespace import; a named import goes by its own. */
  readonly as?: string;
}

export interface GivenImport {
  /** What the code calls it. */
  readonly local: string;
  /** Empty when the file imports it already. */
  readonly edits: readonly TextEdit[];
}

/** Makes a value importable by name. Never shadows or renames anything the file has. */
export function importEdits(tree: ts.SourceFile, wanted: WantedImport): GivenImport {
  const imports = tree.statements.filter(ts.isImportDeclaration).filter((one) => !isTypeOnly(one));
  const own = imports.filter(({ moduleSpecifier }) => textOf(moduleSpecifier) === wanted.module);
  for (const one of own) {
    const local = localName(one, wanted.name);
    if (local !== undefined) return { local, edits: [] };
  }
  const required = requiredName(tree, wanted);
  if (required !== undefined) return { local: required, edits: [] };
  const plain = wanted.as ?? (wanted.name === "default" || wanted.name === "*" ? "imported" : wanted.name);
  const local = freshName(tree, [plain]);
  if (wanted.name !== "default" && wanted.name !== "*")
    for (const one of own) {
      const named = one.importClause?.namedBindings;
      if (named === undefined || !ts.isNamedImports(named)) continue;
      return { local, edits: [mergeInto(tree, named, nameAs(wanted.name, local, " as "))] };
    }
  return { local, edits: [newLine(tree, wanted, local)] };
}

function isTypeOnly({ importClause }: ts.ImportDeclaration): boolean {
  return importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function textOf(node: ts.Expression): string {
  return ts.isStringLiteralLike(node) ? node.text : "";
}

function nameAs(name: string, local: string, by: string): string {
  return name === local ? name : `${name}${by}${local}`;
}

function localName({ importClause }: ts.ImportDeclaration, name: string): string | undefined {
  if (name === "default" && importClause?.name !== undefined) return importClause.name.text;
  const bindings = importClause?.namedBindings;
  if (bindings === undefined) return undefined;
  if (ts.isNamespaceImport(bindings)) return name === "*" ? bindings.name.text : undefined;
  return bindings.elements.find((one) => !one.isTypeOnly && (one.propertyName ?? one.name).text === name)?.name.text;
}

/** `const { name } = require("module")` and `const all = require("module")`. */
function requiredName(tree: ts.SourceFile, { module, name }: WantedImport): string | undefined {
  for (const declaration of requires(tree)) {
    const call = declaration.initializer;
    if (call === undefined || !ts.isCallExpression(call) || textOf(call.arguments[0] ?? call) !== module) continue;
    const { name: target } = declaration;
    if (ts.isIdentifier(target)) {
      if (name === "default" || name === "*") return target.text;
      continue;
    }
    if (!ts.isObjectBindingPattern(target)) continue;
    const element = target.elements.find(
      (one) => ts.isIdentifier(one.propertyName ?? one.name) && (one.propertyName ?? one.name).getText(tree) === name,
    );
    if (element !== undefined && ts.isIdentifier(element.name)) return element.name.text;
  }
  return undefined;
}

function requires(tree: ts.SourceFile): readonly ts.VariableDeclaration[] {
  return tree.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) =>
    declarationList.declarations.filter(({ initializer }) => {
      const call = initializer;
      return (
        call !== undefined &&
        ts.isCallExpression(call) &&
        ts.isIdentifier(call.expression) &&
        call.expression.text === "require"
      );
    }),
  );
}

function mergeInto(tree: ts.SourceFile, named: ts.NamedImports, text: string): TextEdit {
  const last = named.elements.at(-1);
  if (last === undefined) return { start: named.getStart(tree), end: named.end, newText: `{ ${text} }` };
  const between = tree.text.slice(named.elements.at(-2)?.end ?? named.getStart(tree) + 1, last.getStart(tree));
  const gap = between.includes("\n") ? (/\r?\n[ \t]*$/.exec(between)?.[0] ?? " ") : " ";
  return { start: last.end, end: last.end, newText: `,${gap}${text}` };
}

/** After the last import or `require`, or at the top below directives and a shebang. */
function newLine(tree: ts.SourceFile, { module, name }: WantedImport, local: string): TextEdit {
  const style = styleOf(tree);
  const imports = tree.statements.filter((one) => ts.isImportDeclaration(one) || ts.isImportEqualsDeclaration(one));
  const required = requires(tree).map((one) => one.parent.parent);
  const from = quoted(module, style);
  const commonJs = imports.length === 0 && (required.length > 0 || /\.c[jt]s$/.test(tree.fileName));
  const target = name === "*" ? `* as ${local}` : name === "default" ? local : `{ ${nameAs(name, local, " as ")} }`;
  const pattern = name === "*" || name === "default" ? local : `{ ${nameAs(name, local, ": ")} }`;
  const line = commonJs
    ? `const ${pattern} = require(${from})${style.semicolon}`
    : `import ${target} from ${from}${style.semicolon}`;
  const after = imports.at(-1) ?? required.at(-1) ?? prologueEnd(tree);
  if (after !== undefined) return { start: after.end, end: after.end, newText: `${style.newline}${line}` };
  const start = /^#!.*\r?\n/.exec(tree.text)?.[0].length ?? (tree.text.startsWith("\uFEFF") ? 1 : 0);
  return { start, end: start, newText: `${line}${style.newline}` };
}

function prologueEnd(tree: ts.SourceFile): ts.Statement | undefined {
  let last: ts.Statement | undefined;
  for (const statement of tree.statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression)) return last;
    last = statement;
  }
  return last;
}
