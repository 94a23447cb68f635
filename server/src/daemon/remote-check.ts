/** Lets a running daemon do an analysis for the command line: its code is warm, so a check of a folder that has not changed starts at once. */
import { checkMethod, type CheckParams } from "../../../protocol/src/messages.js";
import type { CheckResult } from "../lsp/handlers/check.js";
import { connectDaemon } from "./connect.js";
import { socketPlace } from "./socket-path.js";

/**
 * The daemon's answer; undefined when there is no daemon or it cannot answer, in which case the caller analyzes by itself (and finds out
 * what is wrong with its configuration, if that was the reason).
 */
export async function remoteCheck(version: string, params: CheckParams): Promise<CheckResult | undefined> {
  try {
    const result = await connectDaemon(socketPlace(version).path, version, "lsp");
    if (result.kind !== "connected") return undefined;
    const { socket } = result;
    // Loaded on demand: most checks find no daemon. The socket is paused meanwhile.
    const { createMessageConnection, StreamMessageReader, StreamMessageWriter } =
      await import("vscode-languageserver-protocol/node");
    const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    const lost = new Promise<undefined>((resolve) => socket.once("close", () => resolve(undefined)));
    connection.listen();
    socket.resume();
    try {
      return await Promise.race([connection.sendRequest<CheckResult>(checkMethod, params), lost]);
    } finally {
      connection.dispose();
      socket.destroy();
    }
  } catch {
    return undefined;
  }
}
