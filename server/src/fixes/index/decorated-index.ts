/** `@Index(…)` on an entity class of TypeORM or MikroORM. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { importEdits } from "../imports.js";
import { around } from "../nodes.js";
import { indentAt, quoted, styleOf } from "../style.js";
import type { ModelPlace, WantedIndex } from "./wanted-index.js";

const MODULES: Readonly<Record<string, string>> = { typeorm: "typeorm", "mikro-orm": "@mikro-orm/core" };

/**
 * Neither knows a direction, an expression or another kind of index here. One direction may be left out: the index is read backwards.
 *
 * @param named Whether the index is given a name: where a migration makes it, both have to agree.
 */
export function decoratedIndex(
  tree: ts.SourceFile,
  model: ModelPlace,
  wanted: WantedIndex & { readonly reversible: boolean },
  named: boolean,
): readonly TextEdit[] | undefined {
  const decorator = decoratorAt(tree, model.location.span.start);
  const hasDirection = wanted.parts.some(({ descending }) => descending);
  if (decorator === undefined || wanted.method !== "btree" || wanted.where !== undefined) return undefined;
  if (hasDirection && !wanted.reversible) return undefined;
  const style = styleOf(tree);
  const fields = wanted.parts.map(({ column }) => (column === undefined ? undefined : model.fieldOf(column)));
  if (!fields.every((field) => field !== undefined)) return undefined;
  const list = `[${fields.map((field) => quoted(field, style)).join(", ")}]`;
  const module = moduleOf(tree, nameOf(decorator)) ?? MODULES[model.source] ?? "typeorm";
  const { local, edits } = importEdits(tree, { module, name: "Index" });
  const name = quoted(wanted.name, style);
  const args =
    model.source === "typeorm"
      ? `${named ? `${name}, ` : ""}${list}`
      : `{ ${named ? `name: ${name}, ` : ""}properties: ${list} }`;
  const base = indentAt(tree.text, decorator.getStart(tree));
  const newText = `${style.newline}${base}@${local}(${args})`;
  return [...edits, { start: decorator.end, end: decorator.end, newText }];
}

function decoratorAt(tree: ts.SourceFile, offset: number): ts.Decorator | undefined {
  let found: ts.Decorator | undefined;
  const visit = (node: ts.Node): void => {
    if (node.end < offset || offset < node.pos) return;
    if (ts.isDecorator(node) && node.getStart(tree) <= offset) found = node;
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found === undefined ? undefined : around(found, ts.isDecorator);
}

function nameOf({ expression }: ts.Decorator): string | undefined {
  const callee = ts.isCallExpression(expression) ? expression.expression : expression;
  return ts.isIdentifier(callee) ? callee.text : undefined;
}

/** The module the entity's own decorator is imported from. */
function moduleOf(tree: ts.SourceFile, name: string | undefined): string | undefined {
  const found = tree.statements.filter(ts.isImportDeclaration).find(({ importClause }) => {
    const named = importClause?.namedBindings;
    return named !== undefined && ts.isNamedImports(named) && named.elements.some((one) => one.name.text === name);
  });
  const module = found?.moduleSpecifier;
  return module !== undefined && ts.isStringLiteral(module) ? module.text : undefined;
}
