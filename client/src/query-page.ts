/** The page of *Explain Query*: HTML without scripts, in the editor's own colours. Knows no editor. */
import type {
  ExplainedPlace,
  ExplainedQuery,
  ExplainedTable,
  PlanNode,
  QueryExplanation,
  TableAccess,
} from "../../protocol/src/query-explanation.js";
import { costText, countText, escapeHtml, rowText, withCode } from "./page-text.js";
import { drawPlan } from "./plan-picture.js";
import { PAGE_STYLE } from "./query-page-style.js";

/** Commands the page's links may call; nothing else is allowed in it. */
export const PAGE_COMMANDS = ["hotpath.openPlace", "hotpath.explainQuery", "hotpath.showQueryText"];

/** @param nonce Allows this page's own style and no other. */
export function queryPage(explanation: QueryExplanation, nonce: string): string {
  const { title, place, queries } = explanation;
  const [first, ...others] = queries;
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style nonce="${nonce}">${PAGE_STYLE}</style></head>
<body><main>
<h1>${escapeHtml(title)}</h1>
<nav aria-label="This query">${placeLink(place)} · ${commandLink("Explain again", "hotpath.explainQuery", [asked(place)])} · ${commandLink("Open as text", "hotpath.showQueryText", [])}</nav>
${first === undefined ? "" : queryHtml(first)}
${others.map((query) => `<h2 class="along">Read along: ${escapeHtml(query.tables[0]?.name ?? "")}</h2>${queryHtml(query)}`).join("")}
</main></body></html>`;
}

function queryHtml({ sql, sqlNote, unknown, tables }: ExplainedQuery): string {
  return [
    `<pre class="sql" tabindex="0" aria-label="SQL"><code>${escapeHtml(sql)}</code></pre>`,
    `<p class="note">${withCode(sqlNote)}.</p>`,
    unknown.length === 0 ? "" : `<p>Not understood: ${unknown.map(escapeHtml).join(", ")}.</p>`,
    tableList(tables),
    ...tables.map(planHtml),
  ].join("\n");
}

const SIGNS: Readonly<Record<TableAccess, string>> = {
  served: "✓ served",
  missing: "✗ missing",
  whole: "read whole",
  unneeded: "✓ no index needed",
  unclear: "? unclear",
};

function tableList(tables: readonly ExplainedTable[]): string {
  const rows = tables.map(
    (
      table,
    ) => `<tr><th scope="row">${escapeHtml(table.name)}<br>${table.declared === undefined ? "" : placeLink(table.declared)}</th>
<td><span class="sign ${table.access}">${SIGNS[table.access]}</span></td>
<td>${withCode(sentence(table.verdict))}${table.create.length === 0 ? "" : `<pre tabindex="0" aria-label="Index it lacks"><code>${escapeHtml(table.create.join("\n"))}</code></pre>`}</td>
<td>${table.rows === undefined ? "" : `${countText(table.rows)}<br><span class="note">${escapeHtml(table.rowsFrom ?? "")}</span>`}</td></tr>`,
  );
  return `<div class="wide"><table><thead><tr><th scope="col">Table</th><th scope="col">Index</th><th scope="col">How its rows are found</th><th scope="col">Rows</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>${tables.some(({ rowsFrom }) => rowsFrom === "assumed") ? ASSUMED : ""}`;
}

const ASSUMED = `<p class="note">${withCode("Sizes nobody has told are assumed; `tables` in `hotpath.config.json` says them once.")}</p>`;

function planHtml({ name, plan, rows = 0 }: ExplainedTable): string {
  const heading = `<h2>Plan for ${escapeHtml(name)}</h2>`;
  if (plan.kind === "none") return `${heading}<p>No plan: ${withCode(plan.reason)}.</p>`;
  const { now, withIndex, statement } = plan;
  return `${heading}
<p class="note">Estimated by PostgreSQL's planner at ${rowText(rows)}, for <code>${escapeHtml(statement)}</code>. The bar of a step is its own part of the whole cost.</p>
<div class="plans">${figure("Now", now)}${withIndex === undefined ? "" : figure("With the index", withIndex)}</div>
<details><summary>The plan as text</summary><pre tabindex="0">${escapeHtml([planText("Now", now), ...(withIndex === undefined ? [] : [planText("With the index", withIndex)])].join("\n\n"))}</pre></details>`;
}

function figure(label: string, plan: PlanNode): string {
  return `<figure><figcaption>${label}: cost <strong>${costText(plan.cost)}</strong></figcaption><div class="wide">${drawPlan(plan, `Plan ${label.toLowerCase()}`)}</div></figure>`;
}

function planText(label: string, plan: PlanNode): string {
  return [`${label}:`, ...stepLines(plan, 1)].join("\n");
}

function stepLines({ name, target, cost, rows, details, children }: PlanNode, depth: number): readonly string[] {
  const indent = "  ".repeat(depth);
  const on = target === undefined ? "" : ` on ${target}`;
  return [
    `${indent}${name}${on} (cost ${costText(cost)}, ${rowText(rows)})`,
    ...details.map((detail) => `${indent}    ${detail}`),
    ...children.flatMap((child) => stepLines(child, depth + 1)),
  ];
}

function placeLink(place: ExplainedPlace): string {
  return commandLink(place.label, "hotpath.openPlace", [place.file, place.line, place.column]);
}

function asked({ file, line, column }: ExplainedPlace): unknown {
  return { file, line: line - 1, character: column - 1 };
}

function commandLink(label: string, command: string, args: readonly unknown[]): string {
  const uri = `command:${command}?${encodeURIComponent(JSON.stringify(args))}`;
  return `<a href="${escapeHtml(uri)}">${escapeHtml(label)}</a>`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
