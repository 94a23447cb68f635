/** Findings against labels: what is right, what is a false alarm, what was missed. */
import type { CaseMessage, FamilyCounts } from "../../../../protocol/src/evaluation.js";
import type { FoundPlace } from "./analyzer.js";

/** A finding that ought to be there. */
export interface Label {
  readonly file: string;
  /** 1-based, in the analyzed text. Undefined when only the file is known. */
  readonly line: number | undefined;
  /** Rule or family. */
  readonly expect: string;
  /** Where a reader finds the label. */
  readonly shownFile: string;
  readonly shownLine: number;
}

export interface DetectScore {
  readonly families: Readonly<Record<string, FamilyCounts>>;
  readonly messages: readonly CaseMessage[];
}

/**
 * Pairs each finding with a label of the same file and line whose rule or family it has; each label is met once. Positions inside the line
 * are not compared: where in a call a squiggle starts is taste, and is tested elsewhere.
 *
 * @param families Family of each rule.
 * @param placeOf Where a reader finds a line of the analyzed text.
 */
export function scoreFindings(
  found: readonly FoundPlace[],
  labels: readonly Label[],
  families: ReadonlyMap<string, string>,
  placeOf: (file: string, line: number) => { readonly file: string; readonly line: number },
): DetectScore {
  const counts: Record<string, { right: number; wrong: number; missed: number }> = {};
  const count = (family: string, what: "right" | "wrong" | "missed"): void => {
    (counts[family] ??= { right: 0, wrong: 0, missed: 0 })[what]++;
  };
  const open = new Set(labels);
  const extra: FoundPlace[] = [];
  // Exact labels are met first, so that one without a line takes only what is left.
  for (const place of found) {
    const met = [...open].find((label) => label.line === place.line && agrees(label, place));
    if (met === undefined) extra.push(place);
    else {
      open.delete(met);
      count(place.family, "right");
    }
  }
  const messages: CaseMessage[] = [];
  for (const place of extra) {
    const met = [...open].find((label) => label.line === undefined && agrees(label, place));
    if (met !== undefined) {
      open.delete(met);
      count(place.family, "right");
      continue;
    }
    count(place.family, "wrong");
    messages.push({
      text: `false alarm: ${place.rule}: ${place.message}`,
      expected: "no finding",
      actual: `${place.rule} at ${place.file}:${place.line}`,
      ...placeOf(place.file, place.line),
    });
  }
  for (const label of open) {
    count(families.get(label.expect) ?? label.expect, "missed");
    messages.push({
      text: `missed: ${label.expect}`,
      expected: `${label.expect} at ${label.file}${label.line === undefined ? "" : `:${label.line}`}`,
      actual: "no finding",
      file: label.shownFile,
      line: label.shownLine,
    });
  }
  return { families: counts, messages };
}

function agrees(label: Label, place: FoundPlace): boolean {
  return label.file === place.file && (label.expect === place.rule || label.expect === place.family);
}

export interface Rates {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Precision, recall and their harmonic mean; 1 where there was nothing to get wrong. */
export function ratesOf({ right, wrong, missed }: FamilyCounts): Rates {
  const precision = right + wrong === 0 ? 1 : right / (right + wrong);
  const recall = right + missed === 0 ? 1 : right / (right + missed);
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

export function addCounts(a: FamilyCounts, b: FamilyCounts): FamilyCounts {
  return { right: a.right + b.right, wrong: a.wrong + b.wrong, missed: a.missed + b.missed };
}
