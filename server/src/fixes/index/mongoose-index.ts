/** `schema.index({ … })` behind the statement that makes a Mongoose schema. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { around, isListed } from "../nodes.js";
import { indentAt, quoted, styleOf } from "../style.js";
import type { ModelPlace, WantedIndex } from "./wanted-index.js";

export function mongooseIndex(tree: ts.SourceFile, model: ModelPlace, wanted: WantedIndex): TextEdit | undefined {
  const made = schemaStatement(tree, model);
  if (made === undefined || wanted.method !== "btree" || wanted.where !== undefined) return undefined;
  const style = styleOf(tree);
  const keys = wanted.parts.map(({ column, descending }) => {
    const path = column === undefined ? undefined : (model.fieldOf(column) ?? column);
    return path === undefined
      ? undefined
      : `${/^[A-Za-z_$][\w$]*$/.test(path) ? path : quoted(path, style)}: ${descending ? "-1" : "1"}`;
  });
  if (!keys.every((key) => key !== undefined)) return undefined;
  const { statement, variable } = made;
  const after = lastIndexCall(statement, variable) ?? statement;
  const base = indentAt(tree.text, after.getStart(tree));
  const line = `${variable}.index({ ${keys.join(", ")} })${style.semicolon}`;
  const blank = after === statement ? style.newline : "";
  return { start: after.end, end: after.end, newText: `${blank}${style.newline}${base}${line}` };
}

interface SchemaStatement {
  readonly statement: ts.Statement;
  readonly variable: string;
}

function schemaStatement(tree: ts.SourceFile, { location, name }: ModelPlace): SchemaStatement | undefined {
  const declaration = declarationAt(tree, location.span.start) ?? createdFor(tree, name);
  if (declaration === undefined || !ts.isIdentifier(declaration.name)) return undefined;
  const statement = around(declaration, ts.isVariableStatement);
  return statement === undefined || !isListed(statement) ? undefined : { statement, variable: declaration.name.text };
}

/** `const userSchema = new Schema(…)`. */
function declarationAt(tree: ts.SourceFile, offset: number): ts.VariableDeclaration | undefined {
  let found: ts.VariableDeclaration | undefined;
  const visit = (node: ts.Node): void => {
    if (node.end < offset || offset < node.pos) return;
    const init = ts.isVariableDeclaration(node) ? node.initializer : undefined;
    if (ts.isVariableDeclaration(node) && init !== undefined && isSchema(tree, init) && node.getStart(tree) <= offset)
      found = node;
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function isSchema(tree: ts.SourceFile, node: ts.Expression): boolean {
  return (ts.isNewExpression(node) || ts.isCallExpression(node)) && /\bSchema$/.test(node.expression.getText(tree));
}

/** `export const UserSchema = SchemaFactory.createForClass(User)`, as NestJS has it. */
function createdFor(tree: ts.SourceFile, model: string): ts.VariableDeclaration | undefined {
  for (const statement of tree.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const declaration of statement.declarationList.declarations) {
      const call = declaration.initializer;
      if (call === undefined || !ts.isCallExpression(call)) continue;
      const isMade = /(^|\.)createForClass$/.test(call.expression.getText(tree));
      if (isMade && call.arguments[0]?.getText(tree) === model) return declaration;
    }
  }
  return undefined;
}

function lastIndexCall(statement: ts.Statement, variable: string): ts.Statement | undefined {
  const { parent } = statement;
  const listed = ts.isSourceFile(parent) || ts.isBlock(parent) ? parent.statements : [];
  return listed.filter((one) => ts.isExpressionStatement(one) && one.getText().startsWith(`${variable}.index(`)).at(-1);
}
