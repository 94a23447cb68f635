/** An explanation as Markdown, for editors and terminals that draw nothing. */
import type {
  ExplainedPlan,
  ExplainedQuery,
  ExplainedTable,
  PlanNode,
  QueryExplanation,
} from "../../../../protocol/src/query-explanation.js";

export function explanationMarkdown({ title, place, queries }: Omit<QueryExplanation, "markdown">): string {
  const [first, ...others] = queries;
  const sections = [
    `# ${escaped(title)}`,
    `At \`${place.label}\`.`,
    ...(first === undefined ? [] : queryText(first)),
    ...others.flatMap((query) => [`# Read along: ${escaped(query.tables[0]?.name ?? "")}`, ...queryText(query)]),
  ];
  return `${sections.join("\n\n")}\n`;
}

function queryText({ sql, sqlNote, unknown, tables }: ExplainedQuery): readonly string[] {
  return [
    fenced("sql", sql),
    `${sqlNote}.`,
    ...(unknown.length === 0 ? [] : [`Not understood: ${unknown.map(escaped).join(", ")}.`]),
    ...tables.flatMap(tableText),
  ];
}

function tableText({ name, declared, rows, rowsFrom, verdict, create, plan }: ExplainedTable): readonly string[] {
  return [
    `## ${escaped(name)}`,
    [
      sentence(verdict),
      ...(declared === undefined ? [] : [`Declared at \`${declared.label}\`.`]),
      ...(rows === undefined ? [] : [`Planned for ${rowText(rows)} (${rowsFrom ?? ""}).`]),
    ].join("  \n"),
    ...(create.length === 0 ? [] : ["The index it lacks:", fenced("sql", create.join("\n"))]),
    ...planText(plan),
  ];
}

function planText(plan: ExplainedPlan): readonly string[] {
  if (plan.kind === "none") return [`No plan: ${plan.reason}.`];
  const { now, withIndex } = plan;
  return [
    `### Plan now, cost ${costText(now.cost)}`,
    fenced("text", planLines(now).join("\n")),
    ...(withIndex === undefined
      ? []
      : [`### Plan with the index, cost ${costText(withIndex.cost)}`, fenced("text", planLines(withIndex).join("\n"))]),
  ];
}

/** A plan as indented lines, outermost step first. */
export function planLines(node: PlanNode, indent = ""): readonly string[] {
  const on = node.target === undefined ? "" : ` on ${node.target}`;
  const head = `${indent}${indent === "" ? "" : "└ "}${node.name}${on}  (cost ${costText(node.cost)}, ${rowText(node.rows)})`;
  const inner = `${indent}${indent === "" ? "  " : "    "}`;
  return [
    head,
    ...node.details.map((detail) => `${inner}${detail}`),
    ...node.children.flatMap((child) => planLines(child, indent === "" ? "  " : `${indent}  `)),
  ];
}

export function costText(cost: number): string {
  return cost < 10 ? cost.toFixed(1) : countText(Math.round(cost));
}

export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function rowText(count: number): string {
  return `${countText(count)} ${Math.round(count) === 1 ? "row" : "rows"}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** What stands in a query may hold fences of its own. */
function fenced(language: string, text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(Math.max(3, longest + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Names from code may hold Markdown's own signs. */
function escaped(text: string): string {
  return text.replaceAll(/[\\<[\]*_`]/g, (sign) => `\\${sign}`);
}
