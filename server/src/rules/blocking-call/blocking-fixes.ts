/** Fixes all blocking-call rules share: the same call in the form that is waited for. */
import { asyncVariant } from "../../fixes/blocking/async-variant.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import { NONE, type ExprId, type FunctionId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { EntryKind, FilePath } from "../../project/model.js";
import { calledName } from "../loops/iteration.js";
import type { BlockedLoop } from "./blocking-operation.js";
import { usesOfFunction } from "./known-calls.js";

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
  return asyncVariant(sources, {
    path: view.path,
    call: site.span,
    api: operation.api,
    functions: {
      isCalledByFramework: (path, offset) => isWaitedFor(viewOf(path, view, sources), offset),
      usesOf: (path, offset) => {
        const own = viewOf(path, view, sources);
        const fn = functionAt(own, offset);
        // Whoever else calls it from outside does not wait.
        const isEntry = own?.entries.some(({ ref }) => ref.fn === fn && ref.file === path) === true;
        return fn === undefined || isEntry || own === undefined || changesShared(own, fn)
          ? undefined
          : usesOfFunction(sources, { file: path, fn });
      },
    },
    keepsToItself: keepsToItself(view, site.fn),
    changesShared: changesShared(view, site.fn),
    alwaysTheSame: operation.category === "fs" && isAlwaysTheSame(view, site.expr),
  });
}

function viewOf(path: FilePath, own: FileView, { program }: FixSources): FileView | undefined {
  return path === own.path ? own : program?.viewOf(path);
}

function isWaitedFor(view: FileView | undefined, offset: number): boolean {
  const fn = functionAt(view, offset);
  return (
    view?.entries.some(({ ref, kind }) => ref.fn === fn && ref.file === view.path && WAITED_FOR.has(kind)) === true
  );
}

function functionAt(view: FileView | undefined, offset: number): FunctionId | undefined {
  const fn = view?.facts.functions.findIndex(({ span, kind }) => kind !== "module" && span.start === offset) ?? -1;
  return fn < 0 ? undefined : fn;
}

/** Nothing it is given comes from a caller, and nothing is looked up on the way: paths put together from what the module knows. */
function isAlwaysTheSame(view: FileView, id: ExprId): boolean {
  const call = view.facts.exprs[id];
  return call?.kind === "call" && call.args.every((arg) => isFixed(view, arg, 0));
}

/** Calls that give the same for the same. */
const PATHS = /^(join|resolve|dirname|cwd|fileURLToPath|normalize)$/;

function isFixed(view: FileView, id: ExprId, depth: number): boolean {
  const expr = view.facts.exprs[id];
  switch (expr?.kind) {
    case "literal":
      return true;
    case "template":
      return expr.exprs.every((one) => isFixed(view, one, depth));
    case "object":
      return expr.props.every((prop) => isFixed(view, prop.value, depth));
    case "call":
      return PATHS.test(calledName(view, id)) && expr.args.every((arg) => isFixed(view, arg, depth));
    case "binary":
      return isFixed(view, expr.left, depth) && isFixed(view, expr.right, depth);
    case "ref": {
      const binding = view.facts.bindings[expr.binding];
      if (binding === undefined) return /^__(dirname|filename)$/.test(expr.name);
      if (binding.kind !== "const" || binding.init === NONE || binding.path !== undefined)
        return binding.fn === 0 && binding.kind === "import";
      return depth < 5 && isFixed(view, binding.init, depth + 1);
    }
    default:
      return false;
  }
}

const CHANGES = /^(set|add|push|unshift|pop|shift|splice|delete|clear)$/;

/**
 * Whether a function, or one written in it, changes what its module or its object keeps: `if (known.size === 0) known.set(…)`. Once it waits in between, the next
 * caller finds it half done.
 */
function changesShared(view: FileView, fn: FunctionId): boolean {
  const { exprs, regions, functions } = view.facts;
  const span = functions[fn]?.span;
  return exprs.some((expr) => {
    if (span === undefined || expr.start < span.start || span.end < expr.end) return false;
    if (expr.kind === "assign") return isShared(view, expr.target, regions[expr.region]?.fn ?? fn);
    const callee = expr.kind === "call" ? exprs[expr.callee] : undefined;
    return callee?.kind === "member" && CHANGES.test(callee.name) && isShared(view, callee.object, fn);
  });
}

function isShared(view: FileView, target: ExprId, fn: FunctionId): boolean {
  const expr = view.facts.exprs[target];
  if (expr?.kind === "this") return true;
  if (expr?.kind === "member" || expr?.kind === "index") return isShared(view, expr.object, fn);
  return expr?.kind === "ref" && expr.binding !== NONE && view.facts.bindings[expr.binding]?.fn === 0;
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
