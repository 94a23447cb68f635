/**
 * One query per element becomes one query before the loop and a look-up in a `Map`.
 *
 * What the rewritten code must keep: which row each pass sees (missing ones included), the order of lists, the number of passes, and what else the loop does.
 * Results are the same as long as nothing writes the table meanwhile, which the rule makes sure of. What differs, and why this is for review: rows of elements
 * the loop would not have come to are loaded too, and an error of the database comes before the first pass.
 */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources } from "../fix.js";
import { freshName, singularOf } from "../names.js";
import { nodeAt } from "../nodes.js";
import { guardsOf, type Guards } from "./guards.js";
import type { KeyedRead, TableAnswers } from "./keyed-read.js";
import { listAt } from "./list-text.js";
import { loadLines } from "./load-lines.js";
import { loopScope } from "./loop-scope.js";
import { loopShape, type LoopShape } from "./loop-shape.js";
import { keyedRead } from "./readers.js";
import { changesShared } from "./row-changes.js";
import { isPresence, useOf } from "./use.js";

export interface LoadQuestion {
  readonly path: string;
  readonly dialect: string;
  /** The query of the dialect, whole. */
  readonly query: Span;
  /** The member that names the operation. */
  readonly method: string;
  /** Table or model, as the code names it. */
  readonly tableName: string | undefined;
  readonly table: TableAnswers;
  /** The loop statement, or the call of the iteration method. */
  readonly loop: Span;
  /** The list is known to be an array. */
  readonly isArray: boolean;
  /** The list is known to be short enough for any database's limit of parameters. */
  readonly isBounded: boolean;
}

const NOTE =
  "All rows are loaded before the first pass: an error of the database now comes before anything the loop does, and rows of elements that the loop leaves out may be loaded too.";
const COUNT_NOTE =
  "All is counted before the first pass: an error of the database now comes before anything the loop does, and elements that the loop leaves out may be counted too.";
const SEVERAL = "Where several rows fit a key, the first by its primary key is found.";
const WIDENED = "The key was added to the columns that are selected.";

const COMBINED = "Rows that have the keys of two different elements are loaded as well.";

/** Undefined where anything is unclear. */
export function loadBeforeLoop(question: LoadQuestion, sources: FixSources): Fix | undefined {
  const tree = sources.treeOf(question.path);
  const loop = tree === undefined ? undefined : loopShape(tree, question.loop);
  const node = tree === undefined ? undefined : nodeAt(tree, question.query, ts.isExpression);
  if (tree === undefined || loop === undefined || node === undefined) return undefined;
  const scope = loopScope(loop, elementNameOf(tree, loop));
  const list = listAt(loop, scope, question.isArray || loop.callback !== undefined);
  const read = keyedRead(question.dialect, {
    node,
    scope,
    table: question.table,
    method: question.method,
    isPresence: isPresence(node, loop),
    severalKeys: true,
  });
  if (list === undefined || read === undefined || !canAllBeKeys(question.table, read)) return undefined;
  const use = changesShared(node, loop, read) ? undefined : useOf(node, loop, read);
  const guards = guardsOf(node, loop, scope);
  const filter = guards === undefined ? undefined : filterForAll(question.table, read, guards);
  if (use === undefined || filter === undefined) return undefined;

  const { tableName, isBounded } = question;
  const { lines, edits, found } = loadLines({
    tree,
    node,
    list,
    read,
    tableName,
    filter,
    isBounded,
    indent: loop.before.indent,
  });
  const what = tableName === undefined ? "rows" : `\`${tableName}\` rows`;
  const isCount = read.value !== undefined;
  const lookUp = { start: use.start, end: use.end, newText: use.print(found) };
  return {
    id: "load-before-loop",
    title: `${isCount ? "Count" : "Load"} ${what} with one query before the loop`,
    safety: "review",
    edits: [{ path: question.path, edits: [...edits, ...loop.before.insert(lines), ...list.edits, lookUp] }],
    note: noteOf(read),
  };
}

/** What to look at before rows are loaded ahead. */
export function noteOf({ value, widened, oneOfSeveral, others }: KeyedRead): string {
  return [
    value === undefined ? NOTE : COUNT_NOTE,
    ...(widened === true ? [WIDENED] : []),
    ...(oneOfSeveral === true ? [SEVERAL] : []),
    ...(others === undefined ? [] : [COMBINED]),
  ].join(" ");
}

/** What to call an element that the loop takes apart at once. */
export function elementNameOf(tree: ts.SourceFile, { element, over }: LoopShape): string {
  if (ts.isIdentifier(element)) return element.text;
  const name = ts.isIdentifier(over) ? over.text : ts.isPropertyAccessExpression(over) ? over.name.text : "";
  const singular = singularOf(name);
  return freshName(tree, [...(singular === undefined ? [] : [singular]), "item"]);
}

const NO_KEY =
  /^(timestamp|date|time|json|bytea|blob|float|double|real|decimal|numeric|citext|char\(|bpchar|interval|array)|\[\]$/i;

/** Whether what is equal to the database is equal in a `Map`, too. */
export function canBeKeys(table: TableAnswers, { column }: Pick<KeyedRead, "column">): boolean {
  const { type } = table.column(column) ?? { type: "unknown" };
  if (NO_KEY.test(type)) return false;
  // MySQL's usual collations do not tell upper from lower case; keys made by programs are spelled one way.
  const isWords = /^(varchar|text|tinytext|mediumtext|longtext)/i.test(type) && !/id$/i.test(column);
  return table.engine !== "mysql" || !isWords;
}

/** JSON knows no large integers. */
function canAllBeKeys(table: TableAnswers, read: KeyedRead): boolean {
  if (read.others === undefined) return canBeKeys(table, read);
  return [read, ...read.others].every(
    (one) =>
      canBeKeys(table, one) &&
      /^(text|varchar|uuid|char|string|int|integer|smallint|serial|number)/i.test(table.column(one.column)?.type ?? ""),
  );
}

/** As for one key, where none of them is missing from an element that has the others. */
function filterForAll(table: TableAnswers, read: KeyedRead, guards: Guards): string | undefined {
  const filters = [read, ...(read.others ?? [])].map((one) => filterFor(table, one, guards));
  return filters.includes(undefined) ? undefined : filters[0];
}

/** The condition under which an element's key is wanted, empty for always; undefined where there may be elements without one. */
export function filterFor(
  table: TableAnswers,
  { key, column }: Pick<KeyedRead, "key" | "column">,
  { tests, unclear }: Guards,
): string | undefined {
  const filter = tests.join(" && ");
  // Behind a condition that cannot be repeated, only what every element has can be read.
  if (unclear && key.depth > 1) return undefined;
  const isPresent = key.identity || /^_?id$/.test(key.lastName ?? "") || mentions(filter, key.body);
  // Where no row has `null` there, an element without a key finds nothing, before as after.
  const isKey = column === table.primaryKey || /^_?id$/.test(column);
  const nullable = !isKey && table.column(column)?.nullable !== false;
  return isPresent || !nullable ? filter : undefined;
}

function mentions(filter: string, body: string): boolean {
  const at = filter.indexOf(body);
  return at >= 0 && !/[\w$.]/.test(filter.charAt(at + body.length)) && !/[\w$.]/.test(filter.charAt(at - 1));
}
