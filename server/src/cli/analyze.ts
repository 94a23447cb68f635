/** Opens a workspace, scans it and returns everything a report needs. Knows nothing of formats or exit codes. */
import { readFileSync } from "node:fs";
import type { RefreshWork, RuleInfo } from "../analysis/host.js";
import type { Finding, Problem } from "../analysis/finding.js";
import { createService } from "../service/create-service.js";
import type { EndpointCost } from "../../../protocol/src/costs.js";
import { problemsOf, Profiles } from "../service/profiles.js";
import { findingsWithFixes } from "../service/fix-titles.js";
import type { Progress, ScanStats, ServiceOptions, WorkspaceService } from "../service/workspace-service.js";

export interface Analysis {
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  readonly rules: readonly RuleInfo[];
  readonly stats: ScanStats;
  /** What was computed; undefined when the daemon did it. */
  readonly work: RefreshWork | undefined;
  /** Entry points with their costs, when they were asked for. */
  readonly endpoints?: readonly EndpointCost[];
}

export interface Wanted {
  readonly costs?: true;
  /** Profiles to measure with; absolute. */
  readonly profiles?: readonly string[];
  /** Each finding says how it can be fixed. */
  readonly fixes?: true;
  /** Runs when the findings are there, before they are reported. */
  readonly first?: (service: WorkspaceService) => Promise<void>;
}

/** A disk that takes longer is not waited for. */
const FLUSH_LIMIT_MS = 1_000;

/** Runs one whole analysis. Throws `ConfigError` for a configuration or a profile that cannot be used. */
export async function analyze(
  options: ServiceOptions,
  onProgress: (progress: Progress) => void,
  wanted: Wanted = {},
): Promise<Analysis> {
  const profiles = new Profiles();
  const read = [];
  for (const file of wanted.profiles ?? []) read.push(await profiles.add(file, options.roots));
  const service = await createService(options);
  try {
    const scan = service.scan();
    let step = await scan.next();
    while (step.done !== true) {
      onProgress(step.value);
      step = await scan.next();
    }
    // Whoever interrupts what follows keeps what was read so far.
    await service.cache.flush(FLUSH_LIMIT_MS);
    const { work } = service.refresh();
    while (await service.prove()) service.refresh();
    await wanted.first?.(service);
    return {
      findings: profiles.measured(
        service,
        wanted.fixes === true ? await findingsWithFixes(service) : service.allFindings(),
      ),
      problems: [...service.problems(), ...read.flatMap(problemsOf)],
      rules: service.rules(),
      stats: step.value,
      work,
      ...(wanted.costs === true ? { endpoints: profiles.endpoints(service) } : {}),
    };
  } finally {
    await service.close();
  }
}

/** Text of a file for a code frame; undefined when it is gone or unreadable. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
