/**
 * A function that runs one query, called once per element, gets a sibling that loads for many keys at once (`getUser` → `getUsersByIds`); the loop's caller asks
 * that before the loop and looks up what each pass needs.
 *
 * What must stay as it was is what must for a query in the loop itself (`load/load-before-loop.ts`), and what the function does beside the query: that is done in
 * its pass, with the row that was found for it.
 */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources } from "../fix.js";
import { guardsOf } from "../load/guards.js";
import type { TableAnswers } from "../load/keyed-read.js";
import { canBeKeys, elementNameOf, filterFor, noteOf } from "../load/load-before-loop.js";
import { listAt } from "../load/list-text.js";
import { contains, loopScope } from "../load/loop-scope.js";
import { loopShape, type LoopShape } from "../load/loop-shape.js";
import { changesShared } from "../load/row-changes.js";
import { type Use, useOf } from "../load/use.js";
import { camelCase, capitalized, freshName, pluralOf, singularOf } from "../names.js";
import { nodeAt } from "../nodes.js";
import { declaredFunction, type DeclaredFunction } from "./declared-function.js";
import { keyedArgument, keyNameOf } from "./keyed-argument.js";
import { callLines } from "./call-lines.js";
import { inFiles, reachSibling } from "./reach-sibling.js";
import { siblingName } from "./sibling-name.js";
import { siblingParameters } from "./sibling-parameters.js";
import { type Sibling, writeSibling } from "./write-sibling.js";

export interface ThroughQuestion {
  /** Of the loop. */
  readonly path: string;
  readonly call: Span;
  readonly loop: Span;
  readonly isArray: boolean;
  /** The method is called on an instance of its class, or on its class or object itself, by what the code says. */
  readonly isOwner: boolean;
  /** Of the function that is called. */
  readonly calleePath: string;
  readonly query: Span;
  readonly dialect: string;
  readonly method: string;
  readonly tableName: string | undefined;
  readonly table: TableAnswers;
}

/** Undefined where anything is unclear. */
export function loadThroughCall(question: ThroughQuestion, sources: FixSources): Fix | undefined {
  const tree = sources.treeOf(question.path);
  const calleeTree = sources.treeOf(question.calleePath);
  const loop = tree === undefined ? undefined : loopShape(tree, question.loop);
  const call = tree === undefined ? undefined : nodeAt(tree, question.call, ts.isCallExpression);
  const query = calleeTree === undefined ? undefined : nodeAt(calleeTree, question.query, ts.isExpression);
  const declared = query === undefined ? undefined : declaredFunction(query);
  if (tree === undefined || loop === undefined || call === undefined || query === undefined) return undefined;
  if (declared === undefined || calledAs(call) === undefined || hasOwnThis(loop, call)) return undefined;
  const scope = loopScope(loop, elementNameOf(tree, loop));
  const keyed = keyedArgument(call, declared.fn.parameters, scope);
  const list = listAt(loop, scope, question.isArray || loop.callback !== undefined);
  const guards = guardsOf(call, loop, scope);
  if (keyed === undefined || list === undefined || guards === undefined || scope.isVariant(call.expression))
    return undefined;
  const parameters = siblingParameters(declared, keyed, question);
  if (parameters === undefined) return undefined;

  const { wanted, thing } = siblingName(declared.name, keyNameOf(keyed));
  const name = unusedName(declared, wanted);
  const sibling = writeSibling({ ...question, declared, keyed, parameters, name, query });
  if (sibling === undefined || !canBeKeys(question.table, sibling.read)) return undefined;
  const filter = sibling.skipsNothing
    ? guards.tests.join(" && ")
    : filterFor(question.table, { key: keyed.key, column: sibling.read.column }, guards);
  const reached = reachSibling({ ...question, call, callerPath: question.path, declared, sibling: name }, sources);
  const use = changesShared(call, loop, keyed) ? undefined : useOf(call, loop, asRead(sibling));
  if (filter === undefined || reached === undefined || use === undefined) return undefined;

  const table = camelCase(question.tableName ?? "row");
  const base = thing === "" ? (singularOf(table) ?? table) : thing;
  const variable = freshName(tree, variableNames(base, keyNameOf(keyed), sibling), new Set([name, reached.callee]));
  const { lines, found } = callLines({
    tree,
    call,
    list,
    keyed,
    filter,
    sibling,
    reached,
    variable,
    indent: loop.before.indent,
  });
  const newText = use.print(found);
  const lookUp = { ...placeOf(call, use, newText), newText };

  const edits = [...reached.edits, ...loop.before.insert(lines), ...list.edits, lookUp];
  const { read } = sibling;
  return {
    id: "batched-sibling",
    title: `Add \`${name}\` beside \`${declared.name}\` and ask it once before the loop`,
    safety: "review",
    edits: inFiles([
      { path: question.path, edits },
      { path: question.calleePath, edits: [...sibling.edits, ...reached.exportEdits] },
    ]),
    note: noteOf(read),
  };
}

/** What is called must be named: `getUser(…)`, `this.users.find(…)`. */
function calledAs({ expression }: ts.CallExpression): string | undefined {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : undefined;
}

/** `this` of a callback that is a `function` is not the one before the loop. */
function hasOwnThis({ callback }: LoopShape, call: ts.CallExpression): boolean {
  return (
    callback?.kind === ts.SyntaxKind.FunctionExpression &&
    contains(call, ({ kind }) => kind === ts.SyntaxKind.ThisKeyword)
  );
}

/** Free in the file, and no member of anything in it. */
function unusedName({ fn }: DeclaredFunction, wanted: readonly string[]): string {
  const tree = fn.getSourceFile();
  const members = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) members.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return freshName(tree, wanted, members);
}

/** How the loop uses what the sibling finds, in the terms of a query. */
function asRead({ read, form }: Sibling): Parameters<typeof useOf>[2] {
  const gives = read.gives === "rows" ? "rows" : "row";
  if (form === "map") return { ...read, gives };
  return { ...read, gives, missing: "undefined" };
}

/** `userById`, `ordersByCustomerId`; `findUser` for a function. */
function variableNames(thing: string, key: string, { form, read }: Sibling): readonly string[] {
  const found = read.gives === "rows" ? pluralOf(thing) : thing;
  if (form === "finder") return [`find${capitalized(found)}`, `${found}Of`, `find${capitalized(found)}Loaded`];
  return [`${found}By${capitalized(shortened(key, thing))}`, `loaded${capitalized(found)}`];
}

/** `(await find(id)).name` needs no parentheses where nothing is awaited. */
function placeOf(call: ts.CallExpression, use: Use, found: string): Pick<Use, "start" | "end"> {
  const at = ts.isAwaitExpression(call.parent) ? call.parent : call;
  const { parent } = at;
  const isWhole = use.start === at.getStart() && use.end === at.end && ts.isParenthesizedExpression(parent);
  return isWhole && /^[\w$]+\(/.test(found) ? { start: parent.getStart(), end: parent.end } : use;
}

function shortened(key: string, thing: string): string {
  const isPrefixed = key.toLowerCase().startsWith(thing.toLowerCase()) && key.length > thing.length;
  return isPrefixed ? key.slice(thing.length) : key;
}
