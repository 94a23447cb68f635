/** What is believed of an index for a query: the planner's word where it can be had, and else why not. */
import type { QueryModel } from "../queries/model.js";
import type { Advice } from "./advise.js";
import { type Candidate, candidateText } from "./candidate.js";
import { confirms, type Proof, type ProofRequest } from "./proof.js";
import { proofRequest } from "./proof-request.js";
import type { TableStatistics } from "./statistics.js";

export type Judged =
  | { readonly kind: "confirmed"; readonly proof: Extract<Proof, { kind: "plans" }> }
  /** The planner has been asked. */
  | { readonly kind: "pending" }
  /** By rules alone, and why. */
  | { readonly kind: "rules"; readonly reason: string };

const engines: Readonly<Record<string, string>> = {
  mysql: "MySQL's planner cannot be asked",
  sqlite: "SQLite's planner is not asked",
  mongodb: "MongoDB's planner cannot be asked",
  unknown: "the database's engine is not known",
};

export interface JudgeOptions {
  readonly statistics: TableStatistics | undefined;
  /** Undefined while the answer is awaited; asking is enough. */
  readonly proofOf: (request: ProofRequest) => Proof | undefined;
}

/** Undefined when the planner would not use the indexes, or gains too little. */
export function judge(
  advice: Advice,
  query: QueryModel,
  candidates: readonly Candidate[],
  { statistics, proofOf }: JudgeOptions,
): Judged | undefined {
  const request = requestFor(advice, query, candidates, statistics);
  if (request === undefined) {
    const reason = engines[advice.table.engine] ?? "PostgreSQL's planner is not asked about this kind of index";
    return { kind: "rules", reason };
  }
  const proof = proofOf(request);
  if (proof === undefined) return { kind: "pending" };
  if (proof.kind === "unavailable") return { kind: "rules", reason: proof.reason };
  return confirms(proof) ? { kind: "confirmed", proof } : undefined;
}

/** Requests are long texts and hashes of them; the queries of a workspace ask for the same ones again at every choice. */
const requests = new WeakMap<
  Advice,
  { readonly of: TableStatistics | undefined; readonly byIndexes: Map<string, ProofRequest | undefined> }
>();

function requestFor(
  advice: Advice,
  query: QueryModel,
  candidates: readonly Candidate[],
  statistics: TableStatistics | undefined,
): ProofRequest | undefined {
  let known = requests.get(advice);
  if (known === undefined || known.of !== statistics) {
    known = { of: statistics, byIndexes: new Map() };
    requests.set(advice, known);
  }
  const key = candidates.map(candidateText).join();
  if (!known.byIndexes.has(key)) known.byIndexes.set(key, proofRequest(advice, query, statistics, candidates));
  return known.byIndexes.get(key);
}
