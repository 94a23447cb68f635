/**
 * What the rules think of a loop: each call in it that reaches another system or waits, with what was found, or the reason for staying silent. The answer to
 * "why is this flagged?" and to "why is this not?".
 */
import { positionAt } from "../base/line-index.js";
import { isAwaited, isInside } from "../facts/regions.js";
import { NONE } from "../facts/model.js";
import type { FileView } from "../project/file-view.js";
import type { CallSite, Operation } from "../project/model.js";
import { calledName, iterationsAround, type Iteration } from "../rules/loops/iteration.js";
import { sequentialReasonFor } from "../rules/loops/sequential-reasons.js";
import { runtimeOf } from "../rules/runtime-code.js";
import type { Finding } from "./finding.js";
import type { Inspection } from "./inspection.js";

export interface LoopExplanation {
  /** 1-based line of the loop's head. */
  readonly line: number;
  /** The loop's kind and what it goes over: `for each element of \`orders\``. */
  readonly title: string;
  readonly calls: readonly LoopCall[];
}

export interface LoopCall {
  readonly line: number;
  /** The call as written, shortened. */
  readonly text: string;
  /** What it reaches: `prisma findMany of \`order\``, or that nothing is known of it. */
  readonly reaches: string;
  /** Id of the rule that reports it, with its message; undefined when none does. */
  readonly finding?: { readonly rule: string; readonly severity: string; readonly message: string };
  /** Why it is left alone, or goes in order; one sentence without a full stop. */
  readonly reason: string;
}

/** What the rules think of the loops at a 1-based line of a file; empty where there is none. */
export function loopsAt(inspection: Inspection, path: string, line: number): readonly LoopExplanation[] {
  const view = inspection.viewOf(path);
  return view === undefined ? [] : explainLoops(view, line, inspection.findings(path));
}

/**
 * Explains the loops (and callbacks of iteration methods) whose head stands on a line; when none does, the innermost one around the line.
 *
 * @param line 1-based.
 */
function explainLoops(view: FileView, line: number, findings: readonly Finding[]): readonly LoopExplanation[] {
  const loops = new Map<number, { readonly iteration: Iteration; readonly sites: CallSite[] }>();
  for (const site of view.calls) {
    for (const iteration of iterationsAround(view, site)) {
      const known = loops.get(iteration.region);
      if (known === undefined) loops.set(iteration.region, { iteration, sites: [site] });
      else known.sites.push(site);
    }
  }
  const all = [...loops.values()];
  const here = all.filter(({ iteration }) => headLine(view, iteration) === line);
  const chosen = 0 < here.length ? here : innermostAround(view, all, line);
  return chosen.map(({ iteration, sites }) => ({
    line: headLine(view, iteration),
    title: titleOf(view, iteration),
    calls: sites.filter((site) => isWorthAWord(view, site)).map((site) => explainCall(view, iteration, site, findings)),
  }));
}

/** 1-based line of an offset. */
function lineOf(view: FileView, offset: number): number {
  return positionAt(view.facts.lineStarts, offset).line + 1;
}

function headLine(view: FileView, iteration: Iteration): number {
  return lineOf(view, iteration.head.start);
}

function innermostAround<T extends { readonly iteration: Iteration }>(
  view: FileView,
  loops: readonly T[],
  line: number,
): readonly T[] {
  const { facts } = view;
  const around = loops.filter(({ iteration }) => {
    const span = facts.regions[iteration.region]?.span;
    if (span === undefined) return false;
    return lineOf(view, span.start) <= line && line <= lineOf(view, span.end);
  });
  return around.filter(
    ({ iteration }) =>
      !around.some(
        (other) => other.iteration !== iteration && isInside(facts, other.iteration.region, iteration.region),
      ),
  );
}

function titleOf(view: FileView, { kind, loop, over, site }: Iteration): string {
  const name =
    kind === "callback" && site !== undefined
      ? `\`${calledName(view, site.expr)}\``
      : `\`${loop?.form ?? "for"}\` loop`;
  return over === NONE ? `${name} without a collection` : `${name} over \`${view.textOf(over, 60)}\``;
}

/** Calls that reach something, and awaited ones. */
function isWorthAWord(view: FileView, site: CallSite): boolean {
  if (site.operation !== undefined || site.blocking !== undefined) return true;
  if (site.targets.some((target) => 0 < view.summaryOf(target).effects.length)) return true;
  return isAwaited(view.facts, site.expr);
}

function explainCall(view: FileView, iteration: Iteration, site: CallSite, findings: readonly Finding[]): LoopCall {
  const line = lineOf(view, site.span.start);
  const finding = findings.find(({ range }) => {
    const start = view.facts.lineStarts[range.start.line - 1] ?? 0;
    const at = start + range.start.column - 1;
    return site.span.start <= at && at < site.span.end;
  });
  return {
    line,
    text: view.textOf(site.expr, 70),
    reaches: reachesText(view, site),
    ...(finding === undefined
      ? {}
      : { finding: { rule: finding.rule, severity: finding.severity, message: finding.message } }),
    reason: reasonText(view, iteration, site, finding !== undefined),
  };
}

function reachesText(view: FileView, site: CallSite): string {
  if (site.operation !== undefined) return operationText(site.operation);
  const reached = site.targets.flatMap((target) => view.summaryOf(target).effects);
  const [first] = reached;
  if (first !== undefined) {
    const more = reached.length === 1 ? "" : ` and ${reached.length - 1} more`;
    return `${operationText(first.operation)}${more}, through ${0 < first.path.length ? `${first.path.length + 1} calls` : "one call"}`;
  }
  if (site.blocking !== undefined) return `the blocking ${site.blocking.api}`;
  return 0 < site.targets.length ? "nothing outside the process that can be seen" : "code that cannot be seen into";
}

function operationText({ dialect, method, table }: Operation): string {
  return `${dialect} ${method}${table === undefined ? "" : ` of \`${table}\``}`;
}

function reasonText(view: FileView, iteration: Iteration, site: CallSite, isFound: boolean): string {
  const reason = sequentialReasonFor(view, iteration, site);
  if (reason !== undefined) return isFound ? `it goes in order: ${reason.text}` : reason.text;
  const depends = view.flow.dependsOn(site.expr, iteration.element);
  if (isFound && depends) return "nothing in the code speaks for going one by one";
  if (runtimeOf(view, site.fn) === undefined) return "it does not run while the program serves somebody";
  const reaches =
    site.operation !== undefined || site.targets.some((target) => 0 < view.summaryOf(target).effects.length);
  if (!reaches) return "it reaches no database or service that is known";
  if (!depends) return "what it asks for does not depend on the element";
  return "no rule has anything to say about it";
}

/** The explanation as text for a terminal or a page. */
export function loopText(file: string, loops: readonly LoopExplanation[]): string {
  return loops
    .map(({ line, title, calls }) => {
      const body = calls.map(
        (call) =>
          `  ${call.line}: ${call.text}\n      reaches ${call.reaches}\n      ${
            call.finding === undefined
              ? `silent: ${call.reason}`
              : `${call.finding.severity} ${call.finding.rule}: ${call.finding.message}\n      ${call.reason}`
          }`,
      );
      return `${file}:${line}  ${title}\n${0 < body.length ? body.join("\n") : "  nothing in it waits or leaves the process"}\n`;
    })
    .join("\n");
}
