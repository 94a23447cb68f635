/** What coordinator and workers say to each other. Plain JSON: a case is named, not sent; each worker reads the suite itself. */
import { contentHash } from "../../base/content-hash.js";
import type { Observation } from "../../evaluation/work.js";

export interface RemoteJob {
  readonly session: string;
  /** Relative to the project, `/` separators. */
  readonly suite: string;
  /** Of the plan: a worker with another version of the suite must not take part. */
  readonly plan: string;
  /** Cases the run is limited to; empty means all. */
  readonly cases: readonly string[];
  /** Of the item. */
  readonly id: string;
}

export type RemoteResult =
  | { readonly kind: "observed"; readonly observation: Observation }
  | { readonly kind: "error" | "timeout"; readonly message: string };

/** A job's own name: the same case of the same run is one job, however often it is added. */
export function jobName({ session, id }: Pick<RemoteJob, "session" | "id">): string {
  return `${session}-${contentHash(id)}`;
}
