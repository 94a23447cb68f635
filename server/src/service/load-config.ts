/** What configuration files, editor settings and flags add up to. */
import { join } from "node:path";
import type { AnalysisOptions } from "../analysis/host.js";
import type { Problem } from "../analysis/finding.js";
import { ruleInfos } from "../analysis/explain.js";
import { CONFIG_NAME, ConfigError, readConfigFile } from "../workspace/config-file.js";
import { analysisOverrides, DEFAULT_SCAN, scanOptions, type ScanOptions } from "./options.js";
import type { ServiceOptions } from "./workspace-service.js";

/** Loops proven to run at most this often are no N+1; see the rule's documentation. */
const SMALL_LOOP = 10;

export interface LoadedConfig {
  readonly analysis: AnalysisOptions;
  readonly scan: ScanOptions;
  /** One for each configuration file that cannot be used. */
  readonly problems: readonly Problem[];
}

/** @param overrides Win over the configuration files. */
export function loadConfig(options: ServiceOptions, overrides: ServiceOptions["overrides"]): LoadedConfig {
  const { roots, configFile } = options;
  const infos = ruleInfos();
  const rules = { ids: infos.map((rule) => rule.id), families: [...new Set(infos.map((rule) => rule.family))] };
  const files = configFile === undefined ? roots.map((root) => join(root, CONFIG_NAME)) : [configFile];
  let scan: ScanOptions = DEFAULT_SCAN;
  let analysis: Partial<AnalysisOptions> = {};
  const problems: Problem[] = [];
  for (const file of files) {
    try {
      const values = readConfigFile(file, rules, configFile !== undefined);
      if (values === undefined) continue;
      scan = { ...scan, ...scanOptions(values) };
      analysis = { ...analysis, ...analysisOverrides(values) };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push({ path: file, message: error.message });
    }
  }
  return {
    problems,
    scan: {
      ...scan,
      ...(options.maxFileBytes === undefined ? {} : { maxFileBytes: options.maxFileBytes }),
      exclude: [...scan.exclude, ...(options.exclude ?? [])],
    },
    analysis: {
      roots,
      rules: [],
      quietPaths: [],
      smallLoopBound: SMALL_LOOP,
      queryFunctions: [],
      ...(options.plannerFile === undefined ? { noPlanner: "no planner was started" } : {}),
      ...analysis,
      ...overrides,
      severities: { ...analysis.severities, ...overrides.severities },
    },
  };
}
