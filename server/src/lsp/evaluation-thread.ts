/** One evaluation job in a thread of its own, or in this one where there is no built worker. */
import { Worker } from "node:worker_threads";
import type { EvaluationUpdate } from "../../../protocol/src/evaluation.js";
import { doJob, type EvaluationJob, type EvaluationPlaces, type JobMessage } from "../evaluation-io/jobs.js";

export interface RunningJob {
  /** What the job answers; rejects with a sentence when it cannot be done. */
  readonly answer: Promise<unknown>;
  /** Resolves when the job is over, however it ended. */
  readonly over: Promise<void>;
  cancel(): void;
}

/** A job that has been told to stop and goes on anyway is ended with its thread. */
const CANCEL_GRACE_MS = 5000;

/** @param workerFile The built `evaluation-worker.js`; undefined works in this thread. */
export function startJob(
  workerFile: string | undefined,
  job: EvaluationJob,
  places: EvaluationPlaces,
  onUpdate: (update: EvaluationUpdate) => void,
): RunningJob {
  return workerFile === undefined ? inThisThread(job, places, onUpdate) : inWorker(workerFile, job, places, onUpdate);
}

function inWorker(
  file: string,
  job: EvaluationJob,
  places: EvaluationPlaces,
  onUpdate: (update: EvaluationUpdate) => void,
): RunningJob {
  const worker = new Worker(file, { workerData: { job, places }, execArgv: [] });
  const answer = answering();
  worker.on("message", (message: JobMessage) => receive(message, answer, onUpdate));
  worker.on("error", (error) => answer.reject(new Error(`the evaluation stopped: ${error.message}`)));
  const over = new Promise<void>((resolve) => {
    worker.on("exit", () => {
      answer.reject(new Error("the evaluation stopped unexpectedly"));
      resolve();
    });
  });
  return {
    answer: answer.promise,
    over,
    cancel() {
      worker.postMessage("cancel");
      const timer = setTimeout(() => void worker.terminate(), CANCEL_GRACE_MS);
      void over.then(() => clearTimeout(timer));
    },
  };
}

function inThisThread(
  job: EvaluationJob,
  places: EvaluationPlaces,
  onUpdate: (update: EvaluationUpdate) => void,
): RunningJob {
  const stop = new AbortController();
  const answer = answering();
  const over = doJob(job, places, (message) => receive(message, answer, onUpdate), stop.signal);
  return { answer: answer.promise, over, cancel: () => stop.abort(new Error("cancelled")) };
}

interface Answering {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

function answering(): Answering {
  const parts: Partial<Pick<Answering, "resolve" | "reject">> = {};
  const promise = new Promise<unknown>((resolve, reject) => Object.assign(parts, { resolve, reject }));
  // Whoever asked may have left.
  promise.catch(() => undefined);
  return { promise, resolve: (value) => parts.resolve?.(value), reject: (error) => parts.reject?.(error) };
}

function receive(message: JobMessage, answer: Answering, onUpdate: (update: EvaluationUpdate) => void): void {
  if (message.kind === "answer") answer.resolve(message.value);
  else if (message.kind === "failure") answer.reject(new Error(message.message));
  else onUpdate(message.update);
}
