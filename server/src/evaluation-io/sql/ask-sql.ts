/**
 * Statements measured in a process of their own, which is ended when a case is stopped: a query cannot be interrupted otherwise. Cases of one seed
 * share a process, because starting a database takes seconds; there is never more than one, because each holds hundreds of megabytes.
 */
import { fork, type ChildProcess } from "node:child_process";
import type { SqlObservation } from "../../evaluation/sql/judge-sql.js";
import { CaseError } from "../../evaluation/work.js";
import type { SqlAnswer, SqlRequest } from "./measure-sql.js";

export interface SqlProcess {
  /** One at a time. Rejects with `CaseError`, or with the signal's reason. */
  ask(request: SqlRequest, signal: AbortSignal): Promise<SqlObservation>;
  close(): void;
}

/** @param processFile The built `sql-process.js`. */
export function createSqlProcess(processFile: string): SqlProcess {
  const state: { child?: ChildProcess; asked?: string } = {};
  const close = (): void => {
    state.child?.kill("SIGKILL");
    delete state.child;
  };
  return {
    close,
    async ask(request, signal) {
      const asked = request.kind === "seed" ? `seed ${request.seed}` : `user ${request.url}`;
      if (state.asked !== asked) close();
      state.asked = asked;
      const child = (state.child ??= fork(processFile, [], {
        execArgv: [],
        env: {},
        stdio: ["ignore", "ignore", "ignore", "ipc"],
      }));
      try {
        return await askChild(child, request, signal);
      } catch (error) {
        // A database that failed to take its seed, or a query that was cut off, is in no state to go on with.
        close();
        throw error;
      }
    },
  };
}

function askChild(child: ChildProcess, request: SqlRequest, signal: AbortSignal): Promise<SqlObservation> {
  return new Promise((resolve, reject) => {
    const stop = (): void => void child.kill("SIGKILL");
    const settle = (): void => {
      signal.removeEventListener("abort", stop);
      child.off("message", onMessage).off("error", onError).off("exit", onExit);
    };
    const onMessage = (answer: SqlAnswer): void => {
      settle();
      if (answer.kind === "measured") resolve(answer.observation);
      else reject(new CaseError(answer.reason));
    };
    const onError = (error: Error): void => {
      settle();
      reject(new CaseError(`the database could not be started: ${error.message}`));
    };
    const onExit = (): void => {
      settle();
      if (signal.aborted) reject(signal.reason instanceof Error ? signal.reason : new Error("stopped"));
      else reject(new CaseError("the database ended unexpectedly: it may have run out of memory"));
    };
    child.on("message", onMessage).on("error", onError).on("exit", onExit);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    child.send(request);
  });
}
