/** The few source lines around a place, with the place underlined. */
import type { Range } from "../../analysis/finding.js";
import type { Palette } from "../palette.js";

/** Longer lines are cut around the marked columns, so that one minified line cannot flood a terminal. */
const MAX_COLUMNS = 160;

/**
 * Renders the marked line with one line of context on each side.
 *
 * @param text Whole file.
 * @param range 1-based place; a range over several lines is underlined on its first line only.
 */
export function codeFrame(text: string, range: Range, palette: Palette): string {
  const lines = text.split(/\r\n|\n|\r/);
  const first = Math.max(1, range.start.line - 1);
  const last = Math.min(lines.length, range.start.line + 1);
  const gutter = String(last).length;
  const out: string[] = [];
  for (let number = first; number <= last; number++) {
    const line = (lines[number - 1] ?? "").replaceAll("\t", " ");
    const from = MAX_COLUMNS < line.length && MAX_COLUMNS - 20 < range.start.column ? range.start.column - 40 : 0;
    const shown = line.slice(from, from + MAX_COLUMNS);
    const marked = number === range.start.line;
    out.push(
      `${marked ? palette.red(">") : " "} ${palette.dim(String(number).padStart(gutter))} ${palette.dim("│")} ${shown}`,
    );
    if (!marked) continue;
    const endColumn = range.end.line === range.start.line ? range.end.column : line.length + 1;
    const width = Math.max(1, Math.min(endColumn, from + shown.length + 1) - range.start.column);
    out.push(
      `  ${" ".repeat(gutter)} ${palette.dim("│")} ${" ".repeat(range.start.column - 1 - from)}${palette.red("~".repeat(width))}`,
    );
  }
  return out.join("\n");
}
