/** Entry of the thread that owns one workspace: wires the message port to `lsp/serve-service.ts`. */
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { ServiceRequest } from "./lsp/async-service.js";
import { serveService } from "./lsp/serve-service.js";
import type { WorkspaceWorkerData } from "./lsp/service-thread.js";
import { createService } from "./service/create-service.js";

const port = parentPort;
if (port === null) throw new Error("workspace-worker.js is started by the Hotpath server, not by hand");

const { epoch } = workerData as WorkspaceWorkerData;
const serve = serveService({ post: (reply) => port.postMessage(reply) }, new Int32Array(epoch), (options) =>
  createService({
    ...options,
    extractWorkerFile: join(__dirname, "analysis-worker.js"),
    plannerFile: join(__dirname, "planner-process.js"),
  }),
);
port.on("message", (request: ServiceRequest) => void serve(request));
