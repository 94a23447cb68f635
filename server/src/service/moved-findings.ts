/**
 * Findings of a text that has been edited since: those beside the edit move along with their lines, those it touches are left out, for nobody knows whether they
 * still hold.
 */
import type { Finding, Range } from "../analysis/finding.js";

/** @param before The text the findings are of. */
export function moveFindings(findings: readonly Finding[], before: string, after: string): readonly Finding[] {
  const edit = editBetween(linesOf(before), linesOf(after));
  return findings.flatMap((finding) => {
    const range = moved(finding.range, edit);
    const related = finding.related.map((place) =>
      place.path === finding.path ? { ...place, range: moved(place.range, edit) } : place,
    );
    return range === undefined || !related.every(isPlaced) ? [] : [{ ...finding, range, related }];
  });
}

type Related = Finding["related"][number];

function isPlaced(place: Omit<Related, "range"> & { readonly range: Range | undefined }): place is Related {
  return place.range !== undefined;
}

interface Edit {
  /** Lines before it. */
  readonly first: number;
  /** The last line it replaces; before `first` where it only adds. */
  readonly last: number;
  /** How far later lines move. */
  readonly by: number;
}

/** As editors count lines. */
function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/);
}

function editBetween(before: readonly string[], after: readonly string[]): Edit {
  const shorter = Math.min(before.length, after.length);
  let first = 0;
  while (first < shorter && before[first] === after[first]) first++;
  let tail = 0;
  while (tail < shorter - first && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return { first, last: before.length - tail, by: after.length - before.length };
}

function moved(range: Range, { first, last, by }: Edit): Range | undefined {
  if (range.end.line <= first) return range;
  if (range.start.line <= last) return undefined;
  const { start, end } = range;
  return { start: { ...start, line: start.line + by }, end: { ...end, line: end.line + by } };
}
