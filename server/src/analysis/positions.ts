/** Offsets of facts to the 1-based lines and columns people and reports use. */
import { positionAt } from "../base/line-index.js";
import type { Span } from "../base/span.js";
import type { FileFacts } from "../facts/model.js";
import type { Range } from "./finding.js";

export function toRange(facts: FileFacts | undefined, span: Span): Range {
  const lines = facts?.lineStarts ?? [0];
  const start = positionAt(lines, span.start);
  const end = positionAt(lines, span.end);
  return {
    start: { line: start.line + 1, column: start.column + 1 },
    end: { line: end.line + 1, column: end.column + 1 },
  };
}
