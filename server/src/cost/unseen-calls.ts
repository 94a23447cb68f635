/** Calls that wait for something nobody can see into: what they cost is unknown, not nothing. */
import { type Expr, type ExprId, type FileFacts, NONE } from "../facts/model.js";
import type { FileView } from "../project/file-view.js";
import type { CallSite } from "../project/model.js";
import { isLocalPackage } from "./local-packages.js";

/** Methods that read what is on its way, check what is given, or answer: the frameworks' own, and those of promises, schemas and Web Crypto. */
const HARMLESS = named(`
  json text arrayBuffer blob formData bytes all allSettled race any resolve reject then catch finally send status code type header end redirect render write
  parse parseAsync safeParse safeParseAsync validate validateAsync validateSync cast isValid body readBody readFormData readMultipartFormData getReader read
  next return cancel close file files saveRequestFiles sleep delay wait setTimeout toBuffer toFile digest sign verify hash compare genSalt encrypt decrypt
  importKey exportKey deriveKey deriveBits jwtVerify signAsync verifyAsync decode encode
`);
/** Methods of strings, arrays and dates: nothing waits for them, though an `async` function may hand their result out. */
const BUILT_IN = named(`
  map filter slice splice concat join reverse sort flat flatMap reduce includes indexOf split replace replaceAll trim toLowerCase toUpperCase startsWith
  endsWith padStart padEnd toString toISOString toJSON toFixed some every keys values entries repeat substring substr match matchAll test charAt at push pop
  bind
`);
/** Enclosing expressions between a call and its `await`, at most. */
const MAX_CLIMB = 6;

/** Whether a call's result is waited for though nothing is known of what it does. */
export function isUnseen(view: FileView, site: CallSite): boolean {
  const { facts } = view;
  if (site.operation !== undefined || site.blocking !== undefined || 0 < site.targets.length) return false;
  const expr = facts.exprs[site.expr];
  if (expr?.kind !== "call" || !isAwaited(facts, site.expr)) return false;
  const callee = facts.exprs[expr.callee];
  if (callee?.kind === "ref" && isParameter(facts, callee)) return false;
  if (0 < site.callbacks.length && site.external === undefined) return false;
  if (site.external !== undefined && isLocal(site.external)) return false;
  return callee?.kind !== "member" || isUnseenMethod(view, callee);
}

function isUnseenMethod(view: FileView, { name, object }: Expr & { kind: "member" }): boolean {
  if (HARMLESS.has(name) || BUILT_IN.has(name)) return false;
  const value = view.valueOf(object);
  // A step that a library's description knows and that sends nothing: a connection taken, a query put together.
  if (value.kind === "dialect" || value.kind === "array" || value.kind === "literal") return false;
  // A method of something that a local package made: `this.limiter.schedule()`.
  return !((value.kind === "external-instance" || value.kind === "external") && isLocalPackage(value.module));
}

function isLocal({ module, path }: NonNullable<CallSite["external"]>): boolean {
  if (module === "global:") return path[0] !== "fetch";
  return isLocalPackage(module) || HARMLESS.has(path[path.length - 1] ?? "");
}

/** Callers know what they give and account for it. */
function isParameter(facts: FileFacts, callee: Expr & { kind: "ref" }): boolean {
  return facts.bindings[callee.binding]?.kind === "param";
}

/** `await f()`, also inside `Promise.all([…])` and where an `async` function returns it. */
function isAwaited(facts: FileFacts, id: ExprId, depth = 0): boolean {
  let child = id;
  for (let climb = 0; climb < MAX_CLIMB; climb++) {
    const parent = facts.exprs[child]?.parent ?? NONE;
    const expr = facts.exprs[parent];
    if (expr === undefined) return isReturned(facts, child, depth);
    if (expr.kind === "await") return true;
    if (expr.kind === "call") {
      const callee = facts.exprs[expr.callee];
      const combines = callee?.kind === "member" && /^(all|allSettled|race|any)$/.test(callee.name);
      if (!combines || !expr.args.includes(child)) return false;
    } else if (
      expr.kind !== "array" &&
      expr.kind !== "spread" &&
      expr.kind !== "conditional" &&
      expr.kind !== "logical"
    )
      return false;
    child = parent;
  }
  return false;
}

function isReturned(facts: FileFacts, id: ExprId, depth: number): boolean {
  const ref = facts.regions[facts.exprs[id]?.region ?? 0]?.fn ?? 0;
  const fn = facts.functions[ref];
  return fn !== undefined && fn.returns.includes(id) && (fn.async || isAwaitedPerElement(facts, ref, depth));
}

/** `await Promise.all(orders.map((order) => send(order)))`: what the function hands out is waited for. */
function isAwaitedPerElement(facts: FileFacts, fn: number, depth: number): boolean {
  if (MAX_CLIMB < depth) return false;
  const given = facts.exprs.find((expr) => expr.kind === "function" && expr.fn === fn);
  const call = facts.exprs[given?.parent ?? NONE];
  const callee = call?.kind === "call" ? facts.exprs[call.callee] : undefined;
  return (
    callee?.kind === "member" &&
    /^(map|flatMap)$/.test(callee.name) &&
    isAwaited(facts, given?.parent ?? NONE, depth + 1)
  );
}

function named(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
