/**
 * A terminal that obeys nobody but Hotpath. Names of files, routes and texts of code come from the workspace, and control characters in them could move the
 * cursor, set the title or hide lines.
 */
import type { Terminal } from "./terminal.js";

/** Colours, and the erasing of a line that is drawn again, are Hotpath's own. */
const OWN_OR_CONTROL = /\u001b\[[\d;]*[mK]|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

export function safeTerminal(terminal: Terminal): Terminal {
  return { ...terminal, stdout: guarded(terminal.stdout), stderr: guarded(terminal.stderr) };
}

/** Other control characters are shown by their code point. */
export function withoutControl(text: string): string {
  return text.replace(OWN_OR_CONTROL, (found) =>
    found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function guarded(stream: Terminal["stderr"]): Terminal["stderr"] {
  return {
    write: (text) => stream.write(withoutControl(text)),
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns;
    },
  };
}
