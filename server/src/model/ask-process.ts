/** One message to the model's process and the answer to it. */
import type { ChildProcess } from "node:child_process";
import type { FromModel, ToModel } from "./protocol.js";

/** The process ended or did not answer; another start may help. */
export class ModelLost extends Error {
  /** @param trying The provider that was being tried. */
  constructor(
    message: string,
    readonly trying?: string,
  ) {
    super(message);
  }
}

/** Rejects with `ModelLost` when the process ends first, or takes longer than the limit. */
export function ask(
  child: ChildProcess,
  message: ToModel,
  limitMs: number,
): Promise<Exclude<FromModel, { kind: "trying" }>> {
  return new Promise((resolve, reject) => {
    let trying: string | undefined;
    const settle = (then: () => void): void => {
      clearTimeout(limit);
      child.off("message", onMessage).off("exit", onExit).off("error", onError);
      then();
    };
    const lose = (reason: string): void => settle(() => reject(new ModelLost(reason, trying)));
    const onMessage = (answer: FromModel): void => {
      if (answer.kind === "trying") trying = answer.provider;
      else settle(() => resolve(answer));
    };
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void =>
      lose(`the model's process ended (${code ?? signal ?? "killed"})`);
    const onError = (error: Error): void => lose(error.message);
    const limit = setTimeout(() => lose(`the model took longer than ${limitMs / 1000} s`), limitMs);
    child.on("message", onMessage).on("exit", onExit).on("error", onError);
    child.send(message, (error) => {
      if (error !== null) onError(error);
    });
  });
}
