/**
 * The engine of a run: works through items with bounded concurrency, records each result before it counts as done, and yields how far it
 * is. It draws nothing and holds no results; whoever watches reads the events, whoever reports reads the journal.
 */
import { setMaxListeners } from "node:events";
import type { CaseResult, EvaluationProgress, EvaluationState } from "../../../protocol/src/evaluation.js";
import { attempt, type Outcome, type ResultCache } from "./attempt.js";
import type { Clock } from "./clock.js";
import { createPace } from "./pace.js";
import type { WorkItem } from "./work.js";

export interface RunOptions {
  readonly session: string;
  /** Items of the whole run, those finished earlier included. */
  readonly total: number;
  readonly concurrency: number;
  /** Results of an earlier part of the same run: not run again. */
  readonly finished: ReadonlyMap<string, CaseResult["status"]>;
}

export interface RunPorts {
  readonly clock: Clock;
  readonly cache: ResultCache;
  /** Keeps a result for good. Called before the case counts as done; a rejection ends the run. */
  readonly record: (result: CaseResult) => void | Promise<void>;
}

export interface RunFigures {
  readonly state: Extract<EvaluationState, "completed" | "error" | "cancelled">;
  readonly seconds: number;
  /** Cases of this part of the run. */
  readonly ran: number;
  readonly cacheHits: number;
  /** Cases that were at work at once, on average. */
  readonly meanConcurrency: number;
}

/** Least time between two events; more often is only flicker. */
const EVENT_MS = 100;
/** How long cases may follow each other without letting anything else on this thread happen. */
const BREATH_MS = 15;

interface Tally {
  done: number;
  passed: number;
  failed: number;
  errors: number;
  cacheHits: number;
  ran: number;
  busyMs: number;
  current: string | undefined;
}

/** Runs all items. Never rejects: a failure of the run itself is the state `error` with a message in the last event. */
export async function* runItems(
  items: Iterable<WorkItem>,
  options: RunOptions,
  ports: RunPorts,
  signal: AbortSignal,
): AsyncGenerator<EvaluationProgress, RunFigures> {
  const { clock } = ports;
  const startedAt = clock.now();
  const tally = tallyOf(options.finished);
  const pace = createPace(startedAt);
  const wake: { change?: (() => void) | undefined } = {};
  const event = (state: EvaluationState, message?: string): EvaluationProgress =>
    progressOf(state, options, tally, pace.perSecond(clock.now()), message);

  yield event("starting");
  const stop = new AbortController();
  // Every case at work listens, and how many those are is the user's choice, not a leak.
  setMaxListeners(0, stop.signal);
  const onAbort = (): void => stop.abort(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });

  const finish = (item: WorkItem, outcome: Outcome, durationMs: number): void | Promise<void> => {
    if (outcome.kind === "cancelled") return;
    const result = resultOf(item, outcome, durationMs);
    const count = (): void => {
      add(tally, result, durationMs);
      if (!result.cached) pace.add(clock.now());
      wake.change?.();
    };
    const kept = ports.record(result);
    if (kept !== undefined) return kept.then(count);
    count();
    return undefined;
  };
  const begin = (item: WorkItem): void => {
    tally.current = item.title ?? item.id;
  };
  const ended: { failure?: Error; over: boolean } = { over: false };
  const work = workThrough(
    items,
    options,
    { clock, cache: ports.cache, begin, finish, halt: (error) => stop.abort(error) },
    stop.signal,
  )
    .catch((error: unknown) => {
      ended.failure = error instanceof Error ? error : new Error(String(error));
      stop.abort(ended.failure);
    })
    .finally(() => {
      ended.over = true;
      signal.removeEventListener("abort", onAbort);
      wake.change?.();
    });
  try {
    while (!isOver(ended)) {
      const changed = new Promise<void>((resolve) => (wake.change = resolve));
      await Promise.race([changed, work]);
      if (isOver(ended)) break;
      yield event("running");
      await Promise.race([work, new Promise<void>((resolve) => void clock.after(EVENT_MS, resolve))]);
    }
  } finally {
    // The consumer may leave in the middle; the work must not go on behind its back.
    if (!isOver(ended)) stop.abort(new Error("nobody waits for the run any more"));
    await work;
  }
  const seconds = (clock.now() - startedAt) / 1000;
  const state =
    ended.failure !== undefined ? "error" : signal.aborted && tally.done < options.total ? "cancelled" : "completed";
  yield event(state, ended.failure?.message);
  return {
    state,
    seconds,
    ran: tally.ran,
    cacheHits: tally.cacheHits,
    meanConcurrency: seconds === 0 ? 0 : tally.busyMs / 1000 / seconds,
  };
}

/** Behind a function, because the flag changes while the loop waits and no type checker sees that. */
function isOver(ended: { readonly over: boolean }): boolean {
  return ended.over;
}

interface Workshop {
  readonly clock: Clock;
  readonly cache: ResultCache;
  readonly begin: (item: WorkItem) => void;
  readonly finish: (item: WorkItem, outcome: Outcome, durationMs: number) => void | Promise<void>;
  /** Stops everything: the run itself cannot go on. */
  readonly halt: (error: unknown) => void;
}

/** Items that must be alone wait until the others are through, then go one after another. */
async function workThrough(
  items: Iterable<WorkItem>,
  options: RunOptions,
  shop: Workshop,
  signal: AbortSignal,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const alone: WorkItem[] = [];
  const next = (): WorkItem | undefined => {
    for (let step = queue.next(); step.done !== true; step = queue.next()) {
      if (options.finished.has(step.value.id)) continue;
      if (!step.value.alone) return step.value;
      alone.push(step.value);
    }
    return undefined;
  };
  const breath = { last: shop.clock.now() };
  const worker = async (take: () => WorkItem | undefined): Promise<void> => {
    for (let item = take(); item !== undefined && !signal.aborted; item = take()) {
      await one(item, shop, signal).catch((error: unknown) => {
        shop.halt(error);
        throw error;
      });
      if (BREATH_MS < shop.clock.now() - breath.last) {
        await shop.clock.breathe();
        breath.last = shop.clock.now();
      }
    }
  };
  await allOrFirstFailure(Array.from({ length: Math.max(1, options.concurrency) }, () => worker(next)));
  await worker(() => alone.shift());
}

/** Waits for all even when one fails, so that nothing is still at work when the run is over. */
async function allOrFirstFailure(workers: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

async function one(item: WorkItem, shop: Workshop, signal: AbortSignal): Promise<void> {
  shop.begin(item);
  if (item.admit !== undefined) {
    try {
      await item.admit(signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
  }
  const startedAt = shop.clock.now();
  const outcome = await attempt(item, shop.cache, shop.clock, signal);
  await shop.finish(item, outcome, shop.clock.now() - startedAt);
}

function resultOf(item: WorkItem, outcome: Exclude<Outcome, { kind: "cancelled" }>, durationMs: number): CaseResult {
  const about = {
    id: item.id,
    caseId: item.caseId,
    kind: item.kind,
    weight: item.weight,
    durationMs: Math.round(durationMs * 1000) / 1000,
    ...(item.title === undefined ? {} : { title: item.title }),
    ...(item.category === undefined ? {} : { category: item.category }),
    ...(item.variant === undefined ? {} : { variant: item.variant }),
    ...(item.pair === undefined ? {} : { pair: item.pair }),
    file: item.file,
    line: item.line,
  };
  if (outcome.kind !== "judged") {
    const messages = [{ text: outcome.message }];
    return { ...about, status: outcome.kind, score: 0, attempts: outcome.attempts, cached: false, messages };
  }
  // Field by field: collecting the rest of an object is slow, and there can be very many.
  const { passed, score, messages, metrics, families, output } = outcome.verdict;
  return {
    ...about,
    status: passed ? "passed" : "failed",
    score,
    attempts: outcome.attempts,
    cached: outcome.cached,
    messages,
    ...(metrics === undefined ? {} : { metrics }),
    ...(families === undefined ? {} : { families }),
    ...(output === undefined ? {} : { output }),
  };
}

function tallyOf(finished: RunOptions["finished"]): Tally {
  const tally: Tally = {
    done: 0,
    passed: 0,
    failed: 0,
    errors: 0,
    cacheHits: 0,
    ran: 0,
    busyMs: 0,
    current: undefined,
  };
  for (const status of finished.values()) countStatus(tally, status);
  return tally;
}

function add(tally: Tally, result: CaseResult, durationMs: number): void {
  countStatus(tally, result.status);
  tally.ran++;
  tally.busyMs += durationMs;
  if (result.cached) tally.cacheHits++;
}

function countStatus(tally: Tally, status: CaseResult["status"]): void {
  tally.done++;
  if (status === "passed") tally.passed++;
  else if (status === "failed") tally.failed++;
  else tally.errors++;
}

function progressOf(
  state: EvaluationState,
  { session, total }: RunOptions,
  tally: Tally,
  perSecond: number,
  message: string | undefined,
): EvaluationProgress {
  const { done, passed, failed, errors, cacheHits, current } = tally;
  const left = Math.max(0, total - done);
  const running = state === "starting" || state === "running";
  return {
    session,
    state,
    done,
    total,
    percent: total === 0 ? 100 : Math.min(left === 0 ? 100 : 99, Math.floor((100 * done) / total)),
    perSecond: Math.round(perSecond * 100) / 100,
    ...(0 < perSecond ? { etaSeconds: Math.ceil(left / perSecond) } : {}),
    ...(running && current !== undefined ? { current } : {}),
    passed,
    failed,
    errors,
    cacheHits,
    ...(message === undefined ? {} : { message }),
  };
}
