/** How far an evaluation is, as one line of a terminal redrawn in place; silent everywhere else. */
import type { EvaluationProgress } from "../../../protocol/src/evaluation.js";
import { formatDuration } from "../evaluation/pace.js";
import type { Terminal } from "./terminal.js";

const BAR_WIDTH = 20;

export interface EvaluationLine {
  show(progress: EvaluationProgress): void;
  clear(): void;
}

export function evaluationLine(stream: Terminal["stderr"]): EvaluationLine {
  if (stream.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  const state = { drawn: false };
  return {
    show(progress) {
      state.drawn = true;
      stream.write(`\r\u001b[2K${evaluationText(progress).slice(0, (stream.columns ?? 80) - 1)}`);
    },
    clear() {
      if (state.drawn) stream.write("\r\u001b[2K");
    },
  };
}

/** `[████▌     ]  45 %  450/1000  23.4/s  ETA 00:00:23  what is at work` */
export function evaluationText({
  percent,
  done,
  total,
  perSecond,
  etaSeconds,
  current,
  failed,
  errors,
}: EvaluationProgress): string {
  const filled = Math.round((BAR_WIDTH * percent) / 100);
  const bar = "█".repeat(filled) + " ".repeat(BAR_WIDTH - filled);
  const wrong = failed + errors === 0 ? "" : `  ${failed + errors} not passed`;
  const eta = etaSeconds === undefined ? "" : `  ETA ${formatDuration(etaSeconds)}`;
  return `[${bar}] ${String(percent).padStart(3)} %  ${done}/${total}  ${perSecond.toFixed(1)}/s${eta}${wrong}  ${current ?? ""}`;
}
