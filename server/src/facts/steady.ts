/**
 * Whether an expression gives the same value each time it is evaluated: made of literals, constants, imports and calls on them. Answers no when unsure. What
 * counts as constant beside those (a loop's surroundings, say) and which calls are pure is up to whoever asks.
 */
import {
  NONE,
  type BindingFact,
  type BindingId,
  type Expr,
  type ExprId,
  type FileFacts,
  type FunctionId,
} from "./model.js";
import { oncePerFile } from "./once-per-file.js";

export interface SteadyQuestion {
  readonly facts: FileFacts;
  /** Whether a call gives the same for the same, given that what it is called on and with does. */
  isPure(call: ExprId): boolean;
  /** Whether a variable keeps its value for as long as matters, when its declaration does not say so. */
  holds(binding: BindingId): boolean;
  /** Whether `this` is the same each time. */
  readonly self: boolean;
}

/** Longer chains of variables and calls are not worth following. */
const MAX_DEPTH = 24;

const GLOBALS =
  /^(undefined|NaN|Infinity|process|__dirname|__filename|Object|Array|Set|Map|Number|String|Boolean|JSON|Math|Buffer|URL|RegExp|Intl|Symbol|Promise|TextEncoder|globalThis)$/;
const VARIES =
  /^(now|random|randomUUID|randomBytes|randomInt|uuid|uuidv\d|v4|v7|nanoid|cuid|createId|ulid|headers|cookies|getStore|hrtime|uptime|memoryUsage)$|^(get|fetch|load|read(?!FileSync$)|find|query|use|current)[A-Z]/;

/** Whether the value of an expression never changes, as far as the question goes. */
export function isSteady(ask: SteadyQuestion, id: ExprId): boolean {
  return steady(ask, id, [], 0);
}

/** @param inside Spans of functions on the way in: their own variables are part of the value. */
function steady(ask: SteadyQuestion, id: ExprId, inside: readonly FunctionId[], depth: number): boolean {
  const expr = ask.facts.exprs[id];
  if (expr === undefined || MAX_DEPTH < depth) return false;
  const all = (ids: readonly ExprId[]): boolean =>
    ids.every((one) => one === NONE || steady(ask, one, inside, depth + 1));
  switch (expr.kind) {
    case "literal":
    case "regexp":
    case "class":
      return true;
    case "this":
    case "super":
      return ask.self;
    case "ref":
      return isSteadyName(ask, expr.name, expr.binding, inside, depth);
    case "member":
      return all([expr.object]);
    case "index":
      return all([expr.object, expr.index]);
    case "template":
      return all([expr.tag, ...expr.exprs]);
    case "call":
    case "new":
      return isSteadyCall(ask, id, expr) && all([expr.callee, ...expr.args]);
    case "object":
      return expr.props.every(({ key, value }) => all(key === undefined ? [value] : [key, value]));
    case "array":
      return all(expr.elements);
    case "spread":
      return all([expr.value]);
    case "unary":
      return expr.op !== "delete" && all([expr.value]);
    case "conditional":
      return all([expr.test, expr.whenTrue, expr.whenFalse]);
    case "logical":
    case "binary":
      return all([expr.left, expr.right]);
    case "function":
      return isSteadyFunction(ask, expr.fn, inside, depth);
    case "await":
    case "yield":
    case "assign":
    case "import":
    case "other":
      return false;
  }
}

function isSteadyCall(ask: SteadyQuestion, id: ExprId, expr: Extract<Expr, { kind: "call" | "new" }>): boolean {
  const callee = ask.facts.exprs[expr.callee];
  const name = callee?.kind === "ref" || callee?.kind === "member" ? callee.name : "";
  if (VARIES.test(name)) return false;
  // `new Date()` and `Date()` are the moment.
  if (name === "Date" && expr.args.length === 0) return false;
  return ask.isPure(id);
}

function isSteadyName(
  ask: SteadyQuestion,
  name: string,
  id: BindingId,
  inside: readonly FunctionId[],
  depth: number,
): boolean {
  const binding = ask.facts.bindings[id];
  if (binding === undefined) return GLOBALS.test(name);
  if (inside.some((fn) => isDeclaredIn(ask.facts, binding, fn))) return true;
  switch (binding.kind) {
    case "import":
    case "class":
    case "enum":
    case "namespace":
      return true;
    case "function":
      return (
        binding.fn === 0 || (binding.function !== undefined && isSteadyFunction(ask, binding.function, inside, depth))
      );
    case "const":
      if (binding.fn === 0) return true;
      if (ask.holds(id)) return true;
      if (binding.loop !== undefined || binding.init === NONE || isFilledLater(ask.facts, id)) return false;
      return steady(ask, binding.init, inside, depth + 1);
    default:
      return ask.holds(id);
  }
}

const FILLS = /^(push|unshift|splice|set|add|append|assign|delete|clear|sort|reverse|fill|register|use|extend|on)$/;

/** A constant name for something that is changed after it was made: `shape[key] = …`, `list.push(…)`, `Object.assign(shape, …)`. */
export function isFilledLater(facts: FileFacts, id: BindingId): boolean {
  return filledLater(facts).has(id);
}

const filledLater = oncePerFile((facts): ReadonlySet<BindingId> => {
  const found = new Set<BindingId>();
  const fills = (id: ExprId): void => {
    let expr = facts.exprs[id];
    while (expr?.kind === "member" || expr?.kind === "index") expr = facts.exprs[expr.object];
    if (expr?.kind === "ref") found.add(expr.binding);
  };
  for (const expr of facts.exprs) {
    if (expr.kind === "assign" && facts.exprs[expr.target]?.kind !== "ref") fills(expr.target);
    else if (expr.kind === "unary" && expr.op === "delete") fills(expr.value);
    const callee = expr.kind === "call" ? facts.exprs[expr.callee] : undefined;
    if (expr.kind !== "call" || callee?.kind !== "member" || !FILLS.test(callee.name)) continue;
    fills(callee.object);
    if (callee.name === "assign" && expr.args[0] !== undefined) fills(expr.args[0]);
  }
  return found;
});

function isDeclaredIn(facts: FileFacts, binding: BindingFact, fn: FunctionId): boolean {
  for (let at = binding.fn, hops = 0; at > 0 && hops < 20; hops++) {
    if (at === fn) return true;
    at = facts.functions[at]?.parent ?? 0;
  }
  return false;
}

/** A function is the same value when all it takes from around it is. */
function isSteadyFunction(ask: SteadyQuestion, fn: FunctionId, inside: readonly FunctionId[], depth: number): boolean {
  if (inside.includes(fn)) return true;
  const span = ask.facts.functions[fn]?.span;
  if (span === undefined) return false;
  const within = [...inside, fn];
  return ask.facts.exprs.every((expr, id) => {
    if (expr.start < span.start || span.end < expr.end) return true;
    if (expr.kind === "this") return ask.self;
    return expr.kind !== "ref" || expr.binding === NONE || steady(ask, id, within, depth + 1);
  });
}
