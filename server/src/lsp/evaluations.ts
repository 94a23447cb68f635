/** Evaluation runs of a server: started by one client, watched and cancelled by any that knows the session. */
import type {
  EvaluationProgress,
  EvaluationUpdate,
  RunEvaluationParams,
  RunEvaluationResult,
} from "../../../protocol/src/evaluation.js";
import type { EvaluationJob, EvaluationPlaces } from "../evaluation-io/jobs.js";
import { startJob, type RunningJob } from "./evaluation-thread.js";

interface Run {
  readonly job: RunningJob;
  progress: EvaluationProgress;
}

/** Ended runs that can still be asked about. */
const KEPT_ENDED = 50;

/** A class because it has a lifetime: runs must not outlive the server. */
export class Evaluations {
  readonly #workerFile: string | undefined;
  readonly #runs = new Map<string, Run>();

  /** @param workerFile The built `evaluation-worker.js`; undefined works without threads. */
  constructor(workerFile: string | undefined) {
    this.#workerFile = workerFile;
  }

  /** A job that is answered once and is over. */
  async ask(job: EvaluationJob, places: EvaluationPlaces): Promise<unknown> {
    return await startJob(this.#workerFile, job, places, () => undefined).answer;
  }

  /** Starts a run; resolves as soon as it runs or is refused. Updates come after that. */
  async run(
    params: RunEvaluationParams,
    places: EvaluationPlaces,
    onUpdate: (update: EvaluationUpdate) => void,
  ): Promise<RunEvaluationResult> {
    const early: EvaluationUpdate[] = [];
    const state: { deliver: (update: EvaluationUpdate) => void } = { deliver: (update) => void early.push(update) };
    const job = startJob(this.#workerFile, { kind: "run", params }, places, (update) => state.deliver(update));
    const result = (await job.answer) as RunEvaluationResult;
    if (result.session === undefined) return result;
    const run: Run = { job, progress: startedProgress(result.session, result.total) };
    this.#runs.set(result.session, run);
    state.deliver = (update) => {
      run.progress = update.progress;
      onUpdate(update);
    };
    // The client has to know the session before it hears of it.
    setImmediate(() => early.splice(0).forEach((update) => state.deliver(update)));
    void job.over.then(() => {
      this.#settle(run, onUpdate);
      this.#forgetOld();
    });
    return result;
  }

  progress(session: string): EvaluationProgress | undefined {
    return this.#runs.get(session)?.progress;
  }

  /** False when there is no such run or it is over. */
  cancel(session: string): boolean {
    const run = this.#runs.get(session);
    if (run === undefined || isOver(run.progress)) return false;
    run.job.cancel();
    return true;
  }

  async dispose(): Promise<void> {
    const open = [...this.#runs.values()].filter(({ progress }) => !isOver(progress));
    for (const { job } of open) job.cancel();
    await Promise.all(open.map(({ job }) => job.over));
  }

  /** A run whose thread is gone is over, whether or not it could say so. */
  #settle(run: Run, onUpdate: (update: EvaluationUpdate) => void): void {
    setImmediate(() => {
      if (isOver(run.progress)) return;
      run.progress = { ...run.progress, state: "cancelled" };
      onUpdate({ progress: run.progress, results: [] });
    });
  }

  #forgetOld(): void {
    const ended = [...this.#runs].filter(([, { progress }]) => isOver(progress));
    for (const [session] of ended.slice(0, -KEPT_ENDED)) this.#runs.delete(session);
  }
}

function isOver({ state }: EvaluationProgress): boolean {
  return state !== "starting" && state !== "running";
}

function startedProgress(session: string, total: number): EvaluationProgress {
  const none = { done: 0, percent: 0, perSecond: 0, passed: 0, failed: 0, errors: 0, cacheHits: 0 };
  return { session, state: "starting", total, ...none };
}
