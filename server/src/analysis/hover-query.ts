/** What a hover says of the queries of a call: how each was understood, and which index finds its rows. */
import { advise } from "../advisor/advise.js";
import { bindQuery } from "../advisor/bind.js";
import { candidateText } from "../advisor/candidate.js";
import { withDerived } from "../advisor/derived.js";
import { pathsOf } from "../advisor/paths.js";
import { servingPath } from "../advisor/served.js";
import { tableNeeds } from "../advisor/table-needs.js";
import type { Index, Table } from "../catalog/model.js";
import type { FileView } from "../project/file-view.js";
import type { CallSite } from "../project/model.js";
import type { QueryModel } from "../queries/model.js";
import { queriesOf } from "../queries/queries-of.js";
import { renderQuery } from "../queries/render-query.js";

/** More queries at one call are relations that are read along. */
const maxQueries = 6;

/** Lines of Markdown, one for each query; none for calls that are no queries. */
export function queryLines(view: FileView, call: CallSite): readonly string[] {
  return queriesOf(view)
    .filter(({ site }) => site.expr === call.expr)
    .slice(0, maxQueries)
    .map(({ query }) => `- \`${renderQuery(query).replaceAll("`", "'")}\`${verdict(view, query)}`);
}

function verdict(view: FileView, query: QueryModel): string {
  const bound = bindQuery(view.catalog, query, view.path);
  const [table] = bound.tables;
  if (table === undefined) return "";
  const advice = advise(bound, { rowsOf: () => undefined });
  const [first] = advice;
  if (first !== undefined)
    return `: no index serves it; \`${candidateText(first.candidates[0] ?? { table, parts: [], method: "btree" })}\` would`;
  const needs = withDerived(bound, tableNeeds(bound), new Set()).find(({ index }) => index === 0)?.needs ?? [];
  const path = servingPath(pathsOf(table), needs);
  if (path !== undefined) return `: served by ${indexText(table, path)}`;
  return query.complete ? "" : `: not all of it was understood (${query.unknown.join(", ")})`;
}

function indexText(table: Table, { name, constraint, parts }: Index): string {
  const columns = parts.map((part) => part.column ?? part.expression ?? "").join(", ");
  const unnamed = constraint === "unique" ? "a unique key" : "an index";
  const what = constraint === "primary-key" ? "the primary key" : name === undefined ? unnamed : `\`${name}\``;
  return `${what} (\`${columns}\`) of \`${table.name}\``;
}
