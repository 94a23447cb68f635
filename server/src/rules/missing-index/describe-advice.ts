/** Words for an index that a query lacks. */
import type { Advice } from "../../advisor/advise.js";
import { candidateText } from "../../advisor/candidate.js";
import type { Index } from "../../catalog/model.js";
import { LIVE_FILE } from "../../catalog/with-live.js";
import { countText } from "../../advisor/statistics.js";
import { isInCatch } from "../../facts/regions.js";
import type { FileView } from "../../project/file-view.js";
import type { FilePath, Location } from "../../project/model.js";
import type { Description } from "../define-rule.js";
import type { LackedIndex } from "./query-advice.js";

/** More related places than this nobody reads; each query has a finding of its own. */
const maxPlaces = 50;

/**
 * @param problem What is wrong, up to and without the cure: `no index serves the filter on …`.
 * @param file Where the query stands.
 */
export function describeAdvice(lacked: LackedIndex, problem: string, confidence: number, view: FileView): Description {
  const { advice, judged, unit, twins, alsoServes } = lacked;
  const file = view.path;
  const matters = judged.kind === "confirmed" && !isMinor(lacked, judged.proof, view);
  const cost = `one scan of ${advice.table.name} ${unit}${recordedText(lacked)}`;
  const here = twins.map((span) => ({ at: { file, span }, message: "this query needs the index too" }));
  if (lacked.toldAt !== undefined) return describeFurther(lacked, lacked.toldAt, { problem, confidence, cost, here });
  return {
    message: `${problem}; an index on ${cureText(lacked)} would${judgement(lacked)}${alsoText(alsoServes.length)}`,
    severity: matters ? "warning" : "information",
    confidence: matters ? Math.max(confidence, 0.85) : confidence,
    cost,
    related: [
      ...plans(lacked, file),
      ...places(advice),
      ...here,
      ...alsoServes.slice(0, maxPlaces).map((at) => ({ at, message: "this query needs the index too" })),
    ],
  };
}

/** Fewest times an index must make a query cheaper that another index serves in part already. */
const worthBesideAnother = 30;

/**
 * What the planner confirms can still matter little: a query that runs when something else has failed, or in a job nobody waits for, or one that an index serves
 * already and another would serve a little better.
 */
function isMinor(
  { unit, query, alsoServes, advice }: LackedIndex,
  { before, after }: ConfirmedPlans,
  view: FileView,
): boolean {
  const { facts } = view;
  if (isServedAfterAll(advice, view.textOf(query.expr, longestText))) return true;
  if (alsoServes.length > 0) return false;
  if (unit === "per run") return true;
  const region = facts.exprs[query.expr]?.region;
  if (region !== undefined && isInCatch(facts, region)) return true;
  return !before.nodes.includes("Seq Scan") && before.cost < after.cost * worthBesideAnother;
}

const longestText = 10_000;

/** The text compares the column an index begins with, in a way that was not understood: that index may well serve it. */
function isServedAfterAll({ later }: Advice, text: string): boolean {
  const column = later?.parts[0]?.column;
  return (
    column !== undefined &&
    new RegExp(`\\b${column.replace(/\W/g, "\\$&")}["\`\\]]?\\s*(=|in\\b|is\\b)`, "i").test(text)
  );
}

type ConfirmedPlans = Extract<LackedIndex["judged"], { kind: "confirmed" }>["proof"];

/** The index is told elsewhere: here it is only worth knowing that this query waits for it as well. */
function describeFurther(
  lacked: LackedIndex,
  toldAt: Location,
  { problem, confidence, cost, here }: Further,
): Description {
  return {
    message: `${problem}; the index on ${cureText(lacked)} that another query needs would serve it too`,
    severity: "hint",
    confidence,
    cost,
    related: [{ at: toldAt, message: "the index is told at this query" }, ...here],
  };
}

interface Further {
  readonly problem: string;
  readonly confidence: number;
  readonly cost: string;
  readonly here: Description["related"];
}

/** `; 12,345 calls of 350 ms counted by statements.csv` */
function recordedText({ recorded }: LackedIndex): string {
  if (recorded === undefined) return "";
  const { calls, meanMs, source } = recorded;
  return `; ${countText(Math.round(calls))} calls of ${meanMs < 10 ? meanMs.toFixed(1) : countText(Math.round(meanMs))} ms counted by ${source}`;
}

function cureText({ candidates }: LackedIndex): string {
  return candidates.map((candidate) => `\`${candidateText(candidate)}\``).join(" and ");
}

function alsoText(count: number): string {
  if (count === 0) return "";
  return `; it would also serve ${count === 1 ? "another query" : `${countText(count)} other queries`}`;
}

/** What the planner does now and would do with the index. */
function plans({ at, judged }: LackedIndex, file: FilePath): Description["related"] {
  if (judged.kind !== "confirmed") return [];
  const { before, after } = judged.proof;
  const message = `plan now: ${before.nodes} (cost ${cost(before.cost)}); with the index: ${after.nodes} (cost ${cost(after.cost)})`;
  return [{ at: { file, span: at }, message }];
}

function judgement({ judged, rows, rowsFrom }: LackedIndex): string {
  switch (judged.kind) {
    case "confirmed": {
      const { before, after } = judged.proof;
      const size =
        rowsFrom === undefined ? `an assumed ${countText(rows)} rows` : `${countText(rows)} rows by ${rowsFrom}`;
      return `: PostgreSQL's planner would use it (estimated cost ${cost(before.cost)} → ${cost(after.cost)} at ${size})`;
    }
    case "pending":
      return " (not confirmed yet)";
    case "rules":
      return ` (not confirmed: ${judged.reason})`;
  }
}

function cost(value: number): string {
  return value < 10 ? value.toFixed(1) : countText(Math.round(value));
}

/** Where the columns are declared, and what index comes close. */
function places({ table, needs, order, later, partial }: Advice): Description["related"] {
  const sorted = order.flatMap(({ column }) => table.columns.find(({ name }) => name === column) ?? []);
  const columns = needs.length > 0 ? needs.map((need) => need.column) : sorted;
  const declared = columns.map((column) => ({
    at: column.location,
    message: `\`${column.name}\` of \`${table.name}\` is declared here`,
  }));
  // A relation is often declared beside the column that holds it.
  const relations = table.foreignKeys
    .filter(({ columns: own, location }) =>
      columns.some((column) => own[0] === column.name && own.length === 1 && !isSamePlace(column.location, location)),
    )
    .map(({ location }) => ({ at: location, message: "the foreign key is declared here" }));
  const near = [];
  if (later !== undefined) {
    const message = `this index begins with ${beginning(later)}, which the query does not compare`;
    near.push({ at: later.location, message });
  }
  if (partial?.where !== undefined) {
    const message = `this index holds only rows where ${partial.where}; it would serve a query that says so too`;
    near.push({ at: partial.location, message });
  }
  // What only a live database has is nowhere to be opened.
  return [...declared, ...relations, ...near].filter(({ at }) => at.file !== LIVE_FILE);
}

function isSamePlace(a: Location, b: Location): boolean {
  return a.file === b.file && a.span.start === b.span.start;
}

function beginning({ parts }: Index): string {
  const [first] = parts;
  return `\`${first?.column ?? first?.expression ?? "another column"}\``;
}

/** `email`, `email` and `tenant_id` */
export function columnList(names: readonly string[]): string {
  const quoted = [...new Set(names)].map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1) ?? ""}`;
}
