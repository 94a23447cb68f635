/** SQL cases as work: the plan and the time of a statement on a database built for it. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ItemDraft, PlanContext } from "../../evaluation/plan-context.js";
import { judgeSql } from "../../evaluation/sql/judge-sql.js";
import type { SqlCase } from "../../evaluation/suite.js";
import type { Outside } from "../outside.js";
import { slashes } from "../suite-files-on-disk.js";
import type { SqlProcess } from "./ask-sql.js";

export async function planSql(
  one: SqlCase,
  context: PlanContext,
  outside: Outside,
  database: SqlProcess,
): Promise<readonly ItemDraft[]> {
  if (!existsSync(outside.sqlProcessFile)) {
    context.fault(one.place, "`sql` cases need the built database process: run `npm run build` first");
    return [];
  }
  let seed = "";
  if (one.seed !== undefined) {
    const read = await context.files.read(slashes(resolve(dirname(one.place.file), one.seed)));
    if (read.kind === "unreadable") {
      context.fault(one.place, `the seed \`${one.seed}\` cannot be read: ${read.reason}`);
      return [];
    }
    seed = read.text;
  }
  const { query, parameters } = one;
  return [
    {
      // A measurement is of now, and must not share the machine with other cases.
      cacheKey: undefined,
      alone: true,
      observe: async ({ signal }) => ({ ...(await database.ask({ seed, query, parameters }, signal)) }),
      judge: (observation) => judgeSql(one, observation),
    },
  ];
}
