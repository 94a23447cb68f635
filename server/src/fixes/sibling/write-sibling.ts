/**
 * The text of a sibling. A function that does nothing but ask gets one that gives a `Map` of what was found. Any other gets one that gives a function: the
 * body as it is, with a look-up where the query was, so that what is done with a row, or with a missing one, is done in its pass and fails there.
 */
import { ts } from "../../syntax/typescript.js";
import { applyEdits } from "../edits.js";
import type { TextEdit } from "../fix.js";
import { guardsOf } from "../load/guards.js";
import type { KeyedRead, TableAnswers } from "../load/keyed-read.js";
import { type LoadLines, loadLines } from "../load/load-lines.js";
import { type ElementFunction, loopScope } from "../load/loop-scope.js";
import { dedented } from "../load/moved-text.js";
import { keyedRead } from "../load/readers.js";
import { changesShared } from "../load/row-changes.js";
import { useOf } from "../load/use.js";
import { bare } from "../nodes.js";
import { indentAt, layOut, styleOf } from "../style.js";
import type { DeclaredFunction } from "./declared-function.js";
import { functionShape, type FunctionShape } from "./function-shape.js";
import { type KeyedArgument, keyNameOf } from "./keyed-argument.js";
import type { SiblingParameters } from "./sibling-parameters.js";
import { type Tail, tailOf } from "./tail.js";

export interface SiblingQuestion {
  readonly declared: DeclaredFunction;
  readonly keyed: KeyedArgument;
  readonly parameters: SiblingParameters;
  readonly name: string;
  /** The query in it, whole. */
  readonly query: ts.Expression;
  readonly dialect: string;
  readonly method: string;
  readonly tableName: string | undefined;
  readonly table: TableAnswers;
}

export interface Sibling {
  readonly edits: readonly TextEdit[];
  readonly read: KeyedRead;
  /** `map`: of what was found by its key. `finder`: a function of a key. */
  readonly form: "map" | "finder";
  /** What the function given says may be a promise. */
  readonly waits: boolean;
  /** Keys that repeat are asked for once, whatever it is given. */
  readonly unique: boolean;
  /** Keys that are nothing are left out by it. */
  readonly skipsNothing: boolean;
}

/** Undefined where anything is unclear. */
export function writeSibling(question: SiblingQuestion): Sibling | undefined {
  const { declared, keyed, query, table, parameters } = question;
  const own = functionShape(declared, keyed.name, query);
  const scope = loopScope(own.shape, keyed.name.text);
  const read = keyedRead(question.dialect, { node: query, scope, table, method: question.method });
  const guards = guardsOf(query, own.shape, scope);
  if (read === undefined || guards === undefined || guards.unclear) return undefined;
  const use = changesShared(query, own.shape, read) ? undefined : useOf(query, own.shape, read);
  // A key that may be nothing has to be told apart before it is asked for.
  const skipsNothing = guards.tests.some((test) => new RegExp(`(^|[^\\w.])${keyed.name.text}\\b`).test(test));
  if (use === undefined || (parameters.nullable && !skipsNothing)) return undefined;
  // An argument that is kept whole is looked up by its property, and nothing else of it may be asked for.
  const { path, name } = keyed;
  if (path !== undefined && (guards.tests.length > 0 || read.key.body !== [name.text, ...path].join(".")))
    return undefined;
  const isPlain =
    path === undefined && /^rows?$/.test(read.gives) && !read.asText && read.key.identity && isOnlyQuery(own, query);
  if (read.throws === true && !isPlain) return undefined;
  const tail = isPlain ? undefined : tailOf(declared.fn, query);
  if (!isPlain && tail === undefined) return undefined;
  return written(question, own, { read, tail, use, filter: guards.tests.join(" && "), skipsNothing });
}

interface Parts {
  readonly read: KeyedRead;
  /** What the function does beside the query; undefined for nothing. */
  readonly tail: Tail | undefined;
  readonly use: { readonly start: number; readonly end: number; readonly print: (found: string) => string };
  readonly filter: string;
  readonly skipsNothing: boolean;
}

function written(
  question: SiblingQuestion,
  own: FunctionShape,
  { read, tail, use, filter, skipsNothing }: Parts,
): Sibling {
  const { declared, parameters, query, tableName, name, keyed } = question;
  const { fn, after } = declared;
  const tree = fn.getSourceFile();
  const style = styleOf(tree);
  const indent = indentAt(tree.text, after.getStart(tree));
  const { list } = parameters;
  const loaded = loadLines({
    tree,
    node: query,
    list: { name: list, array: list, mapped: (fn) => `${list}.map(${fn})`, lines: [], edits: [] },
    read: keyed.path === undefined ? read : { ...read, key: ofKey(read.key, keyNameOf(keyed)) },
    tableName,
    filter,
    isBounded: false,
    indent: indent + style.indent,
  });
  const [first, last] = declared.frame(name, parameters.text, style);
  const finder = tail === undefined ? undefined : finderLines(question, own, tail, use, loaded.found);
  const body = [
    ...own.fixed.flatMap((one) => dedented(one.getText(tree), one)),
    ...(finder === undefined ? returning(loaded, style.semicolon) : [...loaded.lines, ...finder]),
  ];
  const what = finder === undefined ? "gives what was found by its key" : "gives a function that finds what was loaded";
  const lines = [
    `/** Like \`${declared.name}\` for many, with one query: ${what}. */`,
    first,
    ...body.map((line) => `\t${line}`),
    last,
  ];
  const gap = style.newline + style.newline + indent;
  const isItem = ts.isObjectLiteralExpression(after.parent);
  const comma = isItem ? "," : "";
  const insertion = { start: after.end, end: after.end, newText: `${comma}${gap}${layOut(lines, indent, style)}` };
  return {
    edits: [...loaded.edits, insertion],
    read,
    form: finder === undefined ? "map" : "finder",
    waits: tail?.waits ?? false,
    unique: read.boundKeys || read.refusesEmpty === true,
    skipsNothing,
  };
}

/** The key as an element of the list of keys, looked up as it is written in the function. */
function ofKey(key: ElementFunction, name: string): ElementFunction {
  return { ...key, parameter: name, body: name, text: name, identity: true };
}

/** The lines, with the map they end with given back. */
function returning({ lines, found }: LoadLines, semicolon: string): readonly string[] {
  const map = found.slice(0, found.indexOf(".get("));
  const last = lines.at(-1) ?? "";
  const made = `const ${map} = `;
  if (last.startsWith(made)) return [...lines.slice(0, -1), `return ${last.slice(made.length)}`];
  return [...lines, `return ${map}${semicolon}`];
}

/** `return query`, or the query's row named and returned. */
function isOnlyQuery({ rest }: FunctionShape, query: ts.Expression): boolean {
  const isIt = (node: ts.Expression | undefined): boolean => {
    const at = node === undefined ? undefined : bare(node);
    return at === query || (at !== undefined && ts.isAwaitExpression(at) && bare(at.expression) === query);
  };
  const [first, second, ...others] = rest;
  if (first === undefined || others.length > 0) return false;
  if (second === undefined) return ts.isReturnStatement(first) ? isIt(first.expression) : isIt(first as ts.Expression);
  if (!ts.isVariableStatement(first) || !ts.isReturnStatement(second)) return false;
  const [only] = first.declarationList.declarations;
  if (only === undefined || !ts.isIdentifier(only.name) || !isIt(only.initializer)) return false;
  return second.expression !== undefined && second.expression.getText() === only.name.text;
}

/** `return (id: string) => { … };` with the function's own statements. */
function finderLines(
  { declared, keyed, parameters }: SiblingQuestion,
  { fixed }: FunctionShape,
  tail: Tail,
  use: Parts["use"],
  found: string,
): readonly string[] {
  const { body } = declared.fn;
  const tree = declared.fn.getSourceFile();
  const { semicolon } = styleOf(tree);
  const start = body.getStart(tree);
  const edits: readonly TextEdit[] = [
    { start: use.start, end: use.end, newText: use.print(found) },
    ...fixed.map((one) => ({ start: one.getFullStart(), end: one.end, newText: "" })),
  ];
  const shifted = edits.map((one) => ({ ...one, start: one.start - start, end: one.end - start }));
  const text = applyEdits(tree.text.slice(start, body.end), shifted);
  const type = parameters.keyType === undefined ? "" : `: ${parameters.keyType}`;
  const parameter = keyed.path === undefined ? `${keyed.name.text}${type}` : keyed.parameter.getText();
  const head = `return ${tail.isAsync ? "async " : ""}(${parameter})${tail.type} =>`;
  const [first = "", ...others] = dedented(text, body);
  const only = /^\treturn ([^{]*[^{;]);?$/.exec(others[0] ?? "")?.[1];
  if (ts.isBlock(body) && others.length === 2 && only !== undefined) return [`${head} ${only}${semicolon}`];
  return ts.isBlock(body) && others.length > 0
    ? [`${head} ${first}`, ...others.slice(0, -1), `${others.at(-1) ?? "}"}${semicolon}`]
    : [`${head} ${[first, ...others].join(" ")}${semicolon}`];
}
