/**
 * Finds clients that are made anew while a request is served: pools, ORM and Redis clients, HTTP agents, model sessions.
 *
 * A client that is kept is none of it: made while a module loads, in a constructor or a boot hook, behind a memo, or stored anywhere that outlives the
 * call. One whose settings depend on what the function is given (a tenant's own database, credentials to be tried out) cannot be shared, so it is
 * left alone too.
 */
import type { Span } from "../../base/span.js";
import { NONE, type ExprId, type FileFacts } from "../../facts/model.js";
import { regionChain } from "../../facts/regions.js";
import type { FileView } from "../../project/file-view.js";
import type { ClientKind } from "../../project/client-catalog.js";
import type { CallSite } from "../../project/model.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import { hoistClient } from "../../fixes/requests/hoist-client.js";
import { keepClient } from "../../fixes/requests/keep-client.js";
import { usesOfFunction } from "../blocking-call/known-calls.js";
import { defineRule, type Description, type Severity } from "../define-rule.js";
import { entryPath, perUnit, runtimeOf, type Runtime } from "../runtime-code.js";
import { isServerCode } from "../server-code.js";
import { isKeptFunction } from "./kept-function.js";
import { moduleNames } from "./module-names.js";
import { fateOf } from "./value-fate.js";

interface PerRequestClient {
  readonly at: Span;
  readonly site: CallSite;
  readonly kind: ClientKind;
  readonly runtime: Runtime;
  readonly returned: boolean;
}

export const clientPerRequest = defineRule({
  id: "client-per-request",
  family: "client-per-request",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "review",
  docs: {
    what: "A client that holds connections or other costly state is made each time a request is served.",
    why: "Every request pays for connecting, TLS and warm-up again, nothing is reused, and under load the other side runs out of connections.",
    instead:
      "Make it once: at module level, in a provider of the dependency injection, or lazily behind a variable that keeps it.",
    limits:
      "Clients whose settings depend on the caller (a tenant's database, credentials to try out) are left alone, and so is everything that is stored somewhere that outlives the call.",
  },
  *check(view) {
    for (const site of view.calls) {
      const found = examine(view, site);
      if (found !== undefined) yield found;
    }
  },
  describe,
  fixes: (evidence, view, sources) => fixesOf(evidence, view, sources),
});

function fixesOf({ site, kind, returned }: PerRequestClient, view: FileView, sources: FixSources): readonly Fix[] {
  const made = view.facts.exprs[site.expr];
  if (made === undefined) return [];
  const declaredBefore = moduleNames(view, made);
  const hoisted =
    returned || declaredBefore === undefined
      ? []
      : hoistClient(sources, { path: view.path, made, noun: kind.noun, declaredBefore });
  if (hoisted.length > 0 || (returned && !isKeptByCallers(view, site, kind, sources))) return hoisted;
  return keepClient(sources, { path: view.path, made, noun: kind.noun });
}

const ENDS = /^(end|close|disconnect|\$disconnect|quit|destroy|release|dispose|terminate)$/;

/** Every caller is in sight, and none of them ends what it is given. */
function isKeptByCallers(view: FileView, { fn }: CallSite, kind: ClientKind, sources: FixSources): boolean {
  const uses = usesOfFunction(sources, { file: view.path, fn });
  return (
    uses !== undefined &&
    uses.calls.every(({ path, call }) => {
      const facts = sources.program?.factsOf(path);
      const id = facts?.exprs.findIndex(
        (expr) => expr.kind === "call" && expr.start === call.start && expr.end === call.end,
      );
      return facts !== undefined && id !== undefined && id >= 0 && isUsedOnly(facts, id, kind);
    })
  );
}

/** What is called on it right there or by its name; a pool that is passed on may be ended by whoever gets it. */
function isUsedOnly(facts: FileFacts, id: ExprId, kind: ClientKind): boolean {
  const parent = facts.exprs[facts.exprs[id]?.parent ?? NONE];
  if (parent?.kind === "member") return !ENDS.test(parent.name);
  if (parent?.kind === "await") return false;
  const binding = facts.bindings.findIndex(({ init }) => init === id);
  if (binding < 0) return parent !== undefined && kind.weight !== "connections";
  return facts.exprs.every((expr) => {
    if (expr.kind !== "ref" || expr.binding !== binding) return true;
    const use = facts.exprs[expr.parent];
    return use?.kind === "member" ? !ENDS.test(use.name) : kind.weight !== "connections";
  });
}

function examine(view: FileView, site: CallSite): PerRequestClient | undefined {
  const kind = site.makes;
  if (kind === undefined || isKeptFunction(view, site.fn)) return undefined;
  if (view.isCacheGuarded(site)) return undefined;
  const runtime = runtimeOf(view, site.fn);
  if (runtime === undefined || dependsOnCaller(view, site)) return undefined;
  const fate = fateOf(view, site.expr);
  // A light client handed on with other things, such as when it was made, is one that somebody keeps.
  if (fate === "kept" || (fate === "returned-inside" && kind.weight === "agent")) return undefined;
  const returned = fate !== "local";
  // Whoever calls a factory may well keep what it gives; only a way from an entry point says otherwise.
  if (runtime.kind === "possible" && (returned || (kind.weight === "agent" && !isServerCode(view)))) return undefined;
  if (!returned && waitsOnItsConnection(view, site.expr)) return undefined;
  return { at: site.span, site, kind, runtime, returned };
}

/** Commands of Redis that take a connection for themselves: nobody else can use it while it waits or listens. */
const OCCUPIES = /^([ps]?subscribe|xread(group)?|b[lr]pop|bzpop(min|max)|blmove|brpoplpush|monitor)$/i;

function waitsOnItsConnection(view: FileView, made: ExprId): boolean {
  const { exprs, bindings } = view.facts;
  const held = bindings.findIndex(({ init }) => init === made);
  return exprs.some((expr) => {
    if (expr.kind !== "member" || !OCCUPIES.test(expr.name)) return false;
    const object = exprs[expr.object];
    return object?.kind === "ref" && object.binding === held && held >= 0;
  });
}

/** Whether the client's settings come from the parameters of the function around, or of those around it. */
function dependsOnCaller(view: FileView, site: CallSite): boolean {
  const call = view.facts.exprs[site.expr];
  if (call?.kind !== "new" && call?.kind !== "call") return true;
  if (call.args.some((arg) => comesFromCaller(view, arg))) return true;
  // `if (options.fresh)`: the caller asks for one of its own.
  return [...regionChain(view.facts, site.region)].some(
    ({ region }) => region.branch !== undefined && comesFromCaller(view, region.branch.test),
  );
}

function comesFromCaller(view: FileView, id: ExprId): boolean {
  return [...view.flow.sourcesOf(id)].some((source) => {
    const binding = view.facts.bindings[source];
    return binding?.kind === "param" || binding?.loop !== undefined;
  });
}

const LOSES: Readonly<Record<ClientKind["weight"], string>> = {
  connections: "opens connections of its own",
  agent: "starts without the connections kept alive by the last one",
  session: "loads everything again",
};

function describe({ kind, runtime, returned }: PerRequestClient): Description {
  const entry = runtime.reach.entry;
  const confidence = confidenceOf(kind, runtime, returned);
  const severity: Severity = confidence < 0.8 ? "information" : "warning";
  const when = entry === undefined ? "each time this function runs" : `each time ${entry.point.label} is served`;
  return {
    message: `a new ${kind.noun} is made ${when}; it ${LOSES[kind.weight]}`,
    severity,
    confidence,
    cost: `1 ${kind.weight === "session" ? "start" : "set of connections"} ${perUnit(runtime.reach)}`,
    related: entryPath(runtime.reach),
  };
}

function confidenceOf(kind: ClientKind, { kind: reach, reach: { entry } }: Runtime, returned: boolean): number {
  if (reach === "possible") return 0.6;
  if (returned) return 0.65;
  if (kind.weight === "agent") return 0.7;
  return entry?.point.confidence === "high" ? 0.9 : 0.75;
}
