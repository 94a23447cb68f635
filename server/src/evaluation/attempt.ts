/** One case carried out: from the cache or by work, within its time, with retries where they may help. Always ends with an outcome. */
import { pause, reasonOf, type Clock } from "./clock.js";
import {
  CaseError,
  RemoteTimeout,
  TimedOut,
  type Observation,
  type Verdict,
  type WorkContext,
  type WorkItem,
} from "./work.js";

/** Remembers observations between runs. Values are JSON. */
export interface ResultCache {
  get(key: string): string | undefined;
  /** What others remember; undefined where there is nobody else to ask. */
  fetch?(key: string): Promise<string | undefined>;
  put(key: string, json: string): void;
}

export const noResultCache: ResultCache = { get: () => undefined, put: () => undefined };

export type Outcome =
  | { readonly kind: "judged"; readonly verdict: Verdict; readonly attempts: number; readonly cached: boolean }
  | { readonly kind: "error" | "timeout"; readonly message: string; readonly attempts: number }
  | { readonly kind: "cancelled" };

/** First wait before another attempt; doubled for each one after, up to the cap. */
const BACKOFF_MS = 500;
const BACKOFF_CAP_MS = 30_000;
/** How long work may take to notice that it has been stopped, before it is left behind. */
const GRACE_MS = 1000;

/** @param random 0 to 1; spreads waits so that retries do not come all at once. */
export async function attempt(
  item: WorkItem,
  cache: ResultCache,
  clock: Clock,
  signal: AbortSignal,
  random: () => number = Math.random,
): Promise<Outcome> {
  if (signal.aborted) return { kind: "cancelled" };
  const deadline = clock.now() + item.timeoutMs;
  const remembered = recall(item, cache) ?? (await recallElsewhere(item, cache));
  // Most remembered cases are judged at once, and a run can have very many: they need no timer and no signal of their own.
  if (remembered !== undefined && item.judgesAtOnce)
    return judgedAtOnce(item, remembered, { signal, attempt: 0, deadline });

  const controller = new AbortController();
  const cancelTimer = clock.after(item.timeoutMs, () => controller.abort(new TimedOut(item.timeoutMs)));
  const stop = (): void => controller.abort(reasonOf(signal));
  signal.addEventListener("abort", stop, { once: true });
  const progress = { attempts: 0 };
  const context = (): WorkContext => ({ signal: controller.signal, attempt: progress.attempts, deadline });
  try {
    if (remembered !== undefined) {
      const judging = Promise.resolve(item.judge(remembered, context()));
      const verdict = await untilAborted(judging, controller.signal, clock);
      return { kind: "judged", verdict, attempts: 0, cached: true };
    }
    const work = withRetries(item, context, progress, clock, controller.signal, random);
    const { observation, verdict } = await untilAborted(work, controller.signal, clock);
    if (item.cacheKey !== undefined) cache.put(item.cacheKey, JSON.stringify(observation));
    return { kind: "judged", verdict, attempts: progress.attempts, cached: false };
  } catch (error) {
    if (isAborted(signal)) return { kind: "cancelled" };
    if (error instanceof RemoteTimeout) return { kind: "timeout", message: error.message, attempts: progress.attempts };
    if (controller.signal.aborted)
      return { kind: "timeout", message: reasonOf(controller.signal).message, attempts: progress.attempts };
    return {
      kind: "error",
      message: error instanceof Error ? error.message : String(error),
      attempts: progress.attempts,
    };
  } finally {
    cancelTimer();
    signal.removeEventListener("abort", stop);
  }
}

/** Behind a function, because a signal changes while the work goes on and no type checker sees that. */
function isAborted({ aborted }: AbortSignal): boolean {
  return aborted;
}

async function judgedAtOnce(item: WorkItem, observation: Observation, context: WorkContext): Promise<Outcome> {
  try {
    return { kind: "judged", verdict: await item.judge(observation, context), attempts: 0, cached: true };
  } catch (error) {
    return { kind: "error", message: error instanceof Error ? error.message : String(error), attempts: 0 };
  }
}

/** A remembered observation; one that cannot be read counts as none. */
function recall(item: WorkItem, cache: ResultCache): Observation | undefined {
  if (item.cacheKey === undefined) return undefined;
  return parsed(cache.get(item.cacheKey));
}

/** Asked only for what is not here: most remembered cases are, and must not wait. */
async function recallElsewhere(item: WorkItem, cache: ResultCache): Promise<Observation | undefined> {
  return item.cacheKey === undefined || cache.fetch === undefined
    ? undefined
    : parsed(await cache.fetch(item.cacheKey));
}

function parsed(json: string | undefined): Observation | undefined {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json) as Observation;
  } catch {
    return undefined;
  }
}

async function withRetries(
  item: WorkItem,
  context: () => WorkContext,
  progress: { attempts: number },
  clock: Clock,
  signal: AbortSignal,
  random: () => number,
): Promise<{ readonly observation: Observation; readonly verdict: Verdict }> {
  let patient = 0;
  for (;;) {
    progress.attempts++;
    try {
      const observation = await item.observe(context());
      return { observation, verdict: await item.judge(observation, context()) };
    } catch (error) {
      if (!(error instanceof CaseError) || !error.retryable || signal.aborted) throw error;
      if (error.patience) patient++;
      else if (item.retries < progress.attempts - patient) throw error;
      const backoff = Math.min(BACKOFF_CAP_MS, BACKOFF_MS * 2 ** (progress.attempts - 1)) * (0.5 + random() / 2);
      await pause(clock, error.retryAfterMs ?? backoff, signal);
    }
  }
}

/** The work's own result, or the signal's reason once it has had its chance to stop by itself. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const release: { cancelGrace?: () => void } = {};
    const onAbort = (): void => {
      release.cancelGrace = clock.after(GRACE_MS, () => reject(reasonOf(signal)));
    };
    const settle = (): void => {
      signal.removeEventListener("abort", onAbort);
      release.cancelGrace?.();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
