/** Settings values in the analyzer's words. */
import type { TableFacts } from "../../../protocol/src/settings.js";
import type { AnalysisOptions } from "../analysis/host.js";
import type { SettingValue } from "../workspace/setting-values.js";

export interface ScanOptions {
  readonly enabled: boolean;
  readonly exclude: readonly string[];
  readonly maxFileBytes: number;
}

export const DEFAULT_SCAN: ScanOptions = { enabled: true, exclude: [], maxFileBytes: 2 * 1024 * 1024 };

type Values = ReadonlyMap<string, SettingValue>;

/** Only what the values say; whoever asked knows the defaults. */
export function analysisOverrides(values: Values): Partial<Omit<AnalysisOptions, "roots">> {
  const severities = values.get("rules") as AnalysisOptions["severities"] | undefined;
  const quietPaths = values.get("quietPaths") as readonly string[] | undefined;
  const smallLoopBound = values.get("smallLoopBound") as number | undefined;
  const queries = values.get("queries") as AnalysisOptions["queries"];
  const queryFunctions = values.get("queryFunctions") as readonly string[] | undefined;
  const tables = values.get("tables") as Readonly<Record<string, TableFacts>> | undefined;
  const plannerMemory = values.get("planner.memory") as number | undefined;
  const statisticsFiles = values.get("statistics") as readonly string[] | undefined;
  return {
    ...(severities === undefined ? {} : { severities }),
    ...(quietPaths === undefined ? {} : { quietPaths }),
    ...(smallLoopBound === undefined ? {} : { smallLoopBound }),
    ...(queryFunctions === undefined ? {} : { queryFunctions }),
    ...(queries === undefined ? {} : { queries }),
    ...(tables === undefined ? {} : { tableRows: rowsOf(tables) }),
    ...(statisticsFiles === undefined || statisticsFiles.length === 0 ? {} : { statisticsFiles }),
    ...(plannerMemory === undefined ? {} : { plannerMemoryBytes: plannerMemory * 1024 * 1024 }),
    ...(values.get("planner.enable") === false ? { noPlanner: "the planner is switched off" } : {}),
  };
}

function rowsOf(tables: Readonly<Record<string, TableFacts>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(tables).map(([name, { rows }]) => [name, rows]));
}

export function scanOptions(values: Values): Partial<ScanOptions> {
  const enabled = values.get("enable") as boolean | undefined;
  const exclude = values.get("exclude") as readonly string[] | undefined;
  const maxFileSize = values.get("maxFileSize") as number | undefined;
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(maxFileSize === undefined ? {} : { maxFileBytes: maxFileSize * 1024 }),
  };
}
