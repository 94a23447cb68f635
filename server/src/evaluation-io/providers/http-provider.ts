/** A provider behind HTTP: sends, reads whole and streamed replies, measures. Limits and fallbacks are `guarded-provider.ts`'s. */
import type { Agent } from "undici";
import type { Clock } from "../../evaluation/clock.js";
import type { ModelReply, ModelRequest } from "../../evaluation/prompt/provider.js";
import { CaseError } from "../../evaluation/work.js";
import { eventsOf, textOf } from "./event-stream.js";
import type { ModelWire, ReplyPart } from "./model-wire.js";
import { networkError, postJson, type PostedReply } from "./post-json.js";

export interface HttpTarget {
  readonly wire: ModelWire;
  /** Without the wire's path. */
  readonly url: string;
  readonly model: string | undefined;
  readonly key: string | undefined;
}

/** Asks once. Rejects with `CaseError`. */
export async function askOverHttp(
  target: HttpTarget,
  agent: Agent,
  clock: Clock,
  request: ModelRequest,
  signal: AbortSignal,
  onPatience: (ms: number) => void,
): Promise<ModelReply> {
  const { wire, url, model, key } = target;
  const started = clock.now();
  try {
    const posted = await postJson(
      agent,
      url.replace(/\/+$/, "") + wire.path,
      wire.headers(key),
      wire.body(model, request),
      signal,
      onPatience,
    );
    const { firstAt, ...reply } = posted.streamed
      ? await readStream(posted, wire, clock)
      : await readWhole(posted, wire);
    const latencyMs = round(clock.now() - started);
    return { ...reply, latencyMs, ...(firstAt === undefined ? {} : { firstTokenMs: round(firstAt - started) }) };
  } catch (error) {
    throw networkError(error, signal);
  }
}

type Read = Omit<ModelReply, "latencyMs" | "firstTokenMs"> & { readonly firstAt?: number };

async function readWhole({ body }: PostedReply, wire: ModelWire): Promise<Read> {
  return replyOf(wire.readWhole(parseJson(await textOf(body))));
}

async function readStream({ body }: PostedReply, wire: ModelWire, clock: Clock): Promise<Read> {
  let text = "";
  let firstAt: number | undefined;
  let last: ReplyPart = {};
  let complete = false;
  for await (const data of eventsOf(body)) {
    if (data === "[DONE]") {
      complete = true;
      continue;
    }
    const part = wire.readEvent(parseJson(data));
    if (part.text !== undefined && part.text !== "") firstAt ??= clock.now();
    text += part.text ?? "";
    complete ||= part.complete === true;
    last = { ...last, ...part };
  }
  if (!complete) throw new CaseError("the endpoint hung up in the middle of its reply", { retryable: true });
  return { ...replyOf({ ...last, text }), ...(firstAt === undefined ? {} : { firstAt }) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CaseError("the endpoint's reply is no JSON", { retryable: true });
  }
}

function replyOf({ text, inputTokens, outputTokens }: ReplyPart): Read {
  return {
    text: text ?? "",
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
  };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
