/** What the model's process and the one that started it say to each other. */
import type { EmbedPurpose, UnusedProvider } from "../ranking/embedder.js";

export interface LoadOptions {
  /** Folder of the model. */
  readonly folder: string;
  /** Providers to try, in this order; the processor is what is left when none is used. */
  readonly providers: readonly string[];
  /** Providers not to try, with the reason: one of them has ended an earlier process. */
  readonly avoid: readonly UnusedProvider[];
  readonly threads: number;
}

export type ToModel =
  /** First message. */
  | { readonly kind: "load"; readonly options: LoadOptions }
  | { readonly kind: "embed"; readonly texts: readonly string[]; readonly purpose: EmbedPurpose };

/** How the model runs here, told once it is loaded. */
export interface LoadedModel {
  readonly model: string;
  readonly identity: string;
  readonly dimensions: number;
  readonly provider: string;
  readonly device: string;
  readonly batchSize: number;
  readonly loadMs: number;
  readonly notUsed: readonly UnusedProvider[];
}

export type FromModel =
  /** Sent before a provider is tried, so that one that ends the process is known by name. */
  | { readonly kind: "trying"; readonly provider: string }
  | { readonly kind: "ready"; readonly loaded: LoadedModel; readonly memoryBytes: number }
  /** The model cannot be used, and loading it again would not help. */
  | { readonly kind: "unusable"; readonly reason: string }
  /** Vectors one after another. Answers come in the order of the requests. */
  | { readonly kind: "vectors"; readonly data: Float32Array; readonly memoryBytes: number; readonly ms: number }
  | { readonly kind: "failed"; readonly reason: string };
