/** One line of progress on a terminal's stderr, redrawn in place; silent everywhere else. */
import type { Progress } from "../service/workspace-service.js";
import type { Terminal } from "./terminal.js";

/** Redrawing more often than this is only flicker. */
const REDRAW_MS = 80;

export interface ProgressLine {
  show(progress: Omit<Progress, "label"> & { readonly label: string }): void;
  clear(): void;
}

export function progressLine(stream: Terminal["stderr"]): ProgressLine {
  if (stream.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  let last = 0;
  return {
    show({ done, total, label }) {
      const now = performance.now();
      if (now - last < REDRAW_MS) return;
      last = now;
      const share = total === 0 ? "" : ` ${Math.floor((100 * done) / total)} % (${done}/${total})`;
      stream.write(`\r\u001b[2K${label}${share}`.slice(0, stream.columns ?? 80));
    },
    clear() {
      if (last > 0) stream.write("\r\u001b[2K");
    },
  };
}
