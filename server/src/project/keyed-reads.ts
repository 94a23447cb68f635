/**
 * Reads by what they ask: which database reads a call performs, with their arguments as terms of the caller, so that the same question asked twice can be
 * told, across functions too.
 */
import { isConditional, regionChain } from "../facts/regions.js";
import { NONE, type ExprId, type FileFacts, type FunctionId } from "../facts/model.js";
import { isCacheGuarded } from "./cache-guards.js";
import type { CallSite, FilePath, FunctionRef, Location, Operation } from "./model.js";
import { isOwn, keyOfTerm, leavesOf, mapLeaves, project, termOf, type Term } from "./term.js";

/** A read that a function performs when it runs, by what it asks. */
export interface KeyedRead {
  readonly operation: Operation;
  /** Its arguments, as terms of the function it is told of. */
  readonly term: Term;
  readonly at: Location;
  readonly owner: FunctionRef;
  /** Call sites from the function down to the read, outermost first; empty when direct. */
  readonly path: readonly Location[];
  /** It runs only under a condition. */
  readonly conditional?: true;
  /** It asks a copy of the database, which may not know yet what the database itself knows. */
  readonly replica?: true;
}

/** More in one function than this are not told apart any more. */
export const MAX_READS = 16;
const MAX_PATH = 8;

/** What a read asks, without where it stands: equal for reads that get the same rows. */
export function questionOf({ operation, term, replica }: KeyedRead): string {
  return `${replica === true ? "replica " : ""}${operation.dialect} ${operation.table ?? ""} ${operation.method} ${operation.transaction === true ? "in a transaction " : ""}${keyOfTerm(term)}`;
}

/** The read a call performs itself, with variables of the file as they are. */
export function ownRead(facts: FileFacts, path: FilePath, site: CallSite): KeyedRead | undefined {
  const { operation } = site;
  if (operation?.access !== "read" || operation.confidence === "low" || operation.inProcess === true) return undefined;
  if (operation.kind !== "sql" && operation.kind !== "document") return undefined;
  if (operation.table === undefined && operation.sqlText === undefined) return undefined;
  if (isCacheGuarded(facts, site)) return undefined;
  const term = chainTerm(facts, operation.expr, 0);
  if (term === undefined) return undefined;
  return {
    operation,
    term,
    at: { file: path, span: operation.span },
    owner: { file: path, fn: site.fn },
    path: [],
    ...(asksReplica(facts, operation.expr) ? { replica: true as const } : {}),
    ...(isConditional(facts, site.region, site.span.start) ? { conditional: true as const } : {}),
  };
}

const REPLICA = /replica|read_?only|reader|^(db|prisma|orm|client|pool|knex)_?read$|^slave/i;

/** `dbRead.user.findUnique(…)`, `this.replica.user.findFirst(…)`: one of the names a chain begins with says so. */
function asksReplica(facts: FileFacts, id: ExprId): boolean {
  for (let at = id, hops = 0; hops < 20; hops++) {
    const expr = facts.exprs[at];
    if (expr?.kind === "call") at = expr.callee;
    else if (expr?.kind === "member") {
      if (REPLICA.test(expr.name)) return true;
      at = expr.object;
    } else return expr?.kind === "ref" && REPLICA.test(expr.name);
  }
  return false;
}

/** The arguments of every call of a builder's chain; what the chain begins with is the library's. */
function chainTerm(facts: FileFacts, id: ExprId, depth: number): Term | undefined {
  const expr = facts.exprs[id];
  if (20 < depth || expr === undefined) return undefined;
  if (expr.kind === "member") return chainTerm(facts, expr.object, depth + 1);
  if (expr.kind === "this") return { kind: "text", text: "db" };
  if (expr.kind === "await") return chainTerm(facts, expr.value, depth + 1);
  if (expr.kind === "template") return termOf(facts, id);
  if (expr.kind === "ref") return beginning(facts, expr.binding, depth);
  if (expr.kind !== "call") return undefined;
  const callee = facts.exprs[expr.callee];
  const before = chainTerm(facts, expr.callee, depth + 1);
  if (before === undefined) return undefined;
  const parts: Term[] = [before];
  for (const arg of expr.args) {
    const part = termOf(facts, arg);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return { kind: "made", head: callee?.kind === "member" ? callee.name : "call", parts };
}

/** A client by whatever name, or a builder begun before. */
function beginning(facts: FileFacts, id: number, depth: number): Term | undefined {
  const binding = facts.bindings[id];
  if (binding === undefined || binding.kind !== "const" || binding.fn === 0)
    return binding !== undefined && binding.writes.length > 0 && binding.fn !== 0
      ? undefined
      : { kind: "text", text: "db" };
  if (binding.init === NONE || binding.path !== undefined) return { kind: "text", text: "db" };
  const init = facts.exprs[binding.init];
  return init?.kind === "call" ? chainTerm(facts, binding.init, depth + 1) : { kind: "text", text: "db" };
}

/**
 * The same read told of the function `fn`, for its summary: its parameters become inputs. Undefined when it depends on what only the function itself knows.
 */
export function asInputs(facts: FileFacts, fn: FunctionId, read: KeyedRead): KeyedRead | undefined {
  const term = mapLeaves(read.term, (leaf) => {
    if (leaf.kind !== "local" || !isOwn(facts, leaf.binding, fn)) return leaf;
    const binding = facts.bindings[leaf.binding];
    const param = binding?.param;
    if (param === undefined || facts.functions[fn]?.params[param]?.rest === true) return undefined;
    return { kind: "input", param, path: [...(binding?.path ?? []), ...leaf.path] };
  });
  return term === undefined ? undefined : { ...read, term };
}

/** What a call's target reads, told of the function that calls; what depends on captured variables of another function is left out. */
export function readsThrough(
  facts: FileFacts,
  path: FilePath,
  site: CallSite,
  reads: readonly KeyedRead[],
): readonly KeyedRead[] {
  const near = reads.filter((read) => read.path.length < MAX_PATH);
  const call = facts.exprs[site.expr];
  const args = call?.kind === "call" ? call.args : undefined;
  if (near.length === 0 || args === undefined || args.some((arg) => facts.exprs[arg]?.kind === "spread")) return [];
  if (isCacheGuarded(facts, site)) return [];
  const isOwnMethod = calledOnThis(facts, site.expr);
  const isGuarded = isConditional(facts, site.region, site.span.start);
  const terms = new Map<number, Term | undefined>();
  const valueOf = (param: number): Term | undefined => {
    const arg = args[param];
    if (!terms.has(param)) terms.set(param, arg === undefined ? UNDEFINED : termOf(facts, arg));
    return terms.get(param);
  };
  return near.flatMap((read) => {
    const term = mapLeaves(read.term, (leaf) => {
      if (leaf.kind === "self") return isOwnMethod ? leaf : undefined;
      if (leaf.kind === "local") return undefined;
      const value = valueOf(leaf.param);
      return value === undefined ? undefined : leaf.path.reduce<Term>((inner, step) => project(inner, step), value);
    });
    if (term === undefined) return [];
    return {
      operation: read.operation,
      term,
      at: read.at,
      owner: read.owner,
      path: [{ file: path, span: site.span }, ...read.path],
      ...(read.replica === true ? { replica: true as const } : {}),
      ...(read.conditional === true || isGuarded ? { conditional: true as const } : {}),
    };
  });
}

const UNDEFINED: Term = { kind: "text", text: "undefined" };

function calledOnThis(facts: FileFacts, id: ExprId): boolean {
  const call = facts.exprs[id];
  const callee = call?.kind === "call" ? facts.exprs[call.callee] : undefined;
  return callee?.kind === "member" && facts.exprs[callee.object]?.kind === "this";
}

/** A callback that runs once in place reads with the variables around it; one that runs per element is another matter. */
export function readInCallback(
  facts: FileFacts,
  site: CallSite,
  callee: FunctionId,
  read: KeyedRead,
): KeyedRead | undefined {
  if ([...leavesOf(read.term)].some((leaf) => leaf.kind === "input")) return undefined;
  if (isCacheGuarded(facts, site) || isWrapped(facts, callee)) return undefined;
  const conditional = read.conditional === true || isConditional(facts, site.region, site.span.start);
  return conditional ? { ...read, conditional: true } : read;
}

/** Given to a library that may run it when it likes. */
function isWrapped(facts: FileFacts, fn: FunctionId): boolean {
  return facts.functions[fn]?.passedTo === undefined;
}

/** Whether something stands in a loop of its function. */
export function isInLoop(facts: FileFacts, site: CallSite): boolean {
  for (const { region } of regionChain(facts, site.region)) if (region.loop !== undefined) return true;
  return false;
}
