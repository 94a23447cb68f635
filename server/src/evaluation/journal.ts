/**
 * The record of a run: JSON lines, a head, then one result a line in the order they came, then an end. A line that was being written when
 * the process died is not there; everything before it is. Text in and out; files are `evaluation-io/`'s.
 */
import type { CaseResult } from "../../../protocol/src/evaluation.js";
import type { RunFigures } from "./run.js";

export interface JournalHead {
  readonly hotpath: 1;
  readonly session: string;
  readonly suite: string;
  readonly suiteFile: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly total: number;
  /** Of the plan; results belong to it. */
  readonly plan: string;
  /** Cases the run is limited to; empty means all. */
  readonly cases: readonly string[];
}

export type JournalLine =
  | { readonly kind: "head"; readonly head: JournalHead }
  | { readonly kind: "result"; readonly result: CaseResult }
  | { readonly kind: "end"; readonly figures: RunFigures };

export function writeLine(line: JournalLine): string {
  switch (line.kind) {
    case "head":
      return `${JSON.stringify(line.head)}\n`;
    case "result":
      return `${JSON.stringify({ r: line.result })}\n`;
    case "end":
      return `${JSON.stringify({ end: line.figures })}\n`;
  }
}

/** Undefined for a line that is damaged. */
export function readLine(text: string): JournalLine | undefined {
  try {
    const value = JSON.parse(text) as {
      readonly hotpath?: unknown;
      readonly r?: CaseResult;
      readonly end?: RunFigures;
    };
    if (value.r !== undefined) return { kind: "result", result: value.r };
    if (value.end !== undefined) return { kind: "end", figures: value.end };
    return value.hotpath === 1 ? { kind: "head", head: value as unknown as JournalHead } : undefined;
  } catch {
    return undefined;
  }
}
