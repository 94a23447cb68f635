/** How many rows the tables of findings have, where the configuration, a dump of statistics or a live database says so. */
import { findTable } from "../catalog/lookup.js";
import type { Finding } from "./finding.js";
import type { Inspection } from "./inspection.js";

/** Looks once at what is known now; the answer may be asked for each finding after that. */
export function tableRows(
  inspection: Inspection,
  findings: readonly Finding[],
): (finding: Finding) => { readonly rows: number | undefined } {
  const known = new Map(findings.map((finding) => [finding, rowsOf(inspection, finding)]));
  return (finding) => ({ rows: known.get(finding) });
}

/** Of the largest table among those that the finding's operations name, where it is and where it leads. */
function rowsOf(inspection: Inspection, finding: Finding): number | undefined {
  const sizes = [finding, ...finding.related].flatMap(({ path, range }) => {
    const view = inspection.viewOf(path);
    const lineStart = view?.facts.lineStarts[range.start.line - 1];
    if (view === undefined || lineStart === undefined) return [];
    const offset = lineStart + range.start.column - 1;
    return view.calls.flatMap(({ span, operation }) => {
      if (operation?.table === undefined || offset < span.start || span.end <= offset) return [];
      const table = findTable(inspection.catalog, operation.table);
      return (table === undefined ? undefined : inspection.schema.statisticsOf(table)?.rows) ?? [];
    });
  });
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}
