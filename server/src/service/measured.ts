/** What is known of the database behind a workspace: dumps of its statistics, and the database itself where the user points to one. */
import { join } from "node:path";
import type { RecordedStatement } from "../advisor/recorded-statement.js";
import type { TableStatistics } from "../advisor/statistics.js";
import type { AnalysisHost, AnalysisOptions } from "../analysis/host.js";
import type { Problem } from "../analysis/finding.js";
import type { DumpContents } from "../statistics/read-dump.js";
import { readDumps } from "../statistics/read-files.js";
import { readLiveDatabase, type LiveDatabase } from "../statistics/read-live-database.js";
import type { ServiceOptions } from "./workspace-service.js";

type Known = Pick<AnalysisOptions, "statistics" | "statements" | "liveSchema">;

/** A database is asked again after this long: sizes change slowly, and a scan should not wait for it each time. */
const freshMs = 10 * 60_000;

/** A class because it has a lifetime and remembers what was read. */
export class Measured {
  readonly #options: ServiceOptions;
  #live: { readonly answer: LiveDatabase | string; readonly at: number } | undefined;
  #problems: readonly Problem[] = [];
  #known: Known = {};

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  /** The options, with what is known. */
  over(options: AnalysisOptions): AnalysisOptions {
    return { ...options, ...this.#known };
  }

  problems(): readonly Problem[] {
    return this.#problems;
  }

  /**
   * Reads everything anew. True when something is known that was not before.
   *
   * @param host Loads what is needed to understand it: what a database says of itself is SQL, and so are the statements it has counted.
   */
  async read({ statisticsFiles: files = [] }: AnalysisOptions, host: Pick<AnalysisHost, "prepare">): Promise<boolean> {
    const { roots, statisticsFiles: ofUser = [], databaseUrl } = this.#options;
    if (files.length === 0 && ofUser.length === 0 && databaseUrl === undefined) return false;
    const { contents, problems } = readDumps({ roots, ofWorkspace: files, ofUser });
    const live = databaseUrl === undefined ? undefined : await this.#ask(databaseUrl);
    const place = join(roots[0] ?? "", "hotpath.config.json");
    this.#problems = [...problems, ...(typeof live === "string" ? [{ path: place, message: live }] : [])];
    const before = JSON.stringify(this.#known);
    this.#known = joined(contents, typeof live === "string" ? undefined : live);
    if (JSON.stringify(this.#known) === before) return false;
    await host.prepare(["schema.sql"]);
    return true;
  }

  async #ask(url: string): Promise<LiveDatabase | string> {
    const known = this.#live;
    if (known !== undefined && Date.now() - known.at < freshMs) return known.answer;
    const answer = await readLiveDatabase({ url });
    this.#live = { answer, at: Date.now() };
    return answer;
  }
}

/** Later dumps win over earlier ones, and the database itself over all: it is what it is now. */
function joined(dumps: readonly DumpContents[], live: LiveDatabase | undefined): Known {
  const tables = new Map<string, Partial<TableStatistics>>();
  for (const dump of dumps)
    for (const [name, said] of dump.tables) {
      const known = tables.get(name);
      tables.set(name, { ...known, ...said, columns: { ...known?.columns, ...said.columns } });
    }
  const statistics: Record<string, TableStatistics> = {};
  // Values of columns mean little without the number of rows.
  for (const [name, { rows, source, columns }] of tables)
    if (rows !== undefined && source !== undefined)
      statistics[name] = { rows, source, ...(columns === undefined ? {} : { columns }) };
  const statements: RecordedStatement[] = [...dumps.flatMap((dump) => dump.statements), ...(live?.statements ?? [])];
  const all = { ...statistics, ...live?.statistics };
  return {
    ...(Object.keys(all).length === 0 ? {} : { statistics: all }),
    ...(statements.length === 0 ? {} : { statements }),
    ...(live === undefined ? {} : { liveSchema: live.schema }),
  };
}
