/**
 * Which columns of the rows a query gives are used in its own file, and whether that is all: a row that is returned, passed on, copied or sent is used in ways
 * that cannot be seen.
 */
import { NONE, type BindingFact, type BindingId, type ExprId, type ExprOf } from "../../facts/model.js";
import { isReturned } from "../../facts/regions.js";
import type { FileView } from "../../project/file-view.js";

/** `result`: what pg gives, whose `rows` are the rows; `tuple`: what mysql2 gives, whose first element they are. */
export type Shape = "rows" | "row" | "result" | "tuple";

interface Walk {
  readonly view: FileView;
  readonly names: Set<string>;
  readonly seen: Set<BindingId>;
}

/** Methods of lists: which parameters of the callback are rows, and what the call gives. */
const LIST_METHODS: Readonly<Record<string, { readonly rows: readonly number[]; readonly gives?: Shape }>> = {
  map: { rows: [0] },
  flatMap: { rows: [0] },
  forEach: { rows: [0] },
  some: { rows: [0] },
  every: { rows: [0] },
  findIndex: { rows: [0] },
  reduce: { rows: [1] },
  filter: { rows: [0], gives: "rows" },
  find: { rows: [0], gives: "row" },
  findLast: { rows: [0], gives: "row" },
  sort: { rows: [0, 1], gives: "rows" },
  toSorted: { rows: [0, 1], gives: "rows" },
  slice: { rows: [], gives: "rows" },
  reverse: { rows: [], gives: "rows" },
  at: { rows: [], gives: "row" },
};

/**
 * Names of the properties read of each row.
 *
 * @param id The whole query, before it is awaited.
 * @param shape What it gives.
 * @returns Undefined where some use of a row cannot be seen, or where nothing is read at all.
 */
export function namesRead(view: FileView, id: ExprId, shape: Shape): ReadonlySet<string> | undefined {
  const walk: Walk = { view, names: new Set(), seen: new Set() };
  return ofValue(walk, id, shape) && walk.names.size > 0 ? walk.names : undefined;
}

/** Whether every use of a value is one that is understood; collects names on the way. */
function ofValue(walk: Walk, id: ExprId, shape: Shape): boolean {
  const { facts } = walk.view;
  if (isReturned(facts, id)) return false;
  const parentId = facts.exprs[id]?.parent ?? NONE;
  const parent = facts.exprs[parentId];
  switch (parent?.kind) {
    case undefined:
      return ofDeclared(walk, id, [], shape);
    case "await":
      return ofValue(walk, parentId, shape);
    case "member":
      if (shape === "result") return ofResult(walk, parentId, parent.name);
      return shape === "row"
        ? ofProperty(walk, parentId, parent.name)
        : shape === "rows" && ofListMember(walk, parentId, parent);
    case "index":
      if (parent.object !== id) return false;
      return shape === "rows" ? ofValue(walk, parentId, "row") : shape === "tuple" && ofValue(walk, parentId, "rows");
    case "unary":
      return parent.op === "!";
    case "binary":
      return /^[!=]==?$/.test(parent.op);
    case "logical":
      return ofValue(walk, parentId, shape);
    case "conditional":
      return parent.test === id || ofValue(walk, parentId, shape);
    case "array":
      return ofPromiseAll(walk, parentId, parent, id, shape);
    default:
      return false;
  }
}

/** Variables declared with a value, loops over it, or nothing: a value that nobody takes. */
function ofDeclared(walk: Walk, id: ExprId, path: readonly string[], shape: Shape): boolean {
  const { bindings, regions } = walk.view.facts;
  const declared = bindings.flatMap((binding, at) => (binding.init === id ? [{ binding, at }] : []));
  const loops = regions.filter((region) => region.loop?.over === id);
  for (const { binding, at } of declared) {
    const own = binding.path ?? [];
    if (path.some((step, index) => own[index] !== step)) continue;
    if (!ofPath(walk, at, binding, own.slice(path.length), shape)) return false;
  }
  for (const { loop } of loops) {
    if (shape !== "rows" || path.length > 0) return false;
    for (const at of loop?.bindings ?? []) {
      const binding = bindings[at];
      if (binding === undefined || !ofPath(walk, at, binding, binding.path ?? [], "row")) return false;
    }
  }
  return declared.length + loops.length > 0;
}

/** A variable that holds what `path` leads to from a value. */
function ofPath(walk: Walk, at: BindingId, binding: BindingFact, path: readonly string[], shape: Shape): boolean {
  const [step, ...rest] = path;
  if (step === undefined) return ofBinding(walk, at, binding, shape);
  if (step === "...") return false;
  if (shape === "result") return step === "rows" ? ofPath(walk, at, binding, rest, "rows") : step === "rowCount";
  if (shape === "tuple") return step === "0" ? ofPath(walk, at, binding, rest, "rows") : step === "1";
  if (shape === "rows") return /^\d+$/.test(step) ? ofPath(walk, at, binding, rest, "row") : step === "length";
  walk.names.add(step);
  return true;
}

function ofBinding(walk: Walk, at: BindingId, binding: BindingFact, shape: Shape): boolean {
  if (walk.seen.has(at)) return true;
  walk.seen.add(at);
  if (binding.writes.length > 0) return false;
  const { exprs, exports } = walk.view.facts;
  if (exports.some((one) => one.binding === at)) return false;
  return exprs.every((expr, id) => expr.kind !== "ref" || expr.binding !== at || ofValue(walk, id, shape));
}

function ofProperty(walk: Walk, member: ExprId, name: string): boolean {
  const { exprs } = walk.view.facts;
  const outer = exprs[exprs[member]?.parent ?? NONE];
  // A method of a row may read anything of it.
  if (outer?.kind === "call" && outer.callee === member) return false;
  walk.names.add(name);
  return true;
}

function ofResult(walk: Walk, member: ExprId, name: string): boolean {
  return name === "rows" ? ofValue(walk, member, "rows") : name === "rowCount";
}

function ofListMember(walk: Walk, memberId: ExprId, member: ExprOf<"member">): boolean {
  if (member.name === "length") return true;
  const { exprs } = walk.view.facts;
  const callId = exprs[memberId]?.parent ?? NONE;
  const call = exprs[callId];
  const method = Object.hasOwn(LIST_METHODS, member.name) ? LIST_METHODS[member.name] : undefined;
  if (call?.kind !== "call" || call.callee !== memberId || method === undefined) return false;
  if (method.rows.length > 0 && !ofCallback(walk, call.args[0], method.rows)) return false;
  return method.gives === undefined || ofValue(walk, callId, method.gives);
}

function ofCallback(walk: Walk, arg: ExprId | undefined, rows: readonly number[]): boolean {
  const { exprs, functions, bindings } = walk.view.facts;
  const callback = exprs[arg ?? NONE];
  if (callback?.kind !== "function") return false;
  const params = functions[callback.fn]?.params ?? [];
  // The whole list, or a list of all arguments.
  if (params.some((param, index) => param.rest === true || index > Math.max(...rows) + 1)) return false;
  return bindings.every((binding, at) => {
    if (binding.kind !== "param" || binding.fn !== callback.fn || !rows.includes(binding.param ?? NONE)) return true;
    return ofPath(walk, at, binding, binding.path ?? [], "row");
  });
}

/** `const [users, total] = await Promise.all([query, other])`. */
function ofPromiseAll(walk: Walk, arrayId: ExprId, array: ExprOf<"array">, id: ExprId, shape: Shape): boolean {
  const { exprs } = walk.view.facts;
  const callId = exprs[arrayId]?.parent ?? NONE;
  const call = exprs[callId];
  const callee = call?.kind === "call" ? exprs[call.callee] : undefined;
  const awaited = exprs[callId]?.parent ?? NONE;
  if (callee?.kind !== "member" || callee.name !== "all" || exprs[awaited]?.kind !== "await") return false;
  if (exprs[awaited].parent !== NONE) return false;
  return ofDeclared(walk, awaited, [String(array.elements.indexOf(id))], shape);
}
