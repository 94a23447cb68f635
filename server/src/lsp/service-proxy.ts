/** The near side of `AsyncService`: turns calls into messages and replies into promises. */
import type { IndexProgress } from "../service/code-search.js";
import type { Progress } from "../service/workspace-service.js";
import { boundedCarrier } from "./bounded-carrier.js";
import type { AsyncService, ServiceMethod, ServiceReply, ServiceRequest } from "./async-service.js";

/** What carries the messages: a worker thread, or the other end of a channel. */
export interface ServiceCarrier {
  send(request: ServiceRequest): void;
  onReply(listener: (reply: ServiceReply) => void): void;
  /** Called with a sentence when the carrier is gone for good; every open call is rejected with it. */
  onLost(listener: (reason: string) => void): void;
  /** Releases the carrier after the last reply. */
  end(): Promise<void>;
}

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** @param epoch Counter shared with the far side; see `serveService`. */
export function createServiceProxy(unbounded: ServiceCarrier, epoch: Int32Array): AsyncService {
  const carrier = boundedCarrier(unbounded);
  const pending = new Map<number, Pending>();
  const state: {
    nextId: number;
    onProgress?: (progress: Progress) => void;
    onIndexing?: (progress: IndexProgress) => void;
    lost?: string;
  } = { nextId: 1 };
  const onWarm: (() => void)[] = [];
  /** Calls that wait for the analyzer to be ready. */
  const later = new Set<number>();

  carrier.onReply((reply) => {
    if (reply.kind === "progress") {
      state.onProgress?.(reply.progress);
      return;
    }
    if (reply.kind === "indexing") {
      state.onIndexing?.(reply.progress);
      return;
    }
    if (reply.kind === "warm") {
      onWarm.forEach((listener) => listener());
      return;
    }
    if (reply.kind === "later") {
      later.add(reply.id);
      return;
    }
    later.delete(reply.id);
    const open = pending.get(reply.id);
    pending.delete(reply.id);
    if (reply.kind === "error") open?.reject(new Error(reply.message));
    else open?.resolve(reply.value as never);
  });
  carrier.onLost((reason) => {
    state.lost = reason;
    for (const open of pending.values()) open.reject(new Error(reason));
    pending.clear();
  });

  const call = <T>(method: ServiceMethod, ...args: readonly unknown[]): Promise<T> => {
    if (state.lost !== undefined) return Promise.reject(new Error(state.lost));
    const id = state.nextId++;
    return new Promise<T>((resolve, reject) => {
      pending.set(id, { resolve, reject });
      carrier.send({ id, method, args, epoch: Atomics.load(epoch, 0) });
    });
  };

  return {
    open: (options) => call("open", options),
    scan: (onProgress) => {
      state.onProgress = onProgress;
      return call("scan");
    },
    setOverlay: (path, text) => {
      // The reply carries nothing; a lost carrier is told by the next call that matters.
      call("setOverlay", path, text).catch(() => undefined);
    },
    fileEvents: (events) => call("fileEvents", events),
    reconfigure: (overrides) => call("reconfigure", overrides),
    refresh: () => call("refresh"),
    prove: () => call("prove"),
    findings: (path) => call("findings", path),
    allFindings: () => call("allFindings"),
    findingsWithFixes: () => call("findingsWithFixes"),
    problems: () => call("problems"),
    hover: (path, offset) => call("hover", path, offset),
    explainQuery: (path, place) => call("explainQuery", path, place),
    queryLenses: (path, scope) => call("queryLenses", path, scope),
    endpointCosts: (file) => call("endpointCosts", file),
    importProfile: (file) => call("importProfile", file),
    clearProfiles: () => call("clearProfiles"),
    costPath: (id) => call("costPath", id),
    fixOffers: (path, fingerprints) => call("fixOffers", path, fingerprints),
    fixChanges: (path, fingerprint, id) => call("fixChanges", path, fingerprint, id),
    fixAll: (scope) => call("fixAll", scope),
    proveFix: (question) => call("proveFix", question),
    references: (question) => call("references", question),
    rules: () => call("rules"),
    figures: () => call("figures"),
    shed: () => call("shed"),
    queued: () => carrier.queued,
    onLost: (listener) => {
      carrier.onLost(listener);
    },
    onWarm: (listener) => void onWarm.push(listener),
    searchCode: (text, filter, limit) => call("searchCode", text, filter, limit),
    similarCode: (place, filter, limit) => call("similarCode", place, filter, limit),
    updateIndex: (onProgress) => {
      state.onIndexing = onProgress;
      return call("updateIndex");
    },
    searchStatus: () => call("searchStatus"),
    orderFindings: (limit) => call("orderFindings", limit),
    judgeFinding: (place, verdict) => call("judgeFinding", place, verdict),
    resetLearning: () => call("resetLearning"),
    similarFixes: (place) => call("similarFixes", place),
    lookAhead: (recent) => call("lookAhead", recent),
    similarEdits: (places) => call("similarEdits", places),
    supersede: () => {
      Atomics.add(epoch, 0, 1);
    },
    close: async () => {
      if (state.lost === undefined) await call("close").catch(() => undefined);
      await carrier.end();
      for (const id of later) pending.get(id)?.reject(new Error("the workspace is closed"));
    },
  };
}
