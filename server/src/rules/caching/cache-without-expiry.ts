/**
 * Finds caches that only grow: a map of the process that takes a new key with each request and lets none go, and values put into Redis under keys of the
 * request without a time to live.
 */
import { argumentsOf, declaredWith } from "../../facts/expressions.js";
import type { Span } from "../../base/span.js";
import { NONE, type ExprId, type TypeRef } from "../../facts/model.js";
import { functionOf } from "../../facts/regions.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { defineRule, type Description } from "../define-rule.js";
import { calledName } from "../loops/iteration.js";
import { entryPath, perUnit, runtimeOf, type Runtime } from "../runtime-code.js";
import { keptMaps, type KeptMap } from "./kept-maps.js";

interface Growing {
  readonly at: Span;
  readonly name: string;
  readonly store: "map" | "redis";
  readonly runtime: Runtime;
}

export const cacheWithoutExpiry = defineRule({
  id: "cache-without-expiry",
  family: "uncached-hot-path",
  since: "0.1.0",
  severity: "information",
  fixSafety: "none",
  docs: {
    what: "What is kept for each key of a request is never thrown away: a map of the process that only grows, or values in Redis without a time to live.",
    why: "Memory grows with every new key until the process or the store runs out of it, and what changes elsewhere is never seen again.",
    instead:
      "Give it a bound and an age: `lru-cache` with `max` and `ttl`, `SET … EX`, or delete the entry where it is done with.",
    limits:
      "Maps that anything is deleted from, whose size is looked at, or that are handed on are left alone; so are keys of few values (locales, kinds, models) and values that the file deletes itself.",
  },
  *check(view) {
    for (const map of keptMaps(view)) {
      if (map.kind !== "map") continue;
      const found = growingMap(view, map);
      if (found !== undefined) yield found;
    }
    for (const site of view.calls) {
      const found = growingRedis(view, site);
      if (found !== undefined) yield found;
    }
  },
  describe,
});

const LETS_GO = /^(delete|clear|size|keys|values|entries|forEach|\[Symbol\.iterator\])$/;

function growingMap(view: FileView, { name, calls, escapes }: KeptMap): Growing | undefined {
  if (escapes || calls.some(({ method }) => LETS_GO.test(method))) return undefined;
  if (!calls.some(({ method }) => method === "get" || method === "has")) return undefined;
  for (const { method, call } of calls) {
    const expr = view.facts.exprs[call];
    if (method !== "set" || expr?.kind !== "call") continue;
    const [key] = expr.args;
    const fn = functionOf(view.facts, call);
    const runtime = fn === 0 ? undefined : runtimeOf(view, fn);
    if (key === undefined || runtime?.kind !== "request" || !hasManyValues(view, key)) continue;
    return { at: { start: expr.start, end: expr.end }, name, store: "map", runtime };
  }
  return undefined;
}

/** Names of what there are a few of. */
const FEW =
  /locale|lang|type|kind|model|provider|currenc|time_?zone|format|version|env|region|path|file|template|schema|class|ctor|constructor|method|status|role|plan|feature|flag|module|plugin|driver|dialect|table|column|operation|fn|callback|tier|category|country|host|database|schema|queue|topic|event|metric|name/i;

/** Whether a key comes from what the function is given, and can be anything. */
function hasManyValues(view: FileView, key: ExprId): boolean {
  let fromInput = false;
  for (const source of view.flow.sourcesOf(key)) {
    const binding = view.facts.bindings[source];
    if (binding === undefined) continue;
    if (binding.kind === "param") {
      if (isClosed(binding.type) || FEW.test(binding.name)) return false;
      fromInput = true;
    }
  }
  const names = namesIn(view, key);
  return fromInput && names.some((name) => MANY.test(name)) && !names.some((name) => FEW.test(name));
}

/** What names stand for one of many. */
const MANY = /id$|Id[^a-z]|Id$|key$|token|email|^ip$|slug|user|session|query|url|hash/i;

/** Names of variables and members that a key is put together from. */
function namesIn(view: FileView, key: ExprId): readonly string[] {
  const whole = view.facts.exprs[key];
  if (whole === undefined) return [];
  return view.facts.exprs.flatMap((expr) =>
    whole.start <= expr.start && expr.end <= whole.end && (expr.kind === "ref" || expr.kind === "member")
      ? [expr.name]
      : [],
  );
}

/** A type of a few values. */
function isClosed(type: TypeRef | undefined): boolean {
  return type?.name === "boolean" || (type?.name === "|" && type.args?.every((arg) => arg.name === "literal") === true);
}

const EXPIRES = /^(p?expire(at)?|setex|psetex|setEx|pSetEx|expireAt|del|unlink|getdel|getDel|flushdb|flushDb)$/;

function growingRedis(view: FileView, site: CallSite): Growing | undefined {
  const { operation } = site;
  if (operation?.kind !== "cache" || operation.method !== "set" || operation.confidence === "low") return undefined;
  const [key, value, ...rest] = argumentsOf(view.facts, site.expr);
  if (key === undefined || value === undefined || rest.length > 0 || !isDocument(view, value)) return undefined;
  if (view.calls.some((call) => EXPIRES.test(calledName(view, call.expr)))) return undefined;
  const runtime = runtimeOf(view, site.fn);
  if (runtime?.kind !== "request" || !hasManyValues(view, key)) return undefined;
  return { at: site.span, name: view.textOf(key, 40), store: "redis", runtime };
}

/** What is kept is data rather than a mark or a counter. */
function isDocument(view: FileView, id: ExprId): boolean {
  const expr = view.facts.exprs[id];
  if (expr?.kind === "call") return calledName(view, id) === "stringify";
  const init = declaredWith(view.facts, id);
  return init !== NONE && view.facts.exprs[init]?.kind === "call" && calledName(view, init) === "stringify";
}

function describe({ name, store, runtime }: Growing): Description {
  const message =
    store === "map"
      ? `\`${name}\` keeps an entry for every key it is given and lets none go: it grows as long as the process lives`
      : `the value under \`${name}\` is kept in Redis for ever; give it a time to live`;
  return {
    message,
    severity: "information",
    confidence: runtime.reach.entry?.point.confidence === "high" ? 0.75 : 0.65,
    cost: `1 entry more ${perUnit(runtime.reach)}`,
    related: entryPath(runtime.reach),
  };
}
