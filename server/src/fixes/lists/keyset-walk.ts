/** A loop that walks a table with an offset, made to ask for the rows behind the last one it has seen. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { addProperty, nameOf, propertyOf, replace, valueOf } from "../load/keyed-read.js";
import { freshName } from "../names.js";
import { around, isListed, nodeAt } from "../nodes.js";
import { removedStatement } from "../removed-statement.js";
import { indentAt, styleOf } from "../style.js";

export interface WalkToKey {
  readonly path: string;
  /** `db.event.findMany({ skip, take })` of Prisma. */
  readonly call: Span;
  /** What the code calls the only column of the primary key. */
  readonly key: string;
  /** Type of that column in code. */
  readonly type: "string" | "number" | "bigint";
}

export function keysetWalk(sources: FixSources, walk: WalkToKey): readonly Fix[] {
  const { path, key } = walk;
  const tree = sources.treeOf(path);
  const call = tree === undefined ? undefined : nodeAt(tree, walk.call, ts.isCallExpression);
  const options = call?.arguments[0];
  if (tree === undefined || call === undefined || options === undefined || !ts.isObjectLiteralExpression(options))
    return [];
  if (options.properties.some((one) => !KNOWN.has(nameOf(one) ?? ""))) return [];
  const page = pageOf(call);
  const loop = around(call, isWalk);
  const skip = propertyOf(options, "skip");
  if (page === undefined || loop === undefined || !isListed(loop) || skip === undefined) return [];
  const direction = directionOf(options, key);
  if (direction === undefined || !isSelected(options, key) || propertyOf(options, "take") === undefined) return [];
  const last = freshName(tree, [`last${key.charAt(0).toUpperCase()}${key.slice(1)}`]);
  const where = behindLast(options, key, `{ ${direction === "asc" ? "gt" : "lt"}: ${last} }`);
  if (where === undefined) return [];
  const counter = counterEdits(loop, skip);
  if (counter === undefined) return [];
  const edits = [
    ...counter,
    ...where(skip),
    ...remembering(tree, { loop, page, last, walk }),
    ...ordered(options, key),
  ];
  return [
    {
      id: "keyset-walk",
      title: `Ask for the rows behind the last \`${key}\` seen, instead of counting them`,
      safety: "review",
      edits: [{ path, edits }],
      note: `Rows come in the order of \`${key}\`; those added or deleted meanwhile no longer shift the pages.`,
    },
  ];
}

/** Options whose meaning does not change. */
const KNOWN: ReadonlySet<string> = new Set(["where", "select", "include", "orderBy", "take", "skip", "omit"]);

/** Loops that nothing counts but their body. */
function isWalk(node: ts.Node): node is ts.WhileStatement | ts.DoStatement | ts.ForStatement {
  return ts.isWhileStatement(node) || ts.isDoStatement(node) || ts.isForStatement(node);
}

interface Page {
  readonly name: string;
  readonly statement: ts.VariableStatement;
}

/** `const rows = await …;` in the loop's own block. */
function pageOf(call: ts.CallExpression): Page | undefined {
  const declaration = ts.isAwaitExpression(call.parent) ? call.parent.parent : undefined;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name))
    return undefined;
  const statement = declaration.parent.parent;
  if (!ts.isVariableStatement(statement) || !ts.isBlock(statement.parent) || !isWalk(statement.parent.parent))
    return undefined;
  return (statement.declarationList.flags & ts.NodeFlags.Const) === 0
    ? undefined
    : { name: declaration.name.text, statement };
}

/** The order is by the key alone, or by nothing. */
function directionOf(options: ts.ObjectLiteralExpression, key: string): "asc" | "desc" | undefined {
  const property = propertyOf(options, "orderBy");
  if (property === undefined) return "asc";
  let order = valueOf(property);
  if (ts.isArrayLiteralExpression(order)) {
    const [only, ...others] = order.elements;
    if (only === undefined || others.length > 0) return undefined;
    order = only;
  }
  if (!ts.isObjectLiteralExpression(order) || order.properties.length !== 1) return undefined;
  const by = propertyOf(order, key);
  const direction = by === undefined ? undefined : valueOf(by);
  return direction !== undefined && ts.isStringLiteral(direction) && /^(asc|desc)$/.test(direction.text)
    ? (direction.text as "asc" | "desc")
    : undefined;
}

function isSelected(options: ts.ObjectLiteralExpression, key: string): boolean {
  if (propertyOf(options, "omit") !== undefined) return false;
  const select = propertyOf(options, "select");
  if (select === undefined) return true;
  const columns = valueOf(select);
  return ts.isObjectLiteralExpression(columns) && propertyOf(columns, key)?.getText().endsWith("true") === true;
}

type Place = ts.PropertyAssignment | ts.ShorthandPropertyAssignment;

/** The condition takes the place of `skip`, or stands with the others. `undefined`, before the first page, is no condition to Prisma. */
function behindLast(
  options: ts.ObjectLiteralExpression,
  key: string,
  condition: string,
): ((skip: Place) => readonly TextEdit[]) | undefined {
  const where = propertyOf(options, "where");
  if (where === undefined) return (skip) => [replace(skip, `where: { ${key}: ${condition} }`)];
  const value = valueOf(where);
  if (!ts.isObjectLiteralExpression(value) || propertyOf(value, key) !== undefined) return undefined;
  if (value.properties.some((one) => !ts.isPropertyAssignment(one) && !ts.isShorthandPropertyAssignment(one)))
    return undefined;
  return (skip) => [addProperty(value, `${key}: ${condition}`), without(options, skip)];
}

/** A property with the comma behind it, and its line. */
function without(options: ts.ObjectLiteralExpression, property: Place): TextEdit {
  const at = options.properties.indexOf(property);
  const next = options.properties[at + 1];
  const before = options.properties[at - 1];
  if (next !== undefined) return { start: property.getStart(), end: next.getStart(), newText: "" };
  return { start: before === undefined ? property.getStart() : before.end, end: property.end, newText: "" };
}

/** `let lastId: string | undefined;` before the loop, and what it holds after each page. */
function remembering(
  tree: ts.SourceFile,
  {
    loop,
    page,
    last,
    walk,
  }: { readonly loop: ts.Node; readonly page: Page; readonly last: string; readonly walk: WalkToKey },
): readonly TextEdit[] {
  const style = styleOf(tree);
  const type = /\.[cm]?tsx?$/.test(tree.fileName) ? `: ${walk.type} | undefined` : "";
  const start = loop.getStart(tree);
  const end = page.statement.end;
  const gap = `${style.newline}${indentAt(tree.text, page.statement.getStart(tree))}`;
  return [
    { start, end: start, newText: `let ${last}${type}${style.semicolon}${style.newline}${indentAt(tree.text, start)}` },
    {
      start: end,
      end,
      // Behind an empty page the walk stays where it is, as it did before.
      newText: `${gap}${last} = ${page.name}[${page.name}.length - 1]?.${walk.key} ?? ${last}${style.semicolon}`,
    },
  ];
}

function ordered(options: ts.ObjectLiteralExpression, key: string): readonly TextEdit[] {
  if (propertyOf(options, "orderBy") !== undefined) return [];
  const quote = styleOf(options.getSourceFile()).quote;
  return [addProperty(options, `orderBy: { ${key}: ${quote}asc${quote} }`)];
}

/** The counter goes when it did nothing but count what is skipped; undefined where it stands in the loop's head. */
function counterEdits(loop: ts.Node, skip: Place): readonly TextEdit[] | undefined {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.isPropertyAssignment(skip) ? skip.initializer : skip.name);
  const tree = loop.getSourceFile();
  const edits: TextEdit[] = [];
  for (const name of names) {
    const mentions = mentionsOf(tree, name).filter((one) => one.pos < skip.pos || skip.end < one.end);
    const declaration = mentions.find((one) => ts.isVariableDeclaration(one.parent) && one.parent.name === one);
    const others = mentions.filter((one) => one !== declaration);
    const statements = others.map((one) => stepOf(one, loop));
    if (declaration === undefined || statements.length === 0) continue;
    if (!statements.every((one) => one !== undefined)) continue;
    const list = declaration.parent.parent;
    if (!ts.isVariableDeclarationList(list) || list.declarations.length !== 1) continue;
    if (!ts.isVariableStatement(list.parent) || !isListed(list.parent)) return undefined;
    edits.push(removedStatement(tree, list.parent), ...statements.map((one) => removedStatement(tree, one)));
  }
  return edits;
}

function mentionsOf(tree: ts.SourceFile, name: string): readonly ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === name) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** `page++;` and `skip += size;` as statements of the loop. */
function stepOf(name: ts.Identifier, loop: ts.Node): ts.Statement | undefined {
  const { parent } = name;
  const isStep =
    ts.isPostfixUnaryExpression(parent) ||
    ts.isPrefixUnaryExpression(parent) ||
    (ts.isBinaryExpression(parent) && parent.left === name && parent.operatorToken.getText() === "+=");
  const statement = parent.parent;
  const isInLoop = loop.pos <= name.pos && name.end <= loop.end;
  return isStep && isInLoop && ts.isExpressionStatement(statement) && isListed(statement) ? statement : undefined;
}
