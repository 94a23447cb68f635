/** Where the value of a repeated call goes: with all the others into one call, which runs them together or makes one statement of them. */
import { NONE, type BindingId, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { calledName } from "../loops/iteration.js";

const RUNS_ALL = /^(\$?transaction|batch|\$batch)$/;
const JOINS_ALL =
  /^(union|unionAll|unionDistinct|intersect|intersectAll|except|exceptAll|with|withRecursive|whereExists)$/;

/** Given with all the others to one call: `$transaction(items.map((item) => update(item)))`, or pushed to an array that is. */
export function isHandedOver(view: FileView, site: CallSite): boolean {
  return goesInto(view, site, RUNS_ALL);
}

/** A part of a statement that is put together from all of them: `knex.unionAll(ids.map((id) => knex.select(…)))`. None of them runs by itself. */
export function isPartOfStatement(view: FileView, site: CallSite): boolean {
  return site.operation?.kind === "sql" && goesInto(view, site, JOINS_ALL);
}

function goesInto(view: FileView, site: CallSite, takesAll: RegExp): boolean {
  const { facts } = view;
  let fn = site.fn;
  for (let at = site.expr, hops = 0; hops < 40; hops++) {
    const parent = facts.exprs[at]?.parent ?? NONE;
    const expr = facts.exprs[parent];
    if (expr === undefined) {
      // The value of a callback goes on where the callback is given.
      const own = facts.functions[fn];
      if (own === undefined || own.expr === NONE || !own.returns.includes(at))
        return facts.bindings.some((binding, id) => binding.init === at && isTakenWhole(view, id, takesAll));
      at = own.expr;
      fn = own.parent;
      continue;
    }
    if (expr.kind === "await") return false;
    if (expr.kind === "call" && expr.callee !== at) {
      const name = calledName(view, parent);
      if (takesAll.test(name)) return true;
      if (name === "push") return isPushedOn(view, expr.callee, takesAll);
    }
    at = parent;
  }
  return false;
}

function isPushedOn(view: FileView, push: ExprId, takesAll: RegExp): boolean {
  const member = view.facts.exprs[push];
  const list = member?.kind === "member" ? view.facts.exprs[member.object] : undefined;
  return list?.kind === "ref" && list.binding !== NONE && isTakenWhole(view, list.binding, takesAll);
}

/** Whether a list goes, itself or as part of another, into a call that takes all of it. */
function isTakenWhole(view: FileView, list: BindingId, takesAll: RegExp): boolean {
  return view.facts.exprs.some(
    (expr, id) =>
      expr.kind === "call" &&
      takesAll.test(calledName(view, id)) &&
      expr.args.some((arg) => view.facts.exprs[arg]?.kind !== "function" && view.flow.sourcesOf(arg).has(list)),
  );
}
