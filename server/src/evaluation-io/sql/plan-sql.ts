/** SQL cases as work: the plan and the time of a statement on a database built for it. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ItemDraft, PlanContext } from "../../evaluation/plan-context.js";
import { judgeSql } from "../../evaluation/sql/judge-sql.js";
import type { SqlCase } from "../../evaluation/suite.js";
import type { Observation } from "../../evaluation/work.js";
import type { Outside } from "../outside.js";
import { slashes } from "../suite-files-on-disk.js";
import type { SqlProcess } from "./ask-sql.js";

const DATABASE_VARIABLE = "HOTPATH_DATABASE_URL";
const EXAMPLE = "postgres://reader@localhost:5432/shop";

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
  const { query, parameters } = one;
  // A measurement is of now, and must not share the machine with other cases.
  const fresh = { cacheKey: undefined, alone: true, judge: (found: Observation) => judgeSql(one, found) };
  if (one.database === "user") {
    const url = databaseOfUser(one, context, outside);
    if (url === undefined) return [];
    const observe: ItemDraft["observe"] = async ({ signal, deadline }) => {
      const limitMs = Math.max(1, Math.round(deadline - outside.clock.now()));
      return { ...(await database.ask({ kind: "user", url, query, parameters, limitMs }, signal)) };
    };
    return [{ ...fresh, observe }];
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
  const observe: ItemDraft["observe"] = async ({ signal }) => ({
    ...(await database.ask({ kind: "seed", seed, query, parameters }, signal)),
  });
  return [{ ...fresh, observe }];
}

/** Address of the user's database, once they have allowed this suite to ask it. A suite never names one itself. */
function databaseOfUser(one: SqlCase, context: PlanContext, outside: Outside): string | undefined {
  const url = outside.env[DATABASE_VARIABLE];
  const name = url === undefined ? undefined : shownDatabase(url);
  if (url === undefined || url === "")
    context.fault(one.place, `\`database: user\` needs the address of your database in ${DATABASE_VARIABLE}`);
  else if (name === undefined)
    context.fault(one.place, `${DATABASE_VARIABLE} is no address of a PostgreSQL database: write it like ${EXAMPLE}`);
  else if (one.seed !== undefined)
    context.fault(one.place, "your own database is only read: leave out `seed`, or `database: user`");
  else if (!outside.trusted) context.fault(one.place, "your database is asked only from a folder you trust");
  else if (outside.isAllowed(name)) return url;
  else outside.askFor(name);
  return undefined;
}

/** What is shown and allowed: neither user nor password. Undefined for text that is no such address. */
function shownDatabase(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (!/^postgres(ql)?:$/.test(parsed.protocol)) return undefined;
  return `postgres://${parsed.host === "" ? "localhost" : parsed.host}${parsed.pathname}`;
}
