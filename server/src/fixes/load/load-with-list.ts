/**
 * The row each pass asks for is a relation of the element, and the list comes from a query that can be seen: it loads the relation along. Offered where nothing
 * else sees the list or its elements whole, because they hold more than before.
 */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources } from "../fix.js";
import { nodeAt } from "../nodes.js";
import { guardsOf } from "./guards.js";
import type { KeyedRead, TableAnswers } from "./keyed-read.js";
import { type ListRelations, listRelations } from "./list-relations.js";
import { loopScope, walk } from "./loop-scope.js";
import { loopShape } from "./loop-shape.js";
import { keyedRead } from "./readers.js";
import { useOf } from "./use.js";

/** A field of the list's rows that leads to the row a pass asks for. */
export interface RelationField {
  readonly name: string;
  /** Where the model that has it is written. */
  readonly file: string;
}

export interface RelationQuestion {
  readonly path: string;
  readonly dialect: string;
  readonly query: Span;
  readonly method: string;
  readonly table: TableAnswers;
  readonly loop: Span;
  /** The query the list comes from: `db.order.findMany(…)`. */
  readonly list: Span;
  /** Its operation. */
  readonly listMethod: string;
  /** The field of the list's rows that leads to the row whose `column` equals the field `key`. */
  readonly relationOf: (key: string, column: string) => RelationField | undefined;
}

export function loadWithList(question: RelationQuestion, sources: FixSources): Fix | undefined {
  const tree = sources.treeOf(question.path);
  const loop = tree === undefined ? undefined : loopShape(tree, question.loop);
  const node = tree === undefined ? undefined : nodeAt(tree, question.query, ts.isExpression);
  const list = tree === undefined ? undefined : nodeAt(tree, question.list, ts.isCallExpression);
  const library = listRelations(question.dialect);
  if (tree === undefined || loop === undefined || node === undefined || list === undefined) return undefined;
  if (library?.method !== question.listMethod || !ts.isIdentifier(loop.element) || !ts.isIdentifier(loop.over))
    return undefined;
  const element = loop.element.text;
  const scope = loopScope(loop, element);
  const read = keyedRead(question.dialect, { node, scope, table: question.table, method: question.method });
  if (read?.gives !== "row" || read.throws === true || read.value !== undefined) return undefined;
  if (guardsOf(node, loop, scope) === undefined) return undefined;
  const use = useOf(node, loop, { ...read, missing: library.nothing === undefined ? "undefined" : "null" });
  const relation = relationOf(question, read, element);
  const wanted = relation === undefined ? undefined : library.wanted(node);
  if (use === undefined || relation === undefined || wanted === undefined) return undefined;
  if (!isDeclared(library, relation, tree, sources) || isSeenWhole(tree, loop.over.text, element)) return undefined;
  if (library.replacesKey === true && usesOf(tree, element, relation.name) > 1) return undefined;
  const edit = library.widen(list, relation.name, wanted);
  if (edit === undefined) return undefined;
  const newText = use.print(`${element}.${relation.name}`).replace("?? null", `?? ${library.nothing ?? "null"}`);
  return {
    id: "load-with-list",
    title: `Load \`${relation.name}\` together with the list`,
    safety: "review",
    edits: [{ path: question.path, edits: [edit, { start: use.start, end: use.end, newText }] }],
    note: "The rows are read when the list is, rather than when each pass begins.",
  };
}

/** By the key's field (`order.customerId`), or by the other row's own key where the relation stands for it (`order.customer.id`). */
function relationOf(
  { relationOf }: RelationQuestion,
  { key, column }: KeyedRead,
  element: string,
): RelationField | undefined {
  const [start, first, second, ...others] = key.body.split(".");
  if (start !== element || first === undefined || others.length > 0) return undefined;
  if (second === undefined) return relationOf(first, column);
  const found = second === column ? relationOf(first, column) : undefined;
  return found?.name === first ? found : undefined;
}

/** Whether types know the property: the model is a class that declares it, or nothing is typed. */
function isDeclared(
  { declared }: ListRelations,
  { name, file }: RelationField,
  tree: ts.SourceFile,
  sources: FixSources,
): boolean {
  if (declared !== true || !/\.[cm]?tsx?$/.test(tree.fileName)) return true;
  const model = sources.treeOf(file);
  let found = false;
  if (model !== undefined)
    walk(model, (node) => {
      if (ts.isPropertyDeclaration(node) && node.name.getText(model) === name) found = true;
    });
  return found;
}

function usesOf(tree: ts.SourceFile, element: string, field: string): number {
  let count = 0;
  walk(tree, (node) => {
    if (ts.isPropertyAccessExpression(node) && node.getText(tree) === `${element}.${field}`) count++;
  });
  return count;
}

/** Whether more is done with the list than to go through it, or with an element than to read its fields. */
function isSeenWhole(tree: ts.SourceFile, list: string, element: string): boolean {
  let whole = false;
  walk(tree, (node) => {
    if (!ts.isIdentifier(node) || (node.text !== list && node.text !== element)) return;
    const { parent } = node;
    if (ts.isVariableDeclaration(parent) && parent.name === node) return;
    if (ts.isParameter(parent) && parent.name === node) return;
    // Names of members say nothing of the variables that may be called the same.
    if (ts.isPropertyAssignment(parent) && parent.name === node) return;
    if (ts.isClassElement(parent) || ts.isTypeElement(parent)) return;
    if (ts.isPropertyAccessExpression(parent)) {
      const isRead = node.text === element || /^(length|map)$/.test(parent.name.text);
      if (parent.name === node || isRead) return;
    }
    if (ts.isForOfStatement(parent) && parent.expression === node) return;
    whole = true;
  });
  return whole;
}
