/** Reads a chain of builder calls from its end to its beginning, across statements where local variables carry it. */
import { type BindingId, type ExprId, NONE } from "../facts/model.js";
import { exprAt, isConditionalWithin, type Scope } from "./scope.js";

export interface ChainStep {
  /** Name of the member called; empty for a call of the root itself: `knex("users")`. */
  readonly name: string;
  readonly args: readonly ExprId[];
  readonly expr: ExprId;
  /** It is taken only under a condition. */
  readonly optional: boolean;
}

export interface Chain {
  /** What the first member is taken of: `db`, `this.repository`. */
  readonly root: ExprId;
  readonly steps: readonly ChainStep[];
  /** Why there may be more steps than these; undefined when all are known. */
  readonly open?: string;
}

/** Longer chains, and longer detours through variables, are nobody's code. */
const maxHops = 120;

interface Walk {
  readonly scope: Scope;
  readonly end: ExprId;
  readonly seen: Set<BindingId>;
  steps: ChainStep[];
  open: string | undefined;
}

/** @param id The last call of the chain, or what is awaited. */
export function readChain(scope: Scope, id: ExprId): Chain {
  const walk: Walk = { scope, end: id, seen: new Set(), steps: [], open: undefined };
  const root = follow(walk, id, false);
  walk.steps.reverse();
  return { root, steps: walk.steps, ...(walk.open === undefined ? {} : { open: walk.open }) };
}

/** Collects steps, last first. Returns where the chain begins. */
function follow(walk: Walk, id: ExprId, optional: boolean): ExprId {
  let at = id;
  for (let hops = 0; hops < maxHops; hops++) {
    const expr = exprAt(walk.scope, at);
    switch (expr?.kind) {
      case "await":
        at = expr.value;
        continue;
      case "call": {
        const callee = exprAt(walk.scope, expr.callee);
        if (callee?.kind === "member" && !isCallable(walk, expr.callee)) {
          walk.steps.push({ name: callee.name, args: expr.args, expr: at, optional });
          at = callee.object;
          continue;
        }
        if (callee !== undefined) {
          walk.steps.push({ name: "", args: expr.args, expr: at, optional });
          return expr.callee;
        }
        return at;
      }
      case "member":
        // A step of the chain that is no call (`db.query.users`) or a member of something else: the root either way.
        return at;
      case "ref":
        return throughVariable(walk, expr.binding, at, optional);
      case "conditional":
        walk.open ??= "a choice between builders";
        return at;
      default:
        return at;
    }
  }
  walk.open ??= "a very long chain";
  return at;
}

/** A client that is a member of something and called itself: `this.db("users")`. */
function isCallable({ scope }: Walk, callee: ExprId): boolean {
  const value = scope.view.valueOf(callee);
  const parts = value.kind === "union" ? value.of : [value];
  return parts.some((part) => part.kind === "dialect" && part.dialect === "knex" && part.state === "client");
}

function throughVariable(walk: Walk, id: BindingId, at: ExprId, optional: boolean): ExprId {
  const { scope } = walk;
  const binding = scope.facts.bindings[id];
  const builds = binding !== undefined && /^(const|let|var)$/.test(binding.kind) && binding.path === undefined;
  // A chain that begins with what a function was given has no beginning of its own; its reader notices.
  if (!builds || binding.init === NONE || walk.seen.has(id)) return at;
  const initial = exprAt(scope, binding.init);
  if (initial?.kind !== "call" && initial?.kind !== "await" && initial?.kind !== "ref") {
    if (initial?.kind === "conditional") walk.open ??= "a choice between builders";
    return at;
  }
  // A constant that holds a client is a root like any other.
  if (initial.kind === "call" && !isChainPart(walk, binding.init)) return at;
  walk.seen.add(id);
  laterSteps(walk, id, at);
  for (const call of scope.passedTo.get(id) ?? []) {
    if (!isHarmless(walk, call)) walk.open ??= "a builder handed to a function";
  }
  return follow(walk, binding.init, optional);
}

/** Steps taken on the variable elsewhere: `q = q.where(…)`, or `q.where(…)` as a statement for builders that change in place. */
function laterSteps(walk: Walk, id: BindingId, at: ExprId): void {
  const { scope } = walk;
  const binding = scope.facts.bindings[id];
  const starts = scope.chainsFrom.get(id) ?? [];
  for (const start of [...starts].reverse()) {
    if (covers(scope, start, at)) continue;
    const optional = isConditionalWithin(scope, start, binding?.init ?? at);
    const parent = exprAt(scope, exprAt(scope, start)?.parent ?? NONE);
    const assigned = parent?.kind === "assign" && exprAt(scope, parent.target)?.kind === "ref";
    // What another variable or an argument receives is a query of its own.
    if (parent !== undefined && !assigned) continue;
    if (!assigned && declares(scope, start)) continue;
    collectOwn(walk, start, optional);
  }
  for (const write of binding?.writes ?? []) {
    const assign = exprAt(scope, write);
    const value = assign?.kind === "assign" ? exprAt(scope, assign.value) : undefined;
    if (value?.kind !== "call" || !starts.includes(assign?.kind === "assign" ? assign.value : NONE)) {
      walk.open ??= "a builder that is replaced";
    }
  }
}

/** The steps of one chain that begins at a variable, the variable itself left out. */
function collectOwn(walk: Walk, start: ExprId, optional: boolean): void {
  let at = start;
  for (let hops = 0; hops < maxHops; hops++) {
    const expr = exprAt(walk.scope, at);
    const callee = expr?.kind === "call" ? exprAt(walk.scope, expr.callee) : undefined;
    if (expr?.kind !== "call" || callee?.kind !== "member") return;
    walk.steps.push({ name: callee.name, args: expr.args, expr: at, optional });
    at = callee.object;
  }
}

/** Whether an expression contains another. */
function covers(scope: Scope, outer: ExprId, inner: ExprId): boolean {
  const a = exprAt(scope, outer);
  const b = exprAt(scope, inner);
  return a !== undefined && b !== undefined && a.start <= b.start && b.end <= a.end;
}

/** Whether a call is what another variable is initialised with. */
function declares(scope: Scope, id: ExprId): boolean {
  return scope.facts.bindings.some((binding) => binding.init === id);
}

/** `const client = createClient()` ends a chain, `const query = db.select()` is part of one. */
function isChainPart({ scope }: Walk, id: ExprId): boolean {
  const call = exprAt(scope, id);
  if (call?.kind !== "call") return false;
  const value = scope.view.valueOf(id);
  const dialect = value.kind === "dialect" ? value : undefined;
  if (dialect === undefined) return exprAt(scope, call.callee)?.kind === "member";
  return !/^(client|db|source|manager|repository|model|connection|mongoose|root|runner)$/.test(dialect.state);
}

/** Calls that only read a builder: combinators, loggers, and other builders that take it as a subquery. */
function isHarmless({ scope }: Walk, id: ExprId): boolean {
  const call = exprAt(scope, id);
  const callee = call?.kind === "call" ? exprAt(scope, call.callee) : undefined;
  if (callee?.kind !== "member") return false;
  return /^(all|allSettled|log|debug|info|push|from|with|where|whereIn|inArray|exists|union|unionAll|\$transaction|batch)$/.test(
    callee.name,
  );
}
