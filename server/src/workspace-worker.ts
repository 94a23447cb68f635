/** Entry of the thread that owns one workspace: wires the message port to `lsp/serve-service.ts`. */
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { ServiceRequest } from "./lsp/async-service.js";
import { serveService } from "./lsp/serve-service.js";
import type { WorkspaceWorkerData } from "./lsp/service-thread.js";
import { feedbackFile, openFeedback } from "./model/feedback-store.js";
import { embedderOverPort } from "./model/embedder-pool.js";
import { nearestFactory } from "./model/nearest-factory.js";
import { createService } from "./service/create-service.js";

const port = parentPort;
if (port === null) throw new Error("workspace-worker.js is started by the Hotpath server, not by hand");

const { epoch, model } = workerData as WorkspaceWorkerData;
const embedderFor = model === undefined ? undefined : embedderOverPort(model);
const serve = serveService(
  { post: (reply) => port.postMessage(reply) },
  new Int32Array(epoch),
  (options) =>
    createService({
      ...options,
      extractWorkerFile: join(__dirname, "analysis-worker.js"),
      plannerFile: join(__dirname, "planner-process.js"),
    }),
  ({ model: choice }) =>
    choice === undefined || embedderFor === undefined
      ? undefined
      : {
          embedder: embedderFor(choice),
          createNearest: nearestFactory(),
          feedback: openFeedback(feedbackFile()),
        },
  __dirname,
);
port.on("message", (request: ServiceRequest) => void serve(request));
