/** Entry points that are declared, by decorators, by a file's place, by directives or by the shape of an object. */
import { NONE, type ExprId, type FileFacts, type FunctionId, type ImportFact } from "../../facts/model.js";
import { decoratorName } from "../../facts/regions.js";
import type { EntryKind } from "../model.js";
import { functionsOf, stringAt, type EntryContext, type FoundEntry } from "./recognizer.js";

const METHOD_DECORATORS: Readonly<Record<string, EntryKind>> = {
  Get: "http-route",
  Post: "http-route",
  Put: "http-route",
  Patch: "http-route",
  Delete: "http-route",
  All: "http-route",
  Head: "http-route",
  Options: "http-route",
  Sse: "http-route",
  HttpCode: "http-route",
  TsRestHandler: "http-route",
  Query: "graphql-resolver",
  Mutation: "graphql-resolver",
  Subscription: "graphql-resolver",
  ResolveField: "graphql-resolver",
  FieldResolver: "graphql-resolver",
  ResolveProperty: "graphql-resolver",
  ResolveReference: "graphql-resolver",
  MessagePattern: "rpc-procedure",
  EventPattern: "event-handler",
  GrpcMethod: "rpc-procedure",
  GrpcStreamMethod: "rpc-procedure",
  SubscribeMessage: "websocket",
  OnEvent: "event-handler",
  OnQueueEvent: "event-handler",
  OnWorkerEvent: "event-handler",
  Process: "queue-worker",
  OnJob: "queue-worker",
  Cron: "cron",
  Interval: "cron",
  Timeout: "cron",
};

/** Classes whose well-known method the framework calls for each request or job. */
const HANDLER_METHODS: Readonly<Record<string, EntryKind>> = {
  canActivate: "middleware",
  intercept: "middleware",
  transform: "middleware",
  use: "middleware",
  validate: "middleware",
  catch: "middleware",
  handle: "event-handler",
};
const HANDLER_INTERFACES =
  /^(CanActivate|NestInterceptor|PipeTransform|NestMiddleware|ExceptionFilter|IQueryHandler|ICommandHandler|IEventHandler|EntitySubscriberInterface)$/;
const HANDLER_DECORATORS = /^(CommandHandler|QueryHandler|EventsHandler|Injectable|Catch)$/;
const VERBS = /^(Get|Post|Put|Patch|Delete|All|Options|Head|Sse)$/;
const ROUTE_EXPORTS = /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/;

export function* declarations(context: EntryContext): Generator<FoundEntry> {
  yield* decorated(context);
  yield* byPlace(context);
  yield* byDirective(context);
  yield* resolverMaps(context);
}

function* decorated(context: EntryContext): Generator<FoundEntry> {
  const { facts, path } = context;
  for (const cls of facts.classes) {
    const names = cls.decorators.map((id) => decoratorName(facts, id));
    const isWorker =
      names.some((name) => name === "Processor") && cls.members.some((member) => member.name === "process");
    const prefix = cls.decorators.map((id) => decoratorText(facts, id)).find((text) => text !== undefined);
    for (const member of cls.members) {
      if (member.fn === NONE || member.kind !== "method") continue;
      const label = (text: string): string => `${cls.name}.${member.name}${text === "" ? "" : ` ${text}`}`;
      const base = {
        ref: { file: path, fn: member.fn },
        framework: "nestjs",
        at: { fn: member.fn },
        confidence: "high" as const,
      };
      for (const id of member.decorators) {
        const name = decoratorName(facts, id);
        const kind = METHOD_DECORATORS[name];
        if (kind === undefined || !isFrameworkDecorator(context, id)) continue;
        // The status alone says no more than that there is a route; the verb beside it names it.
        if (name === "HttpCode" && member.decorators.some((other) => VERBS.test(decoratorName(facts, other)))) continue;
        const route =
          kind === "http-route"
            ? `${name.toUpperCase()} /${[prefix, decoratorText(facts, id)].filter((part) => part !== undefined && part !== "").join("/")}`.replaceAll(
                "//",
                "/",
              )
            : label("");
        yield { ...base, kind, label: route };
      }
      if (isWorker && member.name === "process")
        yield { ...base, kind: "queue-worker", label: `queue ${prefix ?? cls.name}` };
      const handled = HANDLER_METHODS[member.name];
      const isHandler =
        cls.implements.some((type) => HANDLER_INTERFACES.test(type.name)) ||
        (member.name === "execute" && names.some((name) => /^(CommandHandler|QueryHandler)$/.test(name)));
      if (isHandler && (handled !== undefined || member.name === "execute"))
        yield { ...base, kind: handled ?? "rpc-procedure", label: label("") };
      else if (
        handled !== undefined &&
        names.some((name) => HANDLER_DECORATORS.test(name)) &&
        extendsStrategy(facts, cls.superclass)
      )
        yield { ...base, kind: "middleware", label: label("") };
    }
  }
}

/** Passport strategies: `class X extends PassportStrategy(Strategy)`. */
function extendsStrategy(facts: FileFacts, superclass: ExprId): boolean {
  const expr = facts.exprs[superclass];
  if (expr?.kind !== "call") return false;
  const callee = facts.exprs[expr.callee];
  return callee?.kind === "ref" && callee.name.endsWith("Strategy");
}

function decoratorText(facts: FileFacts, id: ExprId): string | undefined {
  const expr = facts.exprs[id];
  return expr?.kind === "call" ? stringAt(facts, expr.args[0]) : undefined;
}

/** Names such as `Query` are also parameter decorators and ORM decorators; the module tells, where it is known. */
function isFrameworkDecorator(context: EntryContext, id: ExprId): boolean {
  const expr = context.facts.exprs[id];
  const value = context.valueOf(expr?.kind === "call" ? expr.callee : id);
  if (value.kind !== "external") return value.kind === "unknown" || value.kind === "function";
  return /^(@nestjs\/|@nestjs-|type-graphql|routing-controllers|@ts-rest\/|tsoa|@tsed\/|inversify-express|@nestia\/|nestjs-)/.test(
    value.module,
  );
}

/** Next.js, Remix, SvelteKit, Astro, Nitro: the place of a file makes its exports entry points. */
function* byPlace(context: EntryContext): Generator<FoundEntry> {
  const { path } = context;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const route = path.replace(/^.*\/(app|pages|routes)\//, "/").replace(/\/?(route|page|index|layout)?\.[jt]sx?$/, "");
  if (/\/app\/.*route\.[jt]sx?$/.test(path) || /\+server\.[jt]s$/.test(name)) {
    for (const [exported, fn] of exportedFunctions(context))
      if (ROUTE_EXPORTS.test(exported)) yield entry(fn, "http-route", "next", `${exported} ${route}`);
  }
  if (path.includes("/pages/api/"))
    for (const [exported, fn] of exportedFunctions(context))
      if (exported === "default") yield entry(fn, "http-route", "next", `ALL ${route}`);
  if (/\/app\/(.*\/)?(page|layout|template|default|not-found|sitemap|opengraph-image)\.[jt]sx?$/.test(path)) {
    // Pages that look at nothing of the request are rendered once, when the program is built.
    const confidence = isRenderedPerRequest(context, route) ? "high" : "low";
    for (const [exported, fn] of exportedFunctions(context))
      if (exported === "default" || exported === "generateMetadata")
        yield { ...entry(fn, "page", "next", `page ${route}`), confidence };
  }
  if (/(^|\/)middleware\.[jt]s$/.test(path))
    for (const [exported, fn] of exportedFunctions(context))
      if (exported === "middleware" || exported === "default") yield entry(fn, "middleware", "next", "middleware");
  for (const [exported, fn] of exportedFunctions(context)) {
    if (exported === "getServerSideProps" || exported === "getInitialProps")
      yield entry(fn, "page", "next", `page ${route}`);
    if ((exported === "loader" || exported === "action") && /\/(routes|app)\//.test(path))
      yield entry(fn, "http-route", "remix", `${exported} ${route}`);
    if ((exported === "load" || exported === "actions") && /\+(page|layout)(\.server)?\.[jt]s$/.test(name))
      yield entry(fn, "page", "sveltekit", `load ${route}`);
    if (exported === "handler" || exported === "lambdaHandler")
      yield { ...entry(fn, "rpc-procedure", "lambda", `handler ${name}`), confidence: "low" };
    if (/(^|\/)server\/(api|routes|middleware)\//.test(path) && exported === "default")
      yield entry(fn, "http-route", "nitro", route);
    if (/\/src\/(api|admin|store)\/.*route\.[jt]s$/.test(path) && ROUTE_EXPORTS.test(exported))
      yield entry(fn, "http-route", "http", `${exported} ${route}`);
  }

  function entry(fn: FunctionId, kind: EntryKind, framework: string, label: string): FoundEntry {
    return { ref: { file: path, fn }, kind, framework, label: label.trim(), at: { fn }, confidence: "high" };
  }
}

const PER_REQUEST = /^(next\/(headers|server)|next-auth|@clerk\/|@auth\/|@supabase\/ssr|iron-session)/;
const SEES_USER = /auth|session|user|cookie|viewer|member|request|lucia/i;

/** `[id]`; languages are listed by a layout as a rule. */
const OPEN_SEGMENT = /\[(?!(?:locale|lang|lng|language)\])/;

/**
 * Whether an app-router page is rendered for each request: its path has parameters that are not listed beforehand, it takes `searchParams`, reads headers or
 * cookies, asks who the user is, or says so (`dynamic = "force-dynamic"`, `revalidate = 0`). Next.js documents this under "Static and dynamic rendering".
 */
function isRenderedPerRequest({ facts }: EntryContext, route: string): boolean {
  const lists = facts.exports.some(({ name }) => name === "generateStaticParams");
  if (!lists && OPEN_SEGMENT.test(route)) return true;
  const asks = ({ module, imported }: ImportFact): boolean =>
    PER_REQUEST.test(module) || SEES_USER.test(module) || SEES_USER.test(imported);
  if (facts.imports.some(asks)) return true;
  return facts.bindings.some(
    ({ name, init }) =>
      name === "searchParams" ||
      (name === "dynamic" && literalAt(facts, init) === "force-dynamic") ||
      (name === "revalidate" && literalAt(facts, init) === 0),
  );
}

function literalAt(facts: FileFacts, id: ExprId): unknown {
  const expr = facts.exprs[id];
  return expr?.kind === "literal" ? expr.value : undefined;
}

/** Server actions: exported async functions of a `"use server"` file, and functions with that directive. */
function* byDirective(context: EntryContext): Generator<FoundEntry> {
  const { facts, path } = context;
  const whole = facts.directives.includes("use server");
  const exported = whole
    ? new Map([...exportedFunctions(context)].map(([name, fn]) => [fn, name]))
    : new Map<FunctionId, string>();
  for (const [fn, fact] of facts.functions.entries()) {
    const name = exported.get(fn);
    if (name === undefined && fact.directives?.includes("use server") !== true) continue;
    yield {
      ref: { file: path, fn },
      kind: "server-action",
      framework: "react",
      label: `action ${name ?? fact.name}`,
      at: { fn },
      confidence: "high",
    };
  }
}

/** `{ Query: { users: … }, User: { posts: … } }`, by the name or type of what holds it. */
function* resolverMaps(context: EntryContext): Generator<FoundEntry> {
  const { facts } = context;
  for (const binding of facts.bindings) {
    const typed = binding.type !== undefined && /Resolvers?$/.test(binding.type.name);
    if (binding.fn !== 0 || (!typed && !/resolvers?$/i.test(binding.name))) continue;
    const object = facts.exprs[binding.init];
    if (object?.kind !== "object") continue;
    for (const type of object.props) {
      const fields = facts.exprs[type.value];
      if (type.name === undefined || fields?.kind !== "object") continue;
      for (const field of fields.props) {
        for (const ref of functionsOf(context, field.value)) {
          yield {
            ref,
            kind: "graphql-resolver",
            framework: "graphql",
            label: `${type.name}.${field.name ?? "…"}`,
            at: { expr: field.value },
            confidence: "high",
          };
        }
      }
    }
  }
}

/** Exported names that are functions of this file, directly or behind a wrapper call. */
export function exportedFunctions(context: EntryContext): ReadonlyMap<string, FunctionId> {
  const found = new Map<string, FunctionId>();
  const { facts, path } = context;
  for (const exported of facts.exports) {
    if (exported.typeOnly === true || exported.module !== undefined) continue;
    const binding = facts.bindings[exported.binding];
    if (binding?.function !== undefined) {
      found.set(exported.name, binding.function);
      continue;
    }
    const expr = exported.expr === NONE ? (binding?.init ?? NONE) : exported.expr;
    const [ref] = expr === NONE ? [] : functionsOf(context, expr);
    if (ref?.file === path) found.set(exported.name, ref.fn);
  }
  return found;
}
