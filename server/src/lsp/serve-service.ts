/**
 * The far side of `AsyncService`: executes its calls on a real `WorkspaceService`, one after another, in the order they came. Runs in the
 * workspace worker; tests run it on a `MessageChannel`.
 */
import { getHeapStatistics } from "node:v8";
import { isMainThread } from "node:worker_threads";
import { readHistory, type History } from "../workspace/git-history.js";
import type { QueryPlace } from "../analysis/explain-query/queries-at.js";
import { tableRows } from "../analysis/table-rows.js";
import { queryLenses, type LensScope } from "../analysis/explain-query/query-lenses.js";
import { referencesAt, type ReferenceQuestion } from "../analysis/references/uses-of.js";
import { Cancelled } from "../base/cancellation.js";
import type { Cancellation } from "../analysis/host.js";
import { createCodeSearch, type CodeSearchParts } from "../service/code-search.js";
import { Profiles } from "../service/profiles.js";
import type { FeedbackPort, OrderParts } from "../service/finding-order.js";
import { LookAhead } from "../service/look-ahead.js";
import { explainQuery } from "../service/explain-query.js";
import { findingsWithFixes } from "../service/fix-titles.js";
import { fixAll, type FixAllScope, fixChanges, fixOffers, type FixAnswer, type FixOffer } from "../service/fixes.js";
import type { FixQuestion } from "../service/prove-fix.js";
import type { ServiceOptions, WorkspaceService } from "../service/workspace-service.js";
import type { FileEvent } from "../service/workspace-service.js";
import type { RefreshOutcome, ServiceFigures, ServiceReply, ServiceRequest } from "./async-service.js";
import { asksAnalyzer, runsBeside } from "./bounded-carrier.js";
import { createProofCalls, type ProofCalls } from "./proof-calls.js";
import { createFixCalls } from "./fix-calls.js";
import { callCosts, isCostMethod, measuredHover, type CostMethod } from "./cost-calls.js";
import { callSearch, isSearchMethod, type SearchMethod, type SearchTarget } from "./search-calls.js";

/** With what a workspace is searched, and where the user's answers are kept. */
export interface SearchParts extends Omit<CodeSearchParts, "service"> {
  readonly feedback: FeedbackPort;
}

/** Undefined: this workspace is not searched. */
export type SearchPartsFor = (options: ServiceOptions) => SearchParts | undefined;

type FixOffers = Readonly<Record<string, readonly FixOffer[]>>;

export interface ServicePort {
  post(reply: ServiceReply): void;
}

/**
 * @param epoch Shared counter of edits: a refresh started for epoch n gives up once the counter has passed n.
 * @param builtFolder Where the built files are that other processes are started from; without it, no fix is proved.
 * @returns The function that takes one request.
 */
export function serveService(
  port: ServicePort,
  epoch: Int32Array,
  create: (options: ServiceOptions) => Promise<WorkspaceService>,
  searchParts: SearchPartsFor = () => undefined,
  builtFolder?: string,
): (request: ServiceRequest) => Promise<void> {
  const state: {
    service?: WorkspaceService;
    proofs?: ProofCalls;
    search?: SearchTarget;
    roots: readonly string[];
    queue: Promise<void>;
    /** Of the last request taken up. */
    epoch: number;
    announcing?: true;
  } = { roots: [], queue: Promise.resolve(), epoch: Atomics.load(epoch, 0) };
  const profiles = new Profiles();

  const run = async (request: ServiceRequest): Promise<unknown> => {
    if (request.method === "open") {
      const isAwaited = (): boolean => Atomics.load(epoch, 0) !== state.epoch;
      const options = { ...(request.args[0] as ServiceOptions), isAwaited };
      const service = await create(options);
      const parts = searchParts(options);
      state.service = service;
      state.proofs = createProofCalls(service, options, builtFolder);
      state.roots = options.roots;
      if (parts !== undefined) state.search = targetOf(service, parts, profiles, options);
      return undefined;
    }
    if (state.service === undefined) throw new Error("the workspace is not open");
    if (isSearchMethod(request.method))
      return await callSearch(state.search, request.method, request.args, (progress) =>
        port.post({ kind: "indexing", progress }),
      );
    if (isCostMethod(request.method))
      return await callCosts(state.service, profiles, state.roots, request.method, request.args);
    if (request.method === "proveFix") return await state.proofs?.proveFix(request.args[0] as FixQuestion);
    if (request.method === "close") state.search?.search.stop();
    if (changesTexts(state.service, request)) state.search?.ahead.forget();
    if (request.method === "fixOffers" && state.search !== undefined) {
      const [path, fingerprints] = request.args as readonly [string, readonly string[]];
      const offers = state.search.ahead.offers(path, fingerprints);
      return state.proofs?.ranked(path, offers) ?? offers;
    }
    const value = await call(state.service, { ...request, method: request.method }, port, epoch, profiles);
    if (request.method === "fixOffers")
      return state.proofs?.ranked(request.args[0] as string, value as FixOffers) ?? value;
    return state.search === undefined ? value : withFixesNoted(state.search, request, value);
  };

  /** What was asked too early is asked again, and somebody may want to refresh. */
  const whenWarm = (service: WorkspaceService, act: () => unknown): void => void service.warmed().then(act);
  const announce = (service: WorkspaceService): void => {
    if (state.announcing || service.isWarm()) return;
    state.announcing = true;
    whenWarm(service, () => {
      delete state.announcing;
      port.post({ kind: "warm" });
    });
  };

  const reply = async (request: ServiceRequest): Promise<void> => {
    const { service } = state;
    state.epoch = request.epoch;
    if (service?.isWarm() === false && asksAnalyzer(request.method)) {
      port.post({ id: request.id, kind: "later" });
      whenWarm(service, () => serve(request));
      return;
    }
    if (service !== undefined && request.method === "refresh") announce(service);
    try {
      port.post({ id: request.id, kind: "result", value: await run(request) });
    } catch (error) {
      port.post({ id: request.id, kind: "error", message: error instanceof Error ? error.message : String(error) });
    }
  };

  const serve = (request: ServiceRequest): Promise<void> => {
    // How the analyzer is must be known while it is at work.
    if (request.method === "figures") return reply(request);
    const done = state.queue.then(() => reply(request));
    // Plans and vectors take their time in other processes, and nobody's keystroke waits for them.
    if (runsBeside(request.method)) return done;
    state.queue = done;
    return done;
  };
  return serve;
}

function targetOf(
  service: WorkspaceService,
  { feedback, ...parts }: SearchParts,
  profiles: Profiles,
  { roots, readsHistory }: ServiceOptions,
): SearchTarget {
  const search = createCodeSearch({ service, ...parts });
  const order: OrderParts = {
    service,
    search,
    feedback,
    measured: (findings) => profiles.measured(service, findings),
    around: (findings) => service.ask((inspection) => tableRows(inspection, findings)),
  };
  const history = readsHistory === true ? readHistory : (): Promise<History> => Promise.resolve([]);
  const ahead = new LookAhead({ service, roots, history });
  return { search, order, fixes: createFixCalls(service, search, feedback), ahead };
}

/** Whether what was made ahead may be wrong after a call. Opening a file whose text is that on disk changes nothing. */
function changesTexts(service: WorkspaceService, { method, args }: ServiceRequest): boolean {
  if (method === "setOverlay") return service.textOf(args[0] as string) !== args[1];
  return method === "scan" || method === "fileEvents" || method === "reconfigure";
}

/** What is handed out is remembered, and after a refresh it is told what of it has been applied. */
function withFixesNoted({ fixes, ahead }: SearchTarget, { method, args }: ServiceRequest, value: unknown): unknown {
  if (method === "fixChanges") {
    const [path, fingerprint, fix] = args as readonly [string, string, string];
    fixes.handedOut({ path, fingerprint, fix }, value as FixAnswer);
  }
  if (method !== "refresh" || (value as RefreshOutcome).cancelled) return value;
  if ((value as RefreshOutcome).changed.length > 0) ahead.forget();
  const applied = fixes.settle();
  return applied.length === 0 ? value : { ...(value as RefreshOutcome), applied };
}

async function call(
  service: WorkspaceService,
  request: ServiceRequest & {
    readonly method: Exclude<ServiceRequest["method"], SearchMethod | CostMethod | "proveFix">;
  },
  port: ServicePort,
  epoch: Int32Array,
  profiles: Profiles,
): Promise<unknown> {
  const { args } = request;
  switch (request.method) {
    case "scan":
      return await scan(service, port);
    case "setOverlay":
      service.setOverlay(args[0] as string, args[1] as string | undefined);
      return undefined;
    case "fileEvents":
      await service.fileEvents(args[0] as readonly FileEvent[]);
      return undefined;
    case "reconfigure":
      service.reconfigure(args[0] as ServiceOptions["overrides"]);
      return undefined;
    case "refresh":
      return refresh(service, profiles, { throwIfCancelled: () => throwIfPassed(epoch, request.epoch) });
    case "prove":
      return await service.prove();
    case "findings":
      return profiles.measured(service, service.findings(args[0] as string));
    case "allFindings":
      return profiles.measured(service, service.allFindings());
    case "findingsWithFixes":
      return profiles.measured(service, await findingsWithFixes(service));
    case "problems":
      return service.problems();
    case "hover":
      return measuredHover(service, profiles, args[0] as string, args[1] as number);
    case "explainQuery":
      return await explainQuery(service, args[0] as string, args[1] as QueryPlace);
    case "queryLenses":
      return service.ask((inspection) => queryLenses(inspection, args[0] as string, args[1] as LensScope));
    case "fixOffers":
      return fixOffers(service, args[0] as string, args[1] as readonly string[]);
    case "fixChanges":
      return fixChanges(service, args[0] as string, args[1] as string, args[2] as string);
    case "fixAll":
      return fixAll(service, args[0] as FixAllScope);
    case "references":
      return service.ask((inspection) => referencesAt(inspection, args[0] as ReferenceQuestion));
    case "rules":
      return service.rules();
    case "figures":
      return {
        cache: service.cache.figures(),
        plannerTimes: service.plannerTimes(),
        ...heapOf(),
      } satisfies ServiceFigures;
    case "shed":
      service.cache.shed();
      return undefined;
    case "open":
      return undefined;
    case "close":
      await service.close();
      return undefined;
  }
}

async function scan(service: WorkspaceService, port: ServicePort): Promise<unknown> {
  const steps = service.scan();
  let step = await steps.next();
  while (step.done !== true) {
    port.post({ kind: "progress", progress: step.value });
    step = await steps.next();
  }
  return step.value;
}

function refresh(service: WorkspaceService, profiles: Profiles, token: Cancellation): RefreshOutcome {
  const findingsOf = (paths: readonly string[]): RefreshOutcome["findings"] =>
    paths.map((path) => profiles.measured(service, service.findings(path)));
  try {
    if (!service.isWarm()) {
      const changed = service.atHand();
      return { revision: 0, changed, findings: findingsOf(changed), cancelled: false };
    }
    const { revision, changed, work } = service.refresh(token);
    const findings = findingsOf(changed);
    return { revision, changed, findings, cancelled: false, work: { ruleMs: work.ruleMs, stageMs: work.stageMs } };
  } catch (error) {
    if (error instanceof Cancelled) return { revision: -1, changed: [], findings: [], cancelled: true };
    throw error;
  }
}

/** Only a thread of its own has a heap of its own. */
function heapOf(): Pick<ServiceFigures, "heap"> {
  if (isMainThread) return {};
  const { used_heap_size: usedBytes, heap_size_limit: limitBytes } = getHeapStatistics();
  return { heap: { usedBytes, limitBytes } };
}

function throwIfPassed(epoch: Int32Array, startedAt: number): void {
  if (Atomics.load(epoch, 0) !== startedAt) throw new Cancelled();
}
