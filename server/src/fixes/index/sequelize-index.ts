/** `indexes: [{ … }]` among the options of a Sequelize model: of `define`, of `init`, and of `@Table` classes. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { bare, nodeAt } from "../nodes.js";
import { quoted, styleOf } from "../style.js";
import { appendTo } from "./append-item.js";
import type { ModelPlace, WantedIndex } from "./wanted-index.js";

export function sequelizeIndexes(
  tree: ts.SourceFile,
  model: ModelPlace,
  wanted: readonly WantedIndex[],
): TextEdit | undefined {
  const call = modelCall(tree, model);
  const items = wanted.map((index) => itemFor(tree, index));
  if (call === undefined || !items.every((item) => item !== undefined)) return undefined;
  return intoOptions(tree, call, items.join(", "));
}

function itemFor(tree: ts.SourceFile, wanted: WantedIndex): string | undefined {
  if (wanted.method !== "btree" || wanted.where !== undefined) return undefined;
  const style = styleOf(tree);
  const fields = wanted.parts.map(({ column, descending }) => {
    if (column === undefined) return undefined;
    return descending ? `{ name: ${quoted(column, style)}, order: ${quoted("DESC", style)} }` : quoted(column, style);
  });
  if (!fields.every((field) => field !== undefined)) return undefined;
  return `{ name: ${quoted(wanted.name, style)}, fields: [${fields.join(", ")}] }`;
}

function modelCall(tree: ts.SourceFile, { location }: ModelPlace): ts.CallExpression | undefined {
  return nodeAt(tree, location.span, ts.isCallExpression) ?? decoratorCall(tree, location.span.start);
}

/** `@Table({ … })` at, or on the class at, an offset. */
function decoratorCall(tree: ts.SourceFile, offset: number): ts.CallExpression | undefined {
  let found: ts.CallExpression | undefined;
  const visit = (node: ts.Node): void => {
    if (node.end < offset || offset < node.pos) return;
    const decorators = ts.isClassDeclaration(node) ? (ts.getDecorators(node) ?? []) : [];
    for (const { expression } of decorators)
      if (ts.isCallExpression(expression) && expression.expression.getText(tree) === "Table") found = expression;
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function intoOptions(tree: ts.SourceFile, call: ts.CallExpression, item: string): TextEdit | undefined {
  const callee = call.expression;
  const method = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText(tree);
  const position = method === "define" ? 2 : method === "init" ? 1 : 0;
  const given = call.arguments[position];
  if (given === undefined) {
    const last = call.arguments.at(-1);
    if (call.arguments.length !== position) return undefined;
    if (last === undefined) return { start: call.end - 1, end: call.end - 1, newText: `{ indexes: [${item}] }` };
    return { start: last.end, end: last.end, newText: `, { indexes: [${item}] }` };
  }
  const options = bare(given);
  if (!ts.isObjectLiteralExpression(options)) return undefined;
  const indexes = options.properties.find((property) => property.name?.getText(tree) === "indexes");
  if (indexes === undefined) return appendTo(tree, options, `indexes: [${item}]`);
  const list = ts.isPropertyAssignment(indexes) ? bare(indexes.initializer) : undefined;
  return list !== undefined && ts.isArrayLiteralExpression(list) ? appendTo(tree, list, item) : undefined;
}
