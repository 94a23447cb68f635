/** The evidence all blocking-call rules share: a synchronous call that holds the event loop while the program serves somebody. */
import { exprChain, isInside, regionChain } from "../../facts/regions.js";
import type { Span } from "../../base/span.js";
import type { FileView } from "../../project/file-view.js";
import type { BlockingOperation, CallSite } from "../../project/model.js";
import type { Description } from "../define-rule.js";
import { iterationsAround } from "../loops/iteration.js";
import { entryPath, perUnit, runtimeOf, whileRunning, type Runtime } from "../runtime-code.js";
import { isServerCode } from "../server-code.js";

export interface BlockedLoop {
  readonly at: Span;
  readonly site: CallSite;
  readonly operation: BlockingOperation;
  readonly runtime: Runtime;
  /** It stands in an async function, or in one that an async function is known to call. */
  readonly fromAsync: boolean;
  readonly repeated: boolean;
}

const memo = new WeakMap<FileView, readonly BlockedLoop[]>();

export function blockedLoops(view: FileView): readonly BlockedLoop[] {
  let found = memo.get(view);
  if (found === undefined) {
    found = view.calls.flatMap((site) => examine(view, site) ?? []);
    memo.set(view, found);
  }
  return found;
}

function examine(view: FileView, site: CallSite): BlockedLoop | undefined {
  const operation = site.blocking;
  if (operation === undefined || isOnceOnly(view, site) || isAskedFor(view, site)) return undefined;
  const runtime = runtimeOf(view, site.fn);
  if (runtime === undefined) return undefined;
  const repeated = iterationsAround(view, site).length > 0;
  const fromAsync = isAsyncAround(view, site.fn);
  if (operation.weight === "light" && !isWorthAWord(operation, runtime, fromAsync, repeated)) return undefined;
  // Without a way in, a synchronous helper may well belong to a command line; what computes password hashes seldom does.
  const isForServer =
    fromAsync || (operation.weight === "heavy" && HASHES.test(operation.category) && isCalled(view, site));
  if (runtime.kind === "possible" && (!isForServer || isSetUp(view, site.fn))) return undefined;
  return { at: operation.span, site, operation, runtime, fromAsync, repeated };
}

const HASHES = /^(crypto|password-hash)$/;

function isCalled(view: FileView, site: CallSite): boolean {
  return isServerCode(view) && (view.reachabilityOf(site.fn).callers ?? []).length > 0;
}

/** Calls that change a folder wait for the disk's journal, or for a file server; those that only ask are answered from memory. */
const CHANGES_DISK = /[#.](unlink|rename|rmdir|mkdtemp|truncate|link|symlink)Sync$/;

/** A metadata call of ten microseconds is worth a word only where it is multiplied, or where it changes the disk and its function could wait as well. */
function isWorthAWord(
  { api }: BlockingOperation,
  { kind, reach }: Runtime,
  fromAsync: boolean,
  repeated: boolean,
): boolean {
  if (kind !== "request") return false;
  return repeated || (fromAsync && CHANGES_DISK.test(api) && reach.entry?.point.confidence === "high");
}

/** Constructors and field initialisers of singletons, guards that keep the result, and the last words before the process ends. */
function isOnceOnly(view: FileView, site: CallSite): boolean {
  const fn = view.facts.functions[site.fn];
  if (
    fn?.kind === "constructor" ||
    fn?.kind === "field-initializer" ||
    fn?.kind === "static-block" ||
    fn?.kind === "module"
  )
    return true;
  if (view.isCacheGuarded(site) || isTlsMaterial(view, site) || followsSnapshot(view, site)) return true;
  return endsProcess(view, site);
}

/** `if (sync) fs.readSync(…)`: the caller chooses. */
function isAskedFor(view: FileView, site: CallSite): boolean {
  for (const { region } of regionChain(view.facts, site.region)) {
    const test = region.branch?.arm === "then" ? view.facts.exprs[region.branch.test] : undefined;
    if ((test?.kind === "ref" || test?.kind === "member") && /^(is|use|run)?sync(hronous)?$/i.test(test.name))
      return true;
  }
  return false;
}

const SETS_UP = /^(start|boot|init|initiali[sz]e|setup|install|bootstrap|launch|listen)($|[A-Z_])/;

const STARTS_ITSELF = /^(init|initiali[sz]e|bootstrap|connect|reconnect)$/;

/** By its name it makes something ready that is kept; a request may be the first to need it. */
function isFirstUse(view: FileView, fn: number): boolean {
  return STARTS_ITSELF.test(view.facts.functions[fn]?.name ?? "");
}

/** Nobody is known to call it, and by its name it runs once, before anybody is served. */
function isSetUp(view: FileView, start: number): boolean {
  let fn = start;
  for (let hops = 0; hops < 20; hops++) {
    if (SETS_UP.test(view.facts.functions[fn]?.name ?? "")) return true;
    const inlined = view.inlinedInto(fn);
    if (inlined === undefined) return false;
    fn = inlined.site.fn;
  }
  return false;
}

/**
 * Options of `tls.createSecureContext` that hold certificates and keys: read where a client or a server is made, which is kept. One made for each request
 * is what `client-per-request` reports.
 */
const TLS_OPTIONS = /^(ca|cert|key|pfx|crl|dhparam)$/;

function isTlsMaterial(view: FileView, site: CallSite): boolean {
  let inner = site.expr;
  for (const at of exprChain(view.facts, site.expr)) {
    const expr = view.facts.exprs[at];
    const value = inner;
    if (expr?.kind === "object" && expr.props.some((prop) => prop.value === value && TLS_OPTIONS.test(prop.name ?? "")))
      return true;
    inner = at;
  }
  return false;
}

/** Whoever takes a heap snapshot has stopped the program for seconds, to look for a leak. */
function followsSnapshot(view: FileView, site: CallSite): boolean {
  return view
    .callsIn(site.fn)
    .some(({ external }) => external?.module === "node:v8" && external.path.at(-1) === "writeHeapSnapshot");
}

function endsProcess(view: FileView, site: CallSite): boolean {
  return view.calls.some(
    (call) =>
      call.external?.module === "node:process" &&
      call.external.path.at(-1) === "exit" &&
      isInside(view.facts, site.region, call.region) &&
      call.fn === site.fn,
  );
}

function isAsyncAround(view: FileView, start: number): boolean {
  let fn = start;
  for (let hops = 0; hops < 20; hops++) {
    if (view.facts.functions[fn]?.async === true) return true;
    const inlined = view.inlinedInto(fn);
    if (inlined === undefined) return false;
    fn = inlined.site.fn;
  }
  return false;
}

const HOLDS: Readonly<Record<string, string>> = {
  fs: "waits for the disk",
  "child-process": "waits for another process",
  crypto: "computes",
  zlib: "compresses",
  "password-hash": "computes a password hash",
  database: "waits for the database",
  http: "waits for another server",
  archive: "packs or unpacks",
  document: "reads a whole document",
};

export function describeBlocked({ operation, runtime, site, repeated }: BlockedLoop, view: FileView): Description {
  const name = operation.api.slice(operation.api.indexOf("#") + 1);
  const { entry } = runtime.reach;
  const instead = operation.instead === undefined ? "" : `; use \`${operation.instead}\``;
  const sure = entry !== undefined && entry.point.confidence === "high" && !isFirstUse(view, site.fn);
  const confidence =
    sure && operation.weight !== "light"
      ? operation.weight === "heavy"
        ? 0.95
        : 0.85
      : entry === undefined
        ? 0.6
        : 0.7;
  const callers = view.reachabilityOf(site.fn).callers ?? [];
  return {
    message: `\`${name}\` ${HOLDS[operation.category] ?? "works"} and holds the event loop ${whileRunning(runtime.reach)}${instead}`,
    severity: confidence >= 0.8 ? "warning" : operation.weight === "light" ? "hint" : "information",
    confidence,
    cost: `blocks every other request ${repeated ? "N times " : ""}${perUnit(runtime.reach)}`,
    related: [
      ...entryPath(runtime.reach),
      ...callers
        .filter((at) => entry?.path.some((step) => step.file === at.file && step.span.start === at.span.start) !== true)
        .map((at) => ({ at, message: "also called from here" })),
    ],
  };
}
