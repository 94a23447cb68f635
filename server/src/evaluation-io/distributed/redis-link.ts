/** Connections to the Redis a user names, and the names of what is kept there. */
import { Redis } from "ioredis";

/** Queue of all runs; jobs say which run they belong to. */
export const QUEUE = "hotpath-evaluation";

/** Results of a run by id of the case: the first one stands, so a case that was done twice counts once. */
export function resultsKey(session: string): string {
  return `hotpath-evaluation-results:${session}`;
}

/** Waiting between attempts to reach a Redis that is away: it may be starting again. */
const RETRY_MS = 250;
const CONNECT_MS = 10_000;

/** @param onError Told once for each loss of the connection; it is made again by itself. */
export function connectRedis(url: string, onError: (reason: string) => void): Redis {
  const redis = new Redis(url, {
    // A command waits for the connection to come back instead of failing; BullMQ needs that as well.
    maxRetriesPerRequest: null,
    connectTimeout: CONNECT_MS,
    retryStrategy: () => RETRY_MS,
    enableReadyCheck: true,
  });
  redis.on("error", (error) => onError(error.message));
  return redis;
}
