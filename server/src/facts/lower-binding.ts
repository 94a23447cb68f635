/** Declared names: variables, parameters and the names taken out of a destructured value. */
import { ts } from "../syntax/typescript.js";
import { declare, noteTooDeep, propertyName, startOf, type BindingDraft, type Builder } from "./builder.js";
import { lowerExpression } from "./lower-expression.js";
import { lowerType } from "./lower-type.js";
import { NONE, type BindingId } from "./model.js";

type Origin = Partial<BindingDraft> & Pick<BindingDraft, "kind">;

/** Patterns nested deeper than this are an attack. */
const MAX_STEPS = 50;

/** Declares every name of a pattern, with the steps from the whole value to it, and adds their bindings to `found`. */
export function declarePattern(
  b: Builder,
  name: ts.BindingName,
  origin: Origin,
  path: readonly string[],
  found: BindingId[],
): void {
  if (ts.isIdentifier(name)) {
    const draft = { ...origin, name: name.text, span: { start: startOf(b, name), end: name.end } };
    found.push(declare(b, path.length === 0 ? draft : { ...draft, path }));
    return;
  }
  if (path.length === MAX_STEPS) {
    noteTooDeep(b, { start: startOf(b, name), end: name.end });
    return;
  }
  const isArray = ts.isArrayBindingPattern(name);
  for (const [index, element] of name.elements.entries()) {
    if (ts.isOmittedExpression(element)) continue;
    const { propertyName: key, initializer } = element;
    if (key !== undefined && ts.isComputedPropertyName(key)) lowerExpression(b, key.expression, NONE);
    const fallback = initializer === undefined ? NONE : lowerExpression(b, initializer, NONE);
    const own = fallback === NONE ? origin : { ...origin, fallback };
    declarePattern(b, element.name, own, [...path, stepTo(element, isArray ? index : undefined)], found);
  }
}

/** Where in the value around it an element of a pattern is found. */
function stepTo(element: ts.BindingElement, index: number | undefined): string {
  if (element.dotDotDotToken !== undefined) return "...";
  return index === undefined ? (propertyName(element.propertyName ?? element.name) ?? "?") : String(index);
}

/** How a list of variables declares. Resources (`using`) are constants. */
export function variableKind(list: ts.VariableDeclarationList): "var" | "let" | "const" {
  const kind = list.flags & ts.NodeFlags.BlockScoped;
  if (kind === 0) return "var";
  return kind === ts.NodeFlags.Let ? "let" : "const";
}

/** Declares the names of `const`, `let`, `var` and `using` lists, with their initialisers. Returns their bindings. */
export function lowerVariables(b: Builder, list: ts.VariableDeclarationList): BindingId[] {
  const kind = variableKind(list);
  const found: BindingId[] = [];
  for (const { name, initializer, type } of list.declarations) {
    const first = found.length;
    const hint = ts.isIdentifier(name) ? name.text : "";
    const init = initializer === undefined ? NONE : lowerExpression(b, initializer, NONE, hint);
    const origin: Origin = type === undefined ? { kind, init } : { kind, init, type: lowerType(type) };
    declarePattern(b, name, origin, [], found);
    if (initializer === undefined) continue;
    if (ts.isIdentifier(name)) linkInitializer(b, init, found[first] ?? NONE);
    noteRequire(b, initializer, found.slice(first));
  }
  return found;
}

/** A variable that is a function or class is known as such from both sides. */
function linkInitializer(b: Builder, init: number, binding: number): void {
  const expr = b.exprs[init];
  const draft = b.bindings[binding];
  // A `var` declared again keeps what it was declared with first.
  if (expr === undefined || draft === undefined || draft.init !== init) return;
  if (expr.kind === "function") {
    draft.function = expr.fn;
    const fn = b.functions[expr.fn];
    if (fn !== undefined) fn.binding = binding;
  }
  if (expr.kind === "class") draft.cls = expr.cls;
}

/** `const x = require("m")` and `const { a, b: c } = require("m")` are imports. */
function noteRequire(b: Builder, initializer: ts.Expression, bindings: readonly number[]): void {
  const module = requiredModule(initializer);
  if (module === undefined) return;
  for (const id of bindings) {
    const binding = b.bindings[id];
    if (binding === undefined || 1 < (binding.path?.length ?? 0)) continue;
    binding.import = b.imports.length;
    b.imports.push({
      module,
      imported: binding.path?.[0] ?? "*",
      local: binding.name,
      span: { start: startOf(b, initializer), end: initializer.end },
      form: "require",
    });
  }
}

function requiredModule(node: ts.Expression): string | undefined {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== "require")
    return undefined;
  const [first] = node.arguments;
  return first !== undefined && ts.isStringLiteralLike(first) ? first.text : undefined;
}
