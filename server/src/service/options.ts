/** Settings values in the analyzer's words. */
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
  return {
    ...(severities === undefined ? {} : { severities }),
    ...(quietPaths === undefined ? {} : { quietPaths }),
    ...(smallLoopBound === undefined ? {} : { smallLoopBound }),
    ...(queryFunctions === undefined ? {} : { queryFunctions }),
    ...(queries === undefined ? {} : { queries }),
  };
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
