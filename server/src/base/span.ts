/**
 * Half-open range of UTF-16 code units in one file's text. Offsets are what trees and edits speak; lines and columns
 * exist only at the edges (`line-index.ts`).
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Whether `inner` lies within `outer`, ends included. */
export function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
