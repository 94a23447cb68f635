/** One request to a model's endpoint, with every way it can fail told apart: what may go better in a moment, and what will not. */
import { Agent, request } from "undici";
import { CaseError } from "../../evaluation/work.js";
import { textOf, TooLong } from "./event-stream.js";

export interface PostedReply {
  readonly streamed: boolean;
  readonly body: AsyncIterable<Uint8Array>;
}

const CONNECT_MS = 10_000;
const SHOWN = 300;
/** Where a rate limit does not say how long it lasts. */
const DEFAULT_PATIENCE_MS = 2000;

/** Limits of time are the case's, so the client has none of its own but for connecting. */
export function modelAgent(): Agent {
  return new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: CONNECT_MS } });
}

/** @param onPatience Told when the other side asks to wait, milliseconds. */
export async function postJson(
  agent: Agent,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  signal: AbortSignal,
  onPatience: (ms: number) => void,
): Promise<PostedReply> {
  const reply = await request(url, {
    method: "POST",
    dispatcher: agent,
    signal,
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
    body: JSON.stringify(body),
  }).catch((error: unknown) => {
    throw networkError(error, signal);
  });
  if (reply.statusCode === 200) {
    return { streamed: String(reply.headers["content-type"]).includes("text/event-stream"), body: reply.body };
  }
  const said = await textOf(reply.body).catch(() => "");
  const what = `the endpoint answered ${reply.statusCode}${said === "" ? "" : `: ${saidBy(said)}`}`;
  const retryAfterMs = retryAfter(headerText(reply.headers["retry-after"]));
  if (reply.statusCode === 429) {
    const patience = retryAfterMs ?? DEFAULT_PATIENCE_MS;
    onPatience(patience);
    throw new CaseError(what, { retryable: true, retryAfterMs: patience, patience: true });
  }
  const retryable = 500 <= reply.statusCode || reply.statusCode === 408 || reply.statusCode === 409;
  throw new CaseError(what, { retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

/** A failure below HTTP; a stopped case stays what it is. */
export function networkError(error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason instanceof Error ? signal.reason : new Error("stopped");
  if (error instanceof CaseError) return error;
  if (error instanceof TooLong) return new CaseError(error.message);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const detail = error instanceof Error && error.message !== "" ? error.message : code;
  return new CaseError(`the endpoint could not be reached or hung up (${detail})`, { retryable: true });
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Seconds or a date, as milliseconds from now. */
export function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** The message inside an error reply, or its beginning. */
function saidBy(text: string): string {
  try {
    const value = JSON.parse(text) as { readonly error?: { readonly message?: unknown } | string };
    const message = typeof value.error === "object" ? value.error.message : value.error;
    if (typeof message === "string") return message.slice(0, SHOWN);
  } catch {
    // Not JSON: shown as it is.
  }
  return text.replaceAll(/\s+/g, " ").slice(0, SHOWN);
}
