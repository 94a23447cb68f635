/** What a prover's process and the one that started it say to each other. */
import type { ProofReport, ProofRequest } from "./proof-case.js";

export interface ToProver {
  readonly kind: "prove";
  readonly request: ProofRequest;
  /** Text of the script that runs in the context. */
  readonly sandbox: string;
  /** A fresh database as an archive, from which it starts in a fraction of the time. */
  readonly image?: Uint8Array;
}

export type FromProver =
  { readonly kind: "progress"; readonly rows: number } | { readonly kind: "report"; readonly report: ProofReport };
