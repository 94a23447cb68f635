/** PostgreSQL's plan, as `EXPLAIN (FORMAT JSON)` prints it, cut down to what a reader looks at. */
import type { PlanTree } from "../advisor/proof.js";

/** A step as PostgreSQL prints it; there are many more keys. */
export interface PlanNode {
  readonly "Node Type": string;
  readonly "Total Cost": number;
  readonly "Plan Rows"?: number;
  readonly "Index Name"?: string;
  readonly "Relation Name"?: string;
  readonly "Join Type"?: string;
  readonly "Scan Direction"?: string;
  readonly Plans?: readonly PlanNode[];
}

/** What a step says of itself, in the order a reader wants it. */
const DETAILS: Readonly<Record<string, string>> = {
  "Index Cond": "index condition",
  "Hash Cond": "joined where",
  "Merge Cond": "joined where",
  "Join Filter": "joined where",
  "Recheck Cond": "checked again",
  Filter: "filter",
  "Sort Key": "by",
  "Presorted Key": "already in the order of",
  "Group Key": "grouped by",
  Strategy: "strategy",
};

/** A list of texts, a text, a number or an answer; what else a plan may hold is not for reading. */
function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}

export function planTree(node: PlanNode): PlanTree {
  const values = node as unknown as Readonly<Record<string, unknown>>;
  const details = Object.entries(DETAILS).flatMap(([key, label]) => {
    const value = values[key];
    if (value === undefined || value === "Plain") return [];
    const text = textOf(value);
    return text === undefined ? [] : [`${label}: ${text}`];
  });
  const { "Relation Name": relation, "Index Name": index } = node;
  return {
    name: nameOf(node),
    ...(relation === undefined ? {} : { relation }),
    ...(index === undefined ? {} : { index }),
    cost: node["Total Cost"],
    rows: node["Plan Rows"] ?? 0,
    details: node["Scan Direction"] === "Backward" ? ["backward", ...details] : details,
    children: (node.Plans ?? []).map(planTree),
  };
}

function nameOf({ "Node Type": name, "Join Type": join }: PlanNode): string {
  return join === undefined || join === "Inner" ? name : `${name} (${join})`;
}
