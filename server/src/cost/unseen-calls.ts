/** Calls that wait for something nobody can see into: what they cost is unknown, not nothing. */
import { type Expr, type ExprId, type FileFacts, NONE } from "../facts/model.js";
import type { FileView } from "../project/file-view.js";
import type { CallSite } from "../project/model.js";

/** Methods that read what is on its way, check what is given, or answer: the frameworks' own, and those of promises and schemas. */
const HARMLESS =
  /^(json|text|arrayBuffer|blob|formData|bytes|all|allSettled|race|any|resolve|reject|then|catch|finally|send|status|code|type|header|end|redirect|render|write|parse|parseAsync|safeParse|safeParseAsync|validate|validateAsync|validateSync|cast|isValid|spa|body|readBody|readFormData|readMultipartFormData|getReader|read|next|return|cancel|close|file|files|saveRequestFiles|sleep|delay|wait|setTimeout|toBuffer|toFile|digest|sign|verify|hash|compare|genSalt|encrypt|decrypt|importKey|exportKey|deriveKey|deriveBits|jwtVerify|decode|encode)$/;
/** Packages that work inside the process. */
const LOCAL =
  /^(node:(fs|fs\/promises|crypto|zlib|path|util|timers|timers\/promises|stream|stream\/promises|events|os|url|buffer|worker_threads|perf_hooks|async_hooks|querystring|string_decoder|assert|child_process)|bcrypt|bcryptjs|argon2|@node-rs\/.*|jsonwebtoken|jose|zod|yup|joi|valibot|ajv|class-validator|class-transformer|superstruct|sharp|jimp|uuid|nanoid|cuid|@paralleldrive\/cuid2|lodash.*|dayjs|date-fns.*|luxon|p-limit|p-queue|p-map|async-mutex|marked|mjml|handlebars|ejs|pug|@react-email\/.*|react-dom\/.*|react-email|csv-parse.*|csv-stringify.*|papaparse|exceljs|xlsx|archiver|jszip|pdf-lib|pdfkit|cheerio|jsdom|turndown|sanitize-html|ms|file-type|mime.*|remark.*|rehype.*|unified|shiki|prettier|typescript|esbuild|otplib|speakeasy|qrcode|@simplewebauthn\/.*|superjson|neverthrow|ts-pattern|fp-ts.*|remeda|radash|next\/headers|next\/navigation|next\/cache|next-intl.*|i18next.*|react)$/;

/** Whether a call's result is waited for though nothing is known of what it does. */
export function isUnseen(view: FileView, site: CallSite): boolean {
  const { facts } = view;
  if (site.operation !== undefined || site.blocking !== undefined || 0 < site.targets.length) return false;
  const expr = facts.exprs[site.expr];
  if (expr?.kind !== "call" || !isAwaited(facts, site.expr)) return false;
  const callee = facts.exprs[expr.callee];
  if (callee?.kind === "member" && HARMLESS.test(callee.name)) return false;
  if (callee?.kind === "ref" && isParameter(facts, callee)) return false;
  if (0 < site.callbacks.length && site.external === undefined) return false;
  // A step that a library's description knows and that sends nothing: a connection taken, a query put together.
  if (callee?.kind === "member" && view.valueOf(callee.object).kind === "dialect") return false;
  return site.external === undefined || !isLocal(site.external);
}

function isLocal({ module, path }: NonNullable<CallSite["external"]>): boolean {
  if (module === "global:") return path[0] !== "fetch";
  return LOCAL.test(module) || HARMLESS.test(path[path.length - 1] ?? "");
}

/** Callers know what they give and account for it. */
function isParameter(facts: FileFacts, callee: Expr & { kind: "ref" }): boolean {
  return facts.bindings[callee.binding]?.kind === "param";
}

/** `await f()`, also inside `Promise.all([…])` and where an `async` function returns it. */
function isAwaited(facts: FileFacts, id: ExprId): boolean {
  let child = id;
  for (let climb = 0; climb < 6; climb++) {
    const parent = facts.exprs[child]?.parent ?? NONE;
    const expr = facts.exprs[parent];
    if (expr === undefined) return isReturned(facts, child);
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

function isReturned(facts: FileFacts, id: ExprId): boolean {
  const fn = facts.functions[facts.regions[facts.exprs[id]?.region ?? 0]?.fn ?? 0];
  return fn?.async === true && fn.returns.includes(id);
}
