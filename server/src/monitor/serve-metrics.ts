/** Metrics over HTTP, for this machine alone. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "./metrics.js";

export interface MetricsServer {
  /** `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  close(): void;
}

export interface LoopbackAddress {
  readonly host: "127.0.0.1" | "::1";
  readonly port: number;
}

/** A string says why the address cannot be used: figures name files and methods of the user's work, which nobody else on the network shall read. */
export function loopbackAddress(text: string): LoopbackAddress | string {
  const [, bracketed, plain, digits = ""] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  const name = bracketed ?? plain;
  const port = Number(digits);
  if (name === undefined || digits === "" || 65_535 < port)
    return `${text} is no address: write 127.0.0.1:PORT, with 0 for any free port`;
  if (name === "127.0.0.1" || name === "localhost") return { host: "127.0.0.1", port };
  if (name === "::1") return { host: "::1", port };
  return `${name === "" ? "every address" : name} can be reached from other machines: metrics are served on 127.0.0.1 only`;
}

/** Rejects with a sentence when the port cannot be had. */
export function serveMetrics({ host, port }: LoopbackAddress, metrics: Metrics): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    // A page in a browser must not read it by giving this machine another name.
    const isHere = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(request.headers.host ?? "");
    if (!isHere || request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(isHere ? 404 : 403).end();
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { "content-type": metrics.contentType, "cache-control": "no-store" }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.unref();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new Error(`cannot serve metrics on ${host}:${port} (${error.code ?? error.message}): choose another port`),
      ),
    );
    server.listen(port, host, () => resolve({ url: urlOf(server, host), close: () => void server.close() }));
  });
}

function urlOf(server: Server, host: LoopbackAddress["host"]): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host === "::1" ? "[::1]" : host}:${port}/metrics`;
}
