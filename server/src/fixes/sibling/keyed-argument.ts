/** Which argument of a call differs from pass to pass, and what the function called calls it. */
import { ts } from "../../syntax/typescript.js";
import { nameOf, valueOf } from "../load/keyed-read.js";
import type { ElementFunction, LoopScope } from "../load/loop-scope.js";

export interface KeyedArgument {
  readonly index: number;
  readonly parameter: ts.ParameterDeclaration;
  /** The key's name inside the function. */
  readonly name: ts.Identifier;
  /** The property of a parameter that is taken apart at once: `({ token }) => …`. */
  readonly property?: string;
  /** The properties that lead to the key in an argument that is an object the function keeps whole: `args.where.id`. */
  readonly path?: readonly string[];
  /** The argument's key, as it is written in the call and as it reads before the loop. */
  readonly node: ts.Expression;
  readonly key: ElementFunction;
  /** The call's other arguments, and the other properties beside the key's: all are the same in every pass. */
  readonly others: readonly string[];
}

/** Undefined unless exactly one argument, or one property of one, is made of the element, and everything else is the same and costs nothing to give once. */
export function keyedArgument(
  call: ts.CallExpression,
  parameters: readonly ts.ParameterDeclaration[],
  scope: LoopScope,
): KeyedArgument | undefined {
  const args = [...call.arguments];
  if (args.some(ts.isSpreadElement) || parameters.length < args.length) return undefined;
  const index = args.findIndex((arg) => scope.isVariant(arg));
  const [argument, parameter] = [args[index], parameters[index]];
  const rest = args.filter((_, i) => i !== index);
  if (argument === undefined || parameter === undefined || !isSimple(parameter)) return undefined;
  if (rest.some((arg) => scope.isVariant(arg) || !scope.isPlain(arg))) return undefined;
  const { name } = parameter;
  const texts = (keys: readonly string[]): readonly string[] =>
    args.flatMap((arg, i) => (i === index ? keys : [arg.getText()]));
  if (ts.isIdentifier(name)) {
    const key = scope.ofElement(argument);
    if (key !== undefined) return { index, parameter, name, node: argument, key, others: texts([KEYS]) };
    const leaf = ts.isObjectLiteralExpression(argument) ? keyedLeaf(argument, scope) : undefined;
    return leaf === undefined ? undefined : { index, parameter, name, node: argument, ...leaf, others: texts([KEYS]) };
  }
  if (!ts.isObjectBindingPattern(name) || !ts.isObjectLiteralExpression(argument)) return undefined;
  const found = keyedProperty(argument, name, scope);
  return found === undefined
    ? undefined
    : { index, parameter, ...found, others: texts(found.kept === undefined ? [KEYS] : [KEYS, found.kept]) };
}

/** Stands for the keys among the arguments. */
export const KEYS = "\0keys";

function isSimple({ name, initializer, questionToken, dotDotDotToken }: ts.ParameterDeclaration): boolean {
  if (initializer !== undefined || questionToken !== undefined || dotDotDotToken !== undefined) return false;
  return !ts.isIdentifier(name) || name.text !== "this";
}

function keyedProperty(
  object: ts.ObjectLiteralExpression,
  pattern: ts.ObjectBindingPattern,
  scope: LoopScope,
): (Pick<KeyedArgument, "name" | "property" | "node" | "key"> & { readonly kept: string | undefined }) | undefined {
  const variant = object.properties.filter((one) =>
    ts.isPropertyAssignment(one) || ts.isShorthandPropertyAssignment(one)
      ? scope.isVariant(valueOf(one))
      : scope.isVariant(one),
  );
  const [only] = variant;
  if (only === undefined || variant.length > 1) return undefined;
  if (!ts.isPropertyAssignment(only) && !ts.isShorthandPropertyAssignment(only)) return undefined;
  const others = object.properties.filter((one) => one !== only);
  if (others.some((one) => ts.isSpreadAssignment(one) || !scope.isPlain(one))) return undefined;
  const property = nameOf(only);
  const node = valueOf(only);
  const key = scope.ofElement(node);
  const element = pattern.elements.find((one) => (one.propertyName ?? one.name).getText() === property);
  if (property === undefined || key === undefined || element === undefined) return undefined;
  if (element.initializer !== undefined || !ts.isIdentifier(element.name)) return undefined;
  if (pattern.elements.some(({ dotDotDotToken }) => dotDotDotToken !== undefined)) return undefined;
  const texts = others.map((one) => one.getText()).join(", ");
  const kept = pattern.elements.length === 1 ? undefined : texts === "" ? "{}" : `{ ${texts} }`;
  return { name: element.name, property, node, key, kept };
}

/** `{ where: { id: order.id } }`: the one property, at whatever depth, that differs from pass to pass. */
function keyedLeaf(
  object: ts.ObjectLiteralExpression,
  scope: LoopScope,
): { readonly path: readonly string[]; readonly key: ElementFunction } | undefined {
  const variant = object.properties.filter((one) => scope.isVariant(one));
  const [only] = variant;
  if (only === undefined || variant.length > 1 || object.properties.some(ts.isSpreadAssignment)) return undefined;
  if (!ts.isPropertyAssignment(only) && !ts.isShorthandPropertyAssignment(only)) return undefined;
  if (object.properties.some((one) => one !== only && !scope.isPlain(one))) return undefined;
  const name = nameOf(only);
  const value = valueOf(only);
  if (name === undefined) return undefined;
  if (ts.isObjectLiteralExpression(value)) {
    const inner = keyedLeaf(value, scope);
    return inner === undefined ? undefined : { ...inner, path: [name, ...inner.path] };
  }
  const key = scope.ofElement(value);
  return key === undefined ? undefined : { path: [name], key };
}

/** What the key is called: by the function, or by the property that holds it. */
export function keyNameOf({ path, name }: KeyedArgument): string {
  return path?.at(-1) ?? name.text;
}
