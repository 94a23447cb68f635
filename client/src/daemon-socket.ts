/** Reaches the user's shared daemon: has the command line start it if need be, connects, and shakes hands. */
import { execFile } from "node:child_process";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { DAEMON_PROTOCOL, type Handshake } from "../../protocol/src/messages.js";

export type DaemonConnection =
  { readonly kind: "connected"; readonly socket: Socket } | { readonly kind: "failed"; readonly reason: string };

const START_TIMEOUT_MS = 15_000;
const ANSWER_TIMEOUT_MS = 3_000;

/**
 * @param folder Where the built bundles lie.
 * @param keys Of models, by the name of their variable. Never rejects.
 */
export async function connectToDaemon(
  folder: string,
  version: string,
  keys: Readonly<Record<string, string>>,
): Promise<DaemonConnection> {
  try {
    const socket = await openSocket(await startDaemon(join(folder, "cli.js")));
    await shakeHands(socket, { hotpath: version, protocol: DAEMON_PROTOCOL, purpose: "lsp", keys });
    return { kind: "connected", socket };
  } catch (error) {
    return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Path of the socket of the running daemon. */
function startDaemon(cli: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1" };
    execFile(
      process.execPath,
      [cli, "daemon", "start", "--json"],
      { env, timeout: START_TIMEOUT_MS },
      (error, stdout) => {
        const state = parseState(stdout);
        if (state?.path !== undefined) resolve(state.path);
        else reject(new Error(state?.reason ?? error?.message ?? "it gave no answer"));
      },
    );
  });
}

function parseState(text: string): { readonly path?: string; readonly reason?: string } | undefined {
  try {
    return JSON.parse(text) as { readonly path?: string; readonly reason?: string };
  } catch {
    return undefined;
  }
}

function openSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      // Whoever reads the socket notices its end; an unhandled event would end the extension host.
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}

function shakeHands(socket: Socket, hello: Handshake): Promise<void> {
  socket.write(`${JSON.stringify(hello)}\n`);
  return new Promise((resolve, reject) => {
    let buffered = Buffer.alloc(0);
    const finish = (failure: string | undefined): void => {
      clearTimeout(timer);
      // Left flowing: the server says nothing more until it is asked, and by then the client library listens.
      socket.off("data", onData).off("close", onClose);
      if (failure === undefined) resolve();
      else reject(new Error(failure));
    };
    const onData = (chunk: Buffer): void => {
      buffered = Buffer.concat([buffered, chunk]);
      const end = buffered.indexOf("\n");
      if (end < 0) return;
      const reply = JSON.parse(buffered.subarray(0, end).toString("utf8")) as {
        readonly ok: boolean;
        readonly error?: string;
      };
      finish(reply.ok ? undefined : (reply.error ?? "it refused"));
    };
    const onClose = (): void => finish("it hung up");
    const timer = setTimeout(() => finish("it did not answer in time"), ANSWER_TIMEOUT_MS);
    socket.on("data", onData).on("close", onClose);
  });
}
