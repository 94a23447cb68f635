/** Imports and exports. */
import { ts } from "../syntax/typescript.js";
import { declare, startOf, type Builder } from "./builder.js";
import { lowerExpression, MAX_DEPTH } from "./lower-expression.js";
import { has } from "./lower-function.js";
import { makeMember, makeOther, type Place } from "./make-expr.js";
import { NONE, type ExprId, type ImportFact } from "./model.js";

export function lowerModuleStatement(b: Builder, node: ts.Statement): void {
  if (ts.isImportDeclaration(node)) lowerImport(b, node);
  else if (ts.isExportDeclaration(node)) lowerExport(b, node);
  else if (ts.isExportAssignment(node)) lowerExportAssignment(b, node);
  else if (ts.isImportEqualsDeclaration(node)) lowerImportEquals(b, node);
}

function textOf(name: ts.ModuleExportName): string {
  return name.text;
}

function addImport(b: Builder, name: ts.Identifier, fact: Omit<ImportFact, "local" | "span">): void {
  const span = { start: startOf(b, name), end: name.end };
  declare(b, { name: name.text, kind: "import", span, import: b.imports.length });
  b.imports.push({ ...fact, local: name.text, span });
}

function lowerImport(b: Builder, node: ts.ImportDeclaration): void {
  if (!ts.isStringLiteral(node.moduleSpecifier)) return;
  const module = node.moduleSpecifier.text;
  const clause = node.importClause;
  const span = { start: startOf(b, node), end: node.end };
  const first = b.imports.length;
  if (clause !== undefined) lowerClause(b, clause, module);
  // `import "m"`, and `import {} from "m"` too, load a module for what it does.
  if (b.imports.length === first) b.imports.push({ module, imported: "*", local: "", span, form: "side-effect" });
}

function lowerClause(b: Builder, clause: ts.ImportClause, module: string): void {
  const allTypes = clause.phaseModifier === ts.SyntaxKind.TypeKeyword;
  const typed = (flag: boolean): { typeOnly: true } | object => (flag || allTypes ? { typeOnly: true } : {});
  if (clause.name !== undefined)
    addImport(b, clause.name, { module, imported: "default", form: "import", ...typed(false) });
  const named = clause.namedBindings;
  if (named === undefined) return;
  if (ts.isNamespaceImport(named)) {
    addImport(b, named.name, { module, imported: "*", form: "import", ...typed(false) });
    return;
  }
  for (const element of named.elements) {
    addImport(b, element.name, {
      module,
      imported: textOf(element.propertyName ?? element.name),
      form: "import",
      ...typed(element.isTypeOnly),
    });
  }
}

/** `import x = require("m")` loads a module, `import X = A.B` names a part of a namespace. */
function lowerImportEquals(b: Builder, node: ts.ImportEqualsDeclaration): void {
  const { moduleReference, name, isTypeOnly } = node;
  if (!ts.isExternalModuleReference(moduleReference)) {
    const init = lowerEntity(b, moduleReference, NONE);
    declare(b, { name: name.text, kind: "const", span: { start: startOf(b, name), end: name.end }, init });
  } else if (ts.isStringLiteralLike(moduleReference.expression)) {
    const module = moduleReference.expression.text;
    addImport(b, name, { module, imported: "*", form: "require", ...(isTypeOnly ? { typeOnly: true as const } : {}) });
  }
  if (has(node, ts.SyntaxKind.ExportKeyword))
    b.pendingExports.push({ name: name.text, local: name.text, typeOnly: isTypeOnly });
}

function lowerEntity(b: Builder, node: ts.EntityName, parent: ExprId): ExprId {
  if (ts.isIdentifier(node) || b.depth >= MAX_DEPTH) return lowerExpression(b, entityRoot(node), parent);
  const id = b.exprs.length;
  const place: Place = { start: startOf(b, node), end: node.end, parent, region: b.region };
  b.exprs.push(makeOther(place, []));
  b.depth++;
  const object = lowerEntity(b, node.left, id);
  b.depth--;
  b.exprs[id] = makeMember(place, object, node.right.text, startOf(b, node.right), false);
  return id;
}

function entityRoot(node: ts.EntityName): ts.Identifier {
  let root = node;
  while (ts.isQualifiedName(root)) root = root.left;
  return root;
}

function lowerExport(b: Builder, node: ts.ExportDeclaration): void {
  const module =
    node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)
      ? node.moduleSpecifier.text
      : undefined;
  const typed = node.isTypeOnly ? { typeOnly: true as const } : {};
  const clause = node.exportClause;
  const none = { binding: NONE, expr: NONE };
  if (module !== undefined) {
    b.imports.push({
      module,
      imported: "*",
      local: "",
      span: { start: startOf(b, node), end: node.end },
      form: "import",
      ...typed,
    });
  }
  if (clause === undefined) {
    if (module !== undefined) b.exports.push({ name: "*", ...none, module, imported: "*", ...typed });
    return;
  }
  if (ts.isNamespaceExport(clause)) {
    if (module !== undefined) b.exports.push({ name: textOf(clause.name), ...none, module, imported: "*", ...typed });
    return;
  }
  for (const element of clause.elements) {
    const name = textOf(element.name);
    const source = textOf(element.propertyName ?? element.name);
    const typeOnly = node.isTypeOnly || element.isTypeOnly;
    if (module === undefined) b.pendingExports.push({ name, local: source, typeOnly });
    else b.exports.push({ name, ...none, module, imported: source, ...(typeOnly ? { typeOnly: true as const } : {}) });
  }
}

function lowerExportAssignment(b: Builder, node: ts.ExportAssignment): void {
  const expr = lowerExpression(b, node.expression, NONE, "default");
  b.exports.push({ name: node.isExportEquals === true ? "=" : "default", binding: NONE, expr });
}
