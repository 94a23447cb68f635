/** A client that is made on first use and kept: beside the function that makes it, or in a field of a class that dependency injection makes once. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { freshName } from "../names.js";
import { around, isFunction, nodeAt } from "../nodes.js";
import { indentAt, styleOf } from "../style.js";
import { injectedClass } from "./injected-class.js";
import { endingsOf } from "./hoist-client.js";

export interface ClientToKeep {
  readonly path: string;
  /** The `new Client()` or `createClient()`. */
  readonly made: Span;
  readonly noun: string;
}

export function keepClient(sources: FixSources, { path, made, noun }: ClientToKeep): readonly Fix[] {
  const tree = sources.treeOf(path);
  const value = tree === undefined ? undefined : nodeAt(tree, made, isMaking);
  const fn = value === undefined ? undefined : around(value, isFunction);
  if (tree === undefined || value === undefined || fn === undefined || !isSimple(value, fn)) return [];
  const local = localOf(value);
  if (local === "unclear") return [];
  const ends = local === undefined ? [] : endingsOf(fn, local);
  const holder = ends === undefined ? undefined : holderOf(tree, value, noun);
  if (ends === undefined || holder === undefined) return [];
  return [
    {
      id: "keep-client",
      title: `Make the ${noun} on first use, and keep it`,
      safety: "review",
      edits: [
        {
          path,
          edits: [
            ...ends,
            holder.declaration,
            { start: value.getStart(tree), end: value.getStart(tree), newText: `(${holder.name} ??= ` },
            { start: value.end, end: value.end, newText: ")" },
          ],
        },
      ],
      note: "All callers share one from now on: look whether its settings can change while the program runs, and end it where the program stops.",
    },
  ];
}

function isMaking(node: ts.Node): node is ts.NewExpression | ts.CallExpression {
  return ts.isNewExpression(node) || ts.isCallExpression(node);
}

/** What it is called; undefined for one that is returned as it is. */
function localOf(value: ts.Expression): string | undefined {
  const { parent } = value;
  if (ts.isReturnStatement(parent) || ts.isArrowFunction(parent)) return undefined;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name) || parent.type !== undefined) return "unclear";
  const isConst = (parent.parent.flags & ts.NodeFlags.Const) !== 0;
  return isConst && !isHandedOn(parent.name) ? parent.name.text : "unclear";
}

/** Given to somebody, or returned as a part of something: what becomes of it there is not looked for. */
function isHandedOn(name: ts.Identifier): boolean {
  const fn = around(name, isFunction);
  const visit = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node) && node.text === name.text && node !== name) {
      const { parent } = node;
      const isOwn =
        (ts.isPropertyAccessExpression(parent) && parent.expression === node) || ts.isReturnStatement(parent);
      if (!isOwn && !(ts.isPropertyAccessExpression(parent) && parent.name === node)) return true;
    }
    return ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  };
  return fn !== undefined && visit(fn);
}

/** What settings are read with: everything else that is called might answer otherwise the next time. */
const SETTINGS =
  /^(env|getEnv|config|getConfig|get|getOrThrow|get[A-Z]\w*(Url|Uri|Config|Options|Key|Host|Port)|parse\w*|Number|String|Boolean|trim|split|replace|replaceAll|toString|toLowerCase|join)$/;

/** Made at once, of nothing but settings. */
function isSimple(value: ts.NewExpression | ts.CallExpression, fn: ts.FunctionLikeDeclaration): boolean {
  const names = new Set<string>();
  const visit = (node: ts.Node): boolean => {
    if (ts.isAwaitExpression(node) || ts.isYieldExpression(node) || isFunction(node)) return false;
    if (node !== value && ts.isCallExpression(node) && !SETTINGS.test(calledName(node))) return false;
    if (ts.isIdentifier(node)) names.add(node.text);
    return ts.forEachChild(node, (child) => (visit(child) ? undefined : true)) === undefined;
  };
  if (!visit(value)) return false;
  // Constants of the function that it is made of.
  const state = { simple: true };
  const look = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && names.delete(node.name.text)) {
      const { initializer } = node;
      if (initializer !== value && (initializer === undefined || !visit(initializer))) state.simple = false;
    }
    ts.forEachChild(node, look);
  };
  if (fn.body !== undefined) look(fn.body);
  const isOwn = (name: string): boolean => fn.parameters.some((one) => one.name.getText().split(/\W+/).includes(name));
  return state.simple && ![...names].some(isOwn);
}

function calledName({ expression }: ts.CallExpression): string {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  return ts.isIdentifier(expression) ? expression.text : "";
}

interface Holder {
  readonly name: string;
  readonly declaration: TextEdit;
}

function holderOf(tree: ts.SourceFile, value: ts.NewExpression | ts.CallExpression, noun: string): Holder | undefined {
  const style = styleOf(tree);
  const isTyped = /\.[cm]?tsx?$/.test(tree.fileName);
  const type = isTyped ? `: ${typeOf(value)} | undefined` : "";
  const name = freshName(tree, [`kept${words(noun)}`]);
  const cls = injectedClass(value);
  if (cls !== undefined) {
    const [first] = cls.members;
    if (first === undefined) return undefined;
    const at = ts.getLeadingCommentRanges(tree.text, first.getFullStart())?.[0]?.pos ?? first.getStart(tree);
    const gap = ts.isPropertyDeclaration(first) ? "" : style.newline;
    const line = `${isTyped ? "private " : ""}${name}${type}${style.semicolon}${style.newline}${gap}${indentAt(tree.text, at)}`;
    return { name: `this.${name}`, declaration: { start: at, end: at, newText: line } };
  }
  const top = around(value, (one): one is ts.Statement => ts.isSourceFile(one.parent));
  if (top === undefined || usesThis(value)) return undefined;
  const [comment] = ts.getLeadingCommentRanges(tree.text, top.getFullStart()) ?? [];
  const at = comment === undefined || top === tree.statements[0] ? top.getStart(tree) : comment.pos;
  const newText = `let ${name}${type}${style.semicolon}${style.newline}${style.newline}`;
  return { name, declaration: { start: at, end: at, newText } };
}

function usesThis(node: ts.Node): boolean {
  return (
    node.kind === ts.SyntaxKind.ThisKeyword || ts.forEachChild(node, (child) => usesThis(child) || undefined) === true
  );
}

/** `Redis connection` → `RedisConnection`. */
function words(noun: string): string {
  return noun
    .split(/\W+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

function typeOf(value: ts.NewExpression | ts.CallExpression): string {
  const callee = value.expression.getText();
  if (!ts.isNewExpression(value)) return `ReturnType<typeof ${callee}>`;
  const given = value.typeArguments?.map((one) => one.getText()).join(", ");
  return given === undefined ? callee : `${callee}<${given}>`;
}
