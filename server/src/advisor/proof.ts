/**
 * What is asked of a planner, and what it answers. Plain data: whoever wants a proof states everything the planner needs, and nothing here knows how a
 * planner is run.
 */

export interface ProofRequest {
  /** Hash of everything below: equal requests have equal answers. */
  readonly key: string;
  /** The table, as a `CREATE TABLE` statement without constraints or indexes. */
  readonly table: string;
  /** Statements that make the indexes it has. */
  readonly indexes: readonly string[];
  /** The query, with `$1`, `$2` … where values come at run time. */
  readonly query: string;
  /** Statements that make the indexes it lacks, all of them together. */
  readonly candidates: readonly string[];
  /** How many rows the planner is told the table has. */
  readonly rows: number;
  /** What the planner is told of each column the query compares or sorts by. */
  readonly statistics: readonly ColumnStatistics[];
  /** Whole plans are wanted, to be drawn. */
  readonly detailed?: true;
}

export interface ColumnStatistics {
  readonly column: string;
  /** As in PostgreSQL's `n_distinct`: a number of values, or when negative their share of the rows. */
  readonly distinct: number;
  /** Share of the rows that have no value. */
  readonly nullFraction: number;
}

export type Proof =
  | { readonly kind: "plans"; readonly before: Plan; readonly after: Plan }
  /** There is no answer: the planner is off, did not start, crashed, took too long, or rejected the statement. */
  | { readonly kind: "unavailable"; readonly reason: string };

export interface Plan {
  /** PostgreSQL's estimate, in its own unit: reading one page in order costs 1. */
  readonly cost: number;
  /** The nodes, outermost first: `Limit → Sort → Seq Scan on orders`. */
  readonly nodes: string;
  /** Indexes it reads; those made for the proof are named `hotpath_candidate_1` and so on. */
  readonly indexes: readonly string[];
  /** The plan itself, when the request was `detailed`. */
  readonly tree?: PlanTree;
}

/** One step of a plan; its children give it their rows. */
export interface PlanTree {
  /** PostgreSQL's name: `Seq Scan`. */
  readonly name: string;
  readonly relation?: string;
  readonly index?: string;
  readonly cost: number;
  /** Rows it gives, estimated. */
  readonly rows: number;
  /** `filter: (user_id = $1)` */
  readonly details: readonly string[];
  readonly children: readonly PlanTree[];
}

/** Answers requests somewhere else. Never rejects: what goes wrong is an answer. */
export interface PlannerPort {
  /** Answers in the order of the requests. */
  verify(requests: readonly ProofRequest[]): Promise<readonly Proof[]>;
  close(): Promise<void>;
}

export const candidateName = "hotpath_candidate_";

/** A plan must cost this many times less with the candidate to count as proof. */
export const neededGain = 2;

/** Whether the planner would use the candidate, and gains enough by it. */
export function confirms(proof: Proof): boolean {
  if (proof.kind === "unavailable") return false;
  const used = proof.after.indexes.some((name) => name.startsWith(candidateName));
  return used && proof.after.cost * neededGain <= proof.before.cost;
}
