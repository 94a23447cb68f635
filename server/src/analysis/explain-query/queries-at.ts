/** The queries at a place of a file. */
import { positionAt } from "../../base/line-index.js";
import type { Span } from "../../base/span.js";
import type { FileView } from "../../project/file-view.js";
import { type FileQuery, queriesOf } from "../../queries/queries-of.js";

/** A line, or an offset on it. */
export interface QueryPlace {
  /** 0-based. */
  readonly line: number;
  /** 0-based; without it any query of the line is meant. */
  readonly character?: number;
}

/**
 * All queries of the one call that is meant: the innermost one around the place, or else the first that begins on the line. The first is the query itself, those
 * after it read relations along.
 */
export function queriesAt(view: FileView, { line, character }: QueryPlace): readonly FileQuery[] {
  const all = queriesOf(view);
  const { lineStarts } = view.facts;
  const lineOf = (offset: number): number => positionAt(lineStarts, offset).line;
  const starts = (one: FileQuery): boolean => lineOf(one.query.span.start) === line;
  const offset = character === undefined ? undefined : (lineStarts[line] ?? 0) + character;
  const around = all.filter(({ query: { span } }) =>
    offset === undefined
      ? lineOf(span.start) <= line && line <= lineOf(span.end)
      : span.start <= offset && offset <= span.end,
  );
  const here = offset === undefined ? all.find(starts) : undefined;
  const chosen = here ?? innermost(around) ?? all.find(starts) ?? onNamedLine(all, lineOf, line);
  return chosen === undefined ? [] : all.filter(({ query }) => query.expr === chosen.query.expr);
}

function innermost(found: readonly FileQuery[]): FileQuery | undefined {
  const size = ({ start, end }: Span): number => end - start;
  return [...found].sort((a, b) => size(a.query.span) - size(b.query.span))[0];
}

/** A chain of calls may name its operation on a later line than the one it begins on. */
function onNamedLine(
  all: readonly FileQuery[],
  lineOf: (offset: number) => number,
  line: number,
): FileQuery | undefined {
  return all.find(({ site }) => lineOf(site.span.start) <= line && line <= lineOf(site.span.end));
}

/** 1-based lines on which queries begin, for somebody who asked where there is none. */
export function queryLines(view: FileView): readonly number[] {
  const lines = queriesOf(view).map(({ query }) => positionAt(view.facts.lineStarts, query.span.start).line + 1);
  return [...new Set(lines)].sort((a, b) => a - b);
}
