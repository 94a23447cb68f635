/**
 * What is said on a fresh connection before anything else: one line of JSON each way. Versions are compared here, so that neither side ever
 * parses a protocol it does not speak.
 */
import type { Socket } from "node:net";
import { DAEMON_PROTOCOL, type Handshake } from "../../../protocol/src/messages.js";

export interface DaemonInfo {
  readonly version: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
  readonly clients: number;
  readonly memoryMb: number;
  /** Where metrics are served, if they are. */
  readonly metricsUrl?: string;
}

export type HandshakeReply =
  { readonly ok: true; readonly info: DaemonInfo } | { readonly ok: false; readonly error: string };

/** A longer first line is no handshake. */
const MAX_LINE_BYTES = 64 * 1024;
const TIMEOUT_MS = 3000;

/**
 * Reads the first line of a connection and gives back whatever came after it, so that the next reader misses nothing.
 * Rejects when the line is too long, late or never ends. The socket is paused on return.
 */
export function readLine(socket: Socket, timeoutMs = TIMEOUT_MS): Promise<string> {
  return new Promise((resolve, reject) => {
    let buffered = Buffer.alloc(0);
    const done = (act: () => void): void => {
      clearTimeout(timer);
      socket.off("data", onData).off("error", onError).off("close", onClose);
      socket.pause();
      act();
    };
    const onData = (chunk: Buffer): void => {
      buffered = Buffer.concat([buffered, chunk]);
      const end = buffered.indexOf(10);
      if (end < 0 && buffered.length <= MAX_LINE_BYTES) return;
      done(() => {
        if (end < 0 || MAX_LINE_BYTES < end) {
          reject(new Error("the first line is too long"));
          return;
        }
        const rest = buffered.subarray(end + 1);
        if (rest.length > 0) socket.unshift(rest);
        resolve(buffered.subarray(0, end).toString("utf8"));
      });
    };
    const onError = (error: Error): void => done(() => reject(error));
    const onClose = (): void => done(() => reject(new Error("the connection closed")));
    const timer = setTimeout(() => done(() => reject(new Error("no answer in time"))), timeoutMs);
    socket.on("data", onData).on("error", onError).on("close", onClose);
  });
}

/** Checks a client's first line; a string is the reason it is turned away. */
export function parseHandshake(line: string, version: string): Handshake | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "the first line is not JSON";
  }
  const hello = value as Partial<Handshake> | null;
  if (typeof hello !== "object" || hello === null) return "the first line is not a handshake";
  if (hello.protocol !== DAEMON_PROTOCOL)
    return `the daemon speaks protocol ${DAEMON_PROTOCOL}: restart it with hotpath daemon stop`;
  if (hello.hotpath !== version) return `the daemon is version ${version}: restart it with hotpath daemon stop`;
  if (hello.purpose !== "lsp" && hello.purpose !== "status" && hello.purpose !== "stop")
    return "the purpose of the connection is not known";
  const keys = keysOf(hello.keys);
  return {
    hotpath: version,
    protocol: DAEMON_PROTOCOL,
    purpose: hello.purpose,
    ...(keys === undefined ? {} : { keys }),
  };
}

/** Entries that are a variable's name and a text; anything else is left out. */
function keysOf(given: unknown): Handshake["keys"] {
  if (typeof given !== "object" || given === null) return undefined;
  const entries = Object.entries(given).filter(
    (entry): entry is [string, string] => /^[A-Z][A-Z0-9_]*$/.test(entry[0]) && typeof entry[1] === "string",
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function writeLine(socket: Socket, value: Handshake | HandshakeReply): void {
  socket.write(`${JSON.stringify(value)}\n`);
}
