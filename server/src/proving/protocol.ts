/** What a prover's process and the one that started it say to each other. */
import type { ProofReport, ProofRequest } from "./proof-case.js";

export type ToProver = { readonly kind: "prove"; readonly request: ProofRequest; readonly sandbox: string };

export type FromProver =
  { readonly kind: "progress"; readonly rows: number } | { readonly kind: "report"; readonly report: ProofReport };
