/** What a hover shows for a place in a file: the finding there, or what the call there reaches. */
import type { CostTable } from "../cost/cost-table.js";
import type { FileFacts } from "../facts/model.js";
import type { FileView } from "../project/file-view.js";
import type { CallSite, ReachedEffect } from "../project/model.js";
import type { SchemaView } from "../rules/define-rule.js";
import type { RuleInfo } from "./host.js";
import type { Finding, RelatedPlace } from "./finding.js";
import { costHover } from "./hover-cost.js";
import { queryLines } from "./hover-query.js";
import { positionAt } from "../base/line-index.js";

export interface HoverText {
  readonly markdown: string;
  readonly start: number;
  readonly end: number;
}

export interface HoverInput {
  readonly facts: FileFacts;
  /** Undefined for a file that is not code. */
  readonly view: FileView | undefined;
  readonly findings: readonly Finding[];
  readonly rules: readonly RuleInfo[];
  readonly offset: number;
  readonly costs?: CostTable;
  /** What is known of sizes and plans. */
  readonly schema: SchemaView;
}

export function hoverText(input: HoverInput): HoverText | undefined {
  const { view, costs, offset, schema } = input;
  const found = findingHover(input);
  if (found !== undefined || view === undefined) return found;
  return (costs === undefined ? undefined : costHover(view, costs, offset)) ?? callHover(view, offset, schema);
}

/** The findings at a place; undefined when there are none. */
function findingHover(input: HoverInput): HoverText | undefined {
  const { facts } = input;
  const { line, column } = positionAt(facts.lineStarts, input.offset);
  const here = input.findings.filter((finding) => includes(finding, line + 1, column + 1));
  const [first] = here;
  if (first === undefined) return undefined;
  const markdown = here.map((finding) => findingText(finding, input)).join("\n\n---\n\n");
  return { markdown, start: offsetOf(facts, first.range.start), end: offsetOf(facts, first.range.end) };
}

function includes({ range }: Finding, line: number, column: number): boolean {
  const afterStart = range.start.line < line || (range.start.line === line && range.start.column <= column);
  const beforeEnd = line < range.end.line || (line === range.end.line && column <= range.end.column);
  return afterStart && beforeEnd;
}

function offsetOf(facts: FileFacts, { line, column }: { readonly line: number; readonly column: number }): number {
  return (facts.lineStarts[line - 1] ?? 0) + column - 1;
}

function findingText(finding: Finding, { rules }: HoverInput): string {
  const docs = rules.find((rule) => rule.id === finding.rule)?.docs;
  const path = finding.related.map(
    (place, i) =>
      `${i + 1}. ${escape(place.message)} — [${shortName(place)}](${linkTo(place.path, place.range.start.line)})`,
  );
  return [
    `**Hotpath** \`${finding.rule}\`: ${escape(finding.message)}`,
    `Cost: \`${finding.cost}\``,
    ...(docs === undefined ? [] : [`**Why** ${docs.why}`, `**Instead** ${docs.instead}`]),
    ...(path.length === 0 ? [] : [["**Path**", "", ...path].join("\n")]),
  ].join("\n\n");
}

function linkTo(target: string, line: number): string {
  return `file://${encodeURI(target.startsWith("/") ? target : `/${target}`)}#L${line}`;
}

function shortName(place: RelatedPlace): string {
  return `${place.path.slice(place.path.lastIndexOf("/") + 1)}:${place.range.start.line}`;
}

/** Texts from code may hold Markdown's own signs. */
function escape(text: string): string {
  return text.replaceAll(/[<[\]*_]/g, (sign) => `\\${sign}`);
}

/** For a call that reaches queries and is no finding: one line per thing it reaches. */
function callHover(view: FileView, offset: number, schema: SchemaView): HoverText | undefined {
  let best: CallSite | undefined;
  for (const call of view.calls) {
    const expr = view.facts.exprs[call.expr];
    const callee = expr?.kind === "call" || expr?.kind === "new" ? view.facts.exprs[expr.callee] : expr;
    if (callee === undefined || offset < callee.start || callee.end < offset) continue;
    if (best === undefined || call.span.end - call.span.start < best.span.end - best.span.start) best = call;
  }
  if (best === undefined) return undefined;
  const lines = reachedBy(view, best, schema);
  return lines.length === 0
    ? undefined
    : { markdown: ["**Hotpath** this call runs", "", ...lines].join("\n"), start: best.span.start, end: best.span.end };
}

function reachedBy(view: FileView, call: CallSite, schema: SchemaView): string[] {
  const own =
    call.operation === undefined
      ? []
      : [
          `- one ${call.operation.kind} operation: \`${call.operation.table ?? call.operation.dialect}.${call.operation.method}\``,
        ];
  const blocking = call.blocking === undefined ? [] : [`- a blocking call: \`${call.blocking.api.replace("#", ".")}\``];
  const reached = call.targets.flatMap((target) => view.summaryOf(target).effects.map(effectLine));
  const held = call.targets.flatMap((target) =>
    view.summaryOf(target).blocking.map((one) => `- a blocking call: \`${one.operation.api.replace("#", ".")}\``),
  );
  const queries = queryLines(view, call, schema);
  return [...new Set([...(queries.length > 0 ? queries : own), ...blocking, ...reached, ...held])].slice(0, 8);
}

function effectLine({ operation, conditional, cached, repeated }: ReachedEffect): string {
  const notes = [
    repeated === true ? "per element" : "",
    cached === true ? "on a cache miss" : conditional === true ? "under a condition" : "",
  ].filter((note) => note !== "");
  return `- \`${operation.table ?? operation.dialect}.${operation.method}\`${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}
