/** Fixes all blocking-call rules share: the same call in the form that is waited for. */
import { asyncVariant } from "../../fixes/blocking/async-variant.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import { NONE, type ExprId, type FunctionId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { EntryKind } from "../../project/model.js";
import type { BlockedLoop } from "./blocking-operation.js";

/** Frameworks wait for what these give back. */
const WAITED_FOR: ReadonlySet<EntryKind> = new Set([
  "http-route",
  "server-action",
  "page",
  "rpc-procedure",
  "graphql-resolver",
  "queue-worker",
]);

export function fixesOfBlocked({ site, operation }: BlockedLoop, view: FileView, sources: FixSources): readonly Fix[] {
  const entries = new Set(
    view.entries.flatMap(({ ref, kind }) =>
      WAITED_FOR.has(kind) && ref.file === view.path ? [view.facts.functions[ref.fn]?.span.start] : [],
    ),
  );
  return asyncVariant(sources, {
    path: view.path,
    call: site.span,
    api: operation.api,
    isCalledByFramework: (offset) => entries.has(offset),
    keepsToItself: keepsToItself(view, site.fn),
    alwaysTheSame: operation.category === "fs" && isAlwaysTheSame(view, site.expr),
  });
}

/** Nothing it is given comes from the function around or its caller. */
function isAlwaysTheSame(view: FileView, id: ExprId): boolean {
  const call = view.facts.exprs[id];
  if (call?.kind !== "call") return false;
  return call.args.every((arg) =>
    [...view.flow.sourcesOf(arg)].every((source) => view.facts.bindings[source]?.fn === 0),
  );
}

/** Whether a function assigns to nothing but its own variables: only then can nobody who runs while it waits see or disturb what it does. */
function keepsToItself(view: FileView, fn: FunctionId): boolean {
  const { exprs, regions } = view.facts;
  return !exprs.some(
    (expr) => expr.kind === "assign" && regions[expr.region]?.fn === fn && !isOwn(view, expr.target, fn),
  );
}

function isOwn(view: FileView, target: ExprId, fn: FunctionId): boolean {
  const expr = view.facts.exprs[target];
  if (expr?.kind === "member" || expr?.kind === "index") return isOwn(view, expr.object, fn);
  if (expr?.kind !== "ref" || expr.binding === NONE) return false;
  const binding = view.facts.bindings[expr.binding];
  return binding?.fn === fn && binding.kind !== "param";
}
