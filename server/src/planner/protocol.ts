/** What a planner's process and the one that started it say to each other. */
import type { Proof, ProofRequest } from "../advisor/proof.js";

export type ToPlanner =
  /** First message: where the image of a fresh database is kept; undefined: nowhere. */
  { readonly kind: "start"; readonly imageFile?: string } | { readonly kind: "verify"; readonly request: ProofRequest };

export type FromPlanner =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly reason: string }
  /** Answers come in the order of the requests. `memoryBytes` is the resident size after it. */
  | { readonly kind: "proof"; readonly proof: Proof; readonly memoryBytes: number };
