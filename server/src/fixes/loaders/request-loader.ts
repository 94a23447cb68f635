/**
 * A GraphQL field's resolver that reads by a key of its parent hands the key to a DataLoader, which collects the keys of one tick. There is one loader for each
 * request: it keeps what it has loaded, and nobody else's request may see that. So the resolver must be given the request's context.
 */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { importEdits } from "../imports.js";
import { insertionPoint } from "../load/insertion-point.js";
import type { KeyedRead, TableAnswers } from "../load/keyed-read.js";
import { canBeKeys } from "../load/load-before-loop.js";
import { loadLines } from "../load/load-lines.js";
import { contains, loopScope } from "../load/loop-scope.js";
import { keyedRead } from "../load/readers.js";
import { camelCase, freshName, pluralOf, singularOf } from "../names.js";
import { functionAround, nodeAt } from "../nodes.js";
import { arrow, indentAt, layOut, styleOf } from "../style.js";
import { scalarType } from "../sibling/sibling-parameters.js";
import { perRequestHelper } from "./per-request.js";
import { type Resolver, resolverOf } from "./resolver.js";

export interface LoaderQuestion {
  readonly path: string;
  readonly query: Span;
  readonly dialect: string;
  readonly method: string;
  readonly tableName: string | undefined;
  readonly table: TableAnswers;
}

const NOTE =
  "The context must be one object for each request and the same for all of its fields: what was loaded is kept as long as it lives.";

/** Undefined where anything is unclear. */
export function requestLoader(question: LoaderQuestion, sources: FixSources): Fix | undefined {
  const tree = sources.treeOf(question.path);
  const node = tree === undefined ? undefined : nodeAt(tree, question.query, ts.isExpression);
  const fn = node === undefined ? undefined : functionAround(node);
  const resolver = fn === undefined ? undefined : resolverOf(fn);
  if (tree === undefined || node === undefined || resolver === undefined) return undefined;
  const { parent, context, body } = resolver;
  const scope = loopScope({ node: body, body, over: parent, element: parent, before: NOWHERE }, parent.text);
  const read = keyedRead(question.dialect, { node, scope, table: question.table, method: question.method });
  if (read === undefined || !/^rows?$/.test(read.gives) || read.throws === true || !canBeKeys(question.table, read))
    return undefined;
  const { lastName, body: keyText } = read.key;
  if (lastName === undefined || keyText !== `${parent.text}.${lastName}`) return undefined;
  if (usesOthers(node, resolver)) return undefined;
  const typed = /\.[cm]?tsx?$/.test(tree.fileName);
  const keyType = typed ? keyTypeOf(resolver, lastName, question.table.column(read.column)?.type) : undefined;
  if (typed && keyType === undefined) return undefined;
  const needsContext = mentions(node, context.text);
  if (needsContext && typed && resolver.contextType === undefined) return undefined;

  const made = loaderText({ tree, node, read, resolver, question, keyType, needsContext, keyName: lastName });
  const owner = resolver.member === undefined ? made.name : `this.${made.name}`;
  const load = { ...question.query, newText: `${owner}(${context.text}).load(${keyText})` };
  return {
    id: "request-loader",
    title: `Load ${question.tableName === undefined ? "rows" : `\`${question.tableName}\` rows`} with a DataLoader for each request`,
    safety: "review",
    edits: [{ path: question.path, edits: [...made.edits, load] }],
    note: NOTE,
  };
}

const NOWHERE = { indent: "", insert: () => [] };

/** Whether the query reads a parameter that the loader is not given. */
function usesOthers(node: ts.Node, { others }: Resolver): boolean {
  return others.some((name) => mentions(node, name));
}

function mentions(node: ts.Node, name: string): boolean {
  return contains(node, (at) => ts.isIdentifier(at) && at.text === name);
}

/** As the parent's type has it, or as the column is. */
function keyTypeOf({ parentType }: Resolver, property: string, column: string | undefined): string | undefined {
  if (parentType !== undefined && ts.isTypeLiteralNode(parentType)) {
    const member = parentType.members.find((one) => one.name?.getText() === property);
    if (member !== undefined && ts.isPropertySignature(member) && member.type !== undefined)
      return /\b(null|undefined)\b/.test(member.type.getText()) || member.questionToken !== undefined
        ? `NonNullable<${member.type.getText()}>`
        : member.type.getText();
  }
  if (parentType !== undefined && ts.isTypeReferenceNode(parentType) && parentType.typeArguments === undefined)
    return `NonNullable<${parentType.getText()}["${property}"]>`;
  return scalarType(column);
}

interface LoaderParts {
  readonly tree: ts.SourceFile;
  readonly node: ts.Expression;
  readonly read: KeyedRead;
  readonly resolver: Resolver;
  readonly question: LoaderQuestion;
  readonly keyType: string | undefined;
  readonly needsContext: boolean;
  readonly keyName: string;
}

/** `const customerLoader = perRequest(() => new DataLoader(async (ids) => { … }));` before the resolvers, or a property of their class. */
function loaderText(parts: LoaderParts): { readonly name: string; readonly edits: readonly TextEdit[] } {
  const { tree, node, read, resolver, question, keyType, needsContext, keyName } = parts;
  const style = styleOf(tree);
  const thing = camelCase(question.tableName ?? "row");
  const single = singularOf(thing) ?? thing;
  const name = freshName(tree, [`${read.gives === "rows" ? pluralOf(single) : single}Loader`]);
  const list = freshName(tree, [pluralOf(keyName), `${keyName}List`, "keys"]);
  const loader = importEdits(tree, { module: "dataloader", name: "default", as: "DataLoader" });
  const helper = perRequestHelper(tree);
  // The key is called after the parent's property, inside of the loader.
  const key = freshName(tree, [keyName, "key"]);
  const own = {
    ...read,
    key: { ...read.key, parameter: key, body: key, source: key, text: `${arrow(key, style)} ${key}`, identity: true },
  };
  const place = resolver.member ?? resolver.statement;
  const indent = indentAt(tree.text, place.getStart(tree));
  const loaded = loadLines({
    tree,
    node,
    list: { name: list, array: `[...${list}]`, mapped: (text) => `${list}.map(${text})`, lines: [], edits: [] },
    read: own,
    tableName: question.tableName,
    filter: "",
    isBounded: false,
    indent: indent + style.indent.repeat(3),
  });
  const found = read.missing === "undefined" ? loaded.found : `${loaded.found} ?? ${read.missing}`;
  const given =
    keyType === undefined ? arrow(list, style).replace(/ =>$/, "") : `(${list}: readonly ${arrayOf(keyType)})`;
  const context = needsContext
    ? `(${resolver.context.text}${resolver.contextType === undefined ? "" : `: ${resolver.contextType}`})`
    : "()";
  const start = resolver.member === undefined ? "const " : "private readonly ";
  const modifier = keyType === undefined && resolver.member !== undefined ? "" : start;
  const lines = [
    `${modifier}${name} = ${helper.name}(`,
    `\t${context} =>`,
    `\t\tnew ${loader.local}(async ${given} => {`,
    ...loaded.lines.map((line) => `\t\t\t${line}`),
    `\t\t\treturn ${list}.map(${arrow(key, style)} ${found})${style.semicolon}`,
    `\t\t})${style.trailingComma}`,
    `)${style.semicolon}`,
  ];
  return { name, edits: [...loader.edits, ...helper.edits, ...loaded.edits, ...placed(resolver, lines, indent)] };
}

function arrayOf(type: string): string {
  return /^([\w.]+|NonNullable<[^<>]*>)$/.test(type) ? `${type}[]` : `(${type})[]`;
}

function placed({ member, statement }: Resolver, lines: readonly string[], indent: string): readonly TextEdit[] {
  const tree = statement.getSourceFile();
  const style = styleOf(tree);
  if (member === undefined) return insertionPoint(statement)?.insert([...lines, ""]) ?? [];
  const start = member.getStart(tree);
  return [{ start, end: start, newText: `${layOut(lines, indent, style)}${style.newline}${style.newline}${indent}` }];
}
