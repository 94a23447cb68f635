/**
 * Finds outgoing HTTP requests that may wait for ever, or for minutes, while somebody waits for the answer.
 *
 * Only calls whose options are in sight are reported: written in place or held by a variable of the file, and known not to name a timeout or a signal.
 * Clients made elsewhere may have a default that cannot be seen from here, so calls on them are left alone.
 */
import type { Span } from "../../base/span.js";
import { exprChain } from "../../facts/regions.js";
import { NONE, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { addLimit } from "../../fixes/requests/add-limit.js";
import { defineRule, type Description } from "../define-rule.js";
import { calledName } from "../loops/iteration.js";
import { entryPath, perUnit, runtimeOf, type Runtime } from "../runtime-code.js";
import { isServerCode } from "../server-code.js";
import { clientOf, type HttpClient } from "./http-clients.js";

interface UntimedRequest {
  readonly at: Span;
  readonly call: Span;
  readonly client: HttpClient;
  readonly runtime: Runtime;
}

export const noTimeout = defineRule({
  id: "no-timeout",
  family: "no-timeout",
  since: "0.1.0",
  severity: "information",
  fixSafety: "review",
  docs: {
    what: "An outgoing HTTP request is made on a request path without a timeout or an abort signal.",
    why: "When the other side accepts the connection and then stalls, the caller waits as long as the client lets it: for ever with axios and got, five minutes with `fetch`. Requests pile up behind it.",
    instead:
      "Give it a limit: `signal: AbortSignal.timeout(10_000)` for `fetch`, `timeout` for axios and got, or one default on a shared client.",
    limits:
      "Options that come from elsewhere, clients with a default, and calls inside a helper that limits them are left alone. How long is right is not known.",
  },
  *check(view) {
    for (const site of view.calls) {
      const found = examine(view, site);
      if (found !== undefined) yield found;
    }
  },
  describe,
  fixes: ({ call, client }, view, sources) => {
    const position = client.options.at(-1);
    if (position === undefined) return [];
    return addLimit(sources, { path: view.path, call, position, property: client.limit });
  },
});

/** Helpers that limit what they are given. */
const LIMITS = /timeout|timed|(?<!t)race|abort|deadline|breaker|^fire$/i;

function examine(view: FileView, site: CallSite): UntimedRequest | undefined {
  if (site.operation?.kind !== "http") return undefined;
  const call = view.facts.exprs[site.expr];
  if (call?.kind !== "call") return undefined;
  const client = clientOf(view, site);
  if (client === undefined || isLimited(view, site, client)) return undefined;
  const runtime = runtimeOf(view, site.fn);
  if (runtime === undefined) return undefined;
  // Event handlers known only by convention, and functions whose callers are not in sight, are as often a browser's.
  if (runtime.reach.entry?.point.confidence !== "high" && !isServerCode(view)) return undefined;
  // A client with options of its own has its host there.
  if (client.made === undefined && !isForeignAddress(view, call.args[0])) return undefined;
  return { at: site.span, call, client, runtime };
}

/** Calls that give an address as text; others may give a request object with a limit of its own. */
const GIVES_TEXT = /^(toString|String|join|concat|replace|replaceAll|encodeURI|\w*(url|uri|link|href|endpoint))$/i;

/** An address without a host is asked by a browser, of its own server; one beside the module is a file of the program. */
function isForeignAddress(view: FileView, address: ExprId | undefined): boolean {
  const expr = view.facts.exprs[address ?? NONE];
  if (expr === undefined) return false;
  if (expr.kind === "call") return GIVES_TEXT.test(calledName(view, address ?? NONE));
  if (expr.kind === "new") return !isModuleUrl(view, expr.args[1]);
  if (expr.kind === "object") {
    const url = expr.props.find(({ name }) => name === "url")?.value;
    return url === undefined || isForeignAddress(view, url);
  }
  const text = expr.kind === "literal" ? expr.value : expr.kind === "template" ? expr.parts[0] : undefined;
  return !(typeof text === "string" && /^(\/(?!\/)|data:|blob:|file:)/.test(text));
}

/** `import.meta.url`. */
function isModuleUrl(view: FileView, id: ExprId | undefined): boolean {
  const expr = view.facts.exprs[id ?? NONE];
  return expr?.kind === "member" && expr.name === "url" && view.facts.exprs[expr.object]?.kind === "other";
}

function isLimited(view: FileView, site: CallSite, client: HttpClient): boolean {
  const call = view.facts.exprs[site.expr];
  if (call?.kind !== "call") return true;
  // A request object, or a method whose options are not where they are looked for, may carry a limit of its own.
  for (const position of client.options) {
    const arg = call.args[position];
    if (arg === undefined || (position === 0 && isAddress(view, call.args))) continue;
    if (mayLimit(view, arg, client, 0)) return true;
  }
  if (client.made !== undefined && mayLimit(view, client.made, client, 0)) return true;
  return isInsideLimit(view, site);
}

/** What stands first is an address rather than options: others follow, or it is called one. */
function isAddress(view: FileView, [first, second]: readonly ExprId[]): boolean {
  if (second !== undefined) return true;
  const expr = view.facts.exprs[first ?? NONE];
  return (expr?.kind === "ref" || expr?.kind === "member") && /(url|uri|href|endpoint)$/i.test(expr.name);
}

/** Whether options name a limit, or cannot be read. */
function mayLimit(view: FileView, id: ExprId, client: HttpClient, depth: number): boolean {
  const expr = view.facts.exprs[id];
  if (expr === undefined || 4 < depth) return true;
  switch (expr.kind) {
    case "literal":
    case "template":
    case "array":
      return false;
    case "object":
      return expr.props.some((prop) => {
        if (prop.kind === "spread") return mayLimit(view, prop.value, client, depth + 1);
        if (prop.kind === "computed") return true;
        if (prop.name === undefined || !client.limits.test(prop.name)) return false;
        return !AGENT.test(prop.name) || mayAgentLimit(view, prop.value);
      });
    case "conditional":
      return mayLimit(view, expr.whenTrue, client, depth + 1) || mayLimit(view, expr.whenFalse, client, depth + 1);
    case "logical":
      return mayLimit(view, expr.right, client, depth + 1) || mayLimit(view, expr.left, client, depth + 1);
    case "ref":
      return mayVariableLimit(view, expr.binding, client, depth);
    default:
      return true;
  }
}

const AGENT = /^(agent|dispatcher|httpsAgent|httpAgent)$/;
const OF_CONNECTIONS = /timeout|deadline|lifetime/i;

/** An agent made in place with options in sight limits when one of them does. */
function mayAgentLimit(view: FileView, id: ExprId): boolean {
  const made = view.facts.exprs[id];
  if (made?.kind !== "new") return true;
  return made.args.some((arg) => {
    const options = view.facts.exprs[arg];
    if (options?.kind !== "object") return true;
    return options.props.some((prop) => prop.kind === "spread" || OF_CONNECTIONS.test(prop.name ?? "timeout"));
  });
}

/** A variable with a literal initialiser is read there, unless anything is done to it afterwards. */
function mayVariableLimit(view: FileView, id: number, client: HttpClient, depth: number): boolean {
  const binding = view.facts.bindings[id];
  if (binding === undefined || binding.init === NONE || binding.path !== undefined || 0 < binding.writes.length)
    return true;
  const changed = view.facts.exprs.some((expr) => {
    if (expr.kind !== "assign") return false;
    const target = view.facts.exprs[expr.target];
    if (target?.kind !== "member" || !client.limits.test(target.name)) return false;
    const object = view.facts.exprs[target.object];
    return object?.kind === "ref" && object.binding === id;
  });
  return changed || mayLimit(view, binding.init, client, depth + 1);
}

/** `withTimeout(fetch(url), 1000)`, `Promise.race([fetch(url), timeout])`, `.timeout(1000)` behind it. */
function isInsideLimit(view: FileView, site: CallSite): boolean {
  for (let fn = site.fn, at = site.expr, hops = 0; hops < 6; hops++) {
    for (const id of exprChain(view.facts, at)) {
      const expr = view.facts.exprs[id];
      if (id !== site.expr && expr?.kind === "call" && LIMITS.test(calledName(view, id))) return true;
    }
    const own = view.facts.functions[fn]?.expr ?? NONE;
    if (own === NONE) return false;
    at = own;
    fn = view.facts.functions[fn]?.parent ?? 0;
  }
  return false;
}

function describe({ client, runtime }: UntimedRequest): Description {
  return {
    message: `this request has no timeout: ${client.otherwise}`,
    severity: "information",
    confidence: runtime.reach.entry?.point.confidence === "high" ? 0.75 : 0.6,
    cost: `waits without a limit ${perUnit(runtime.reach)} when the other side stalls`,
    related: entryPath(runtime.reach),
  };
}
