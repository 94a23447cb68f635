/**
 * The port to a model that turns text into vectors. Whoever uses it must do without: every answer can be "not now", with a sentence that says why.
 */

/** Some models want a question to be told apart from what is searched. */
export type EmbedPurpose = "query" | "passage";

/** Somebody waits for `now`; `background` goes on only while nobody does. */
export type EmbedUrgency = "now" | "background";

export type EmbedAnswer =
  /** Of length one, in the order of the texts. */
  | { readonly kind: "vectors"; readonly vectors: readonly Float32Array[] }
  | { readonly kind: "unavailable"; readonly reason: string };

export interface Embedder {
  /** Never rejects. */
  embed(texts: readonly string[], purpose: EmbedPurpose, urgency: EmbedUrgency): Promise<EmbedAnswer>;
  status(): Promise<EmbedderStatus>;
  close(): Promise<void>;
}

/** A way to compute that was looked at and left alone. */
export interface UnusedProvider {
  readonly provider: string;
  /** One clause: "its libraries are not installed". */
  readonly reason: string;
}

export interface EmbedderStatus {
  /** `idle`: not loaded, because nobody needs it; `failed`: it cannot be used, and `reason` says why. */
  readonly state: "idle" | "loading" | "ready" | "failed" | "off";
  /** Name in the model's manifest, once it was read. */
  readonly model?: string;
  /** What identifies vectors that can be compared: model, its bytes, and how texts are cut. */
  readonly identity?: string;
  readonly dimensions?: number;
  readonly provider?: string;
  readonly device?: string;
  /** Texts in one run. */
  readonly batchSize?: number;
  /** Texts a second, over what was embedded so far. */
  readonly perSecond?: number;
  readonly loadMs?: number;
  /** Resident size of the model's process after its last answer. */
  readonly memoryBytes?: number;
  readonly notUsed: readonly UnusedProvider[];
  readonly reason?: string;
}

/** Stands where no model is wanted or there is none. */
export function noEmbedder(reason: string): Embedder {
  return {
    embed: () => Promise.resolve({ kind: "unavailable", reason }),
    status: () => Promise.resolve({ state: "off", notUsed: [], reason }),
    close: () => Promise.resolve(),
  };
}
