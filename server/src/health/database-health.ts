/** Whether the live database that the user points to can be asked. */
import type { Seen } from "./check-health.js";
import { readLiveDatabase } from "../statistics/read-live-database.js";

export async function databaseHealth(url: string | undefined): Promise<Seen> {
  if (url === undefined)
    return {
      state: "absent",
      detail: "not asked, sizes of tables are assumed",
      next: "HOTPATH_DATABASE_URL names one to read sizes and indexes from",
    };
  const answer = await readLiveDatabase({ url });
  if (typeof answer === "string")
    return { state: "degraded", detail: answer, next: "check HOTPATH_DATABASE_URL and that the server can be reached" };
  const tables = Object.keys(answer.statistics).length;
  const shapes = Object.values(answer.statistics).some(({ columns }) => columns !== undefined);
  const statements =
    answer.statements.length === 0 ? "no pg_stat_statements" : `${answer.statements.length} statements`;
  return {
    state: "healthy",
    detail: `${tables} tables analyzed, ${shapes ? "values of their columns known" : "values of their columns unknown"}, ${statements}`,
  };
}
