/** What a run may do, from how it was started. */
import { join } from "node:path";
import { systemClock } from "../evaluation/clock.js";
import { createEmbedderPool } from "../model/embedder-pool.js";
import { isLoopback, type Outside } from "./outside.js";

export interface OutsideOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly trusted: boolean;
  readonly allowedHosts: readonly string[];
  /** The built `sql-process.js`, where this does not run from the same folder. */
  readonly sqlProcessFile?: string;
}

/** @param asked Takes the hosts that somebody has to allow first. */
export function outsideFor(options: OutsideOptions, asked: Set<string>): Outside {
  const allowed = new Set(options.allowedHosts.map((host) => host.toLowerCase()));
  return {
    clock: systemClock,
    env: options.env,
    trusted: options.trusted,
    // Beside the bundle this runs in.
    sqlProcessFile: options.sqlProcessFile ?? join(__dirname, "sql-process.js"),
    createEmbedder: () => createEmbedderPool(__dirname)({ enabled: true }),
    mayReach: (host) => isLoopback(host) || allowed.has(host.toLowerCase()),
    isAllowed: (name) => allowed.has(name.toLowerCase()),
    askFor: (host) => void asked.add(host),
  };
}
