/** Imports and exports. */
import { ts } from "../syntax/typescript.js";
import { declare, startOf, type Builder } from "./builder.js";
import { lowerExpression } from "./lower-expression.js";
import { NONE, type ImportFact } from "./model.js";

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
  if (clause === undefined) {
    b.imports.push({
      module,
      imported: "*",
      local: "",
      span: { start: startOf(b, node), end: node.end },
      form: "side-effect",
    });
    return;
  }
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

function lowerImportEquals(b: Builder, node: ts.ImportEqualsDeclaration): void {
  const { moduleReference } = node;
  if (!ts.isExternalModuleReference(moduleReference) || !ts.isStringLiteralLike(moduleReference.expression)) return;
  addImport(b, node.name, {
    module: moduleReference.expression.text,
    imported: "*",
    form: "require",
    ...(node.isTypeOnly ? { typeOnly: true as const } : {}),
  });
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
