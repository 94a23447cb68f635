/** A real Redis (Debian's `redis-server`), and a proxy before it that can be slow. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import path from "node:path";

export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

export interface RunningRedis {
  readonly port: number;
  readonly url: string;
  /** Ends at once, as a power cut would. */
  stop(): Promise<void>;
}

/** Resolves once it answers. It keeps what it has in `folder` when `extra` tells it to. */
export async function startRedis(folder: string, extra: readonly string[] = [], port?: number): Promise<RunningRedis> {
  mkdirSync(folder, { recursive: true });
  const chosen = port ?? (await freePort());
  const plain = extra.includes("--tls-port") ? ["--port", "0"] : ["--port", String(chosen)];
  const child = spawn(
    "redis-server",
    [...plain, "--bind", "127.0.0.1", "--save", "", "--dir", path.resolve(folder), ...extra],
    { stdio: "ignore" },
  );
  await untilListening(chosen);
  return { port: chosen, url: `redis://127.0.0.1:${chosen}`, stop: () => ended(child) };
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

async function untilListening(port: number): Promise<void> {
  for (const limit = Date.now() + 20_000; Date.now() < limit;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error("redis-server did not start");
}

export interface Proxy {
  readonly url: string;
  /** Milliseconds each piece of an answer is held back. */
  delayMs: number;
  readonly connections: number;
  close(): Promise<void>;
}

export async function startProxy(targetPort: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const state = { delayMs: 0, connections: 0 };
  const server: Server = createServer((client) => {
    state.connections++;
    const target = connect(targetPort, "127.0.0.1");
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        (socket === client ? target : client).destroy();
      });
    }
    client.on("data", (chunk) => target.write(chunk));
    target.on("data", (chunk) => {
      if (state.delayMs === 0) client.write(chunk);
      else setTimeout(() => client.write(chunk), state.delayMs);
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `redis://127.0.0.1:${port}`,
    get delayMs() {
      return state.delayMs;
    },
    set delayMs(value) {
      state.delayMs = value;
    },
    get connections() {
      return state.connections;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
