/** What the elements of a repeated operation are: groups whose members one query takes together, kinds of one thing, or one that is looked for. */
import { refersTo } from "../../facts/expressions.js";
import { exprsWithin, isInside, regionChain } from "../../facts/regions.js";
import { NONE, type BindingId, type Expr, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { calledName, unwrap, type Iteration } from "../loops/iteration.js";

const GROUPS = /^(groupBy|group|countBy|partitionBy|bucketBy)$/;
const OF_LIST = /^(map|flatMap|filter|some|every|reduce|values|keys|length|size)$/;

/** `for (const tenant in groupBy(rows, "tenantId")) load(groups[tenant])`: there are as many queries as groups, each with all of its rows. */
export function isGroup(view: FileView, site: CallSite, iteration: Iteration): boolean {
  const base = keyedCollection(view, iteration.over);
  if (base === undefined) return false;
  // What `groupBy` gave is a list for each key, whatever becomes of it.
  if (isGroupedBy(view, base)) return true;
  const lists = groupsIn(view, base, iteration);
  return 0 < lists.size && view.flow.dependsOn(site.expr, lists) && [...lists].some((id) => isMadeList(view, id));
}

/** The map or object whose keys or entries are gone through. */
function keyedCollection(view: FileView, over: ExprId): BindingId | undefined {
  if (over === NONE) return undefined;
  const { exprs, bindings } = view.facts;
  const id = unwrap(view, over);
  const expr = exprs[id];
  if (expr?.kind === "call") {
    const callee = exprs[expr.callee];
    if (callee?.kind !== "member" || !/^(keys|entries|values)$/.test(callee.name)) return undefined;
    const [first] = expr.args;
    return keyedCollection(view, first ?? callee.object);
  }
  if (expr?.kind !== "ref" || expr.binding === NONE) return undefined;
  return bindings[expr.binding] === undefined ? undefined : expr.binding;
}

/** Variables of a pass that hold the members of its group: taken by key, the value of an entry, or a list made from either. */
function groupsIn(view: FileView, base: BindingId, iteration: Iteration): ReadonlySet<BindingId> {
  const { facts } = view;
  const found = new Set<BindingId>();
  facts.bindings.forEach(({ init, path, loop, region }, id) => {
    if (loop === iteration.region && path?.[0] === "1" && path.length === 1) found.add(id);
    if (init === NONE || !isInside(facts, region, iteration.region)) return;
    for (const { expr } of exprsWithin(facts, init)) if (takesByKey(view, expr, base, iteration)) found.add(id);
  });
  return found;
}

function takesByKey(view: FileView, expr: Expr, base: BindingId, iteration: Iteration): boolean {
  const { exprs } = view.facts;
  if (expr.kind === "index") {
    return refersTo(view.facts, expr.object, base) && view.flow.dependsOn(expr.index, iteration.element);
  }
  const callee = expr.kind === "call" ? exprs[expr.callee] : undefined;
  return callee?.kind === "member" && callee.name === "get" && refersTo(view.facts, callee.object, base);
}

/** Whether a variable holds a list for certain: made by `Array.from` or gone through by list methods. */
function isMadeList(view: FileView, id: BindingId): boolean {
  const { exprs, bindings } = view.facts;
  const init = exprs[bindings[id]?.init ?? NONE];
  if (
    init?.kind === "call" &&
    /^(from|map|flatMap|filter|flat|slice|keys|values)$/.test(calledName(view, bindings[id]?.init ?? NONE))
  )
    return true;
  return exprs.some((expr) => {
    if (expr.kind === "spread") return refersTo(view.facts, expr.value, id);
    return expr.kind === "member" && OF_LIST.test(expr.name) && refersTo(view.facts, expr.object, id);
  });
}

function isGroupedBy(view: FileView, base: BindingId): boolean {
  const init = view.facts.bindings[base]?.init ?? NONE;
  return init !== NONE && GROUPS.test(calledName(view, unwrap(view, init)));
}

const KEYS = /^(id|_id|uuid|guid|key|slug|name|code)$/;

/** `if (item.id === wanted.id)`: of all the elements, one is meant. */
export function isOneOfThem(view: FileView, site: CallSite, iteration: Iteration): boolean {
  const { facts, flow } = view;
  for (const { id, region } of regionChain(facts, site.region)) {
    if (id === iteration.region) return false;
    const test = region.branch?.arm === "then" ? facts.exprs[region.branch.test] : undefined;
    if (test?.kind !== "binary" || !/^===?$/.test(test.op)) continue;
    const [one, other] = [test.left, test.right].map((side) => facts.exprs[side]);
    const keyed = [one, other].some((side) => side?.kind === "member" && KEYS.test(side.name));
    const sides = [test.left, test.right].map((side) => flow.dependsOn(side, iteration.element));
    const literal = one?.kind === "literal" || other?.kind === "literal";
    if (keyed && !literal && sides[0] !== sides[1]) return true;
  }
  return false;
}

/** Fewest tables that make the elements kinds rather than rows. */
const KINDS = 3;

/**
 * Each branch writes a table of its own: the elements are the parts of one thing (the attachments of a post, by kind), and of each there is one or two.
 */
export function isKind(view: FileView, site: CallSite, iteration: Iteration): boolean {
  const armOf = (one: CallSite): ExprId | undefined => {
    for (const { id, region } of regionChain(view.facts, one.region)) {
      if (id === iteration.region) return undefined;
      const test = region.branch?.test;
      if (test !== undefined && view.flow.dependsOn(test, iteration.element)) return test;
    }
    return undefined;
  };
  if (armOf(site) === undefined) return false;
  const byArm = new Map<ExprId, string>();
  for (const other of view.calls) {
    const table = other.operation?.access === "write" ? other.operation.table : undefined;
    const arm = table === undefined ? undefined : armOf(other);
    if (arm !== undefined && table !== undefined) byArm.set(arm, table);
  }
  return KINDS <= new Set(byArm.values()).size;
}
