/** What a hover says of the queries of a call: how each was understood, and which index finds its rows. */
import { bindQuery } from "../advisor/bind.js";
import type { FileView } from "../project/file-view.js";
import type { CallSite } from "../project/model.js";
import type { QueryModel } from "../queries/model.js";
import { queriesOf } from "../queries/queries-of.js";
import { renderQuery } from "../queries/render-query.js";
import type { SchemaView } from "../rules/define-rule.js";
import { costText } from "./explain-query/explanation-markdown.js";
import { type TableVerdict, verdictsOf } from "./explain-query/table-verdict.js";

/** More queries at one call are relations that are read along. */
const maxQueries = 6;

/** Lines of Markdown, one for each query; none for calls that are no queries. */
export function queryLines(view: FileView, call: CallSite, schema: SchemaView): readonly string[] {
  return queriesOf(view)
    .filter(({ site }) => site.expr === call.expr)
    .slice(0, maxQueries)
    .map(({ query }) => `- \`${renderQuery(query).replaceAll("`", "'")}\`${verdict(view, query, schema)}`);
}

/** Of the table that lacks an index, else of the one whose rows are wanted. */
function verdict(view: FileView, query: QueryModel, schema: SchemaView): string {
  const verdicts = verdictsOf(bindQuery(view.catalog, query, view.path), schema, view.path);
  const told = verdicts.find(({ access }) => access === "missing") ?? verdicts.find(({ index }) => index === 0);
  return told === undefined ? "" : `: ${told.text}${planText(told)}`;
}

/** What the planner has said by now; hovering asks nobody. */
function planText({ proof }: TableVerdict): string {
  if (proof?.kind !== "plans") return "";
  const { before, after } = proof;
  return ` (cost ${costText(before.cost)} → ${costText(after.cost)}, by PostgreSQL's planner; now ${before.nodes})`;
}
