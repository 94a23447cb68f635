/** The daemon itself: listens for clients of this user, serves each one its own session, and leaves when nobody has needed it for a while. */
import { chmodSync, unlinkSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createServer, type Server, type Socket } from "node:net";
import type { Handshake } from "../../../protocol/src/messages.js";
import { StreamMessageReader, StreamMessageWriter } from "vscode-languageserver-protocol/node";
import { startServiceThread, type AttachModel } from "../lsp/service-thread.js";
import { serveClient } from "../lsp/server.js";
import type { SessionOptions } from "../lsp/session.js";
import { createTurns, type Turns } from "../lsp/turns.js";
import type { Monitor } from "../monitor/monitor.js";
import { connectDaemon } from "./connect.js";
import { parseHandshake, readLine, writeLine, type DaemonInfo } from "./handshake.js";

export interface DaemonOptions {
  readonly path: string;
  readonly version: string;
  /** The built `workspace-worker.js`; undefined works without threads. */
  readonly workerFile: string | undefined;
  /** Answers what workspaces ask of the model. */
  readonly attachModel?: AttachModel;
  readonly embedder?: NonNullable<SessionOptions["embedder"]>;
  readonly models?: NonNullable<SessionOptions["models"]>;
  readonly monitor?: Monitor;
  /** Where metrics are served, if they are. */
  readonly metricsUrl?: string;
  /** Evaluation runs, shared by all clients. */
  readonly evaluations?: NonNullable<SessionOptions["evaluations"]>;
  /** Minutes without a client after which the daemon leaves; 0 stays for ever. */
  readonly idleMinutes: number;
  readonly log: (line: string) => void;
}

export type DaemonEnd = "stopped" | "idle" | "already-running";

/** Runs until stopped, idle for too long, or found superfluous. Rejects with a sentence when the socket cannot be made. */
export async function serveSocket(options: DaemonOptions): Promise<DaemonEnd> {
  const server = createServer();
  if (!(await listen(server, options))) return "already-running";
  options.log(`listening, version ${options.version}, pid ${process.pid}`);
  const end = await runUntilEnd(server, options);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  options.log(`leaving: ${end}`);
  return end;
}

/** Takes the socket, clearing away one that a dead daemon left. False when a living one has it. */
async function listen(server: Server, { path, version, log }: DaemonOptions): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const failure = await tryListen(server, path);
    if (failure === undefined) return true;
    if (failure !== "EADDRINUSE")
      throw new Error(`cannot listen on ${path} (${failure}): check that the folder exists and is yours`);
    const other = await connectDaemon(path, version, "status");
    if (other.kind !== "absent") {
      if (other.kind === "connected") other.socket.destroy();
      return false;
    }
    log("removing the socket of a daemon that is gone");
    try {
      unlinkSync(path);
    } catch {
      // Another starter was faster; the next attempt finds out who has the socket.
    }
  }
  return false;
}

function tryListen(server: Server, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    // The socket must never exist with wider permissions, not even for a moment.
    const previous = process.platform === "win32" ? undefined : process.umask(0o177);
    const onError = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
    server.once("error", onError);
    server.listen(path, () => {
      server.off("error", onError);
      if (process.platform !== "win32") chmodSync(path, 0o600);
      resolve(undefined);
    });
    if (previous !== undefined) process.umask(previous);
  });
}

function runUntilEnd(server: Server, options: DaemonOptions): Promise<DaemonEnd> {
  const started = Date.now();
  const clients = new Set<Socket>();
  // One processor stays for windows that are in use.
  const turns = createTurns(Math.max(1, availableParallelism() - 1));
  return new Promise((resolve) => {
    const idle: { timer?: NodeJS.Timeout } = {};
    const finish = (end: DaemonEnd): void => {
      clearTimeout(idle.timer);
      for (const socket of clients) socket.destroy();
      resolve(end);
    };
    const rearm = (): void => {
      clearTimeout(idle.timer);
      if (clients.size === 0 && options.idleMinutes > 0)
        idle.timer = setTimeout(() => finish("idle"), options.idleMinutes * 60_000);
    };
    const info = (): DaemonInfo => ({
      version: options.version,
      pid: process.pid,
      uptimeSeconds: Math.round((Date.now() - started) / 1000),
      clients: clients.size,
      memoryMb: Math.round(process.memoryUsage().rss / 2 ** 20),
      ...(options.metricsUrl === undefined ? {} : { metricsUrl: options.metricsUrl }),
    });
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => finish("stopped"));
    server.on("connection", (socket) => {
      socket.on("error", () => undefined);
      void welcome(socket, options, info).then((hello) => {
        if (hello?.purpose === "stop") finish("stopped");
        if (hello?.purpose !== "lsp") return;
        clients.add(socket);
        rearm();
        void serve(socket, options, turns, hello.keys).finally(() => {
          clients.delete(socket);
          rearm();
        });
      });
    });
    rearm();
  });
}

/** Shakes hands; anything but a welcome client is answered and hung up on. */
async function welcome(socket: Socket, options: DaemonOptions, info: () => DaemonInfo): Promise<Handshake | undefined> {
  try {
    const hello = parseHandshake(await readLine(socket), options.version);
    if (typeof hello === "string") {
      writeLine(socket, { ok: false, error: hello });
      socket.end();
      return undefined;
    }
    writeLine(socket, { ok: true, info: info() });
    if (hello.purpose !== "lsp") socket.end();
    return hello;
  } catch {
    socket.destroy();
    return undefined;
  }
}

async function serve(
  socket: Socket,
  { workerFile, attachModel, embedder, models, monitor, evaluations, log }: DaemonOptions,
  turns: Turns,
  keys: Handshake["keys"],
): Promise<void> {
  const { ended } = serveClient(new StreamMessageReader(socket), new StreamMessageWriter(socket), {
    startService: () => startServiceThread(workerFile, attachModel),
    kind: "shared",
    turns,
    ...(monitor === undefined ? {} : { monitor }),
    ...(embedder === undefined ? {} : { embedder }),
    ...(models === undefined ? {} : { models }),
    ...(evaluations === undefined ? {} : { evaluations }),
    ...(keys === undefined ? {} : { keys }),
    log,
  });
  // The handshake left the stream paused, and a listener alone does not start it again.
  socket.resume();
  const { clean } = await ended;
  log(clean ? "a client left" : "a client left without saying so");
  socket.destroy();
}
