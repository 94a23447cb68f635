/** Lines above queries that have something to say: which index is missing, or which one serves. */
import { bindQuery } from "../../advisor/bind.js";
import { candidateText } from "../../advisor/candidate.js";
import type { Index, Table } from "../../catalog/model.js";
import { pathsOf } from "../../advisor/paths.js";
import { servingPath } from "../../advisor/served.js";
import type { FileView } from "../../project/file-view.js";
import { type FileQuery, queriesOf } from "../../queries/queries-of.js";
import { runtimeOf } from "../../rules/runtime-code.js";
import type { Position } from "../finding.js";
import type { Inspection } from "../inspection.js";
import { toRange } from "../positions.js";
import { costText } from "./explanation-markdown.js";
import { type TableVerdict, verdictsOf } from "./table-verdict.js";

export interface QueryLens {
  /** Where the query begins. */
  readonly at: Position;
  readonly title: string;
}

/** `missing`: only queries that lack an index, in code that serves requests. `all`: every query whose tables are known. */
export type LensScope = "missing" | "all";

export function queryLenses(inspection: Inspection, path: string, scope: LensScope): readonly QueryLens[] {
  const view = inspection.viewOf(path);
  if (view === undefined) return [];
  const lenses = new Map<number, QueryLens>();
  for (const one of queriesOf(view)) {
    const { span } = one.query;
    const title = lenses.has(span.start) ? undefined : titleFor(inspection, view, one, scope);
    if (title !== undefined) lenses.set(span.start, { at: toRange(view.facts, span).start, title });
  }
  return [...lenses.values()];
}

function titleFor(
  inspection: Inspection,
  view: FileView,
  { query, site }: FileQuery,
  scope: LensScope,
): string | undefined {
  const verdicts = verdictsOf(bindQuery(inspection.catalog, query, view.path), inspection.schema, view.path);
  const missing = verdicts.filter(({ access }) => access === "missing").flatMap((one) => missingTitle(one) ?? []);
  // What only tests and scripts run is nobody's wait.
  if (missing.length > 0)
    return scope === "all" || runtimeOf(view, site.fn) !== undefined ? missing.join("; ") : undefined;
  const [main] = verdicts;
  return scope === "all" && main !== undefined ? servedTitle(main) : undefined;
}

/** Undefined while the planner has not answered: a line that comes and goes is worse than one that comes late. */
function missingTitle({ advice, proof, table }: TableVerdict): string | undefined {
  if (advice === undefined) return undefined;
  const names = advice.candidates.map(candidateText).join(" and ");
  if (proof?.kind === "plans")
    return `no index: ${names} would cut the cost from ${costText(proof.before.cost)} to ${costText(proof.after.cost)}`;
  return proof === undefined && table.engine === "postgresql" ? undefined : `no index: ${names} would serve it`;
}

function servedTitle({ access, table, asked, text }: TableVerdict): string | undefined {
  if (access === "unclear") return undefined;
  const path = access === "served" ? servingPath(pathsOf(table), asked.needs) : undefined;
  return path === undefined ? text.replaceAll("`", "") : `served by ${shortName(table, path)}`;
}

function shortName(table: Table, { name, constraint, parts }: Index): string {
  const columns = parts.map(({ column, expression }) => column ?? expression ?? "").join(", ");
  if (constraint === "primary-key") return `the primary key of ${table.name}`;
  return name ?? `the index on ${table.name} (${columns})`;
}
