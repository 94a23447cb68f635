/** The evaluation in the status bar: percentage and time left while it runs, the outcome for a while after. */
import * as vscode from "vscode";
import type { EvaluationProgress } from "../../protocol/src/evaluation.js";

export interface EvaluationStatus {
  dispose(): void;
  show(progress: EvaluationProgress, ok: boolean | undefined): void;
}

/** How long the outcome stays. */
const OUTCOME_MS = 60_000;

export function createEvaluationStatus(): EvaluationStatus {
  const bar = vscode.window.createStatusBarItem("hotpath.evaluation", vscode.StatusBarAlignment.Left, 0);
  bar.name = "Hotpath Evaluation";
  bar.command = "hotpath.showEvaluation";
  const state: { timer?: NodeJS.Timeout | undefined } = {};
  return {
    dispose() {
      clearTimeout(state.timer);
      bar.dispose();
    },
    show(progress, ok) {
      clearTimeout(state.timer);
      const running = progress.state === "starting" || progress.state === "running";
      bar.text = running ? runningText(progress) : endedText(progress, ok);
      bar.tooltip = tooltip(progress);
      bar.accessibilityInformation = { label: `Hotpath evaluation: ${progress.percent} percent` };
      bar.show();
      if (!running) state.timer = setTimeout(() => bar.hide(), OUTCOME_MS);
    },
  };
}

function runningText({ percent, etaSeconds }: EvaluationProgress): string {
  const eta = etaSeconds === undefined ? "" : ` ${clock(etaSeconds)}`;
  return `$(beaker) ${percent} %${eta}`;
}

function endedText({ state, passed, total }: EvaluationProgress, ok: boolean | undefined): string {
  if (state === "cancelled") return "$(beaker-stop) Evaluation cancelled";
  if (state === "error") return "$(error) Evaluation error";
  return `$(${ok === false ? "error" : "pass"}) ${passed}/${total}`;
}

function tooltip(progress: EvaluationProgress): string {
  const { done, total, failed, errors, perSecond, cacheHits, current, message } = progress;
  const lines = [
    `Evaluation: ${done} of ${total} cases, ${failed} failed, ${errors} errors`,
    `${perSecond.toFixed(1)} a second${0 < cacheHits ? `, ${cacheHits} from the cache` : ""}`,
    ...(current === undefined ? [] : [current]),
    ...(message === undefined ? [] : [message]),
    "Click for details",
  ];
  return lines.join("\n");
}

/** Seconds as HH:MM:SS. */
function clock(seconds: number): string {
  const part = (value: number): string => String(value).padStart(2, "0");
  return `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(Math.floor(seconds) % 60)}`;
}
