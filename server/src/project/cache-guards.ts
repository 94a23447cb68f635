/** Recognises code that asks a cache first: what stands behind the miss runs rarely. */
import { NONE, type BindingId, type ExprId, type FileFacts, type FunctionId } from "../facts/model.js";
import { oncePerFile } from "../facts/once-per-file.js";
import { regionChain } from "../facts/regions.js";
import type { CallSite } from "./model.js";

/** Names under which caches and memos go; weak evidence alone, enough together with a look-up and a guard. */
const CACHE_NAME = /[cC]ache|[mM]emo|lru|redis|keyv|store|loaded|seen|visited|known|byId|ById|Map$|^map$/;
const LOOKUPS = new Set(["get", "has", "peek", "hget", "getItem", "mget", "match", "fetch", "getOrSet"]);
/** Functions of caching libraries that run their callback on a miss only. */
const WRAPPERS =
  /^(wrap|getOrSet|fetch|remember|memoize|memoizee|memo|cached|cache|unstable_cache|getOrCreate|computeIfAbsent|once|lazy|singleton)$/i;

/** Whether a call runs only when a cache or memo had no answer. */
export function isCacheGuarded(facts: FileFacts, site: CallSite): boolean {
  for (const { region } of regionChain(facts, site.region)) {
    if (region.branch === undefined) continue;
    if (isLookupTest(facts, region.branch.test) || isKept(facts, region.branch.test, site)) return true;
  }
  const fn = facts.functions[site.fn];
  // Next keeps what such functions give, by their arguments.
  if (facts.directives.includes("use cache") || fn?.directives?.includes("use cache") === true) return true;
  if (fn?.passedTo !== undefined && isCacheWrapper(facts, fn.passedTo.call)) return true;
  return (firstAnswers(facts).get(site.fn) ?? Infinity) < site.span.start;
}

/** Where each function first returns what a look-up has found. */
const firstAnswers = oncePerFile((facts): ReadonlyMap<FunctionId, number> => {
  const starts = new Map<FunctionId, number>();
  for (const exit of facts.exits) {
    const { fn, branch } = facts.regions[exit.region] ?? {};
    if (exit.kind !== "return" || fn === undefined || branch?.arm !== "then") continue;
    const known = starts.get(fn) ?? Infinity;
    if (exit.span.start < known && isLookupTest(facts, branch.test)) starts.set(fn, exit.span.start);
  }
  return starts;
});

/** `if (this.rows === undefined) this.rows = await load()`: the field that is tested is the one that is filled; `this.rows ??= await load()`. */
function isKept(facts: FileFacts, test: ExprId, site: CallSite): boolean {
  const name = emptyField(facts, test);
  for (let at = site.expr, hops = 0; at !== NONE && hops < 10; at = facts.exprs[at]?.parent ?? NONE, hops++) {
    const expr = facts.exprs[at];
    if (expr?.kind !== "assign") continue;
    const filled = ownField(facts, expr.target);
    return filled !== undefined && (filled === name || expr.op === "??=" || expr.op === "||=");
  }
  return false;
}

/** The field of `!this.x`, `this.x === undefined` and `this.x == null`. */
function emptyField(facts: FileFacts, test: ExprId): string | undefined {
  const expr = facts.exprs[test];
  if (expr?.kind === "unary") return expr.op === "!" ? ownField(facts, expr.value) : undefined;
  if (expr?.kind !== "binary" || !/^===?$/.test(expr.op)) return undefined;
  const other = facts.exprs[expr.right];
  const isEmpty =
    (other?.kind === "literal" && other.value === null) || (other?.kind === "ref" && other.name === "undefined");
  return isEmpty ? ownField(facts, expr.left) : undefined;
}

function ownField(facts: FileFacts, id: ExprId): string | undefined {
  const expr = facts.exprs[id];
  return expr?.kind === "member" && facts.exprs[expr.object]?.kind === "this" ? expr.name : undefined;
}

/** `cache.wrap(key, () => …)`, `memoize(() => …)`, React's and Next's `cache(…)`. */
export function isCacheWrapper(facts: FileFacts, call: ExprId): boolean {
  const expr = facts.exprs[call];
  if (expr?.kind !== "call") return false;
  const callee = facts.exprs[expr.callee];
  if (callee?.kind === "ref") return WRAPPERS.test(callee.name) || WRAPPERS.test(importedName(facts, callee.binding));
  return (
    callee?.kind === "member" &&
    WRAPPERS.test(callee.name) &&
    (callee.name !== "fetch" || CACHE_NAME.test(nameOf(facts, callee.object)))
  );
}

/** Under which name the module it comes from exports it: `cache` of `import { cache as reactCache } from "react"`. */
function importedName(facts: FileFacts, id: BindingId): string {
  const binding = facts.bindings[id];
  const from = binding?.import === undefined ? undefined : facts.imports[binding.import];
  if (from === undefined) return "";
  // Packages that do nothing else are known by their own name.
  return from.imported === "default" ? from.module.replace(/^p-/, "").replace(/-/g, "") : from.imported;
}

/** `cached`, `!cache.has(key)`, `instance === undefined`: a test of something that was looked up or is kept between calls. */
function isLookupTest(facts: FileFacts, test: ExprId, depth = 0): boolean {
  const expr = facts.exprs[test];
  if (expr === undefined || depth > 6) return false;
  if (expr.kind === "unary") return isLookupTest(facts, expr.value, depth + 1);
  if (expr.kind === "await") return isLookupTest(facts, expr.value, depth + 1);
  if (expr.kind === "logical" || expr.kind === "binary")
    return isLookupTest(facts, expr.left, depth + 1) || isLookupTest(facts, expr.right, depth + 1);
  if (expr.kind === "call") return isLookupCall(facts, test);
  if (expr.kind === "member") return expr.object !== NONE && isLookupTest(facts, expr.object, depth + 1);
  if (expr.kind !== "ref" || expr.binding === NONE) return false;
  const binding = facts.bindings[expr.binding];
  if (binding === undefined) return false;
  // A module-level variable that is filled on first use.
  if (binding.fn === 0 && binding.kind === "let") return true;
  return binding.init !== NONE && isLookupTest(facts, binding.init, depth + 1);
}

function isLookupCall(facts: FileFacts, id: ExprId): boolean {
  const expr = facts.exprs[id];
  const callee = expr?.kind === "call" ? facts.exprs[expr.callee] : undefined;
  return callee?.kind === "member" && LOOKUPS.has(callee.name) && CACHE_NAME.test(nameOf(facts, callee.object));
}

/** Last name of a reference or member chain. */
function nameOf(facts: FileFacts, id: ExprId): string {
  const expr = facts.exprs[id];
  if (expr?.kind === "ref" || expr?.kind === "member") return expr.name;
  return "";
}
