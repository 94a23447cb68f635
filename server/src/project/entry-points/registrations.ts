/** Entry points registered by a call: routes, workers, schedules, event handlers, procedures. */
import { NONE, type ExprId, type FileFacts } from "../../facts/model.js";
import type { CallSite, EntryKind, Value } from "../model.js";
import { functionsOf, stringAt, type EntryContext, type FoundEntry } from "./recognizer.js";

const VERBS = new Set(["get", "post", "put", "patch", "delete", "del", "all", "options", "head", "route", "openapi"]);
const SERVERS =
  /^(express|fastify|koa|@koa\/router|koa-router|hono|@hono\/|@hapi\/hapi|restify|polka|find-my-way|itty-router|elysia|express-promise-router|@feathersjs\/|h3|nitropack|trouter|0http|middy)/;
const SERVER_NAMES = /(^|\.)(app|router|server|fastify|api|routes?|\w+Router|\w+Routes?|\w+App|instance|f|r)$/;
const PROCEDURE = /procedure|Procedure|^t$/;
const WORKERS = new Set(["bullmq", "bull", "bee-queue", "agenda", "pg-boss", "graphile-worker", "kue"]);
const EVENTS = new Set(["on", "once", "addListener", "addEventListener", "prependListener", "subscribe", "listen"]);
/** `POST /_e2e/restore-snapshot`, `GET /cypressServerCommand`: there for the tests of the whole program alone. */
const TEST_ROUTE = /\/_*e2e_*(\/|$)|\/_*cypress/i;
/** Libraries that call what they are given when it is time: `CronJob.from({ cronTime, onTick })`. */
const SCHEDULERS = /^(cron|node-cron|croner|node-schedule|toad-scheduler|bree|cron-parser)$/;
const TIMERS = new Set(["setInterval"]);

/** Every recognised registration among a file's calls. */
export function* registrations(context: EntryContext): Generator<FoundEntry> {
  for (const site of context.calls) {
    const expr = context.facts.exprs[site.expr];
    if (expr?.kind === "new") yield* constructed(context, site, expr.callee, expr.args);
    if (expr?.kind !== "call") continue;
    const callee = context.facts.exprs[expr.callee];
    if (callee?.kind === "member") yield* byMember(context, site, callee.object, callee.name, expr.args);
    else if (callee?.kind === "ref" && TIMERS.has(callee.name))
      yield* found(context, site, expr.args.slice(0, 1), "cron", "timer", callee.name, "high");
    yield* optionCallbacks(context, site, expr.args);
  }
}

/** `GET /users`; for middleware `middleware /admin`; for `route({ method, url })` what its options say. */
function routeLabel(facts: FileFacts, name: string, route: string, args: readonly ExprId[]): string {
  if (name === "use") return `middleware ${route}`.trim();
  // The route is described elsewhere, often in another file: `openapi(routes.list, handlers.list)`.
  if (name === "openapi" && route === "") return `OPENAPI ${nameOf(facts, args[0] ?? NONE)}`.trim();
  if (name !== "route" || route !== "") return `${name === "del" ? "DELETE" : name.toUpperCase()} ${route}`.trim();
  const options = facts.exprs[args[0] ?? NONE];
  const textOf = (...names: string[]): string | undefined =>
    options?.kind === "object"
      ? options.props.flatMap((prop) => (names.includes(prop.name ?? "") ? (stringAt(facts, prop.value) ?? []) : []))[0]
      : undefined;
  return `${textOf("method")?.toUpperCase() ?? "ROUTE"} ${textOf("url", "path") ?? ""}`.trim();
}

function* byMember(
  context: EntryContext,
  site: CallSite,
  object: ExprId,
  name: string,
  args: readonly ExprId[],
): Generator<FoundEntry> {
  const { facts } = context;
  const text = stringAt(facts, args[0]);
  if (VERBS.has(name) || name === "use") {
    const framework = serverFramework(context, object, text);
    if (framework !== undefined) {
      const kind: EntryKind = name === "use" ? "middleware" : "http-route";
      const route = text ?? routeOf(facts, object) ?? "";
      yield* found(context, site, args, kind, framework, routeLabel(facts, name, route, args), "high");
      return;
    }
  }
  const procedure = (handlers: readonly ExprId[], kind: EntryKind, framework: string): Generator<FoundEntry> =>
    found(context, site, handlers, kind, framework, procedureLabel(facts, site.expr) ?? name, "high");
  if ((name === "query" || name === "mutation" || name === "subscription") && isProcedure(context, object)) {
    yield* procedure(args.slice(-1), "rpc-procedure", "trpc");
    return;
  }
  if (name === "handler" && isOfProcedure(context, object)) {
    yield* procedure(args.slice(0, 1), "rpc-procedure", "orpc");
    return;
  }
  if ((name === "action" || name === "handler") && isActionClient(facts, object))
    yield* procedure(args.slice(0, 1), "server-action", "action client");
  if (
    name === "process" ||
    name === "work" ||
    name === "define" ||
    name === "createFunction" ||
    name === "registerWorker"
  ) {
    const module = moduleOf(context.valueOf(object));
    if (name === "process" ? /queue/i.test(nameOf(facts, object)) || WORKERS.has(module ?? "") : module !== undefined)
      yield* found(
        context,
        site,
        args,
        "queue-worker",
        module ?? "queue",
        `queue ${text ?? nameOf(facts, object)}`,
        "high",
      );
  }
  if (name === "schedule" || name === "scheduleJob" || name === "cron") {
    if (text !== undefined && args.length > 1)
      yield* found(context, site, args.slice(1), "cron", "cron", `cron ${text}`, "high");
  }
  // A worker thread is there to be kept busy: its messages are nobody's requests.
  if (EVENTS.has(name) && args.length > 1 && moduleOf(context.valueOf(object)) !== "node:worker_threads") {
    const kind: EntryKind = /^(io|socket|ws|wss|client)$/i.test(nameOf(facts, object)) ? "websocket" : "event-handler";
    yield* found(context, site, args.slice(1), kind, "events", `event ${text ?? "…"}`, "low");
  }
  if (name === "addHook" || name === "decorate")
    yield* found(context, site, args.slice(1), "middleware", "fastify", `hook ${text ?? ""}`.trim(), "high");
}

function* constructed(
  context: EntryContext,
  site: CallSite,
  callee: ExprId,
  args: readonly ExprId[],
): Generator<FoundEntry> {
  const module = moduleOf(context.valueOf(callee));
  const name = nameOf(context.facts, callee);
  if (name === "Worker" && (module === undefined || WORKERS.has(module)))
    yield* found(
      context,
      site,
      args.slice(1, 2),
      "queue-worker",
      module ?? "queue",
      `queue ${stringAt(context.facts, args[0]) ?? "…"}`,
      "high",
    );
  if (/^Cron(Job)?$/.test(name))
    yield* found(
      context,
      site,
      args,
      "cron",
      module ?? "cron",
      `cron ${stringAt(context.facts, args[0]) ?? ""}`.trim(),
      "high",
    );
}

function* found(
  context: EntryContext,
  site: CallSite,
  args: readonly ExprId[],
  kind: EntryKind,
  framework: string,
  label: string,
  confidence: "high" | "low",
): Generator<FoundEntry> {
  if (TEST_ROUTE.test(label)) return;
  for (const arg of args) {
    for (const ref of functionsOf(context, arg))
      yield { ref, kind, framework, label, at: { expr: site.expr }, confidence };
    // `route({ handler })`, `{ run }`, `{ handler: [a, b] }`.
    const expr = context.facts.exprs[arg];
    if (expr?.kind !== "object") continue;
    for (const prop of expr.props) {
      if (prop.name === undefined || !/^(handler|preHandler|onRequest|run|fn|resolve|execute|process)$/.test(prop.name))
        continue;
      for (const ref of functionsOf(context, prop.value))
        yield { ref, kind, framework, label, at: { expr: site.expr }, confidence };
    }
  }
}

/**
 * Functions in an object given to a library that is not part of the workspace: it calls them whenever it likes. Functions of hooks such as
 * `password: { hash: async … }`, resolvers, workflow handlers.
 */
function* optionCallbacks(context: EntryContext, site: CallSite, args: readonly ExprId[]): Generator<FoundEntry> {
  if (site.external === undefined || site.targets.length > 0 || site.operation !== undefined) return;
  const { module, path } = site.external;
  if (
    module.startsWith("node:") ||
    module === "global:" ||
    /^(zod|joi|yup|react|lodash|ramda|vitest|jest|@jest\/|chai|sinon|commander|yargs|@tanstack\/|swr|zustand)/.test(
      module,
    )
  )
    return;
  for (const arg of args) {
    for (const { name, expr } of functionProps(context.facts, arg, 0)) {
      const fn = context.facts.exprs[expr];
      if (fn?.kind !== "function") continue;
      const kind: EntryKind =
        name === "resolve" || name === "subscribe"
          ? "graphql-resolver"
          : SCHEDULERS.test(module)
            ? "cron"
            : "library-callback";
      yield {
        ref: { file: context.path, fn: fn.fn },
        kind,
        framework: module,
        label: `${path.filter((part) => part !== "default" && part !== "()").join(".") || module} ${name}`,
        at: { expr: site.expr },
        confidence: "low",
      };
    }
  }
}

function* functionProps(facts: FileFacts, id: ExprId, depth: number): Generator<{ name: string; expr: ExprId }> {
  const expr = facts.exprs[id];
  if (depth > 4 || expr === undefined) return;
  if (expr.kind === "array") for (const element of expr.elements) yield* functionProps(facts, element, depth + 1);
  if (expr.kind === "call") for (const arg of expr.args) yield* functionProps(facts, arg, depth + 1);
  if (expr.kind !== "object") return;
  for (const prop of expr.props) {
    if (facts.exprs[prop.value]?.kind === "function") yield { name: prop.name ?? "…", expr: prop.value };
    else yield* functionProps(facts, prop.value, depth + 1);
  }
}

function serverFramework(context: EntryContext, object: ExprId, route: string | undefined): string | undefined {
  const value = context.valueOf(object);
  const module = moduleOf(value);
  if (module !== undefined && SERVERS.test(module))
    return module.replace(/^@koa\/router$/, "koa").split("/")[0] ?? module;
  if (module !== undefined && module !== "global:") return undefined;
  if (
    value.kind !== "unknown" &&
    value.kind !== "external-instance" &&
    value.kind !== "shape" &&
    value.kind !== "union"
  )
    return undefined;
  // A server handed in as a parameter: the name and a path that starts like one.
  const looksLikeRoute =
    route === undefined ? routeOf(context.facts, object) !== undefined : route.startsWith("/") || route === "*";
  return looksLikeRoute && SERVER_NAMES.test(nameOf(context.facts, object)) ? "http" : undefined;
}

/** Path of `router.route("/x").get(…)`. */
function routeOf(facts: FileFacts, object: ExprId): string | undefined {
  const expr = facts.exprs[object];
  if (expr?.kind !== "call") return undefined;
  const callee = facts.exprs[expr.callee];
  if (callee?.kind !== "member") return undefined;
  return callee.name === "route" ? stringAt(facts, expr.args[0]) : routeOf(facts, callee.object);
}

function isProcedure(context: EntryContext, object: ExprId): boolean {
  const { facts } = context;
  for (let id = object, steps = 0; id !== NONE && steps < 30; steps++) {
    const expr = facts.exprs[id];
    if (expr?.kind === "call") id = expr.callee;
    else if (expr?.kind === "member") {
      if (PROCEDURE.test(expr.name)) return true;
      id = expr.object;
    } else {
      if (expr?.kind !== "ref") return false;
      const module = moduleOf(context.valueOf(id));
      return PROCEDURE.test(expr.name) || module?.startsWith("@trpc/server") === true;
    }
  }
  return false;
}

/** oRPC's `protectedProcedure.input(…).handler(…)`, `os.handler(…)` and TanStack's `createServerFn(…).handler(…)`. */
function isOfProcedure(context: EntryContext, object: ExprId): boolean {
  const { facts } = context;
  for (let id = object, steps = 0; id !== NONE && steps < 30; steps++) {
    const expr = facts.exprs[id];
    if (expr?.kind === "call") id = expr.callee;
    else if (expr?.kind === "member") id = expr.object;
    else {
      if (expr?.kind !== "ref") return false;
      return (
        /procedure$|^createServerFn$/i.test(expr.name) || moduleOf(context.valueOf(id))?.startsWith("@orpc/") === true
      );
    }
  }
  return false;
}

/** next-safe-action and its kind: a chain that starts at something called an action client. */
function isActionClient(facts: FileFacts, object: ExprId): boolean {
  for (let id = object, steps = 0; id !== NONE && steps < 30; steps++) {
    const expr = facts.exprs[id];
    if (expr?.kind === "call") id = expr.callee;
    else if (expr?.kind === "member") id = expr.object;
    else return expr?.kind === "ref" && /action(Client)?$|safeAction/i.test(expr.name);
  }
  return false;
}

/** Name of the property or variable a procedure is assigned to. */
function procedureLabel(facts: FileFacts, call: ExprId): string | undefined {
  const parent = facts.exprs[call]?.parent ?? NONE;
  const object = facts.exprs[parent];
  if (object?.kind === "object") return object.props.find((prop) => prop.value === call)?.name;
  return facts.bindings.find((binding) => binding.init === call)?.name;
}

export function moduleOf(value: Value): string | undefined {
  if (value.kind === "external" || value.kind === "external-instance") return value.module;
  if (value.kind === "dialect") return value.origin?.module;
  if (value.kind === "union") for (const part of value.of) if (moduleOf(part) !== undefined) return moduleOf(part);
  return undefined;
}

function nameOf(facts: FileFacts, id: ExprId): string {
  const expr = facts.exprs[id];
  if (expr?.kind === "ref" || expr?.kind === "member") return expr.name;
  if (expr?.kind === "call") return nameOf(facts, expr.callee);
  return "";
}
