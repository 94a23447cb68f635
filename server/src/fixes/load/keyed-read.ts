/** A query for one key, taken apart so that it can be asked for many keys at once. */
import { ts } from "../../syntax/typescript.js";
import { applyEdits } from "../edits.js";
import type { TextEdit } from "../fix.js";
import type { WantedImport } from "../imports.js";
import { calledName, type ElementFunction, type LoopScope } from "./loop-scope.js";

/** What the schema says of the table a query reads; asked with the names the code uses. */
export interface TableAnswers {
  /** At most one row has these values: undefined when nothing is known of the table. */
  readonly isUnique: (columns: readonly string[]) => boolean | undefined;
  readonly column: (name: string) => { readonly type: string; readonly nullable: boolean } | undefined;
  /** What code calls the only column of the primary key. */
  readonly primaryKey: string | undefined;
  readonly engine: string;
}

export interface ReadQuestion {
  /** The whole of the query: a call, or a chain of them. */
  readonly node: ts.Expression;
  readonly scope: LoopScope;
  readonly table: TableAnswers;
  /** The member that names the operation. */
  readonly method: string;
  /** Nothing is asked of what is found but whether it is there. */
  readonly isPresence?: boolean;
  /** Rows may be found by several keys of the element together. */
  readonly severalKeys?: boolean;
}

/** A further condition of a query that is the element's own. */
export interface OtherKey {
  readonly key: ElementFunction;
  readonly column: string;
}

export interface KeyedRead {
  readonly key: ElementFunction;
  /** What the code calls the column that is compared with the key. */
  readonly column: string;
  /** How a row's own key is read: `id`, `author.id`. */
  readonly rowKey: string;
  /** `row`: one or none. `rows`: a list. `result`: an object whose `rows` is the list. `tuple`: a list whose first element is the list. */
  readonly gives: "row" | "rows" | "result" | "tuple";
  /** What a pass gets whose key no row has, as it is written: `null`, `undefined`, `[]`, `0`. */
  readonly missing: string;
  /** No row is an error: the pass asks for its own key again and fails as it did. */
  readonly throws?: true;
  /** The pass gets this of its row instead of the row: `row._count`. */
  readonly value?: (row: string) => string;
  /** Every key is a parameter of its own, of which there can only be so many. */
  readonly boundKeys: boolean;
  /** The query for all keys waits for something itself. */
  readonly waits?: true;
  /** The library is not fond of empty lists. */
  readonly refusesEmpty?: true;
  /** Key and column may be the same to the database and different to JavaScript (`"5"` and 5, two ObjectIds): compared as text. */
  readonly asText: boolean;
  /** Rows are found by these together with the key; all are compared as JSON. */
  readonly others?: readonly OtherKey[];
  /** The query for all keys, given an expression for the list of them, what the imports are called here, and the lists of the other keys. */
  readonly batch: (keys: string, locals: ReadonlyMap<string, string>, others?: readonly string[]) => string;
  readonly imports?: readonly WantedImport[];
  /** Several rows may fit a key, of which one is found. */
  readonly oneOfSeveral?: true;
  /** Columns were added to those selected. */
  readonly widened?: true;
}

/** The text of a node with changes; offsets are the file's. */
export function rewritten(node: ts.Node, edits: readonly TextEdit[]): string {
  const tree = node.getSourceFile();
  const start = node.getStart(tree);
  const own = edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  return applyEdits(tree.text.slice(start, node.end), own);
}

export function replace(node: ts.Node, newText: string): TextEdit {
  return { start: node.getStart(), end: node.end, newText };
}

/** One step of a chain of calls: `.where("id", id)`; the name is empty where a value is called: `db("users")`. */
export interface Link {
  readonly name: string;
  readonly call: ts.CallExpression;
  readonly args: readonly ts.Expression[];
  /** From behind what it is called on to its end. */
  readonly span: { readonly start: number; readonly end: number };
}

/** The calls of a chain from its beginning on. Properties between them (`db.query.users`) belong to what the chain begins with. */
export function chainOf(node: ts.Expression): readonly Link[] {
  const links: Link[] = [];
  for (let at: ts.Expression = node; ;) {
    if (ts.isCallExpression(at)) {
      const { expression } = at;
      const from = ts.isPropertyAccessExpression(expression) ? expression.expression : expression;
      links.unshift({
        name: ts.isPropertyAccessExpression(expression) ? expression.name.text : "",
        call: at,
        args: [...at.arguments],
        span: { start: from.end, end: at.end },
      });
      at = from;
    } else if (ts.isPropertyAccessExpression(at)) at = at.expression;
    else return links;
  }
}

export function removeLink({ span }: Link): TextEdit {
  return { ...span, newText: "" };
}

/** The property of an object literal by name; shorthand counts. */
export function propertyOf(
  object: ts.ObjectLiteralExpression,
  name: string,
): ts.PropertyAssignment | ts.ShorthandPropertyAssignment | undefined {
  return object.properties.find(
    (property): property is ts.PropertyAssignment | ts.ShorthandPropertyAssignment =>
      (ts.isPropertyAssignment(property) || ts.isShorthandPropertyAssignment(property)) && nameOf(property) === name,
  );
}

export function nameOf({ name }: ts.ObjectLiteralElementLike): string | undefined {
  return name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) ? name.text : undefined;
}

export function valueOf(property: ts.PropertyAssignment | ts.ShorthandPropertyAssignment): ts.Expression {
  return ts.isPropertyAssignment(property) ? property.initializer : property.name;
}

/** A filter object in which one property is compared with something of the element, and all others stay the same for every element. */
export interface KeyedFilter {
  readonly property: ts.PropertyAssignment | ts.ShorthandPropertyAssignment;
  readonly column: string;
  readonly key: ElementFunction;
  /** Names of all columns that are surely compared by equality; the key's is among them unless something that is spread behind it may say otherwise. */
  readonly columns: readonly string[];
  /** Every condition is an equality that was understood. */
  readonly exact: boolean;
}

const LITERAL_OPERATORS = /^(and|eq|ne|or|In|inArray|isNull|isNotNull|not|IsNull|Not)$/;

export function keyedFilter(scope: LoopScope, object: ts.ObjectLiteralExpression): KeyedFilter | undefined {
  let found: { property: KeyedFilter["property"]; column: string; key: ElementFunction } | undefined;
  const columns: string[] = [];
  let exact = true;
  for (const property of object.properties) {
    if (!ts.isPropertyAssignment(property) && !ts.isShorthandPropertyAssignment(property)) {
      if (scope.isVariant(property) || !scope.isPlain(property, LITERAL_OPERATORS)) return undefined;
      exact = false;
      columns.length = 0;
      continue;
    }
    const value = valueOf(property);
    const column = nameOf(property);
    if (column === undefined || column === "OR" || column === "AND" || column === "NOT") {
      if (scope.isVariant(value) || !scope.isPlain(value, LITERAL_OPERATORS)) return undefined;
      exact = false;
      continue;
    }
    if (!scope.isVariant(value)) {
      if (!scope.isPlain(value, LITERAL_OPERATORS)) return undefined;
      if (isComposed(value)) exact = false;
      else columns.push(column);
      continue;
    }
    const key = found === undefined ? scope.ofElement(value) : undefined;
    if (key === undefined) return undefined;
    found = { property, column, key };
    columns.push(column);
  }
  return found === undefined ? undefined : { ...found, columns, exact };
}

function isComposed(value: ts.Expression): boolean {
  return ts.isObjectLiteralExpression(value) || ts.isArrayLiteralExpression(value) || ts.isCallExpression(value);
}

/** `users.findOne(…)`: the name that says what is asked, and what it is asked with. */
export function methodCall(
  node: ts.Expression,
): { readonly method: ts.Identifier; readonly args: readonly ts.Expression[] } | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const method = node.expression.name;
  return ts.isIdentifier(method) ? { method, args: [...node.arguments] } : undefined;
}

/** A row that must be there is asked for by name: `findUniqueOrThrow`, `findOneOrFail`, `executeTakeFirstOrThrow`. */
export function throwing(method: string): Pick<KeyedRead, "throws"> {
  return /Or(Throw|Fail)$/.test(method) ? { throws: true } : {};
}

/** Puts a new value in place of the key: `{ id }` becomes `{ id: value }`. */
export function withValue({ property }: Pick<KeyedFilter, "property">, value: string): TextEdit {
  return ts.isShorthandPropertyAssignment(property)
    ? { start: property.end, end: property.end, newText: `: ${value}` }
    : replace(property.initializer, value);
}

/** At most one row has these values. A column called `id` is a key wherever nothing says otherwise. */
export function isUnique(table: TableAnswers, columns: readonly string[]): boolean {
  return table.isUnique(columns) ?? columns.some((column) => /^_?id$/.test(column));
}

/** Adds a property at the end of an object literal. */
export function addProperty(object: ts.ObjectLiteralExpression, text: string): TextEdit {
  const last = object.properties.at(-1);
  if (last === undefined) return replace(object, `{ ${text} }`);
  const before = object
    .getSourceFile()
    .text.slice(object.properties.at(-2)?.end ?? object.getStart() + 1, last.getStart());
  const gap = before.includes("\n") ? (/\r?\n[ \t]*$/.exec(before)?.[0] ?? " ") : " ";
  return { start: last.end, end: last.end, newText: `,${gap}${text}` };
}

/** Whether everything of a query but the given nodes is the same for every element. `allowed`: what may be called. `made`: classes of which one may be made. */
export function restIsFixed(
  node: ts.Node,
  scope: LoopScope,
  except: readonly ts.Node[],
  allowed: RegExp,
  made?: RegExp,
): boolean {
  const visit = (at: ts.Node): boolean => {
    if (except.includes(at)) return true;
    if (ts.isIdentifier(at)) return !scope.isVariant(at) || isName(at);
    if (ts.isCallExpression(at) && !allowed.test(calledName(at))) return false;
    if (ts.isNewExpression(at) && made?.test(at.expression.getText()) !== true) return false;
    if (ts.isAwaitExpression(at) || ts.isYieldExpression(at)) return false;
    return ts.forEachChild(at, (child) => (visit(child) ? undefined : true)) === undefined;
  };
  return visit(node);
}

/** Names of properties say nothing of the variables that may be called the same. */
function isName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node)
  );
}
