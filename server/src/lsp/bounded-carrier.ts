/**
 * A carrier whose queue cannot grow without end: one call is under way, the others wait here, where what newer text makes superfluous is dropped, and where
 * answers nobody would wait for are refused.
 */
import { isSearchMethod } from "./search-calls.js";
import type { ServiceMethod, ServiceReply, ServiceRequest } from "./async-service.js";
import type { ServiceCarrier } from "./service-proxy.js";

export interface BoundedCarrier extends ServiceCarrier {
  /** Calls that wait. */
  readonly queued: number;
}

/** A person asks for far fewer things at once; a client that asks for more is not read as fast as it writes. */
const MAX_WAITING = 200;

/** Run beside the others: they take their time elsewhere, or none. */
export function runsBeside(method: ServiceMethod): boolean {
  return (
    method === "prove" ||
    method === "explainQuery" ||
    method === "proveFix" ||
    method === "figures" ||
    isSearchMethod(method)
  );
}

/** Ask the analyzer itself; remembered results cannot answer them. */
const ANALYZER_CALLS: ReadonlySet<ServiceMethod> = new Set([
  ...(["hover", "explainQuery", "queryLenses", "references", "endpointCosts", "costPath"] as const),
  ...(["fixOffers", "fixChanges", "fixAll", "proveFix", "similarFixes", "similarEdits"] as const),
]);

/** Whether a call has to wait until the analyzer is ready. Others do not wait behind it. */
export function asksAnalyzer(method: ServiceMethod): boolean {
  return ANALYZER_CALLS.has(method);
}

/** Without these the analyzer would be wrong from then on; each of them is merged with its like instead. */
const KEPT: ReadonlySet<ServiceMethod> = new Set([
  ...(["open", "scan", "setOverlay", "fileEvents", "reconfigure", "refresh", "close"] as const),
]);

export function boundedCarrier(carrier: ServiceCarrier): BoundedCarrier {
  const waiting: ServiceRequest[] = [];
  const listeners: ((reply: ServiceReply) => void)[] = [];
  const state: { running: number | undefined } = { running: undefined };

  const answer = (reply: ServiceReply): void => listeners.forEach((listener) => listener(reply));
  const next = (): void => {
    if (state.running !== undefined) return;
    const request = waiting.shift();
    if (request === undefined) return;
    state.running = request.id;
    carrier.send(request);
  };
  carrier.onReply((reply) => {
    if ("id" in reply && reply.id === state.running) state.running = undefined;
    answer(reply);
    next();
  });

  return {
    get queued() {
      return waiting.length;
    },
    send(request) {
      if (runsBeside(request.method)) {
        carrier.send(request);
        return;
      }
      if (KEPT.has(request.method)) {
        const before = merged(waiting, request);
        // Whoever made the earlier call has its answer with the later one.
        if (before !== undefined) queueMicrotask(() => answer({ id: before.id, kind: "result", value: undefined }));
      } else if (MAX_WAITING <= waiting.length) {
        queueMicrotask(() =>
          answer({ id: request.id, kind: "error", message: "the analyzer is busy: ask again in a moment" }),
        );
        return;
      }
      waiting.push(request);
      next();
    },
    onReply: (listener) => void listeners.push(listener),
    onLost: (listener) => {
      carrier.onLost(listener);
    },
    end: () => carrier.end(),
  };
}

/** Takes an earlier call out of the queue whose work the new one does. */
function merged(waiting: ServiceRequest[], { method, args }: ServiceRequest): ServiceRequest | undefined {
  if (method !== "setOverlay") return undefined;
  const index = waiting.findIndex((one) => one.method === "setOverlay" && one.args[0] === args[0]);
  return index < 0 ? undefined : waiting.splice(index, 1)[0];
}
