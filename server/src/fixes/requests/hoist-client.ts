/** A client that a function makes for itself, made once for the module. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { dedented } from "../load/moved-text.js";
import { around, isFunction, isListed, nodeAt } from "../nodes.js";
import { removedStatement } from "../removed-statement.js";
import { layOut, styleOf } from "../style.js";

export interface ClientToHoist {
  readonly path: string;
  /** The `new Client()` or `createClient()`. */
  readonly made: Span;
  readonly noun: string;
  /** Names used in it are the module's, or nobody's: decided by whoever knows the bindings. */
  readonly declaredBefore: readonly string[];
}

/** Methods after which a client is of no use. */
const ENDS = /^(end|close|disconnect|\$disconnect|quit|destroy|release)$/;

export function hoistClient(sources: FixSources, { path, made, noun, declaredBefore }: ClientToHoist): readonly Fix[] {
  const tree = sources.treeOf(path);
  const value = tree === undefined ? undefined : nodeAt(tree, made, isMaking);
  const declaration = value?.parent;
  if (tree === undefined || value === undefined || declaration === undefined || !ts.isVariableDeclaration(declaration))
    return [];
  const statement = declaration.parent.parent;
  if (!ts.isIdentifier(declaration.name) || !ts.isVariableStatement(statement) || !isListed(statement)) return [];
  const list = declaration.parent as ts.VariableDeclarationList;
  if (list.declarations.length !== 1 || (list.flags & ts.NodeFlags.Const) === 0) return [];
  const top = around(statement, (one): one is ts.Statement => ts.isSourceFile(one.parent));
  const fn = around(statement, isFunction);
  const name = declaration.name.text;
  if (top === undefined || fn === undefined || top === statement) return [];
  const ends = endingsOf(fn, name);
  if (ends === undefined) return [];
  if (isMadeAlready(tree, declaration)) return [hoisting(path, noun, [...ends, removedStatement(tree, statement)])];
  if (isTaken(tree, name) || !isReady(tree, value, top, declaredBefore)) return [];
  return [hoisting(path, noun, [...ends, removedStatement(tree, statement), insertion(tree, statement, top)])];
}

function hoisting(path: string, noun: string, edits: readonly TextEdit[]): Fix {
  return {
    id: "hoist-client",
    title: `Make the ${noun} once, when the module loads`,
    safety: "review",
    edits: [{ path, edits }],
    note: "It is made when the file is loaded and never ended: look whether its settings are there by then, and end it where the program stops.",
  };
}

/** The module makes the very same client under the same name, perhaps by an earlier fix. */
function isMadeAlready(tree: ts.SourceFile, { name, initializer }: ts.VariableDeclaration): boolean {
  const plain = (text: string): string => text.replace(/\s+/g, "");
  return tree.statements.some(
    (statement) =>
      ts.isVariableStatement(statement) &&
      statement.declarationList.declarations.some(
        (one) =>
          one.name.getText(tree) === name.getText(tree) &&
          one.initializer !== undefined &&
          initializer !== undefined &&
          plain(one.initializer.getText(tree)) === plain(initializer.getText(tree)),
      ),
  );
}

function isMaking(node: ts.Node): node is ts.NewExpression | ts.CallExpression {
  return ts.isNewExpression(node) || ts.isCallExpression(node);
}

/** Whether the module has the name already. */
function isTaken(tree: ts.SourceFile, name: string): boolean {
  return tree.statements.some((statement) => {
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.some((one) => one.name.getText(tree).split(/\W+/).includes(name));
    }
    if (ts.isImportDeclaration(statement))
      return (
        statement.importClause
          ?.getText(tree)
          .split(/[^\w$]+/)
          .includes(name) === true
      );
    return (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name?.text === name;
  });
}

/** Everything it is made of is there when the line before the function's statement runs. */
export function isReady(
  tree: ts.SourceFile,
  value: ts.Expression,
  top: ts.Statement,
  names: readonly string[],
): boolean {
  const state = { ready: true };
  const visit = (node: ts.Node): void => {
    if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.ThisKeyword || ts.isYieldExpression(node))
      state.ready = false;
    ts.forEachChild(node, visit);
  };
  visit(value);
  return (
    state.ready &&
    names.every((name) =>
      tree.statements.some(
        (statement) =>
          (statement.end <= top.getStart(tree) || ts.isFunctionDeclaration(statement)) &&
          statement !== top &&
          statement
            .getText(tree)
            .split(/[^\w$]+/)
            .includes(name),
      ),
    )
  );
}

/**
 * Edits that take the statements which end the client out; undefined where one cannot be taken out, and where the client must be connected first: that
 * happens once, and a function that runs twice would do it twice.
 */
export function endingsOf(fn: ts.FunctionLikeDeclaration, name: string): readonly TextEdit[] | undefined {
  const tree = fn.getSourceFile();
  const edits: TextEdit[] = [];
  const state = { clear: true };
  const visit = (node: ts.Node): void => {
    const call =
      ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) ? node.expression : undefined;
    if (call !== undefined && ts.isIdentifier(call.expression) && call.expression.text === name) {
      if (/^\$?connect$/.test(call.name.text)) state.clear = false;
      if (ENDS.test(call.name.text)) {
        const edit = ending(tree, node);
        if (edit === undefined) state.clear = false;
        else edits.push(edit);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(fn);
  return state.clear ? edits : undefined;
}

function ending(tree: ts.SourceFile, call: ts.Node): TextEdit | undefined {
  const awaited = ts.isAwaitExpression(call.parent) ? call.parent : call;
  const statement = awaited.parent;
  if (!ts.isExpressionStatement(statement) || !isListed(statement)) return undefined;
  const block = statement.parent;
  if (!ts.isBlock(block) || !ts.isTryStatement(block.parent) || block.parent.finallyBlock !== block) {
    return removedStatement(tree, statement);
  }
  if (1 < block.statements.length) return removedStatement(tree, statement);
  const { catchClause } = block.parent;
  return catchClause === undefined ? undefined : { start: catchClause.end, end: block.end, newText: "" };
}

function insertion(tree: ts.SourceFile, statement: ts.Statement, top: ts.Statement): TextEdit {
  const style = styleOf(tree);
  const text = layOut(dedented(statement.getText(tree), statement), "", style);
  const [comment] = ts.getLeadingCommentRanges(tree.text, top.getFullStart()) ?? [];
  // Below the imports, a comment over the function belongs to it.
  const at = comment === undefined || top === tree.statements[0] ? top.getStart(tree) : comment.pos;
  return { start: at, end: at, newText: `${text}${style.newline}${style.newline}` };
}
