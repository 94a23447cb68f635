/** What is known of a table, from everybody who says something, and who wins. */
import type { TableStatistics } from "../advisor/statistics.js";
import type { Table } from "../catalog/model.js";
import type { AnalysisOptions } from "./host.js";

/** Rows that the configuration states win: they say how many there will be. Values of columns are known to a database alone. */
export function statisticsOf(
  { name, schema }: Pick<Table, "name" | "schema">,
  { tableRows = {}, statistics = {} }: Pick<AnalysisOptions, "tableRows" | "statistics">,
): TableStatistics | undefined {
  const full = schema === undefined ? name : `${schema}.${name}`;
  const rows = own(tableRows, full) ?? own(tableRows, name);
  const measured = own(statistics, full) ?? own(statistics, name) ?? own(statistics, `public.${name}`);
  if (rows === undefined) return measured;
  const columns = measured?.columns === undefined ? {} : { columns: measured.columns };
  return { rows, source: "`hotpath.config.json`", ...columns };
}

/** Names come from files of a workspace: `constructor` is one like any other. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
