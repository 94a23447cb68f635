/** Models as evaluation sees them. Declares the port; `evaluation-io/providers/` implements it. */
import type { ChatMessage } from "../suite.js";

export interface ModelRequest {
  readonly system: string | undefined;
  /** Of a conversation, its messages as JSON. */
  readonly prompt: string;
  /** A conversation, sent in place of the prompt. */
  readonly messages?: readonly ChatMessage[];
  /** Of the provider and the case together. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ModelReply {
  readonly text: string;
  /** From sending the request to the last byte, milliseconds. */
  readonly latencyMs: number;
  readonly firstTokenMs?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** The provider that answered in place of the one that was asked. */
  readonly fallback?: string;
}

export interface ModelProvider {
  readonly id: string;
  /** Everything but the request that replies depend on; part of cache keys. */
  readonly identity: unknown;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly price: { readonly inputPerMillion?: number; readonly outputPerMillion?: number };
  /** Waits for the rate limit. */
  admit(signal: AbortSignal): Promise<void>;
  /** Rejects with `CaseError`. @param admitted Whether `admit` was already waited for. */
  ask(request: ModelRequest, signal: AbortSignal, admitted: "admitted" | "not admitted"): Promise<ModelReply>;
}

/** Money a reply cost; undefined when prices or counts are not known. */
export function costOf(reply: ModelReply, { price }: Pick<ModelProvider, "price">): number | undefined {
  const { inputTokens, outputTokens } = reply;
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  if (price.inputPerMillion === undefined && price.outputPerMillion === undefined) return undefined;
  return (inputTokens * (price.inputPerMillion ?? 0) + outputTokens * (price.outputPerMillion ?? 0)) / 1_000_000;
}
