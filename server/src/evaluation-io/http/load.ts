/**
 * Load over HTTP, through undici's connection pool.
 *
 * Closed loop: each user sends its next request when the last one is answered. Open loop: requests arrive at a fixed rate whether or not earlier ones
 * are answered, and their time counts from the moment they were due. Otherwise a server that stalls would keep the load away exactly while it is slow,
 * and its worst moments would be counted once instead of once for everybody who waited (coordinated omission).
 */
import { setMaxListeners } from "node:events";
import { build, type Histogram } from "hdr-histogram-js";
import { Pool } from "undici";
import type { HttpObservation } from "../../evaluation/http/judge-http.js";
import type { HttpCase } from "../../evaluation/suite.js";
import { CaseError } from "../../evaluation/work.js";

const PER_MS = 1000;
const HIGHEST_US = 3_600_000 * PER_MS;
/** Requests that wait in an open loop; beyond this the server is not keeping up and more waiting tells nothing new. */
const MAX_WAITING = 20_000;
const CONNECT_MS = 10_000;

interface Measuring {
  readonly total: Histogram;
  readonly own: Histogram;
  readonly statuses: Record<string, number>;
  requests: number;
  errors: number;
  firstError: string | undefined;
  /** False while warming up. */
  on: boolean;
}

/** Rejects when nothing answers at all, or with the signal's reason. */
export async function measureLoad(one: HttpCase, signal: AbortSignal): Promise<HttpObservation> {
  const { origin, pathname, search } = new URL(one.url);
  const pool = new Pool(origin, {
    connections: one.load.users,
    pipelining: 1,
    connect: { timeout: CONNECT_MS },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // Every open request listens, and how many those are is the user's choice, not a leak.
  setMaxListeners(0, signal);
  const measuring = newMeasuring();
  const send = (due: number): Promise<void> => sendOne(pool, one, pathname + search, due, measuring, signal);
  try {
    if (0 < one.load.warmupSeconds) {
      measuring.on = false;
      await closedLoop(one.load.users, Infinity, one.load.warmupSeconds, send, () => signal.aborted);
      measuring.on = true;
    }
    const started = performance.now();
    const { users, iterations, seconds, rate } = one.load;
    const over = (): boolean => signal.aborted || isHopeless(measuring);
    if (rate !== undefined) await openLoop(rate, seconds ?? 0, send, measuring, over);
    else {
      const timed = iterations === undefined ? (seconds ?? 0) : Infinity;
      await closedLoop(users, iterations ?? Infinity, timed, send, over);
    }
    signal.throwIfAborted();
    return observationOf(measuring, (performance.now() - started) / 1000);
  } finally {
    await pool.destroy().catch(() => undefined);
  }
}

function newMeasuring(): Measuring {
  const histogram = (): Histogram =>
    build({ lowestDiscernibleValue: 1, highestTrackableValue: HIGHEST_US, numberOfSignificantValueDigits: 3 });
  return {
    total: histogram(),
    own: histogram(),
    statuses: {},
    requests: 0,
    errors: 0,
    firstError: undefined,
    on: true,
  };
}

async function closedLoop(
  users: number,
  iterations: number,
  seconds: number,
  send: (due: number) => Promise<void>,
  over: () => boolean,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  const user = async (): Promise<void> => {
    for (let i = 0; i < iterations && performance.now() < end && !over(); i++) await send(performance.now());
  };
  await Promise.all(Array.from({ length: users }, user));
}

async function openLoop(
  rate: number,
  seconds: number,
  send: (due: number) => Promise<void>,
  measuring: Measuring,
  over: () => boolean,
): Promise<void> {
  const started = performance.now();
  const count = Math.max(1, Math.round(rate * seconds));
  const open = new Set<Promise<void>>();
  for (let sent = 0; sent < count && !over();) {
    const due = started + (1000 * sent) / rate;
    const wait = due - performance.now();
    if (0.5 < wait) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      continue;
    }
    sent++;
    if (MAX_WAITING <= open.size) {
      countError(measuring, "the server does not keep up: too many requests are waiting");
      continue;
    }
    const request = send(due).finally(() => open.delete(request));
    open.add(request);
  }
  await Promise.all(open);
}

/** So many requests without a single answer: nobody is there. */
const HOPELESS = 100;

function isHopeless({ requests, statuses }: Measuring): boolean {
  return HOPELESS <= requests && statuses["none"] === requests;
}

async function sendOne(
  pool: Pool,
  one: HttpCase,
  path: string,
  due: number,
  measuring: Measuring,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  try {
    const { statusCode, body } = await pool.request({
      path,
      method: one.method,
      headers: one.headers,
      ...(one.body === undefined ? {} : { body: one.body }),
      signal,
    });
    await body.dump({ limit: Number.MAX_SAFE_INTEGER });
    if (!measuring.on) return;
    measuring.requests++;
    measuring.statuses[statusCode] = (measuring.statuses[statusCode] ?? 0) + 1;
    if (400 <= statusCode) {
      measuring.errors++;
      measuring.firstError ??= `answered ${statusCode}`;
    }
    const now = performance.now();
    record(measuring.total, now - due);
    record(measuring.own, now - began);
  } catch (error) {
    if (signal.aborted || !measuring.on) return;
    countError(measuring, error instanceof Error ? error.message : String(error));
  }
}

function countError(measuring: Measuring, said: string): void {
  measuring.requests++;
  measuring.errors++;
  measuring.statuses["none"] = (measuring.statuses["none"] ?? 0) + 1;
  measuring.firstError ??= said;
}

function record(histogram: Histogram, ms: number): void {
  histogram.recordValue(Math.min(HIGHEST_US, Math.max(1, Math.round(ms * PER_MS))));
}

function observationOf(measuring: Measuring, seconds: number): HttpObservation {
  const { total, own, requests, errors, statuses, firstError } = measuring;
  if (requests === errors && (statuses["none"] ?? 0) === requests) {
    throw new CaseError(`nothing answers there (${firstError ?? "no request was sent"}): start the server first`, {
      retryable: true,
    });
  }
  const at = (percent: number): number => total.getValueAtPercentile(percent) / PER_MS;
  return {
    requests,
    errors,
    seconds,
    perSecond: requests / seconds,
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    max: total.maxValue / PER_MS,
    uncorrectedP99: own.getValueAtPercentile(99) / PER_MS,
    statuses,
    ...(firstError === undefined ? {} : { firstError }),
  };
}
