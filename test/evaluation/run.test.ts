/** The engine of a run, with a clock that does not wait. */
import { describe, expect, test } from "vitest";
import type { CaseResult, EvaluationProgress } from "../../protocol/src/evaluation.js";
import { noResultCache, type ResultCache } from "../../server/src/evaluation/attempt.js";
import { systemClock, type Clock } from "../../server/src/evaluation/clock.js";
import { createPace, formatDuration } from "../../server/src/evaluation/pace.js";
import { runItems, type RunFigures } from "../../server/src/evaluation/run.js";
import { CaseError, type Verdict, type WorkItem } from "../../server/src/evaluation/work.js";

const RIGHT: Verdict = { passed: true, score: 1, messages: [] };

/** Time passes as soon as nobody has anything else to do. */
function fastClock(): Clock {
  const state = { now: 0 };
  const timers: { at: number; callback: () => void }[] = [];
  const tick = (): void => {
    timers.sort((a, b) => a.at - b.at);
    const next = timers.shift();
    if (next === undefined) return;
    state.now = Math.max(state.now, next.at);
    next.callback();
  };
  return {
    now: () => state.now,
    after(ms, callback) {
      const timer = { at: state.now + ms, callback };
      timers.push(timer);
      setImmediate(tick);
      return () => {
        const index = timers.indexOf(timer);
        if (0 <= index) timers.splice(index, 1);
      };
    },
    breathe: () => systemClock.breathe(),
  };
}

function item(id: string, parts: Partial<WorkItem> = {}): WorkItem {
  return {
    id,
    caseId: id,
    kind: "test",
    weight: 1,
    file: "/suite.yaml",
    line: 1,
    alone: false,
    judgesAtOnce: true,
    timeoutMs: 300_000,
    retries: 2,
    cacheKey: undefined,
    observe: async () => ({}),
    judge: () => RIGHT,
    ...parts,
  };
}

interface Ran {
  readonly events: readonly EvaluationProgress[];
  readonly results: readonly CaseResult[];
  readonly figures: RunFigures;
  readonly statusOf: (id: string) => string | undefined;
}

async function run(
  items: readonly WorkItem[],
  options: {
    readonly concurrency?: number;
    readonly clock?: Clock;
    readonly cache?: ResultCache;
    readonly signal?: AbortSignal;
    readonly finished?: ReadonlyMap<string, CaseResult["status"]>;
    readonly record?: (result: CaseResult) => void | Promise<void>;
    readonly onEvent?: (event: EvaluationProgress) => void;
  } = {},
): Promise<Ran> {
  const results: CaseResult[] = [];
  const events: EvaluationProgress[] = [];
  const steps = runItems(
    items,
    {
      session: "s",
      total: items.length,
      concurrency: options.concurrency ?? 5,
      finished: options.finished ?? new Map(),
    },
    {
      clock: options.clock ?? systemClock,
      cache: options.cache ?? noResultCache,
      record: (result) => {
        results.push(result);
        return options.record?.(result);
      },
    },
    options.signal ?? new AbortController().signal,
  );
  let step = await steps.next();
  while (step.done !== true) {
    events.push(step.value);
    options.onEvent?.(step.value);
    step = await steps.next();
  }
  return {
    events,
    results,
    figures: step.value,
    statusOf: (id) => results.find((result) => result.id === id)?.status,
  };
}

const sleepUntilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));

test("goes from starting through running to completed, and only then says 100 %", async () => {
  const { events, figures } = await run(
    Array.from({ length: 250 }, (_, i) => item(`c${i}`, { observe: async () => (await systemClock.breathe(), {}) })),
  );
  expect(events[0]).toMatchObject({ session: "s", state: "starting", done: 0, total: 250, percent: 0 });
  expect(events.at(-1)).toMatchObject({ state: "completed", done: 250, percent: 100, passed: 250 });
  for (const event of events.slice(1, -1)) {
    expect(event.state).toBe("running");
    if (event.done < 250) expect(event.percent).toBeLessThan(100);
  }
  expect(events.map(({ done }) => done)).toEqual(events.map(({ done }) => done).sort((a, b) => a - b));
  expect(figures).toMatchObject({ state: "completed", ran: 250 });
});

test("never more at once than wanted, and what must be alone is", async () => {
  const now = { busy: 0, most: 0, besides: 0 };
  const work = (alone: boolean): Partial<WorkItem> => ({
    alone,
    observe: async () => {
      now.busy++;
      now.most = Math.max(now.most, now.busy);
      if (alone) now.besides = Math.max(now.besides, now.busy - 1);
      await systemClock.breathe();
      now.busy--;
      return {};
    },
  });
  await run(
    Array.from({ length: 40 }, (_, i) => item(`c${i}`, work(i % 4 === 0))),
    { concurrency: 7 },
  );
  expect(now).toEqual({ busy: 0, most: 7, besides: 0 });
});

describe("every case ends in the right state", () => {
  test("wrong, erring, hanging and deaf ones beside a right one", async () => {
    const { statusOf, results } = await run([
      item("right"),
      item("wrong", { judge: () => ({ passed: false, score: 0.5, messages: [{ text: "no" }] }) }),
      item("erring", { observe: () => Promise.reject(new CaseError("the disk is full")) }),
      item("throwing", {
        observe: () => {
          throw new Error("oops");
        },
      }),
      item("hanging", { timeoutMs: 50, observe: ({ signal }) => sleepUntilAborted(signal) }),
      item("deaf", { timeoutMs: 50, observe: () => new Promise(() => undefined) }),
    ]);
    expect(["right", "wrong", "erring", "throwing", "hanging", "deaf"].map(statusOf)).toEqual([
      "passed",
      "failed",
      "error",
      "error",
      "timeout",
      "timeout",
    ]);
    expect(results.find(({ id }) => id === "hanging")?.messages[0]?.text).toBe(
      "it did not finish within its limit of 0.05 s",
    );
  });

  test("what may go better is tried again, with growing waits; what may not is not", async () => {
    const tries: Record<string, number[]> = { flaky: [], asked: [], never: [], hopeless: [] };
    const clock = fastClock();
    const failing = (id: string, failures: number, error: CaseError): WorkItem =>
      item(id, {
        observe: async () => {
          tries[id]?.push(clock.now());
          if ((tries[id]?.length ?? 0) <= failures) throw error;
          return {};
        },
      });
    const { statusOf, results } = await run(
      [
        failing("flaky", 2, new CaseError("busy", { retryable: true })),
        failing("asked", 1, new CaseError("slow down", { retryable: true, retryAfterMs: 7000 })),
        failing("never", 99, new CaseError("busy", { retryable: true })),
        failing("hopeless", 1, new CaseError("no such model")),
      ],
      { clock, concurrency: 1 },
    );
    expect(["flaky", "asked", "never", "hopeless"].map(statusOf)).toEqual(["passed", "passed", "error", "error"]);
    expect(tries["hopeless"]).toHaveLength(1);
    expect(tries["never"]).toHaveLength(3);
    const [first = 0, second = 0, third = 0] = tries["flaky"] ?? [];
    expect(second - first).toBeGreaterThanOrEqual(249);
    expect(third - second).toBeGreaterThanOrEqual(499);
    expect((tries["asked"]?.[1] ?? 0) - (tries["asked"]?.[0] ?? 0)).toBeGreaterThanOrEqual(6999);
    expect(results.find(({ id }) => id === "flaky")?.attempts).toBe(3);
  });
});

test("cancelling stops the work itself; what was finished stays, nothing else is recorded", async () => {
  const controller = new AbortController();
  const seen = { begun: 0, stopped: 0 };
  const { events, results, figures } = await run(
    [
      item("quick"),
      ...Array.from({ length: 20 }, (_, i) =>
        item(`slow${i}`, {
          observe: async ({ signal }) => {
            seen.begun++;
            setImmediate(() => controller.abort(new Error("enough")));
            return await sleepUntilAborted(signal).catch((error: unknown) => {
              seen.stopped++;
              throw error;
            });
          },
        }),
      ),
    ],
    { concurrency: 4, signal: controller.signal },
  );
  expect(figures.state).toBe("cancelled");
  expect(events.at(-1)).toMatchObject({ state: "cancelled", done: 1, total: 21 });
  expect(results.map(({ id }) => id)).toEqual(["quick"]);
  expect(seen.begun).toBe(seen.stopped);
  expect(seen.begun).toBeLessThanOrEqual(4);
});

test("a journal that cannot be written ends the run with the reason", async () => {
  const { events, figures } = await run(
    Array.from({ length: 50 }, (_, i) => item(`c${i}`)),
    {
      record: (result) => {
        if (result.id === "c10") throw new Error("no space left on device");
      },
    },
  );
  expect(figures.state).toBe("error");
  expect(events.at(-1)).toMatchObject({ state: "error", message: "no space left on device" });
});

test("a consumer that leaves takes the work with it", async () => {
  const state = { begun: 0 };
  const items = Array.from({ length: 1000 }, (_, i) =>
    item(`c${i}`, {
      observe: async () => {
        state.begun++;
        await systemClock.breathe();
        return {};
      },
    }),
  );
  const options = { session: "s", total: 1000, concurrency: 2, finished: new Map() };
  const ports = { clock: systemClock, cache: noResultCache, record: () => undefined };
  for await (const event of runItems(items, options, ports, new AbortController().signal)) {
    if (event.state === "running") break;
  }
  const begun = state.begun;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(begun).toBeLessThan(1000);
  expect(state.begun).toBe(begun);
});

test("finished cases are not run again, and count as done from the start", async () => {
  const { events, results } = await run([item("a"), item("b"), item("c")], {
    finished: new Map([
      ["a", "passed"],
      ["c", "failed"],
    ]),
  });
  expect(events[0]).toMatchObject({ done: 2, passed: 1, failed: 1 });
  expect(results.map(({ id }) => id)).toEqual(["b"]);
});

test("observations come from the cache, verdicts never do", async () => {
  const kept = new Map<string, string>();
  const cache: ResultCache = { get: (key) => kept.get(key), put: (key, json) => void kept.set(key, json) };
  const state = { observed: 0 };
  const one = (wanted: number): WorkItem =>
    item("a", {
      cacheKey: "k",
      observe: async () => ({ value: ++state.observed }),
      judge: ({ value }) => ({ passed: value === wanted, score: 0, messages: [] }),
    });
  expect((await run([one(1)], { cache })).statusOf("a")).toBe("passed");
  const second = await run([one(2)], { cache });
  expect(second.results[0]).toMatchObject({ status: "failed", cached: true });
  expect(second.figures.cacheHits).toBe(1);
  kept.set("k", "{ damaged");
  expect((await run([one(2)], { cache })).results[0]).toMatchObject({ status: "passed", cached: false });
});

describe("pace", () => {
  test("one slow case among fast ones hardly moves it", () => {
    const pace = createPace(0);
    let now = 0;
    for (let i = 0; i < 200; i++) pace.add((now += i === 195 ? 60_000 : 100));
    expect(pace.perSecond(now)).toBeGreaterThan(2);
    expect(createPace(0).perSecond(1000)).toBe(0);
  });

  test("it follows a lasting change, and falls while nothing happens", () => {
    const pace = createPace(0);
    let now = 0;
    for (let i = 0; i < 500; i++) pace.add((now += 10));
    expect(pace.perSecond(now)).toBeCloseTo(100, 0);
    for (let i = 0; i < 150; i++) pace.add((now += 1000));
    expect(pace.perSecond(now)).toBeLessThan(1.5);
    expect(pace.perSecond(now + 3_600_000)).toBeLessThan(0.1);
  });

  test("durations read as clocks do", () => {
    expect([0, 0.2, 59, 61, 3600, 360_000].map(formatDuration)).toEqual([
      "00:00:00",
      "00:00:01",
      "00:00:59",
      "00:01:01",
      "01:00:00",
      "100:00:00",
    ]);
  });
});
