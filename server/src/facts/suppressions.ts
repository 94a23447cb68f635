/** Ignore comments: `hotpath-ignore-next-line` and `hotpath-ignore-file`, with the rules they name and the reason they give. */
import { positionAt } from "./../base/line-index.js";
import type { Expr, SuppressionFact } from "./model.js";

const MARKER = "hotpath-ignore-";
const SHAPE = /^(next-line|file)(?:[ \t]+(?!--)([\w-]+(?:[ \t]*,[ \t]*[\w-]+)*))?(?:[ \t]+--(?:[ \t]+(.*))?)?[ \t]*$/;

/** How a language writes comments: what opens one before an ignore mark, and how a line begins that is only a comment. */
export interface CommentStyle {
  readonly opener: RegExp;
  readonly line: RegExp;
}

const CODE: CommentStyle = { opener: /(\/\/|\/\*+|^[ \t]*\*)[ \t]*$/, line: /^(?:\/\/|\/\*|\*)/ };
/** SQL and Prisma schemas. */
export const SCHEMA_COMMENTS: CommentStyle = { opener: /(\/\/|--|#|\/\*+)[ \t]*$/, line: /^(?:\/\/|\/\*|--|#)/ };

export function extractSuppressions(
  text: string,
  lineStarts: readonly number[],
  exprs: readonly Expr[],
  style: CommentStyle = CODE,
): SuppressionFact[] {
  const found: SuppressionFact[] = [];
  for (let at = text.indexOf(MARKER); at >= 0; at = text.indexOf(MARKER, at + 1)) {
    const one = readAt(text, at, lineStarts, exprs, style);
    if (one !== undefined) found.push(one);
  }
  return found;
}

function readAt(
  text: string,
  at: number,
  lineStarts: readonly number[],
  exprs: readonly Expr[],
  style: CommentStyle,
): SuppressionFact | undefined {
  const { line } = positionAt(lineStarts, at);
  const lineStart = lineStarts[line] ?? 0;
  const lineEnd = lineEndOf(text, lineStarts, line);
  const before = text.slice(lineStart, at);
  const opener = style.opener.exec(before);
  if (opener === null) return undefined;
  const start = lineStart + opener.index + (opener[1]?.trim() === "*" ? opener[0].indexOf("*") : 0);
  if (
    exprs.some(
      (expr) =>
        (expr.kind === "literal" || expr.kind === "template" || expr.kind === "regexp") &&
        expr.start < start &&
        at < expr.end,
    )
  )
    return undefined;
  const content = text.slice(at + MARKER.length, lineEnd);
  const closed = content.indexOf("*/");
  const shape = SHAPE.exec(
    (closed < 0 || /^(?:\/\/|--|#)$/.test(opener[1] ?? "") ? content : content.slice(0, closed)).trimEnd(),
  );
  if (shape === null) return undefined;
  const reason = shape[3]?.trim();
  const scope = shape[1] === "file" ? "file" : "next-line";
  return {
    scope,
    rules: shape[2]?.split(",").map((rule) => rule.trim()) ?? [],
    ...(reason === undefined || reason === "" ? {} : { reason }),
    span: { start, end: lineEnd },
    line: scope === "file" ? line : nextCodeLine(text, lineStarts, line, style),
  };
}

function lineEndOf(text: string, lineStarts: readonly number[], line: number): number {
  let end = lineStarts[line + 1] ?? text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 10 || text.charCodeAt(end - 1) === 13)) end--;
  return end;
}

/** Several ignore comments may stand above one line, and other comments between them and it. */
function nextCodeLine(text: string, lineStarts: readonly number[], line: number, style: CommentStyle): number {
  for (let next = line + 1; next < lineStarts.length; next++) {
    const content = text.slice(lineStarts[next], lineEndOf(text, lineStarts, next)).trim();
    if (content !== "" && !style.line.test(content)) return next;
  }
  return line + 1;
}
