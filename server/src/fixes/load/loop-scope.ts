/** What the code of a loop may be taken out of it: which names belong to the loop, and how an expression reads when it stands before the loop. */
import { ts } from "../../syntax/typescript.js";
import { bare } from "../nodes.js";
import { arrow, styleOf } from "../style.js";
import type { LoopShape } from "./loop-shape.js";

export interface LoopScope {
  /** Whether an expression reads anything that only exists, or changes, inside the loop. */
  readonly isVariant: (node: ts.Node) => boolean;
  /** Whether evaluating it once instead of once per element is the same: it calls nothing but what `allowed` names. */
  readonly isPlain: (node: ts.Node, allowed?: RegExp) => boolean;
  /**
   * An expression made from the element alone, as a function of it: `(order) => order.customerId`. Undefined for anything else.
   * `pure`: names of functions that give the same for the same.
   */
  readonly ofElement: (node: ts.Expression, pure?: RegExp) => ElementFunction | undefined;
}

export interface ElementFunction {
  /** Name of the parameter. */
  readonly parameter: string;
  readonly body: string;
  /** As it is written in the loop. */
  readonly source: string;
  /** The body as the arrow function it is the body of. */
  readonly text: string;
  /** It is the element itself. */
  readonly identity: boolean;
  /** Properties followed from the element, the last of them: `customerId`; undefined for the element itself and computed keys. */
  readonly lastName: string | undefined;
  /** How many steps lead to it: reading `a.b.c` of every element can fail where the loop would not have come so far. */
  readonly depth: number;
}

export function loopScope(loop: LoopShape, elementName: string): LoopScope {
  const declared = declaredIn(loop);
  const changed = changedIn(loop);
  const aliases = aliasesIn(loop, changed);
  const isVariant = (node: ts.Node): boolean =>
    someReference(node, (name) => declared.has(name.text) || changed.has(name.text));
  return {
    isVariant,
    isPlain: (node, allowed) => !contains(node, (at) => isImpure(at, allowed)),
    ofElement: (node, pure) => {
      const parts = new Rendering(loop, aliases, changed, elementName, pure);
      const body = parts.render(node);
      if (body === undefined || !parts.usesElement) return undefined;
      return {
        parameter: elementName,
        body,
        source: node.getText(),
        text: `${arrow(elementName, styleOf(node.getSourceFile()))} ${body}`,
        identity: body === elementName,
        lastName: /(?:^|[.])([A-Za-z_$][\w$]*)!?$/.exec(body)?.[1],
        depth: body.split(".").length - 1,
      };
    },
  };
}

/** Names a loop declares: its element's and those of its body, nested functions included. */
function declaredIn(loop: LoopShape): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) names.add(name.text);
    else for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name);
  };
  add(loop.element);
  walkOwn(loop, loop.node, (node) => {
    if (ts.isVariableDeclaration(node) || ts.isParameter(node)) add(node.name);
    else if ((ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) && node.name !== undefined)
      names.add(node.name.text);
  });
  return names;
}

/** Names the loop gives new values. */
function changedIn(loop: LoopShape): ReadonlySet<string> {
  const names = new Set<string>();
  walkOwn(loop, loop.node, (node) => {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) targets(node.left, names);
    else if (
      (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
      (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
    )
      targets(node.operand, names);
  });
  return names;
}

function targets(node: ts.Expression, names: Set<string>): void {
  const at = bare(node);
  if (ts.isIdentifier(at)) names.add(at.text);
  else if (ts.isPropertyAccessExpression(at)) names.add(`.${at.name.text}`);
  else if (ts.isObjectLiteralExpression(at) || ts.isArrayLiteralExpression(at))
    walk(at, (inner) => {
      if (ts.isIdentifier(inner)) names.add(inner.text);
    });
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return ts.SyntaxKind.FirstAssignment <= kind && kind <= ts.SyntaxKind.LastAssignment;
}

type Alias =
  | { readonly value: ts.Expression }
  /** `const { customerId } = order` */
  | { readonly value: ts.Expression; readonly property: string };

/** Constants of the body that only rename something. */
function aliasesIn(loop: LoopShape, changed: ReadonlySet<string>): ReadonlyMap<string, Alias> {
  const aliases = new Map<string, Alias>();
  const seen = new Set<string>();
  walkOwn(loop, loop.body, (node) => {
    if (!ts.isVariableDeclaration(node) || node.initializer === undefined) return;
    const isConst = (node.parent.flags & ts.NodeFlags.Const) !== 0;
    const { name, initializer } = node;
    const put = (local: string, alias: Alias): void => {
      if (seen.has(local) || !isConst || changed.has(local)) aliases.delete(local);
      else aliases.set(local, alias);
      seen.add(local);
    };
    if (ts.isIdentifier(name)) put(name.text, { value: initializer });
    else if (ts.isObjectBindingPattern(name))
      for (const { name: local, propertyName, initializer: fallback, dotDotDotToken } of name.elements) {
        if (!ts.isIdentifier(local) || fallback !== undefined || dotDotDotToken !== undefined) continue;
        const property = propertyName ?? local;
        if (ts.isIdentifier(property)) put(local.text, { value: initializer, property: property.text });
      }
  });
  return aliases;
}

function isConstant({ kind }: ts.Node): boolean {
  return (
    kind === ts.SyntaxKind.NullKeyword || kind === ts.SyntaxKind.TrueKeyword || kind === ts.SyntaxKind.FalseKeyword
  );
}

/** Prints an expression with the loop's own constants replaced by what they stand for. */
class Rendering {
  readonly #loop: LoopShape;
  readonly #aliases: ReadonlyMap<string, Alias>;
  readonly #changed: ReadonlySet<string>;
  readonly #elementName: string;
  readonly #pure: RegExp | undefined;
  usesElement = false;
  #hops = 0;

  constructor(
    loop: LoopShape,
    aliases: ReadonlyMap<string, Alias>,
    changed: ReadonlySet<string>,
    elementName: string,
    pure?: RegExp,
  ) {
    this.#loop = loop;
    this.#pure = pure;
    this.#aliases = aliases;
    this.#changed = changed;
    this.#elementName = elementName;
  }

  render(node: ts.Expression): string | undefined {
    if (++this.#hops > 60) return undefined;
    if (this.#isIndexed(node)) return this.#element();
    if (ts.isIdentifier(node)) return this.#name(node);
    if (ts.isPropertyAccessExpression(node)) {
      if (this.#changed.has(`.${node.name.text}`) || ts.isPrivateIdentifier(node.name)) return undefined;
      const object = this.render(node.expression);
      return object === undefined
        ? undefined
        : `${object}${node.questionDotToken === undefined ? "." : "?."}${node.name.text}`;
    }
    if (ts.isNonNullExpression(node)) return this.#with(node.expression, (text) => `${text}!`);
    if (ts.isParenthesizedExpression(node)) return this.#with(node.expression, (text) => `(${text})`);
    if (ts.isAsExpression(node)) {
      if (someReference(node.type, () => false)) return undefined;
      return this.#with(node.expression, (text) => `${text} as ${node.type.getText()}`);
    }
    if (node.kind === ts.SyntaxKind.ThisKeyword)
      return this.#loop.callback?.kind === ts.SyntaxKind.FunctionExpression ? undefined : "this";
    if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node) || isConstant(node)) return node.getText();
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
      return this.#with(node.operand, (text) => `!${text}`);
    if (ts.isBinaryExpression(node) && !isAssignment(node.operatorToken.kind)) return this.#binary(node);
    if (ts.isTemplateExpression(node)) return this.#template(node);
    if (ts.isConditionalExpression(node)) return this.#choice(node);
    if (ts.isCallExpression(node))
      return this.#pure?.test(calledName(node)) === true ? this.#call(node) : this.#conversion(node);
    if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(bare(node.argumentExpression)))
      return this.#with(node.expression, (text) => `${text}[${node.argumentExpression.getText()}]`);
    return undefined;
  }

  #with(node: ts.Expression, print: (text: string) => string | undefined): string | undefined {
    const text = this.render(node);
    return text === undefined ? undefined : print(text);
  }

  #binary({ left, operatorToken, right }: ts.BinaryExpression): string | undefined {
    if (operatorToken.kind === ts.SyntaxKind.CommaToken) return undefined;
    return this.#with(left, (a) => this.#with(right, (b) => `${a} ${operatorToken.getText()} ${b}`));
  }

  #choice({ condition, whenTrue, whenFalse }: ts.ConditionalExpression): string | undefined {
    const [test, yes, no] = [condition, whenTrue, whenFalse].map((part) => this.render(part));
    if (test === undefined || yes === undefined || no === undefined) return undefined;
    return `(${test} ? ${yes} : ${no})`;
  }

  #template(node: ts.TemplateExpression): string | undefined {
    let text = node.head.getText();
    for (const span of node.templateSpans) {
      const inner = this.render(span.expression);
      if (inner === undefined) return undefined;
      text += `${inner}${span.literal.getText()}`;
    }
    return text;
  }

  /** `Number(x)`, `String(x)`, `x.toString()`: the same for the same argument. */
  #conversion(node: ts.CallExpression): string | undefined {
    const { expression, arguments: args } = node;
    if (
      ts.isPropertyAccessExpression(expression) &&
      /^(toString|toLowerCase|trim|toHexString)$/.test(expression.name.text)
    )
      return args.length > 0
        ? undefined
        : this.#with(expression.expression, (text) => `${text}.${expression.name.text}()`);
    const [only] = args;
    if (!/^(Number|String|BigInt)$/.test(expression.getText()) || only === undefined || args.length > 1)
      return undefined;
    return this.#with(only, (text) => `${expression.getText()}(${text})`);
  }

  #call({ expression, arguments: args }: ts.CallExpression): string | undefined {
    const parts = [expression, ...args].map((part) => this.render(part));
    const [callee, ...given] = parts;
    return parts.includes(undefined) ? undefined : `${callee ?? ""}(${given.join(", ")})`;
  }

  #element(): string {
    this.usesElement = true;
    return this.#elementName;
  }

  #isIndexed(node: ts.Expression): boolean {
    const { indexed } = this.#loop;
    return indexed !== undefined && bare(node).getText() === `${indexed.list}[${indexed.index}]`;
  }

  #name(node: ts.Identifier): string | undefined {
    const name = node.text;
    const path = pathInPattern(this.#loop.element, name);
    if (path !== undefined) {
      if (this.#changed.has(name)) return undefined;
      const element = this.#element();
      return path.reduce((text, step) => (step.startsWith("[") ? `${text}${step}` : `${text}.${step}`), element);
    }
    const alias = this.#aliases.get(name);
    if (alias !== undefined) {
      const value = this.render(unwrapped(alias.value));
      if (value === undefined) return undefined;
      return "property" in alias ? `${value}.${alias.property}` : value;
    }
    // Anything else of the loop's own cannot be had before it.
    if (this.#changed.has(name) || declaredIn(this.#loop).has(name)) return undefined;
    return name;
  }
}

function unwrapped(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? node.expression : node;
}

/** Properties that lead from the element to a name of its pattern; empty for the element itself. */
function pathInPattern(pattern: ts.BindingName, name: string): readonly string[] | undefined {
  if (ts.isIdentifier(pattern)) return pattern.text === name ? [] : undefined;
  if (ts.isArrayBindingPattern(pattern)) return placeInPattern(pattern, name);
  for (const { name: local, propertyName, initializer, dotDotDotToken } of pattern.elements) {
    if (initializer !== undefined || dotDotDotToken !== undefined) continue;
    const property = propertyName ?? (ts.isIdentifier(local) ? local : undefined);
    if (property === undefined || !ts.isIdentifier(property)) continue;
    const inner = pathInPattern(local, name);
    if (inner !== undefined) return [property.text, ...inner];
  }
  return undefined;
}

/** `[id, order]` of `Object.entries(…)` or of a `Map`. */
function placeInPattern({ elements }: ts.ArrayBindingPattern, name: string): readonly string[] | undefined {
  for (const [i, element] of elements.entries()) {
    if (!ts.isBindingElement(element) || element.initializer !== undefined || element.dotDotDotToken !== undefined)
      continue;
    const inner = pathInPattern(element.name, name);
    if (inner !== undefined) return [`[${i}]`, ...inner];
  }
  return undefined;
}

/** Calls, `new`, `await`, assignments and functions: what might come out differently, or do something, each time. */
function isImpure(node: ts.Node, allowed: RegExp | undefined): boolean {
  if (ts.isCallExpression(node)) return allowed === undefined || !allowed.test(calledName(node));
  return (
    ts.isNewExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isYieldExpression(node) ||
    ts.isFunctionLike(node) ||
    ts.isTaggedTemplateExpression(node) ||
    (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind))
  );
}

/** Last name of what is called. */
export function calledName({ expression }: ts.CallExpression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : "";
}

/** Whether a node, or one inside it, passes the test. */
export function contains(node: ts.Node, test: (node: ts.Node) => boolean): boolean {
  return test(node) || (ts.forEachChild(node, (child) => contains(child, test) || undefined) ?? false);
}

/** Whether a name that is read for its value passes the test; names of properties are none. */
export function someReference(node: ts.Node, test: (name: ts.Identifier) => boolean): boolean {
  return contains(node, (at) => ts.isIdentifier(at) && !isPropertyName(at) && test(at));
}

function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node)
  );
}

/** Everything but what comes before the loop once. */
function walkOwn(loop: LoopShape, node: ts.Node, visit: (node: ts.Node) => void): void {
  if (loop.fixed?.has(node) === true) return;
  visit(node);
  ts.forEachChild(node, (child) => walkOwn(loop, child, visit));
}

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}
