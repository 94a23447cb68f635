/** An answer that is the same for everybody, kept for a minute, and thrown away wherever its table is written. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { FileEdit, Fix, FixSources, TextEdit } from "../fix.js";
import { dedented } from "../load/moved-text.js";
import { freshName } from "../names.js";
import { around, nodeAt } from "../nodes.js";
import { injectedClass } from "../requests/injected-class.js";
import { indentAt, layOut, styleOf } from "../style.js";
import { classOf, forgetEdits, type WritePlace } from "./forget-edits.js";
import { isChanged } from "./is-changed.js";
import { keeperOf, processHelper, type Keeper, type KeeperKind } from "./keepers.js";

export interface AnswerToKeep {
  readonly path: string;
  /** The call that asks. */
  readonly call: Span;
  /** What it is about, as a name: `siteSettings`. */
  readonly name: string;
  /** Unlike any other text of the program. */
  readonly key: string;
  readonly keeper: KeeperKind;
  readonly writes: readonly WritePlace[];
  /** The client's name, and the file that exports it, for writes in other files. */
  readonly shared: { readonly name: string; readonly file: string } | undefined;
}

export function keepAnswer(sources: FixSources, wanted: AnswerToKeep): readonly Fix[] {
  const { path, keeper: kind } = wanted;
  const tree = sources.treeOf(path);
  const call = tree === undefined ? undefined : nodeAt(tree, wanted.call, ts.isCallExpression);
  if (tree === undefined || call === undefined || !isAnswered(call) || changesAnswer(call)) return [];
  const kept =
    kind.kind === "process"
      ? inProcess(tree, call, wanted)
      : inCache(tree, call, keeperOf(tree, kind, wanted.key), wanted);
  if (kept === undefined) return [];
  const forgetting = forgetEdits(sources, { path, writes: wanted.writes, keptIn: classOf(call), ...kept.forget });
  if (forgetting === undefined) return [];
  return [
    {
      id: "keep-answer",
      title: `Keep the answer for a minute in ${kept.place}${wanted.writes.length === 0 ? "" : ", and throw it away where it is written"}`,
      safety: "review",
      edits: merged([{ path, edits: kept.edits }, ...forgetting]),
      note: kept.note,
    },
  ];
}

interface Kept {
  readonly edits: readonly TextEdit[];
  readonly forget: {
    readonly statement: string;
    /** What other files would import, and from where; undefined when they cannot. */
    readonly exported: { readonly name: string; readonly file: string } | undefined;
    /** Makes it importable. */
    readonly exporting: readonly TextEdit[];
  };
  readonly place: string;
  readonly note: string;
}

/** Its answer is waited for, or handed on to somebody who waits. */
function isAnswered({ parent }: ts.CallExpression): boolean {
  if (ts.isAwaitExpression(parent) || ts.isReturnStatement(parent)) return true;
  return ts.isArrowFunction(parent);
}

function changesAnswer({ parent }: ts.CallExpression): boolean {
  const declaration = ts.isAwaitExpression(parent) ? parent.parent : parent;
  if (!ts.isVariableDeclaration(declaration)) return false;
  const block = around(declaration, (one): one is ts.Block | ts.SourceFile => ts.isBlock(one) || ts.isSourceFile(one));
  const names = ts.isIdentifier(declaration.name)
    ? [declaration.name.text]
    : declaration.name.elements.flatMap((one) =>
        ts.isBindingElement(one) && ts.isIdentifier(one.name) ? [one.name.text] : [],
      );
  return block === undefined || names.some((name) => isChanged(block, name));
}

function inCache(tree: ts.SourceFile, call: ts.CallExpression, keeper: Keeper, wanted: AnswerToKeep): Kept {
  const top = topOf(call);
  const helper = helperEdits(tree, top, keeper.helper);
  return {
    edits: [{ start: call.getStart(tree), end: call.end, newText: keeper.use(call.getText(tree)) }, ...helper],
    forget: { statement: keeper.forget, exported: wanted.shared, exporting: [] },
    place: keeper.place,
    note: keeper.note,
  };
}

/** `const cachedSettings = cachedForAMinute(() => …)` before the function that asks, or a field of the class whose fields it asks by. */
function inProcess(tree: ts.SourceFile, call: ts.CallExpression, { name, path }: AnswerToKeep): Kept | undefined {
  const style = styleOf(tree);
  const top = topOf(call);
  const helper = processHelper(tree);
  const local = freshName(tree, [`cached${name.charAt(0).toUpperCase()}${name.slice(1)}`], new Set([helper.name]));
  const made = `${local} = ${helper.name}(() => ${call.getText(tree)})${style.semicolon}`;
  const isField = usesThis(call);
  const place = isField ? fieldPlace(tree, call) : constantPlace(tree, top);
  if (place === undefined) return undefined;
  const prefix = isField ? (isTyped(tree) ? "private readonly " : "") : "const ";
  const lines = layOut(dedented(`${prefix}${made}`, call), place.indent, style);
  const named = isField ? `this.${local}` : local;
  return {
    edits: [
      {
        start: place.at,
        end: place.at,
        newText: `${lines}${style.newline}${isField ? "" : style.newline}${place.indent}`,
      },
      { start: call.getStart(tree), end: call.end, newText: `${named}.read()` },
      ...helperEdits(tree, top, helper.lines),
    ],
    forget: {
      statement: `${named}.forget()`,
      exported: isField ? undefined : { name: local, file: path },
      exporting: [{ start: place.at, end: place.at, newText: "export " }],
    },
    place: "the process",
    note: "Everybody shares one object for a minute: look whether somebody changes it; other processes throw theirs away when the minute is over.",
  };
}

/** Behind a statement of the file, with an empty line before what comes next. */
function helperEdits(tree: ts.SourceFile, { end }: ts.Node, lines: readonly string[]): readonly TextEdit[] {
  if (lines.length === 0) return [];
  const style = styleOf(tree);
  const isClose = /^[ \t]*\r?\n[ \t]*[^\s]/.test(tree.text.slice(end));
  const newText = `${style.newline}${layOut(lines, "", style)}${isClose ? style.newline : ""}`;
  return [{ start: end, end, newText }];
}

interface Place {
  readonly at: number;
  /** An empty line behind it, or nothing. */
  readonly gap: string;
  readonly indent: string;
}

function constantPlace(tree: ts.SourceFile, top: ts.Node): Place {
  const [comment] = ts.getLeadingCommentRanges(tree.text, top.getFullStart()) ?? [];
  return {
    at: comment === undefined || top === tree.statements[0] ? top.getStart(tree) : comment.pos,
    indent: "",
    gap: styleOf(tree).newline,
  };
}

/** Before the first member of a class that dependency injection makes once. */
function fieldPlace(tree: ts.SourceFile, call: ts.CallExpression): Place | undefined {
  const [first] = injectedClass(call)?.members ?? [];
  if (first === undefined) return undefined;
  const [comment] = ts.getLeadingCommentRanges(tree.text, first.getFullStart()) ?? [];
  const at = comment?.pos ?? first.getStart(tree);
  return { at, indent: indentAt(tree.text, at), gap: ts.isPropertyDeclaration(first) ? "" : styleOf(tree).newline };
}

function isTyped(tree: ts.SourceFile): boolean {
  return /\.[cm]?tsx?$/.test(tree.fileName);
}

function usesThis(node: ts.Node): boolean {
  return (
    node.kind === ts.SyntaxKind.ThisKeyword || ts.forEachChild(node, (child) => usesThis(child) || undefined) === true
  );
}

/** The statement of the file a node stands in. */
function topOf(node: ts.Node): ts.Node {
  return around(node, (one): one is ts.Node => ts.isSourceFile(one.parent)) ?? node;
}

function merged(edits: readonly FileEdit[]): readonly FileEdit[] {
  const byPath = new Map<string, TextEdit[]>();
  for (const { path, edits: own } of edits) byPath.set(path, [...(byPath.get(path) ?? []), ...own]);
  return [...byPath].map(([path, own]) => ({ path, edits: exportFirst(own) })).filter((one) => one.edits.length > 0);
}

/** `export` goes in front of what it exports, which is put at the same place. */
function exportFirst(edits: readonly TextEdit[]): readonly TextEdit[] {
  const exporting = edits.filter((edit) => edit.newText === "export ");
  return [...exporting, ...edits.filter((edit) => edit.newText !== "export ")];
}
