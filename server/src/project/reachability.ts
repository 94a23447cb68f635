/**
 * How functions come to run: from entry points that the outside calls, while modules load, or in ways that cannot be seen. One forward
 * search per kind of start over the call graph; the first way found is a shortest one.
 */
import type { CallGraph, FileNode, FunctionNode } from "./call-graph.js";
import { isFileWork } from "./file-work.js";
import type { FileFacts } from "../facts/model.js";
import type { CallSite, EntryPoint, FilePath, FileRole, Location, Reachability } from "./model.js";
import { mayBeSteep, regexpUse } from "./regexp-use.js";
import { repeatedCall } from "./repeated-callers.js";

export interface ReachabilityInput {
  readonly graph: CallGraph;
  readonly entries: ReadonlyMap<FilePath, readonly EntryPoint[]>;
  readonly roleOf: (path: FilePath) => FileRole;
}

export type ReachabilityTable = ReadonlyMap<FunctionNode, Reachability>;

/** Methods that frameworks call once, when the program starts or ends. */
const BOOT_HOOKS =
  /^(onModuleInit|onApplicationBootstrap|onModuleDestroy|beforeApplicationShutdown|onApplicationShutdown|configureServer|buildStart|register|bootstrap|destroy)$/;
/** Roles of files whose module body starts a program of its own rather than the backend. */
const SCRIPT_ROLES: ReadonlySet<FileRole> = new Set(["test", "script", "migration", "seed", "config", "example"]);

interface Way {
  readonly point: EntryPoint;
  readonly from: FunctionNode | undefined;
  readonly step: Location | undefined;
}

export function computeReachability({ graph, entries, roleOf }: ReachabilityInput): ReachabilityTable {
  const ways = fromEntries(graph, entries, roleOf);
  const startup = fromStarts(
    graph,
    moduleBodies(graph, (role) => !SCRIPT_ROLES.has(role), roleOf),
  );
  const scripts = fromStarts(
    graph,
    moduleBodies(graph, (role) => SCRIPT_ROLES.has(role), roleOf),
  );
  const loose = looseFunctions(graph, new Set([...ways.keys(), ...startup, ...scripts]), roleOf);
  const table = new Map<FunctionNode, Reachability>();
  for (const file of graph.files.values()) {
    const { asked } = traitsOf(file);
    for (const node of file.functions) {
      // Rules ask only about functions that do something to the outside world; most do not, and have no entry.
      if (node.summary.effects.length === 0 && node.summary.blocking.length === 0 && !asked.has(node)) continue;
      const way = ways.get(node);
      const isLoose = loose.has(node);
      const repeatedFrom = node.calls.some((call) => call.builds !== undefined)
        ? repeatedCall(node, (caller) => ways.has(caller))
        : undefined;
      table.set(node, {
        ...(way === undefined ? {} : { entry: { point: way.point, path: pathOf(ways, node) } }),
        ...(startup.has(node) ? { startup: true as const } : {}),
        ...(isLoose && node.callers.size === 0 ? { unreferenced: true as const } : {}),
        ...(isLoose ? { possibly: true as const } : {}),
        ...(repeatedFrom === undefined ? {} : { repeatedFrom }),
        ...(node.calls.some((call) => call.blocking !== undefined) ? { callers: callersOf(node) } : {}),
        ...(scripts.has(node) && way === undefined && !startup.has(node) && !isLoose
          ? { scriptOnly: true as const }
          : {}),
      });
    }
  }
  return table;
}

/** What a file's functions are by themselves, whoever calls them: found once, because most files stay as they are between two searches. */
interface FileTraits {
  /** Module bodies, static blocks and boot hooks. */
  readonly starts: readonly FunctionNode[];
  /** Functions that others may call. */
  readonly callable: readonly FunctionNode[];
  /** Functions that rules ask about although they reach no operation. */
  readonly asked: ReadonlySet<FunctionNode>;
}

const traits = new WeakMap<FileNode, FileTraits>();

function traitsOf(file: FileNode): FileTraits {
  const known = traits.get(file);
  if (known !== undefined) return known;
  const starts: FunctionNode[] = [];
  const callable: FunctionNode[] = [];
  const asked = new Set<FunctionNode>();
  for (const node of file.functions) {
    const fact = file.facts.functions[node.ref.fn];
    if (fact === undefined) continue;
    const isBoot = fact.cls >= 0 && BOOT_HOOKS.test(fact.name) && fact.kind === "method";
    if (fact.kind === "module" || fact.kind === "static-block" || isBoot) starts.push(node);
    if (fact.kind !== "module" && fact.kind !== "field-initializer") callable.push(node);
    if (node.calls.some((call) => isAskedAbout(file.facts, call))) asked.add(node);
  }
  const found = { starts, callable, asked };
  traits.set(file, found);
  return found;
}

/** Calls that rules look at although they reach nothing outside: what is made, files that are read, entries put into a map, regular expressions. */
function isAskedAbout(facts: FileFacts, site: CallSite): boolean {
  if (site.makes !== undefined || site.builds !== undefined || isFileWork(site)) return true;
  const call = facts.exprs[site.expr];
  const callee = call?.kind === "call" && call.args.length === 2 ? facts.exprs[call.callee] : undefined;
  if (callee?.kind === "member" && callee.name === "set") return true;
  const use = regexpUse(facts, site.expr);
  return use !== undefined && mayBeSteep(use.source);
}

/** Places that call a function, by file and place. */
function callersOf(node: FunctionNode): Location[] {
  const places = [...node.callers].flatMap((caller) =>
    caller.edges
      .filter((edge) => edge.via === "call" && edge.to.file === node.ref.file && edge.to.fn === node.ref.fn)
      .map((edge): Location => ({ file: caller.ref.file, span: edge.site.span })),
  );
  places.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.span.start - b.span.start));
  return places.slice(0, MAX_CALLERS);
}

const MAX_CALLERS = 6;

/** Equal for rules: the same entry point by label and place, the same flags. */
export function sameReachability(a: Reachability | undefined, b: Reachability): boolean {
  if (a === undefined) return false;
  return JSON.stringify(a) === JSON.stringify(b);
}

function fromEntries(
  graph: CallGraph,
  entries: ReachabilityInput["entries"],
  roleOf: ReachabilityInput["roleOf"],
): Map<FunctionNode, Way> {
  const ways = new Map<FunctionNode, Way>();
  const points = [...entries].flatMap(([path, list]) =>
    SCRIPT_ROLES.has(roleOf(path)) || roleOf(path) === "client-side" ? [] : list,
  );
  // Sure entry points first, so that a function is explained by a route rather than by an event handler on the way.
  const rank = (point: EntryPoint): number =>
    (point.confidence === "high" ? 0 : 1) + (point.kind === "http-route" ? 0 : 0.5);
  points.sort(
    (a, b) =>
      rank(a) - rank(b) || (a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : a.at.span.start - b.at.span.start),
  );
  const queue: FunctionNode[] = [];
  for (const point of points) {
    const node = graph.node(point.ref);
    if (node === undefined || ways.has(node)) continue;
    ways.set(node, { point, from: undefined, step: undefined });
    queue.push(node);
  }
  // The queue grows while it is walked: a breadth-first search.
  for (const node of queue) {
    const way = ways.get(node);
    if (way === undefined) continue;
    for (const { to, step } of nextOf(node)) {
      const next = graph.node(to);
      if (next === undefined || ways.has(next)) continue;
      ways.set(next, { point: way.point, from: node, step });
      queue.push(next);
    }
  }
  return ways;
}

/** Everything a function runs or passes on; a callback written in place is no step of its own. */
function* nextOf(node: FunctionNode): Generator<{ to: { file: string; fn: number }; step: Location | undefined }> {
  for (const { to, site, via } of node.edges)
    yield { to, step: via === "call" ? { file: node.ref.file, span: site.span } : undefined };
  for (const { to } of node.deferred) yield { to, step: undefined };
}

function pathOf(ways: ReadonlyMap<FunctionNode, Way>, node: FunctionNode): Location[] {
  const path: Location[] = [];
  for (let way = ways.get(node); way?.from !== undefined; way = ways.get(way.from))
    if (way.step !== undefined) path.unshift(way.step);
  return path;
}

function moduleBodies(
  graph: CallGraph,
  wanted: (role: FileRole) => boolean,
  roleOf: ReachabilityInput["roleOf"],
): FunctionNode[] {
  const starts: FunctionNode[] = [];
  for (const file of graph.files.values()) if (wanted(roleOf(file.path))) starts.push(...traitsOf(file).starts);
  return starts;
}

/** Functions that run because the given ones do; what is only passed on to run later is not among them. */
function fromStarts(graph: CallGraph, starts: readonly FunctionNode[]): Set<FunctionNode> {
  const reached = new Set(starts);
  for (const node of reached) {
    for (const { to } of node.edges) {
      const next = graph.node(to);
      if (next !== undefined) reached.add(next);
    }
  }
  return reached;
}

/** What runs only in ways that cannot be seen: from functions nobody calls, and in circles that nobody outside calls. */
function looseFunctions(
  graph: CallGraph,
  known: ReadonlySet<FunctionNode>,
  roleOf: ReachabilityInput["roleOf"],
): Set<FunctionNode> {
  const loose = fromStarts(graph, unreferenced(graph, known, roleOf));
  for (const file of graph.files.values()) {
    const role = roleOf(file.path);
    if (role !== "source" && role !== "generated") continue;
    for (const node of file.functions) if (node.callers.size > 0 && !known.has(node)) loose.add(node);
  }
  return loose;
}

/** Functions nobody is seen to call, which others may: what they reach can run in ways we cannot see. */
function unreferenced(
  graph: CallGraph,
  known: ReadonlySet<FunctionNode>,
  roleOf: ReachabilityInput["roleOf"],
): FunctionNode[] {
  const found: FunctionNode[] = [];
  for (const file of graph.files.values()) {
    const role = roleOf(file.path);
    if (role !== "source" && role !== "generated") continue;
    for (const node of traitsOf(file).callable) if (!known.has(node) && node.callers.size === 0) found.push(node);
  }
  return found;
}
