/**
 * HTTP clients without a default limit, where their options stand and what names a limit in them. Sources: undici (`headersTimeout` and `bodyTimeout`
 * of 300 s behind `fetch`), axios (`timeout: 0`), got ("By default, there's no timeout"), node-fetch (no timeout since version 3). `ky` (10 s), `needle`
 * (10 s to open) and clients made with options of their own are left out.
 */
import { NONE, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";

export interface HttpClient {
  /** Positions of arguments that can hold options. */
  readonly options: readonly number[];
  readonly limits: RegExp;
  /** The property that limits, as code. */
  readonly limit: string;
  /** What happens without a limit. */
  readonly otherwise: string;
  /** Options with which the client was made in this file; its defaults stand there. */
  readonly made?: ExprId;
}

const FETCH_LIMITS = /^(signal|timeout|dispatcher|agent)$/;
const FETCH: HttpClient = {
  options: [1],
  limits: FETCH_LIMITS,
  limit: "signal: AbortSignal.timeout(10_000)",
  otherwise: "`fetch` waits up to five minutes for an answer to begin, and as long again between its parts",
};
const NODE_FETCH: HttpClient = { ...FETCH, otherwise: "`node-fetch` waits for ever" };
const AXIOS_LIMITS = /^(timeout|signal|cancelToken|httpsAgent|httpAgent)$/;
const axios = (options: readonly number[]): HttpClient => ({
  options,
  limits: AXIOS_LIMITS,
  limit: "timeout: 10_000",
  otherwise: "axios waits for ever by default",
});
const GOT: HttpClient = {
  options: [0, 1],
  limits: /^(timeout|signal)$/,
  limit: "timeout: { request: 10_000 }",
  otherwise: "got waits for ever by default",
};

const AXIOS_WITHOUT_BODY = /^(get|delete|head|options)$/;
const AXIOS_WITH_BODY = /^(post|put|patch|postForm|putForm|patchForm)$/;
const GOT_METHODS = /^(get|post|put|patch|head|delete)$/;

/** The client a call uses, when it is the package's own and not an instance with defaults of its own. */
export function clientOf(view: FileView, site: CallSite): HttpClient | undefined {
  const operation = site.operation;
  const call = view.facts.exprs[site.expr];
  if (operation === undefined || call?.kind !== "call" || operation.confidence === "low") return undefined;
  const callee = view.facts.exprs[call.callee];
  if (operation.dialect === "fetch") return callee?.kind === "ref" ? FETCH : undefined;
  const { module, path } = site.external ?? { module: "", path: [] };
  // `require` gives the package itself, a default or a namespace import gives a part of it by that name.
  const own = path.findIndex((name) => !isPackageItself(name));
  const rest = own < 0 ? [] : path.slice(own);
  const [method = ""] = rest;
  switch (module) {
    case "node-fetch":
    case "cross-fetch":
      return rest.length === 0 || (rest.length === 1 && method === "fetch") ? NODE_FETCH : undefined;
    case "axios":
      return hasDefaults(view) ? undefined : axiosCall(rest);
    case "got":
      return rest.length <= 1 && (method === "" || GOT_METHODS.test(method)) ? GOT : undefined;
    default:
      return hasDefaults(view) ? undefined : instance(view, call.callee);
  }
}

function axiosCall(path: readonly string[]): HttpClient | undefined {
  const [method = ""] = path;
  if (1 < path.length) return undefined;
  if (method === "") return axios([0, 1]);
  if (AXIOS_WITHOUT_BODY.test(method)) return axios([1]);
  if (AXIOS_WITH_BODY.test(method)) return axios([2]);
  return method === "request" ? axios([0]) : undefined;
}

/** A client of `axios.create(options)` held by a variable of this file; one made elsewhere may have defaults that cannot be seen. */
function instance(view: FileView, callee: ExprId): HttpClient | undefined {
  const { exprs, bindings } = view.facts;
  const member = exprs[callee];
  const holder = exprs[member?.kind === "member" ? member.object : callee];
  const made = exprs[bindings[holder?.kind === "ref" ? holder.binding : NONE]?.init ?? NONE];
  const maker = made?.kind === "call" ? exprs[made.callee] : undefined;
  if (made?.kind !== "call" || maker?.kind !== "member" || maker.name !== "create") return undefined;
  const home = exprs[maker.object];
  const imported = view.facts.imports[bindings[home?.kind === "ref" ? home.binding : NONE]?.import ?? NONE];
  const client = imported?.module === "axios" ? axiosCall(member?.kind === "member" ? [member.name] : []) : undefined;
  const [options] = made.args;
  return client === undefined || options === undefined ? client : { ...client, made: options };
}

function isPackageItself(name: string): boolean {
  return name === "default" || name === "axios" || name === "got" || name === "*";
}

/** `axios.defaults.timeout = …` in this file, or an interceptor that may set one. */
function hasDefaults(view: FileView): boolean {
  return view.facts.exprs.some((expr) => {
    if (expr.kind !== "member" || (expr.name !== "defaults" && expr.name !== "interceptors") || expr.object === NONE)
      return false;
    const object = view.facts.exprs[expr.object];
    return object?.kind === "ref" && /axios/i.test(object.name);
  });
}
