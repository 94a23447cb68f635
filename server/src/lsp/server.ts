/** Connections to the language server: over standard streams, an editor's IPC channel, or a stream of the daemon. */
import { createConnection, createProtocolConnection, type _Connection, type WatchDog } from "vscode-languageserver";
import type { Logger, MessageReader, MessageWriter } from "vscode-languageserver-protocol";
import { timedMessages } from "./timed-messages.js";
import { startSession, type SessionOptions } from "./session.js";

export interface ServedClient {
  /** Resolves when the client has said `exit` or its stream has ended. */
  readonly ended: Promise<{ readonly clean: boolean }>;
}

/**
 * Serves one client until it leaves. The process is not exited here: a daemon outlives its clients.
 *
 * @param isAlive Asked every few seconds with the client's process id; a dead client is treated as one that left.
 */
export function serveClient(from: MessageReader, to: MessageWriter, options: SessionOptions): ServedClient {
  const { reader, writer } = timedMessages({ reader: from, writer: to }, (method, ms, ok) =>
    options.monitor?.request(method, ms, ok),
  );
  const parent: { timer?: NodeJS.Timeout } = {};
  const ended = new Promise<{ clean: boolean }>((resolve) => {
    const watchDog: WatchDog = {
      shutdownReceived: false,
      initialize: ({ processId }) => {
        if (typeof processId === "number") parent.timer = watchParent(processId, () => leave(false));
      },
      exit: () => leave(watchDog.shutdownReceived),
    };
    const connection: _Connection = createConnection(
      (logger: Logger) => createProtocolConnection(reader, writer, logger),
      watchDog,
    );
    const session = startSession(connection, options);
    let left = false;
    const leave = (clean: boolean): void => {
      if (left) return;
      left = true;
      clearInterval(parent.timer);
      void session.dispose().finally(() => {
        connection.dispose();
        resolve({ clean });
      });
    };
    reader.onClose(() => leave(watchDog.shutdownReceived));
    connection.listen();
  });
  return { ended };
}

/** How often the client's process is looked for. */
const PARENT_CHECK_MS = 3000;

function watchParent(processId: number, onGone: () => void): NodeJS.Timeout {
  const timer = setInterval(() => {
    try {
      process.kill(processId, 0);
    } catch (error) {
      // EPERM means that it is alive and somebody else's.
      if (error instanceof Error && "code" in error && error.code === "EPERM") return;
      onGone();
    }
  }, PARENT_CHECK_MS);
  timer.unref();
  return timer;
}
