/**
 * Data flow within one file, through local variables: enough to say "this argument depends on the loop's element". Flow-insensitive: a
 * variable depends on whatever is assigned to it anywhere, which errs towards dependence.
 */
import { groupBy } from "../base/group.js";
import { childrenOf } from "./children.js";
import { NONE, type BindingId, type ExprId, type FileFacts, type FunctionId } from "./model.js";
import { oncePerFile } from "./once-per-file.js";

export interface DataFlow {
  /** Whether the value of an expression depends on any of the bindings. */
  dependsOn(expr: ExprId, bindings: ReadonlySet<BindingId>): boolean;
  /** Bindings an expression reads, directly or through the initialisers and assignments of other variables. */
  sourcesOf(expr: ExprId): ReadonlySet<BindingId>;
}

/** Longer chains of variables are followed no further. */
const MAX_STEPS = 400;

export function createDataFlow(facts: FileFacts): DataFlow {
  const memo = new Map<ExprId, ReadonlySet<BindingId>>();
  const sourcesOf = (expr: ExprId): ReadonlySet<BindingId> => {
    let found = memo.get(expr);
    if (found === undefined) {
      found = collect(facts, expr);
      memo.set(expr, found);
    }
    return found;
  };
  return {
    sourcesOf,
    dependsOn: (expr, bindings) => {
      for (const source of sourcesOf(expr)) if (bindings.has(source)) return true;
      return false;
    },
  };
}

function collect(facts: FileFacts, start: ExprId): Set<BindingId> {
  const found = new Set<BindingId>();
  const visited = new Set<ExprId>();
  const visitedFunctions = new Set<FunctionId>();
  const work: ExprId[] = [start];
  for (let steps = 0; work.length > 0 && steps < MAX_STEPS; steps++) {
    const id = work.pop() ?? NONE;
    const expr = facts.exprs[id];
    if (expr === undefined || visited.has(id)) continue;
    visited.add(id);
    if (expr.kind === "ref" && expr.binding !== NONE) {
      if (found.has(expr.binding)) continue;
      found.add(expr.binding);
      work.push(...originsOf(facts, expr.binding));
    } else if (expr.kind === "function" && !visitedFunctions.has(expr.fn)) {
      visitedFunctions.add(expr.fn);
      for (const ref of refsByFunction(facts).get(expr.fn) ?? []) work.push(ref);
    } else work.push(...childrenOf(expr));
  }
  return found;
}

/** Expressions a binding's value comes from. */
function originsOf(facts: FileFacts, id: BindingId): ExprId[] {
  const binding = facts.bindings[id];
  if (binding === undefined || binding.kind === "import" || binding.kind === "function" || binding.kind === "class")
    return [];
  const origins = [binding.init, binding.fallback ?? NONE];
  const loop = binding.loop === undefined ? undefined : facts.regions[binding.loop]?.loop;
  if (loop !== undefined) origins.push(loop.over);
  for (const write of binding.writes) {
    const expr = facts.exprs[write];
    origins.push(expr?.kind === "assign" ? expr.value : write);
  }
  if (binding.kind === "param") origins.push(...iteratedBy(facts, binding.fn));
  return origins.filter((origin) => origin !== NONE);
}

/** The collection whose elements a callback's parameters stand for: `xs` of `xs.map((x) => …)`. */
function iteratedBy(facts: FileFacts, fn: FunctionId): ExprId[] {
  const passed = facts.functions[fn]?.passedTo;
  const call = passed === undefined ? undefined : facts.exprs[passed.call];
  if (call?.kind !== "call") return [];
  const callee = facts.exprs[call.callee];
  return callee?.kind === "member" ? [callee.object] : call.args.filter((arg) => facts.exprs[arg]?.kind !== "function");
}

/** References inside each function's own body, for closures given as values. */
const refsByFunction = oncePerFile(({ exprs, regions }): ReadonlyMap<FunctionId, readonly ExprId[]> =>
  groupBy(exprs.keys(), (id) => {
    const expr = exprs[id];
    return expr?.kind === "ref" ? regions[expr.region]?.fn : undefined;
  }),
);
