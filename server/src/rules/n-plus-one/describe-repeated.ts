/** Words for a repeated operation: message, cost, path, and how sure we are. */
import { NONE } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { Description, Severity } from "../define-rule.js";
import type { Iteration } from "../loops/iteration.js";
import { entryPath, perUnit } from "../runtime-code.js";
import { functionText } from "../function-text.js";
import { operationNoun } from "../operation-noun.js";
import { isDatabase, type RepeatedOperation } from "./repeated-operation.js";
import { whyLight } from "./why-light.js";

export function describeRepeated(evidence: RepeatedOperation, view: FileView): Description {
  const { severity, confidence } = gradeOf(evidence);
  return {
    message: messageOf(evidence, view),
    severity,
    confidence,
    cost: costOf(evidence, view),
    related: relatedOf(evidence, view),
  };
}

function messageOf({ operation, iterations, through, moreCount }: RepeatedOperation, view: FileView): string {
  const [inner] = iterations;
  const of = inner === undefined ? "the loop" : overText(view, inner);
  const more = moreCount > 0 ? ` and ${moreCount} more ${moreCount === 1 ? "operation" : "operations"}` : "";
  const what = `one ${operationNoun(operation)}${more}`;
  const times =
    inner !== undefined && inner.over === NONE && inner.loop?.form !== "for"
      ? `for every pass of ${of}`
      : `for every element of ${of}`;
  return through === undefined ? `${what} ${times}` : `${functionText(view, through)} runs ${what} ${times}`;
}

function overText(view: FileView, { over, loop }: Iteration): string {
  if (over !== NONE) return `\`${view.textOf(over, 40)}\``;
  return loop?.form === "for" ? "this counting loop" : "this loop";
}

function costOf({ iterations, moreCount, operation, runtime }: RepeatedOperation, view: FileView): string {
  const letters = ["N", "M", "K"];
  const factors = [...iterations].reverse().map((_, i) => letters[i] ?? "…");
  const unit = isDatabase(operation) ? (operation.access === "write" ? "writes" : "queries") : "round trips";
  const times = moreCount > 0 ? `${moreCount + 1} × ` : "";
  const names = [...iterations]
    .reverse()
    .map(({ over }, i) => `${letters[i] ?? "…"} = ${over === NONE ? "passes" : view.textOf(over, 30)}`);
  return `${times}${factors.join(" × ")} ${unit} ${perUnit(runtime.reach)}, ${names.join(", ")}`;
}

function relatedOf(evidence: RepeatedOperation, view: FileView): Description["related"] {
  const { iterations, path, operationAt, operation, through, runtime, concurrent, at } = evidence;
  const loops = [...iterations].reverse().map((iteration) => ({
    at: { file: view.path, span: iteration.head },
    message: `for each element of ${overText(view, iteration)}`,
  }));
  const calls = path.map((at) => ({ at, message: "which calls on from here" }));
  return [
    ...entryPath(runtime.reach),
    ...loops,
    ...(through === undefined
      ? []
      : [
          ...calls,
          { at: operationAt, message: `the ${operationNoun(operation)}: ${operation.dialect} ${operation.method}` },
        ]),
    // What would be merged if it were started together is worth knowing, and by which version.
    ...(operation.batchedByLibrary === undefined || concurrent || operation.transaction === true
      ? []
      : [{ at: operationAt, message: `${operation.batchedByLibrary}, but these are started one after another` }]),
    // Whoever wonders why it is no warning is told.
    ...reservations(evidence).map((message) => ({ at: { file: view.path, span: at }, message })),
  ];
}

/** What speaks for the loop, or against our being right. */
function reservations({ light, runtime, operation, cached, sure }: RepeatedOperation): readonly string[] {
  const database = isDatabase(operation);
  return [
    ...(light === undefined ? [] : [`less urgent: ${whyLight[light]}`]),
    ...(isTimed(runtime) ? ["less urgent: a timer runs it, so nobody waits"] : []),
    ...(database && operation.inProcess === true ? ["less urgent: the database is inside the process"] : []),
    ...(database && cached ? ["less urgent: a cache or a check stands before it"] : []),
    ...(database && !sure ? ["less sure: what this call reaches is partly inferred, not declared"] : []),
  ];
}

/** By a timer of the program, or by one outside that asks for a route: `GET /api/cron/digest`. */
function isTimed({ reach: { entry } }: RepeatedOperation["runtime"]): boolean {
  return entry?.point.kind === "cron" || (entry?.point.label ?? "").includes("/cron/");
}

/**
 * `warning` only for databases, where provenance is sure and nothing speaks for the loop. Rows that exist behind a cache or a guard are
 * rarer, remote systems may have no batch call, and guesses stay guesses.
 */
export function gradeOf({
  operation,
  sure,
  cached,
  conditional,
  runtime,
  iterations,
  site,
  light,
}: RepeatedOperation): {
  severity: Severity;
  confidence: number;
} {
  let confidence = 0.9;
  if (!sure) confidence -= 0.25;
  if (conditional) confidence -= 0.05;
  if (runtime.kind === "possible") confidence -= 0.05;
  if (iterations[0]?.loop?.form === "for-await") confidence -= 0.2;
  if (site.operation?.bulk === true) confidence -= 0.15;
  if (cached) confidence -= 0.35;
  // Nobody waits for a job at night.
  if (isTimed(runtime)) confidence -= 0.15;
  // True all the same, but one statement for all would win little, or there is none to swap in.
  if (light !== undefined) confidence -= 0.2;
  const rounded = Math.round(confidence * 100) / 100;
  if (!isDatabase(operation))
    return {
      severity: operation.kind === "http" || operation.kind === "inference" ? "information" : "hint",
      confidence: Math.min(rounded, 0.7),
    };
  // Many small queries are cheap where there is no round trip (SQLite's own documentation says so): only worth a hint.
  if (operation.inProcess === true) return { severity: "hint", confidence: Math.min(rounded, 0.4) };
  return { severity: rounded >= 0.8 ? "warning" : rounded >= 0.5 ? "information" : "hint", confidence: rounded };
}
