/** Entry of the language server: reads how the editor wants to talk, wires the parts together, starts. */
import { join } from "node:path";
import {
  IPCMessageReader,
  IPCMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { version } from "./base/version.js";
import { serveSocket } from "./daemon/serve-socket.js";
import { bundledSuitesFolder } from "./evaluation-io/evaluate.js";
import { Evaluations } from "./lsp/evaluations.js";
import { serveClient } from "./lsp/server.js";
import { createAlerts } from "./monitor/alerts.js";
import { Monitor } from "./monitor/monitor.js";
import { createProcessGauge } from "./monitor/process-gauge.js";
import type { MetricsServer } from "./monitor/serve-metrics.js";
import { createEmbedderPool, serveEmbedders } from "./model/embedder-pool.js";
import { createModelDownloads } from "./model/model-downloads.js";
import type { Embedder } from "./ranking/embedder.js";
import { startServiceThread, type AttachModel } from "./lsp/service-thread.js";

/** Minutes without a client after which a daemon leaves, unless `--idle-minutes` says otherwise. */
const IDLE_MINUTES = 10;

const argv = process.argv.slice(2);
const valueOf = (name: string): string | undefined => {
  const index = argv.indexOf(name);
  return index < 0 ? argv.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1) : argv[index + 1];
};

async function run(): Promise<number> {
  const evaluations = {
    runs: new Evaluations(join(__dirname, "evaluation-worker.js")),
    bundled: bundledSuitesFolder(__dirname),
  };
  const embedders = createEmbedderPool(__dirname, (ms) => monitor.inference(ms));
  const embedder = (): Embedder => embedders({ enabled: true });
  const models = createModelDownloads(__dirname);
  const attachModel: AttachModel = (port) => serveEmbedders(port, embedders);
  const monitor: Monitor = new Monitor(createProcessGauge(), () => embedders.perSecond());
  monitor.listen(createAlerts());
  const options = {
    monitor,
    startService: () => startServiceThread(join(__dirname, "workspace-worker.js"), attachModel),
    kind: "private",
    embedder,
    models,
    evaluations,
  } as const;
  const socket = valueOf("--socket");
  if (socket !== undefined) {
    const metrics = valueOf("--metrics");
    const exposed = metrics === undefined ? undefined : await exposeMetrics(monitor, metrics);
    const minutes = Number(valueOf("--idle-minutes") ?? IDLE_MINUTES);
    const idleMinutes = Number.isFinite(minutes) && minutes >= 0 ? minutes : IDLE_MINUTES;
    const log = (line: string): void => void process.stderr.write(`${new Date().toISOString()} ${line}\n`);
    await serveSocket({
      path: socket,
      version,
      workerFile: join(__dirname, "workspace-worker.js"),
      attachModel,
      monitor,
      ...(exposed === undefined ? {} : { metricsUrl: exposed.url }),
      embedder,
      models,
      evaluations,
      idleMinutes,
      log,
    });
    return 0;
  }
  if (argv.includes("--node-ipc")) {
    const { clean } = await serveClient(new IPCMessageReader(process), new IPCMessageWriter(process), options).ended;
    return clean ? 0 : 1;
  }
  if (argv.includes("--stdio")) {
    const { clean } = await serveClient(
      new StreamMessageReader(process.stdin),
      new StreamMessageWriter(process.stdout),
      options,
    ).ended;
    return clean ? 0 : 1;
  }
  process.stderr.write("hotpath server: say how to talk: --stdio, --node-ipc or --socket PATH\n");
  return 2;
}

/** Loaded when somebody asks for metrics. Rejects with a sentence for an address that cannot be used. */
async function exposeMetrics(monitor: Monitor, address: string): Promise<MetricsServer> {
  const { loopbackAddress, serveMetrics } = await import("./monitor/serve-metrics.js");
  const { createMetrics } = await import("./monitor/metrics.js");
  const place = loopbackAddress(address);
  if (typeof place === "string") throw new Error(place);
  return await serveMetrics(place, createMetrics(monitor));
}

// The server answers no more requests by now; open handles such as worker threads must not keep it alive.
run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`hotpath server: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
