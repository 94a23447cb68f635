/** The client's side of the daemon's socket. */
import { connect as connectSocket, type Socket } from "node:net";
import { DAEMON_PROTOCOL, type Handshake } from "../../../protocol/src/messages.js";
import { readLine, writeLine, type DaemonInfo, type HandshakeReply } from "./handshake.js";

export type ConnectResult =
  | { readonly kind: "connected"; readonly socket: Socket; readonly info: DaemonInfo }
  /** Nobody listens: no daemon, or one that died and left its socket behind. */
  | { readonly kind: "absent" }
  /** Somebody listens and says no, or says nothing sensible. */
  | { readonly kind: "refused"; readonly reason: string };

/** Connects and shakes hands. Never rejects. */
export async function connectDaemon(
  path: string,
  version: string,
  purpose: Handshake["purpose"],
  keys?: Handshake["keys"],
): Promise<ConnectResult> {
  const socket = await openSocket(path);
  if (socket === undefined) return { kind: "absent" };
  try {
    writeLine(socket, {
      hotpath: version,
      protocol: DAEMON_PROTOCOL,
      purpose,
      ...(keys === undefined ? {} : { keys }),
    });
    const reply = JSON.parse(await readLine(socket)) as HandshakeReply;
    if (reply.ok) return { kind: "connected", socket, info: reply.info };
    socket.destroy();
    return { kind: "refused", reason: reply.error };
  } catch (error) {
    socket.destroy();
    return { kind: "refused", reason: error instanceof Error ? error.message : String(error) };
  }
}

function openSocket(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connectSocket(path);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      // Later errors end the stream; whoever reads it notices the end.
      socket.on("error", () => undefined);
      resolve(socket);
    });
    socket.once("error", () => resolve(undefined));
  });
}
