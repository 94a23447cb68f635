/** Starts the thread a workspace lives in, and falls back to this thread where that is impossible. */
import { MessageChannel, Worker, type MessagePort } from "node:worker_threads";
import { createService } from "../service/create-service.js";
import type { AsyncService, ServiceReply } from "./async-service.js";
import { createServiceProxy } from "./service-proxy.js";
import { serveService } from "./serve-service.js";

/** Data the worker is started with. */
export interface WorkspaceWorkerData {
  readonly epoch: SharedArrayBuffer;
  /** To the model that all workspaces of this server share; undefined: there is none. */
  readonly model?: MessagePort;
}

/** Answers what a workspace asks of the model through a port. */
export type AttachModel = (port: MessagePort) => void;

/** Memory of the worker's heap before V8 gives up, in MiB: twice what the largest measured workspace needs. */
const HEAP_LIMIT_MB = 2048;

/** @param workerFile The built `workspace-worker.js`; undefined where there is none (sources under test), and this thread does the work. */
export function startServiceThread(workerFile: string | undefined, attachModel?: AttachModel): AsyncService {
  return workerFile === undefined ? inThisThread() : inWorker(workerFile, attachModel);
}

function inWorker(file: string, attachModel: AttachModel | undefined): AsyncService {
  const shared = new SharedArrayBuffer(4);
  const channel = attachModel === undefined ? undefined : new MessageChannel();
  if (channel !== undefined) attachModel?.(channel.port1);
  const data: WorkspaceWorkerData = { epoch: shared, ...(channel === undefined ? {} : { model: channel.port2 }) };
  const worker = new Worker(file, {
    workerData: data,
    transferList: channel === undefined ? [] : [channel.port2],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
    execArgv: [],
  });
  const ending = { expected: false };
  return createServiceProxy(
    {
      send: (request) => worker.postMessage(request),
      onReply: (listener) => worker.on("message", listener),
      onLost: (listener) => {
        worker.on("error", (error) => listener(`the analyzer stopped: ${error.message}`));
        worker.on("exit", () => {
          if (!ending.expected) listener("the analyzer stopped unexpectedly");
        });
      },
      end: async () => {
        ending.expected = true;
        channel?.port1.close();
        await worker.terminate();
      },
    },
    new Int32Array(shared),
  );
}

/** The same messages without a thread: for tests from sources and for machines that refuse threads. */
export function inThisThread(create: typeof createService = createService): AsyncService {
  const epoch = new Int32Array(new SharedArrayBuffer(4));
  const listeners: ((reply: ServiceReply) => void)[] = [];
  const serve = serveService({ post: (reply) => listeners.forEach((listener) => listener(reply)) }, epoch, create);
  return createServiceProxy(
    {
      send: (request) => void serve(request),
      onReply: (listener) => listeners.push(listener),
      onLost: () => undefined,
      end: () => Promise.resolve(),
    },
    epoch,
  );
}
