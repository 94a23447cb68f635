/** The calls of a migration that are made when it is applied, in source order, and the chains they stand in. */
import { NONE, type ExprId, type FunctionId } from "../../facts/model.js";
import type { ChainStep, FactReader } from "../fact-reader.js";

export interface MigrationCall extends ChainStep {
  /** What the function is a member of; `NONE` for a plain function. */
  readonly receiver: ExprId;
  /** Calls on its result, in order. */
  readonly after: readonly ChainStep[];
}

/** Calls outside of every function called `down`. */
export function migrationCalls(reader: FactReader): readonly MigrationCall[] {
  const { facts } = reader;
  const calls: { readonly call: MigrationCall; readonly at: number }[] = [];
  for (const [id, expr] of facts.exprs.entries()) {
    if ((expr.kind !== "call" && expr.kind !== "template") || (expr.kind === "template" && expr.tag === NONE)) continue;
    if (takesBack(reader, facts.regions[expr.region]?.fn ?? 0)) continue;
    const callee = facts.exprs[expr.kind === "call" ? expr.callee : expr.tag];
    if (callee?.kind !== "ref" && callee?.kind !== "member") continue;
    const bound = callee.kind === "member" && callee.name === "bind" ? facts.exprs[callee.object] : undefined;
    if (bound?.kind === "member" && expr.kind === "call") {
      // `db.createTable.bind(db, "t", …)`, handed to something that calls one after another.
      const call = { name: bound.name, args: expr.args.slice(1), expr: id, receiver: bound.object, after: [] };
      calls.push({ call, at: bound.nameStart });
      continue;
    }
    const args = expr.kind === "call" ? expr.args : [id];
    const receiver = callee.kind === "member" ? callee.object : NONE;
    const at = callee.kind === "member" ? callee.nameStart : callee.start;
    calls.push({ call: { name: callee.name, args, expr: id, receiver, after: stepsAfter(reader, id) }, at });
  }
  return calls.sort((a, b) => a.at - b.at).map(({ call }) => call);
}

/** Whether a function undoes a migration, or stands in one that does. */
function takesBack({ facts }: FactReader, fn: FunctionId): boolean {
  for (let at = fn, steps = 0; at > 0 && steps < 50; steps++) {
    const fact = facts.functions[at];
    if (fact === undefined) return false;
    if (/^(?:down|rollback|undo|revert)$/i.test(fact.name)) return true;
    at = fact.parent;
  }
  return false;
}

/** The calls that follow on the result of one. */
export function stepsAfter({ facts }: FactReader, id: ExprId): readonly ChainStep[] {
  const steps: ChainStep[] = [];
  let at = id;
  for (let limit = 0; limit < 80; limit++) {
    const parent = facts.exprs[at]?.parent ?? NONE;
    const member = facts.exprs[parent];
    if (member?.kind !== "member" || member.object !== at) return steps;
    const outer = facts.exprs[member.parent];
    if (outer?.kind !== "call" || outer.callee !== parent) return steps;
    steps.push({ name: member.name, args: outer.args, expr: member.parent });
    at = member.parent;
  }
  return steps;
}

/** Calls on the parameter of a callback: `t.string("a").notNullable()` of `(t) => { … }`, each with what follows it. */
export function callsOnParameter(reader: FactReader, callback: ExprId | undefined): readonly MigrationCall[] {
  const { facts } = reader;
  const fn = callback === undefined ? undefined : facts.exprs[callback];
  if (fn?.kind !== "function") return [];
  const param = facts.functions[fn.fn]?.params[0]?.binding ?? NONE;
  const calls: MigrationCall[] = [];
  for (const [id, expr] of facts.exprs.entries()) {
    if (expr.kind !== "call" || expr.start < fn.start || fn.end < expr.end) continue;
    const callee = facts.exprs[expr.callee];
    if (callee?.kind !== "member") continue;
    const receiver = facts.exprs[callee.object];
    const isParam = receiver?.kind === "ref" ? receiver.binding === param && param !== NONE : receiver?.kind === "this";
    if (isParam)
      calls.push({
        name: callee.name,
        args: expr.args,
        expr: id,
        receiver: callee.object,
        after: stepsAfter(reader, id),
      });
  }
  return calls.sort((a, b) => (facts.exprs[a.expr]?.start ?? 0) - (facts.exprs[b.expr]?.start ?? 0));
}
