/** Entry of the thread that does one evaluation job: wires the message port to `evaluation-io/jobs.ts`. */
import { parentPort, workerData } from "node:worker_threads";
import { doJob, type EvaluationJob, type EvaluationPlaces } from "./evaluation-io/jobs.js";

const port = parentPort;
if (port === null) throw new Error("evaluation-worker.js is started by the Hotpath server, not by hand");

const { job, places } = workerData as { readonly job: EvaluationJob; readonly places: EvaluationPlaces };
const stop = new AbortController();
port.on("message", () => stop.abort(new Error("cancelled")));
void doJob(job, places, (message) => port.postMessage(message), stop.signal).finally(() => port.close());
