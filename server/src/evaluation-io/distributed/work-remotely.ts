/** A worker: takes cases from the queue, carries them out by its own copy of the suite, and leaves their results where the coordinator looks. */
import { resolve } from "node:path";
import { Worker, type Job } from "bullmq";
import { attempt, noResultCache } from "../../evaluation/attempt.js";
import { systemClock } from "../../evaluation/clock.js";
import { loadSuite } from "../../evaluation/load-suite.js";
import { planSuite } from "../../evaluation/plan.js";
import { resolveSettings } from "../../evaluation/settings.js";
import type { Observation, WorkItem } from "../../evaluation/work.js";
import { analyzerHere } from "../analyzer-here.js";
import { outsideFor, type OutsideOptions } from "../outside-for.js";
import { outerPlanning, type OuterPlanning } from "../plan-outer.js";
import { slashes, suiteFilesOnDisk } from "../suite-files-on-disk.js";
import { connectRedis, QUEUE, resultsKey } from "./redis-link.js";
import { jobName, type RemoteJob, type RemoteResult } from "./remote-job.js";

export interface WorkerOptions extends OutsideOptions {
  readonly url: string;
  readonly root: string;
  readonly concurrency: number;
  readonly log: (line: string) => void;
}

/** A worker that does not say for this long that it lives has died, and its cases go to others. */
const LOCK_MS = 5000;
/** How often a case may take its worker with it before it is given up. */
const MAX_DEATHS = 3;

interface PlannedSuite {
  readonly hash: string;
  readonly items: ReadonlyMap<string, WorkItem>;
  readonly planning: OuterPlanning;
  /** Why nothing of it can be run. */
  readonly fault?: string;
}

/** Works until the signal is aborted; cases that are at work are finished first. */
export async function workRemotely(options: WorkerOptions, signal: AbortSignal): Promise<void> {
  const results = connectRedis(options.url, (reason) => options.log(`redis: ${reason}`));
  const connection = connectRedis(options.url, () => undefined);
  const plans = new Map<string, Promise<PlannedSuite>>();
  const planOf = (job: RemoteJob): Promise<PlannedSuite> => {
    const name = `${job.suite} ${job.plan}`;
    const known = plans.get(name) ?? planFor(options, job);
    plans.set(name, known);
    return known;
  };
  const work = async ({ data }: Job<RemoteJob, null>): Promise<null> => {
    const result = await carryOut(await planOf(data), data, signal);
    const field = jobName(data);
    // The first result stands: a case can be done twice when a worker was thought dead.
    await results.hsetnx(resultsKey(data.session), field, JSON.stringify(result));
    return null;
  };
  const worker = new Worker<RemoteJob, null>(QUEUE, work, {
    connection,
    concurrency: options.concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: LOCK_MS,
    maxStalledCount: MAX_DEATHS,
  });
  worker.on("error", (error) => options.log(error.message));
  await new Promise<void>((done) => {
    if (signal.aborted) done();
    else signal.addEventListener("abort", () => done(), { once: true });
  });
  await worker.close();
  for (const plan of plans.values()) await (await plan).planning.close();
  // BullMQ leaves a connection it was given open, and the process with it.
  connection.disconnect();
  results.disconnect();
}

async function planFor(options: WorkerOptions, job: RemoteJob): Promise<PlannedSuite> {
  const files = suiteFilesOnDisk([slashes(options.root)]);
  const { suite, problems } = await loadSuite(slashes(resolve(options.root, job.suite)), files);
  const { settings } = resolveSettings(suite.settings, options.env, {});
  const asked = new Set<string>();
  const planning = outerPlanning(outsideFor(options, asked), noResultCache);
  const plan = await planSuite({ suite, settings, files, analyzer: analyzerHere() }, new Set(job.cases), planning.plan);
  const [fault] = [...problems.filter(({ severity }) => severity === "error"), ...plan.problems];
  const hosts = [...asked].map((host) => `--allow-host ${host}`).join(" ");
  const reason =
    fault !== undefined
      ? `${fault.file}:${fault.line}: ${fault.message}`
      : 0 < asked.size
        ? `a worker may not reach that host: start it with ${hosts}`
        : plan.hash !== job.plan
          ? "a worker has another version of the suite: bring it up to date"
          : undefined;
  const items = new Map<string, WorkItem>();
  for (const item of plan.items) items.set(item.id, item);
  return { hash: plan.hash, items, planning, ...(reason === undefined ? {} : { fault: reason }) };
}

async function carryOut(plan: PlannedSuite, job: RemoteJob, signal: AbortSignal): Promise<RemoteResult> {
  const item = plan.items.get(job.id);
  if (plan.fault !== undefined || item === undefined) {
    return { kind: "error", message: plan.fault ?? `a worker does not know the case ${job.id}` };
  }
  const seen: { observation: Observation } = { observation: {} };
  // Only the observing happens here; whoever asked judges it.
  const watched: WorkItem = {
    ...item,
    observe: async (context) => (seen.observation = await item.observe(context)),
    judge: () => ({ passed: true, score: 1, messages: [] }),
  };
  await item.admit?.(signal);
  const outcome = await attempt(watched, noResultCache, systemClock, neverAborted());
  if (outcome.kind === "judged") return { kind: "observed", observation: seen.observation };
  if (outcome.kind === "cancelled") return { kind: "error", message: "the worker was stopped" };
  return { kind: outcome.kind, message: outcome.message };
}

/** A worker that is told to stop finishes what it has begun. */
function neverAborted(): AbortSignal {
  return new AbortController().signal;
}
