/**
 * Finds caches whose key leaves out something that what is kept depends on: the next caller is given an answer to another question.
 *
 * Two shapes: a wrapper that runs a function on a miss (`unstable_cache`, `cache.wrap`, `getOrSet`), and a look-up with a way out before the work. What the
 * work is given must come from a parameter that no part of the key comes from; clients, contexts and options are no such thing.
 */
import { argumentsOf } from "../../facts/expressions.js";
import type { Span } from "../../base/span.js";
import { NONE, type BindingId, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { defineRule } from "../define-rule.js";
import { calledName } from "../loops/iteration.js";
import { entryPath, perUnit, runtimeOf, type Runtime } from "../runtime-code.js";
import { receiverOf } from "./invariance.js";

interface MissedInput {
  readonly at: Span;
  readonly key: string;
  readonly missing: string;
  readonly missingAt: Span;
  readonly runtime: Runtime;
}

export const cacheKeyMissesInput = defineRule({
  id: "cache-key-misses-input",
  family: "uncached-hot-path",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "none",
  docs: {
    what: "What is put into a cache depends on a value that the cache's key does not hold.",
    why: "The first caller's answer is given to everybody who asks with the same key and another value: wrong data, and sometimes another tenant's.",
    instead: "Put every value that the answer depends on into the key.",
    limits:
      "Only values that come from the parameters of the function around are compared. Clients, contexts and options objects are taken to be the same for everybody.",
  },
  *check(view) {
    for (const site of view.calls) {
      const found = ofWrapper(view, site) ?? ofLookup(view, site);
      if (found !== undefined) yield found;
    }
  },
  describe: ({ key, missing, missingAt, runtime }, view) => ({
    message: `what is kept under \`${key}\` depends on \`${missing}\`, which the key does not hold`,
    // A scope or an option may well be the same wherever a key is asked for; whose data it is never is.
    severity: WHOSE.test(missing) ? "warning" : "information",
    confidence: WHOSE.test(missing) ? 0.8 : 0.65,
    cost: `wrong answers ${perUnit(runtime.reach)}`,
    related: [
      ...entryPath(runtime.reach),
      { at: { file: view.path, span: missingAt }, message: `\`${missing}\` is used here` },
    ],
  }),
});

/** Values that tell one caller, row or page from another. */
const WHOSE = /id$|tenant|team|org|user|workspace|account|project|page|status|locale|query|search|filter|limit/i;
const CACHES = /cache|lru|memo|redis|kv$|keyv|store$/i;

/** `unstable_cache(fn, keys)`, `cache.wrap(key, fn)`, `cache.getOrSet(key, fn)`. */
function ofWrapper(view: FileView, site: CallSite): MissedInput | undefined {
  const name = calledName(view, site.expr);
  const args = argumentsOf(view.facts, site.expr);
  const isNext = name === "unstable_cache";
  const holder = view.facts.exprs[receiverOf(view, site)];
  const isOther =
    /^(wrap|getOrSet|remember|fetchOrSet|withCache)$/.test(name) &&
    (holder?.kind === "ref" || holder?.kind === "member") &&
    CACHES.test(holder.name) &&
    outlives(view, receiverOf(view, site));
  if (!isNext && !isOther) return undefined;
  const [work, key] = isNext ? [args[0], args[1]] : [args[1], args[0]];
  const fn = view.facts.exprs[work ?? NONE];
  if (fn?.kind !== "function" || key === undefined) return undefined;
  const runtime = runtimeOf(view, site.fn);
  if (runtime === undefined) return undefined;
  const missing = firstMissing(view, fn, key, fn.fn);
  if (missing === undefined) return undefined;
  return { at: spanOf(view, key), key: view.textOf(key, 50), runtime, ...missing };
}

/** `const known = cache.get(key); if (known) return known; …; cache.set(key, made)`. */
function ofLookup(view: FileView, site: CallSite): MissedInput | undefined {
  if (!/^(set|setex|setEx)$/.test(calledName(view, site.expr))) return undefined;
  const receiver = receiverOf(view, site);
  const holder = view.textOf(receiver, 80);
  if (!CACHES.test(holder) || !outlives(view, receiver)) return undefined;
  const args = argumentsOf(view.facts, site.expr);
  const [key] = args;
  const value = /ex$/i.test(calledName(view, site.expr)) ? args[2] : args[1];
  if (key === undefined || value === undefined || site.fn === 0) return undefined;
  const asked = view.calls.some((call) => {
    if (call.fn !== site.fn || call.span.start > site.span.start || !/^(get|has)$/.test(calledName(view, call.expr)))
      return false;
    const [first] = argumentsOf(view.facts, call.expr);
    return (
      first !== undefined &&
      view.textOf(receiverOf(view, call), 80) === holder &&
      view.textOf(first, 200) === view.textOf(key, 200)
    );
  });
  if (!asked) return undefined;
  const runtime = runtimeOf(view, site.fn);
  if (runtime === undefined) return undefined;
  for (const call of view.calls) {
    if (call.fn !== site.fn || call.span.end > site.span.start || !flowsInto(view, call, value)) continue;
    if (call.operation === undefined && !call.targets.some((ref) => view.summaryOf(ref).effects.length > 0)) continue;
    if (call.operation?.kind === "cache") continue;
    for (const arg of argumentsOf(view.facts, call.expr)) {
      const missing = firstMissing(view, spanOf(view, arg), key, undefined);
      if (missing !== undefined) return { at: spanOf(view, key), key: view.textOf(key, 50), runtime, ...missing };
    }
  }
  return undefined;
}

/** Whether a cache lives longer than the call that fills it: of the module, of the instance, or imported. One of the call serves the same caller. */
function outlives(view: FileView, id: ExprId): boolean {
  const expr = view.facts.exprs[id];
  if (expr?.kind === "member") return outlives(view, expr.object);
  if (expr?.kind === "this") return true;
  return expr?.kind === "ref" && view.facts.bindings[expr.binding]?.fn === 0;
}

/** Whether a value is, or is made of, what a call has given. */
function flowsInto(view: FileView, call: CallSite, value: ExprId): boolean {
  return [...view.flow.sourcesOf(value)].some((source) => {
    const init = view.facts.exprs[view.facts.bindings[source]?.init ?? NONE];
    return init !== undefined && init.start <= call.span.start && call.span.end <= init.end;
  });
}

/** What is the same for everybody, or no data. */
const CARRIERS =
  /^(ctx|context|c|req|request|res|response|db|prisma|knex|trx|tx|client|logger|log|options|opts|config|deps|dependencies|services?|headers|signal|transaction|manager|span|session|user|params?|input|args|props|data|payload|body|next|env|event|t|i18n|fallback|fetcher|loader|callback|cb|fn|ttl|cache|redis|force\w*|refresh|skip\w*|no\w*Cache)$/i;

function firstMissing(
  view: FileView,
  within: Span,
  key: ExprId,
  callback: number | undefined,
): { missing: string; missingAt: Span } | undefined {
  const { facts } = view;
  const held = view.flow.sourcesOf(key);
  for (const [id, expr] of facts.exprs.entries()) {
    if (expr.kind !== "ref" || expr.start < within.start || within.end < expr.end) continue;
    const binding = facts.bindings[expr.binding];
    if (binding === undefined || binding.fn === 0 || CARRIERS.test(binding.name)) continue;
    if (callback !== undefined && isInFunction(view, binding.fn, callback)) continue;
    if (isReceiver(view, id) || isSharing(view, expr.binding, held)) continue;
    if (!isGiven(view, expr.binding) || isOfCarrier(view, expr.binding)) continue;
    return { missing: binding.name, missingAt: { start: expr.start, end: expr.end } };
  }
  return undefined;
}

function isInFunction(view: FileView, start: number, fn: number): boolean {
  for (let at = start, hops = 0; at > 0 && hops < 20; hops++) {
    if (at === fn) return true;
    at = view.facts.functions[at]?.parent ?? 0;
  }
  return false;
}

/** Something that is called, or whose methods are. */
function isReceiver(view: FileView, id: ExprId): boolean {
  const parent = view.facts.exprs[view.facts.exprs[id]?.parent ?? NONE];
  if (parent?.kind === "call") return parent.callee === id;
  if (parent?.kind !== "member") return false;
  const above = view.facts.exprs[parent.parent];
  return above?.kind === "call" && view.facts.exprs[above.callee] === parent;
}

/** Whether the key comes from the same parameters. */
function isSharing(view: FileView, binding: BindingId, held: ReadonlySet<BindingId>): boolean {
  if (held.has(binding)) return true;
  const init = view.facts.bindings[binding]?.init ?? NONE;
  return init !== NONE && [...view.flow.sourcesOf(init)].some((source) => held.has(source));
}

/** Whether a value is one the function was given, as it is or out of an object: data rather than something worked out on the way. */
function isGiven(view: FileView, id: BindingId): boolean {
  return view.facts.bindings[id]?.kind === "param" && view.facts.bindings[id].writes.length === 0;
}

function isOfCarrier(view: FileView, id: BindingId): boolean {
  const type = view.facts.bindings[id]?.type;
  return (
    type !== undefined &&
    /=>|Client|Service|Context|Request|Logger|Prisma|Transaction|Repository|Options/.test(type.name)
  );
}

function spanOf(view: FileView, id: ExprId): Span {
  const expr = view.facts.exprs[id];
  return { start: expr?.start ?? 0, end: expr?.end ?? 0 };
}
