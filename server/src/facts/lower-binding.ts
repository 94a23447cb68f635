/** Declared names: variables, parameters and the names taken out of a destructured value. */
import { ts } from "../syntax/typescript.js";
import { declare, propertyName, startOf, type BindingDraft, type Builder } from "./builder.js";
import { lowerExpression } from "./lower-expression.js";
import { lowerType } from "./lower-type.js";
import { NONE } from "./model.js";

type Origin = Partial<BindingDraft> & Pick<BindingDraft, "kind">;

/** Declares every name of a pattern, with the steps from the whole value to it. Returns their bindings. */
export function declarePattern(b: Builder, name: ts.BindingName, origin: Origin, path: readonly string[]): number[] {
  if (ts.isIdentifier(name)) {
    return [
      declare(b, {
        ...origin,
        ...(path.length === 0 ? {} : { path }),
        name: name.text,
        span: { start: startOf(b, name), end: name.end },
      }),
    ];
  }
  return name.elements.flatMap((element, index) => {
    if (ts.isOmittedExpression(element)) return [];
    const step =
      element.dotDotDotToken !== undefined
        ? "..."
        : ts.isArrayBindingPattern(name)
          ? String(index)
          : (propertyName(element.propertyName ?? element.name) ?? "?");
    if (element.propertyName !== undefined && ts.isComputedPropertyName(element.propertyName))
      lowerExpression(b, element.propertyName.expression, NONE);
    const fallback = element.initializer === undefined ? NONE : lowerExpression(b, element.initializer, NONE);
    return declarePattern(b, element.name, fallback === NONE ? origin : { ...origin, fallback }, [...path, step]);
  });
}

/** Declares the names of `const`, `let`, `var` and `using` lists, with their initialisers. */
export function lowerVariables(b: Builder, list: ts.VariableDeclarationList): void {
  const kind =
    (list.flags & ts.NodeFlags.BlockScoped) === 0
      ? "var"
      : (list.flags & ts.NodeFlags.Let) !== 0 && (list.flags & ts.NodeFlags.Const) === 0
        ? "let"
        : "const";
  for (const declaration of list.declarations) {
    const { name, initializer } = declaration;
    const hint = ts.isIdentifier(name) ? name.text : "";
    const init = initializer === undefined ? NONE : lowerExpression(b, initializer, NONE, hint);
    const type = declaration.type === undefined ? undefined : lowerType(declaration.type);
    const bindings = declarePattern(b, name, { kind, init, ...(type === undefined ? {} : { type }) }, []);
    linkInitializer(b, init, ts.isIdentifier(name) ? (bindings[0] ?? NONE) : NONE);
    if (initializer !== undefined) noteRequire(b, initializer, bindings);
  }
}

/** A variable that is a function or class is known as such from both sides. */
function linkInitializer(b: Builder, init: number, binding: number): void {
  const expr = b.exprs[init];
  const draft = b.bindings[binding];
  if (expr === undefined || draft === undefined) return;
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

export function requiredModule(node: ts.Expression): string | undefined {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== "require")
    return undefined;
  const [first] = node.arguments;
  return first !== undefined && ts.isStringLiteralLike(first) ? first.text : undefined;
}
