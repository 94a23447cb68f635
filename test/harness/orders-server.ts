/** The example server as a process: bundled with its stand-ins, filled with rows, asked how many statements its database got. */
import { fork, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import { repositoryRoot } from "./repository.js";

export const ordersFolder = path.join(repositoryRoot, "test/workspaces/orders-api");

export interface OrdersServer {
  readonly port: number;
  readonly bundle: string;
  /** Fills the tables anew; what was counted before is forgotten. */
  fill(rows: number): Promise<void>;
  send(request: Sent): Promise<number>;
  /** Statements the database received since this was last asked. */
  queries(): Promise<number>;
  stop(): Promise<void>;
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * @param nodeOptions Options of node itself, such as `--cpu-prof`.
 * @param bundleName Tests run side by side: each writes a file of its own.
 */
export async function startOrdersServer(
  nodeOptions: readonly string[] = [],
  bundleName = "server.mjs",
): Promise<OrdersServer> {
  // Inside the workspace, as a build is; not in the repository.
  const bundle = path.join(ordersFolder, "dist", bundleName);
  mkdirSync(path.dirname(bundle), { recursive: true });
  await esbuild.build({
    entryPoints: [path.join(ordersFolder, "src/server.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    sourcemap: true,
    alias: { pg: path.join(ordersFolder, "shims/pg.ts"), express: path.join(ordersFolder, "shims/express.ts") },
    external: ["@electric-sql/pglite"],
    logLevel: "warning",
  });
  const child = fork(bundle, [], { execArgv: [...nodeOptions], env: { ...process.env, PORT: "0" } });
  const { port } = (await nextMessage(child)) as { readonly port: number };
  const ask = async (message: object): Promise<{ readonly queries: number }> => {
    const answer = nextMessage(child);
    child.send(message);
    return (await answer) as { readonly queries: number };
  };
  return {
    port,
    bundle,
    async fill(rows) {
      await ask({ rows });
    },
    queries: async () => (await ask({})).queries,
    async send({ method, path: target, body, headers }) {
      const response = await fetch(`http://127.0.0.1:${port}${target}`, {
        method,
        headers: { "content-type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      await response.arrayBuffer();
      return response.status;
    },
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await ask({ stop: true });
      await ended;
    },
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void =>
      reject(new Error(`the example server ended with code ${String(code)}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message);
    });
  });
}
