/** What the reading of one file's queries shares: its facts, the values of its expressions, and where its local variables are changed. */
import { type BindingId, type Expr, type ExprId, type ExprOf, type FileFacts, NONE } from "../facts/model.js";
import type { FileView } from "../project/file-view.js";

export interface Scope {
  readonly view: FileView;
  readonly facts: FileFacts;
  /** Assignments to a member of a variable, in source order: `where.status = …`, `where["a"] = …`. */
  readonly memberWrites: ReadonlyMap<BindingId, readonly ExprId[]>;
  /** Calls whose chain of receivers begins at a variable: `query.where(…)`, outermost call of each chain. */
  readonly chainsFrom: ReadonlyMap<BindingId, readonly ExprId[]>;
  /** Calls that take a variable as an argument, as it is: `addFilters(query)`. */
  readonly passedTo: ReadonlyMap<BindingId, readonly ExprId[]>;
  /** Names that may still be followed for the query at hand: code can go round in circles (`const filter = { OR: [filter] }`). */
  readonly budget: { left: number };
}

/** More than any query names, and fewer than the stack holds: a circle of functions stops here. */
const maxNames = 1_200;

/** To be called before each query. */
export function beginQuery({ budget }: Scope): void {
  budget.left = maxNames;
}

/** Constants are followed through this many names. */
const maxSteps = 6;

const scopes = new WeakMap<FileView, Scope>();

export function scopeOf(view: FileView): Scope {
  let scope = scopes.get(view);
  if (scope === undefined) scopes.set(view, (scope = createScope(view)));
  return scope;
}

function createScope(view: FileView): Scope {
  const { facts } = view;
  const memberWrites = new Map<BindingId, ExprId[]>();
  const chainsFrom = new Map<BindingId, ExprId[]>();
  const passedTo = new Map<BindingId, ExprId[]>();
  facts.exprs.forEach((expr, id) => {
    if (expr.kind === "assign") {
      const root = chainRoot(facts, expr.target);
      const target = facts.exprs[expr.target];
      if (root !== undefined && (target?.kind === "member" || target?.kind === "index")) push(memberWrites, root, id);
    } else if (expr.kind === "call") {
      const root = isContinued(facts, id) ? undefined : chainRoot(facts, expr.callee);
      if (root !== undefined) push(chainsFrom, root, id);
      for (const arg of expr.args) {
        const value = facts.exprs[arg];
        if (value?.kind === "ref" && value.binding !== NONE) push(passedTo, value.binding, id);
      }
    }
  });
  return { view, facts, memberWrites, chainsFrom, passedTo, budget: { left: maxNames } };
}

function push(map: Map<BindingId, ExprId[]>, key: BindingId, id: ExprId): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [id]);
  else known.push(id);
}

/** The variable a chain of members and calls begins with; undefined for a bare name and everything else. */
function chainRoot(facts: FileFacts, id: ExprId): BindingId | undefined {
  let at = id;
  for (let hops = 0; hops < 60; hops++) {
    const expr = facts.exprs[at];
    if (expr?.kind === "member" || expr?.kind === "index") at = expr.object;
    else if (expr?.kind === "call" && hops > 0) at = expr.callee;
    else if (expr?.kind === "ref") return expr.binding === NONE || hops === 0 ? undefined : expr.binding;
    else return undefined;
  }
  return undefined;
}

/** Whether a call is the receiver of another one. */
function isContinued(facts: FileFacts, id: ExprId): boolean {
  const member = facts.exprs[id]?.parent ?? NONE;
  const parent = facts.exprs[member];
  if (parent?.kind !== "member" || parent.object !== id) return false;
  const call = facts.exprs[parent.parent];
  return call?.kind === "call" && call.callee === member && !/^(then|catch|finally)$/.test(parent.name);
}

/** An expression, with local constants replaced by what they are initialised with; `NONE` once too many names were followed. */
export function resolved(scope: Scope, id: ExprId): ExprId {
  if (--scope.budget.left < 0) return NONE;
  let at = id;
  for (let hops = 0; hops < maxSteps; hops++) {
    const expr = scope.facts.exprs[at];
    if (expr?.kind === "await") {
      at = expr.value;
      continue;
    }
    if (expr?.kind !== "ref") return at;
    const binding = scope.facts.bindings[expr.binding];
    const constant = binding !== undefined && binding.init !== NONE && binding.path === undefined;
    if (!constant || binding.writes.length > 0 || !/^(const|let|var)$/.test(binding.kind)) return at;
    if (!isBefore(scope, binding.init, at, binding.fn)) return NONE;
    at = binding.init;
  }
  return at;
}

/** Whether a constant has its value where it is named. Within one function that is a matter of order, and a constant never names itself. */
function isBefore({ facts }: Scope, init: ExprId, use: ExprId, declaredIn: number): boolean {
  const value = facts.exprs[init];
  const name = facts.exprs[use];
  if (value === undefined || name === undefined) return false;
  if (value.end <= name.start) return true;
  const encloses = value.start <= name.start && name.end <= value.end;
  return !encloses && facts.regions[name.region]?.fn !== declaredIn;
}

export function exprAt(scope: Scope, id: ExprId): Expr | undefined {
  return scope.facts.exprs[id];
}

/** The expression of a kind behind a name. */
export function resolvedAs<K extends Expr["kind"]>(scope: Scope, id: ExprId, kind: K): ExprOf<K> | undefined {
  const expr = scope.facts.exprs[resolved(scope, id)];
  return expr?.kind === kind ? (expr as ExprOf<K>) : undefined;
}

/** Text known when the program is read: a literal, a template without holes, or a constant that may be declared elsewhere. */
export function constantString(scope: Scope, id: ExprId): string | undefined {
  const expr = scope.facts.exprs[resolved(scope, id)];
  if (expr?.kind === "literal") return typeof expr.value === "string" ? expr.value : undefined;
  if (expr?.kind === "template" && expr.tag === NONE && expr.exprs.length === 0) return expr.parts[0];
  if (expr?.kind !== "ref" && expr?.kind !== "member") return undefined;
  const value = scope.view.valueOf(id);
  return value.kind === "literal" && typeof value.value === "string" ? value.value : undefined;
}

/** Whether `inner` runs only under conditions that `outer` does not depend on. */
export function isConditionalWithin(scope: Scope, inner: ExprId, outer: ExprId): boolean {
  const { regions } = scope.facts;
  const own = new Set<number>();
  for (
    let region = scope.facts.exprs[outer]?.region ?? NONE;
    region !== NONE;
    region = regions[region]?.parent ?? NONE
  ) {
    own.add(region);
  }
  for (let region = scope.facts.exprs[inner]?.region ?? NONE; region !== NONE && !own.has(region);) {
    const fact = regions[region];
    if (fact === undefined || fact.kind === "branch" || fact.kind === "loop" || fact.kind === "catch") return true;
    if (fact.kind === "function") return true;
    region = fact.parent;
  }
  return false;
}
