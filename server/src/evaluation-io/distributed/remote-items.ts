/**
 * The items of a run, observed by workers on other machines. Judging, journal, cache, progress and cancelling stay here, exactly as in a local run.
 *
 * A result is told by an event, and looked for every second besides: events are lost when Redis restarts, results are not. A job that is gone, because
 * Redis lost its last moments, is added again; whoever did it twice wrote its result once.
 */
import { Queue, QueueEvents } from "bullmq";
import { CaseError, RemoteTimeout, type Observation, type WorkItem } from "../../evaluation/work.js";
import { connectRedis, QUEUE, resultsKey } from "./redis-link.js";
import { jobName, type RemoteJob, type RemoteResult } from "./remote-job.js";

export interface RemoteRun {
  wrap(item: WorkItem): WorkItem;
  /** Takes back what is not started and forgets the results. */
  close(): Promise<void>;
}

const SWEEP_MS = 1000;
/** A job that has neither a result nor a place in the queue for this long is lost. */
const LOST_MS = 5000;
/** No limit of time here: the worker keeps the case's own. */
const UNLIMITED_MS = 2 ** 31 - 1;

interface Waiting {
  readonly id: string;
  readonly addedAt: number;
  readonly resolve: (observation: Observation) => void;
  readonly reject: (error: Error) => void;
}

export function startRemoteRun(
  url: string,
  run: Omit<RemoteJob, "id">,
  onTrouble: (reason: string) => void,
): RemoteRun {
  const redis = connectRedis(url, onTrouble);
  // BullMQ leaves connections it was given open, and the process with them.
  const connections = [connectRedis(url, () => undefined), connectRedis(url, () => undefined)] as const;
  const queue = new Queue<RemoteJob, RemoteResult>(QUEUE, { connection: connections[0] });
  const events = new QueueEvents(QUEUE, { connection: connections[1] });
  // The first connection tells of trouble for all of them.
  queue.on("error", () => undefined);
  events.on("error", () => undefined);
  const waiting = new Map<string, Waiting>();
  const key = resultsKey(run.session);

  const take = (name: string, result: RemoteResult): void => {
    const one = waiting.get(name);
    if (one === undefined) return;
    waiting.delete(name);
    if (result.kind === "observed") one.resolve(result.observation);
    else one.reject(result.kind === "timeout" ? new RemoteTimeout(result.message) : new CaseError(result.message));
  };
  const look = async (names: readonly string[]): Promise<void> => {
    if (names.length === 0) return;
    const found = await redis.hmget(key, ...names);
    found.forEach((text, index) => {
      const name = names[index];
      if (text !== null && name !== undefined) take(name, JSON.parse(text) as RemoteResult);
    });
  };
  const add = async (name: string, id: string): Promise<void> => {
    const job: RemoteJob = { ...run, id };
    await queue.add("case", job, { jobId: name, removeOnComplete: true, removeOnFail: true, attempts: 1 });
  };
  events.on("completed", ({ jobId: name }) => void look([name]).catch(() => undefined));
  events.on("failed", ({ jobId: name, failedReason }) => take(name, { kind: "error", message: failedReason }));
  const sweep = async (): Promise<void> => {
    await look([...waiting.keys()]);
    for (const [name, { id, addedAt }] of waiting) {
      if (performance.now() - addedAt < LOST_MS) continue;
      if ((await queue.getJob(name)) === undefined && waiting.has(name)) {
        await look([name]);
        if (waiting.has(name)) await add(name, id);
      }
    }
  };
  const sweeping: { busy: boolean } = { busy: false };
  const timer = setInterval(() => {
    if (sweeping.busy) return;
    sweeping.busy = true;
    void sweep()
      .catch(() => undefined)
      .finally(() => (sweeping.busy = false));
  }, SWEEP_MS);

  const observe = (item: WorkItem, signal: AbortSignal): Promise<Observation> =>
    new Promise((resolve, reject) => {
      const name = jobName({ session: run.session, id: item.id });
      waiting.set(name, { id: item.id, addedAt: performance.now(), resolve, reject });
      signal.addEventListener(
        "abort",
        () => {
          waiting.delete(name);
          reject(signal.reason instanceof Error ? signal.reason : new Error("stopped"));
        },
        { once: true },
      );
      add(name, item.id).catch(reject);
    });

  return {
    wrap: (item) =>
      // What must be alone on its machine is not sent to machines that others use.
      item.alone
        ? item
        : {
            ...item,
            timeoutMs: UNLIMITED_MS,
            retries: 0,
            admit: () => Promise.resolve(),
            observe: ({ signal }) => observe(item, signal),
          },
    async close() {
      clearInterval(timer);
      await Promise.allSettled([...waiting.keys()].map((name) => queue.remove(name)));
      await redis.del(key).catch(() => undefined);
      await Promise.allSettled([events.close(), queue.close()]);
      for (const connection of [redis, ...connections]) connection.disconnect();
    },
  };
}
