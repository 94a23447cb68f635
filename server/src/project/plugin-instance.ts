/**
 * The server that a Fastify plugin is given: told by the plugin's type, by the wrapper it is handed to (`fastify-plugin`), or by the server it is registered
 * with. What the workspace adds to its interface is then found.
 */
import { type ExprId } from "../facts/model.js";
import { type Value } from "./model.js";
import { exprOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { unknown } from "./value.js";

export const SERVER: Value = { kind: "external-instance", module: "fastify", path: ["FastifyInstance"] };
const REPLY: Value = { kind: "external-instance", module: "fastify", path: ["FastifyReply"] };
const PLUGIN_TYPE = /^FastifyPlugin(Async|Callback)?/;
const PLUGIN_MODULE = /^(fastify$|@fastify\/)/;

/** A parameter of a function whose type is one of the types of plugins: `FastifyPluginAsync`, `FastifyPluginAsyncTypebox`. */
export function pluginParameter(
  { module, path }: Extract<Value, { kind: "external-instance" }>,
  position: number,
): Value {
  const isPlugin = position === 0 && PLUGIN_MODULE.test(module) && PLUGIN_TYPE.test(path[path.length - 1] ?? "");
  return isPlugin ? SERVER : unknown;
}

const ROUTES = /^(get|post|put|patch|delete|head|options|all)$/;

/** The server given to `fp(…)` and `server.register(…)`, the reply given to the handler of a route. */
export function serverParameter(ctx: Provenance, file: ProjectFile, call: ExprId, position: number): Value {
  if (position === 0) return registeredServer(ctx, file, call);
  const expr = exprOf(file, call);
  const callee = expr?.kind === "call" ? exprOf(file, expr.callee) : undefined;
  if (position !== 1 || callee?.kind !== "member" || !ROUTES.test(callee.name)) return unknown;
  return isFastify(valueOf(ctx, file, callee.object)) ? REPLY : unknown;
}

function registeredServer(ctx: Provenance, file: ProjectFile, call: ExprId): Value {
  const expr = exprOf(file, call);
  const callee = expr?.kind === "call" ? exprOf(file, expr.callee) : undefined;
  if (expr?.kind !== "call" || callee === undefined) return unknown;
  if (callee.kind === "ref") {
    const wrapper = valueOf(ctx, file, expr.callee);
    return wrapper.kind === "external" && wrapper.module === "fastify-plugin" ? SERVER : unknown;
  }
  if (callee.kind !== "member" || callee.name !== "register") return unknown;
  return isFastify(valueOf(ctx, file, callee.object)) ? SERVER : unknown;
}

function isFastify(value: Value): boolean {
  return isServer(value) || (value.kind === "external-instance" && value.module === "fastify");
}

/** What `fastify()` gives. */
export function isServer(value: Value): boolean {
  return value.kind === "external" && value.module === "fastify" && value.path[value.path.length - 1] === "()";
}
