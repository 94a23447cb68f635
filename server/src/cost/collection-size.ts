/** How many elements a collection has: a number the code says, or a symbol named after what is iterated. */
import { type BindingFact, type Expr, type ExprId, type FileFacts, NONE } from "../facts/model.js";
import { render } from "../facts/render.js";
import type { FileView } from "../project/file-view.js";
import { calledName, unwrap } from "../rules/loops/iteration.js";
import { lengthOf } from "../rules/loops/bounds.js";
import type { CostSymbol, Size } from "./cost.js";
import type { Polynomial } from "./polynomial.js";
import { exactly, perhaps, plus } from "./range.js";

const MAX_DEPTH = 8;
const KEEPS = /^(map|toArray|sort|reverse|toSorted|toReversed|entries|values|keys|flat|with)$/;
const SHRINKS = /^(filter|slice|toSpliced)$/;
/** Names that say nothing of what is held. */
const GENERIC =
  /^(rows|row|data|results?|list|records|entries|res|values|all|arr(ay)?|edges|nodes|output|found|response|payload|body|input|args|it)$/i;
/** What everything hangs off says nothing either. */
const SURROUNDINGS = /^(elements|this|self|req|request|ctx|context|c|event|res|reply|params|props|options|opts)$|\(/;
const VERBS =
  /^(get|find|list|load|fetch|read|select|query|search|all|many|resolve|retrieve|collect)(All|Many|By\w+)?(?=[A-Z]|$)/;

/** Size of the collection an expression stands for. */
export function sizeOf(view: FileView, expr: ExprId): Size {
  return traced(view, expr, 0) ?? symbolSize(symbolOf(view, expr));
}

/** What a reader would call the elements. */
export function sizeName(view: FileView, expr: ExprId): string {
  const [symbol] = sizeOf(view, expr).symbols;
  return symbol?.name ?? render(view.facts, expr, 30);
}

/** A symbol by itself. */
export function symbolSize(symbol: CostSymbol): Size {
  const way: Polynomial = [{ times: 1, over: [symbol.id] }];
  return { range: { min: [way], max: [way] }, symbols: [symbol] };
}

/** Undefined where nothing better is known than what the expression is called. */
function traced(view: FileView, given: ExprId, depth: number): Size | undefined {
  const id = unwrap(view, given);
  const expr = view.facts.exprs[id];
  if (expr === undefined || MAX_DEPTH < depth) return undefined;
  if (expr.kind === "array") return arraySize(view, expr.elements, depth);
  if (expr.kind === "call") return callSize(view, expr, id, depth);
  if (expr.kind === "new" && /^(Set|Map)$/.test(calledName(view, id)))
    return expr.args[0] === undefined ? undefined : atMost(known(view, expr.args[0], depth + 1));
  if (expr.kind === "logical" && expr.op !== "&&") return known(view, expr.left, depth + 1);
  if (expr.kind === "ref") return refSize(view, expr, depth);
  const most = lengthOf(view, id, 0);
  return most === undefined ? undefined : plain(most);
}

function known(view: FileView, id: ExprId, depth: number): Size {
  return traced(view, id, depth) ?? symbolSize(symbolOf(view, id));
}

function arraySize(view: FileView, elements: readonly ExprId[], depth: number): Size {
  let total = plain(0);
  for (const element of elements) {
    const one = view.facts.exprs[element]?.kind === "spread" ? known(view, element, depth + 1) : plain(1);
    total = { range: plus(total.range, one.range), symbols: [...total.symbols, ...one.symbols] };
  }
  return total;
}

function callSize(view: FileView, expr: Expr & { kind: "call" }, id: ExprId, depth: number): Size | undefined {
  const callee = view.facts.exprs[expr.callee];
  if (callee?.kind !== "member") return undefined;
  const object = view.facts.exprs[callee.object];
  const [first] = expr.args;
  const isGlobal = object?.kind === "ref" && (object.name === "Object" || object.name === "Array");
  if (isGlobal && first !== undefined && /^(keys|values|entries|from)$/.test(callee.name)) {
    const most = lengthOf(view, id, 0);
    return most === undefined ? known(view, first, depth + 1) : plain(most);
  }
  if (SHRINKS.test(callee.name)) {
    const most = lengthOf(view, id, 0);
    return atMost(most === undefined ? known(view, callee.object, depth + 1) : plain(most));
  }
  return KEEPS.test(callee.name) ? known(view, callee.object, depth + 1) : undefined;
}

function refSize(view: FileView, expr: Expr & { kind: "ref" }, depth: number): Size | undefined {
  const binding = view.facts.bindings[expr.binding];
  if (binding === undefined || binding.kind === "import") {
    const most = lengthOf(view, view.facts.exprs.indexOf(expr), 0);
    return most === undefined ? undefined : plain(most);
  }
  if (binding.members !== undefined) return plain(binding.members.length);
  if (binding.init === NONE || binding.path !== undefined || binding.writes.length > 0) return undefined;
  return isGrown(view.facts, expr.binding) ? undefined : traced(view, binding.init, depth + 1);
}

function isGrown(facts: FileFacts, binding: number): boolean {
  return facts.exprs.some((expr) => {
    const callee = expr.kind === "call" ? facts.exprs[expr.callee] : undefined;
    if (callee?.kind !== "member" || !/^(push|unshift|splice|add|set|append|pop|shift)$/.test(callee.name))
      return false;
    const object = facts.exprs[callee.object];
    return object?.kind === "ref" && object.binding === binding;
  });
}

/** The symbol for a collection of which only the name is known. */
export function symbolOf(view: FileView, given: ExprId): CostSymbol {
  const { facts } = view;
  const id = unwrap(view, given);
  const path: string[] = [];
  let at = id;
  for (let expr = facts.exprs[at]; expr?.kind === "member"; expr = facts.exprs[at]) {
    path.unshift(expr.name);
    at = expr.object;
  }
  const root = facts.exprs[at];
  if (root?.kind !== "ref") return { id: `${view.path}#e${id}`, name: nameOf(view, id) };
  const binding = facts.bindings[root.binding];
  const whole = [...(binding?.path ?? []), ...path];
  const param = binding === undefined ? undefined : paramOf(view, binding, whole);
  return {
    id:
      root.binding === NONE
        ? `${view.path}#${root.name}.${path.join(".")}`
        : `${view.path}#b${root.binding}.${path.join(".")}`,
    name: nameOf(view, id),
    ...(param === undefined ? {} : { param }),
  };
}

function paramOf(view: FileView, binding: BindingFact, path: readonly string[]): CostSymbol["param"] | undefined {
  if (binding.kind !== "param" || binding.param === undefined || binding.writes.length > 0) return undefined;
  return { owner: { file: view.path, fn: binding.fn }, index: binding.param, path };
}

/** What a reader would call the elements: `orders` of `user.orders`, of `getOrders()` and of `const { rows } = await db.query("… from orders")`. */
function nameOf(view: FileView, id: ExprId, depth = 0): string {
  const { facts } = view;
  const expr = facts.exprs[id];
  if (expr === undefined || 4 < depth) return "elements";
  if (expr.kind === "ref") {
    const binding = facts.bindings[expr.binding];
    const better = GENERIC.test(expr.name) && binding !== undefined ? originName(view, binding, depth) : undefined;
    return better ?? expr.name;
  }
  if (expr.kind === "member") {
    if (!GENERIC.test(expr.name)) return expr.name;
    const outer = nameOf(view, unwrap(view, expr.object), depth + 1);
    return SURROUNDINGS.test(outer) ? expr.name : outer;
  }
  if (expr.kind === "call") return callName(view, id);
  if (expr.kind === "this") return "this";
  return render(facts, id, 24);
}

function originName(view: FileView, binding: BindingFact, depth: number): string | undefined {
  if (binding.init === NONE) return undefined;
  const name = nameOf(view, unwrap(view, binding.init), depth + 1);
  return GENERIC.test(name) || name.includes("(") ? undefined : name;
}

function callName(view: FileView, id: ExprId): string {
  const table = view.callAt(id)?.operation?.table;
  if (table !== undefined) return table.slice(table.lastIndexOf(".") + 1);
  const name = calledName(view, id);
  const short = name.replace(VERBS, "");
  const read = short === "" ? tableRead(view, id) : undefined;
  if (read !== undefined) return read;
  if (short === "" || short === name) {
    const call = view.facts.exprs[id];
    const [first] = call?.kind === "call" || call?.kind === "new" ? call.args : [];
    return `${name}(${first === undefined ? "" : render(view.facts, first, 20)})`;
  }
  return short.charAt(0).toLowerCase() + short.slice(1);
}

/** The one table that what is called reads: `customers` of `repository.all()`. */
function tableRead(view: FileView, id: ExprId): string | undefined {
  const [target] = view.callAt(id)?.targets ?? [];
  const read =
    target === undefined ? [] : view.summaryOf(target).effects.filter(({ operation }) => operation.access === "read");
  const [only] = read;
  return read.length === 1 ? only?.operation.table : undefined;
}

/** A size the code says. */
export function plain(value: number): Size {
  return { range: exactly(value), symbols: [] };
}

/** As many or fewer. */
export function atMost(size: Size): Size {
  return { ...size, range: perhaps(size.range) };
}
