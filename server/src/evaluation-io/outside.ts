/** What a run may do outside this process, and with which means: the outer planners of all kinds share it. */
import type { Clock } from "../evaluation/clock.js";
import type { Embedder } from "../ranking/embedder.js";

export interface Outside {
  readonly clock: Clock;
  /** Variables of the process; keys of providers are looked up here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether programs a suite names may run and keys may be used. */
  readonly trusted: boolean;
  /** The built `sql-process.js`. */
  readonly sqlProcessFile: string;
  /** The local model that compares texts, made when a suite asks for it. */
  createEmbedder(): Embedder;
  /** Whether a host may be reached: this machine always, others once the user has said so. */
  mayReach(host: string): boolean;
  /** Whether the user has said so, wherever it lies: what a suite asks of a database is the suite's text. */
  isAllowed(name: string): boolean;
  /** Remembers a host that somebody has to allow first. */
  askFor(host: string): void;
}

/** Whether a host name stands for this machine. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return bare === "localhost" || bare.endsWith(".localhost") || bare === "::1" || /^127(?:\.\d{1,3}){3}$/.test(bare);
}
