/** One file over HTTP into a file: streamed, held to its size and its SHA-256, and every way it can fail told in a sentence. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { EnvHttpProxyAgent, ProxyAgent, request, type Dispatcher } from "undici";
import type { KnownFile } from "./known-models.js";

/** Something that stands in the way of a download, in words for its user. */
export class DownloadFault extends Error {}

export interface FetchOptions {
  /** Called as bytes arrive, with how many there were since the last call. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
  readonly dispatcher: Dispatcher;
}

/** A hub hands large files over to its storage; a chain longer than this leads nowhere. */
const MAX_REDIRECTS = 5;
const CONNECT_MS = 15_000;
/** Nothing for so long: the other side is gone. */
const SILENCE_MS = 60_000;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** @param proxy Address of a proxy; undefined: the one that HTTPS_PROXY names, if any. Throws `DownloadFault`. */
export function createDispatcher(proxy: string | undefined): Dispatcher {
  const limits = { connect: { timeout: CONNECT_MS }, headersTimeout: SILENCE_MS, bodyTimeout: SILENCE_MS };
  try {
    return proxy === undefined ? new EnvHttpProxyAgent(limits) : new ProxyAgent({ uri: proxy, ...limits });
  } catch {
    throw new DownloadFault(
      "The address of the proxy is no address: look at the setting http.proxy, and at HTTPS_PROXY",
    );
  }
}

/** Rejects with `DownloadFault`, or with the signal's reason. What was written so far is left to the caller. */
export async function fetchFile(url: URL, file: KnownFile, to: string, options: FetchOptions): Promise<void> {
  const reply = await follow(url, options);
  const announced = Number(reply.headers["content-length"] ?? file.bytes);
  if (announced !== file.bytes) {
    discard(reply);
    throw new DownloadFault(
      `${url.host} offers ${file.name} with ${announced} bytes, not the ${file.bytes} it should have`,
    );
  }
  const hash = createHash("sha256");
  let received = 0;
  const check = async function* (parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const part of parts) {
      received += part.length;
      if (file.bytes < received) throw new DownloadFault(`${file.name} is larger than it should be, and was not taken`);
      hash.update(part);
      options.onBytes(part.length);
      yield part;
    }
  };
  await pipeline(reply.body, check, createWriteStream(to, { mode: 0o600 }), { signal: options.signal }).catch(
    (error: unknown) => {
      throw inWords(error, url.host, options.signal);
    },
  );
  const found = hash.digest("hex");
  if (found !== file.sha256)
    throw new DownloadFault(
      `${file.name} is not the file that is known by this name (its SHA-256 is ${found.slice(0, 12)}…), and was not taken`,
    );
}

async function follow(url: URL, { signal, dispatcher }: FetchOptions): Promise<Dispatcher.ResponseData> {
  let at = url;
  for (let step = 0; step <= MAX_REDIRECTS; step++) {
    const reply = await request(at, { dispatcher, signal, headers: { "user-agent": "hotpath" } }).catch(
      (error: unknown) => {
        throw inWords(error, at.host, signal);
      },
    );
    if (reply.statusCode === 200) return reply;
    discard(reply);
    const location = reply.headers["location"];
    if (!REDIRECTS.includes(reply.statusCode) || typeof location !== "string") throw refused(at.host, reply.statusCode);
    const next = new URL(location, at);
    if (at.protocol === "https:" && next.protocol !== "https:")
      throw new DownloadFault(`${at.host} sends to ${next.host} without encryption, which is not followed`);
    at = next;
  }
  throw new DownloadFault(`${url.host} sends from one address to the next without end`);
}

/** What nobody reads is not waited for; that it was cut off is no failure. */
function discard({ body }: Dispatcher.ResponseData): void {
  body.on("error", () => undefined).destroy();
}

function refused(host: string, status: number): DownloadFault {
  if (status === 407) return new DownloadFault("The proxy asks for a name and a password: put them into its address");
  const what = status === 404 ? "does not have the file" : `answered ${status}`;
  return new DownloadFault(`${host} ${what}: try again later, or set hotpath.model.hub to a hub that has it`);
}

function inWords(error: unknown, host: string, signal: AbortSignal): unknown {
  if (signal.aborted || error instanceof DownloadFault) return error;
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT")
    return new DownloadFault("The disk is full: make room, or set HOTPATH_CACHE_DIR to a folder elsewhere");
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return new DownloadFault("The folder for models cannot be written: set HOTPATH_CACHE_DIR to one that can");
  const detail = error instanceof Error ? error.message : String(error);
  return new DownloadFault(
    `${host} cannot be reached (${code ?? detail}): without a network the model in the box goes on; behind a proxy, set http.proxy or HTTPS_PROXY`,
  );
}

/** Attempts at several addresses fail together, each with a code. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return "cause" in error ? codeOf(error.cause) : undefined;
}
