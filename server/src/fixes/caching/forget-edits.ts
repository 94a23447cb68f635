/** Statements behind the writes of a table that throw away what is kept of it. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { FileEdit, FixSources, TextEdit } from "../fix.js";
import { importEdits } from "../imports.js";
import { freshName } from "../names.js";
import { functionAround, isAsync, isListed, nodeAt } from "../nodes.js";
import { relativeImport } from "../relative-import.js";
import { indentAt, styleOf } from "../style.js";

export interface WritePlace {
  readonly path: string;
  readonly call: Span;
}

export interface Forgetting {
  /** The file in which the answer is kept. */
  readonly path: string;
  readonly writes: readonly WritePlace[];
  /** The class in which it is kept, when a statement speaks of `this`. */
  readonly keptIn: ts.Node | undefined;
  /** Without what ends it: `await redis.del("plans")`. */
  readonly statement: string;
  /** The name in it that other files import, and from where; undefined where only this file can throw it away. */
  readonly exported: { readonly name: string; readonly file: string } | undefined;
  /** Edits of the keeping file that make it importable. */
  readonly exporting: readonly TextEdit[];
}

/** Undefined when one of the writes cannot be followed by it. */
export function forgetEdits(sources: FixSources, wanted: Forgetting): readonly FileEdit[] | undefined {
  const made: FileEdit[] = [];
  const imported = new Set<string>();
  for (const { path, call } of wanted.writes) {
    const tree = sources.treeOf(path);
    const node = tree === undefined ? undefined : nodeAt(tree, call, ts.isCallExpression);
    if (tree === undefined || node === undefined) return undefined;
    let { statement } = wanted;
    const edits: TextEdit[] = [];
    if (path !== wanted.path) {
      const { exported } = wanted;
      if (exported === undefined) return undefined;
      const given = importEdits(tree, { module: relativeImport(tree, exported.file), name: exported.name });
      statement = statement.replace(exported.name, given.local);
      if (!imported.has(path)) edits.push(...given.edits);
      imported.add(path);
    } else if (/\bthis\b/.test(statement) && classOf(node) !== wanted.keptIn) return undefined;
    const behind = behindWrite(tree, node, statement);
    if (behind === undefined) return undefined;
    made.push({ path, edits: [...edits, ...behind] });
  }
  const isShared = wanted.writes.some(({ path }) => path !== wanted.path);
  return isShared && wanted.exporting.length > 0 ? [{ path: wanted.path, edits: wanted.exporting }, ...made] : made;
}

export function classOf(node: ts.Node | undefined): ts.Node | undefined {
  for (let at = node; at !== undefined && !ts.isSourceFile(at); at = at.parent) if (ts.isClassLike(at)) return at;
  return undefined;
}

/** `await write();` gets the statement behind it; what is returned gets a name first. */
function behindWrite(tree: ts.SourceFile, call: ts.CallExpression, forget: string): readonly TextEdit[] | undefined {
  const awaited = ts.isAwaitExpression(call.parent) ? call.parent : undefined;
  const statement = (awaited ?? call).parent;
  const style = styleOf(tree);
  if (!isAsync(functionAround(call)) || inTransaction(call)) return undefined;
  const line = (at: number): string => `${style.newline}${indentAt(tree.text, at)}`;
  if (ts.isReturnStatement(statement) && isListed(statement)) {
    const name = freshName(tree, ["written"]);
    const start = statement.getStart(tree);
    const gap = line(start);
    const value = `const ${name} = ${awaited === undefined ? "await " : ""}`;
    return [
      { start, end: (awaited ?? call).getStart(tree), newText: value },
      {
        start: statement.end,
        end: statement.end,
        newText: `${gap}${forget}${style.semicolon}${gap}return ${name}${style.semicolon}`,
      },
    ];
  }
  if (awaited === undefined) return undefined;
  const listed = ts.isVariableDeclaration(statement) ? statement.parent.parent : statement;
  if (!ts.isExpressionStatement(listed) && !ts.isVariableStatement(listed)) return undefined;
  if (!isListed(listed)) return undefined;
  return [{ start: listed.end, end: listed.end, newText: `${line(listed.getStart(tree))}${forget}${style.semicolon}` }];
}

/** Others would keep what was there before it is committed. */
function inTransaction(call: ts.Node): boolean {
  for (let at = call.parent; !ts.isSourceFile(at); at = at.parent)
    if (ts.isCallExpression(at) && /transaction|\btrx?\b/i.test(at.expression.getText())) return true;
  return false;
}
