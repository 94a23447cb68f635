/** Words for an index that a query lacks. */
import type { Advice } from "../../advisor/advise.js";
import { candidateText } from "../../advisor/candidate.js";
import type { Index } from "../../catalog/model.js";
import type { FilePath } from "../../project/model.js";
import type { Description } from "../define-rule.js";
import type { LackedIndex } from "./query-advice.js";

/**
 * @param problem What is wrong, up to and without the cure: `no index serves the filter on …`.
 * @param file Where the query stands.
 */
export function describeAdvice(lacked: LackedIndex, problem: string, confidence: number, file: FilePath): Description {
  const { advice, judged, unit } = lacked;
  const cure = advice.candidates.map((candidate) => `\`${candidateText(candidate)}\``).join(" and ");
  const confirmed = judged.kind === "confirmed";
  return {
    message: `${problem}; an index on ${cure} would${judgement(lacked)}`,
    severity: confirmed ? "warning" : "information",
    confidence: confirmed ? Math.max(confidence, 0.85) : confidence,
    cost: `one scan of ${advice.table.name} ${unit}`,
    related: [
      ...plans(lacked, file),
      ...places(advice),
      ...lacked.twins.map((span) => ({ at: { file, span }, message: "this query needs the index too" })),
    ],
  };
}

/** What the planner does now and would do with the index. */
function plans({ at, judged }: LackedIndex, file: FilePath): Description["related"] {
  if (judged.kind !== "confirmed") return [];
  const { before, after } = judged.proof;
  const message = `plan now: ${before.nodes} (cost ${cost(before.cost)}); with the index: ${after.nodes} (cost ${cost(after.cost)})`;
  return [{ at: { file, span: at }, message }];
}

function judgement({ judged, rows }: LackedIndex): string {
  switch (judged.kind) {
    case "confirmed": {
      const { before, after } = judged.proof;
      return `: PostgreSQL's planner would use it (cost ${cost(before.cost)} → ${cost(after.cost)}, estimated, at ${count(rows)} rows)`;
    }
    case "pending":
      return " (not confirmed yet)";
    case "rules":
      return ` (not confirmed: ${judged.reason})`;
  }
}

function cost(value: number): string {
  return value < 10 ? value.toFixed(1) : count(Math.round(value));
}

function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Where the columns are declared, and what index comes close. */
function places({ table, needs, order, later, partial }: Advice): Description["related"] {
  const sorted = order.flatMap(({ column }) => table.columns.find(({ name }) => name === column) ?? []);
  const columns = needs.length > 0 ? needs.map((need) => need.column) : sorted;
  const declared = columns.map((column) => ({
    at: column.location,
    message: `\`${column.name}\` of \`${table.name}\` is declared here`,
  }));
  const near = [];
  if (later !== undefined) {
    const message = `this index begins with ${beginning(later)}, which the query does not compare`;
    near.push({ at: later.location, message });
  }
  if (partial?.where !== undefined) {
    const message = `this index holds only rows where ${partial.where}; it would serve a query that says so too`;
    near.push({ at: partial.location, message });
  }
  return [...declared, ...near];
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
