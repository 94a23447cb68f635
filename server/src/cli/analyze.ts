/** Opens a workspace, scans it and returns everything a report needs. Knows nothing of formats or exit codes. */
import { readFileSync } from "node:fs";
import type { RefreshWork, RuleInfo } from "../analysis/host.js";
import { endpoints, toEndpointCost } from "../analysis/endpoint-costs.js";
import type { Finding, Problem } from "../analysis/finding.js";
import { createService } from "../service/create-service.js";
import type { EndpointCost } from "../../../protocol/src/costs.js";
import { withFixes } from "../service/fixes.js";
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
  /** Each finding says how it can be fixed. */
  readonly fixes?: true;
  /** Runs when the findings are there, before they are reported. */
  readonly first?: (service: WorkspaceService) => Promise<void>;
}

/** Runs one whole analysis. Throws what `createService` throws for a configuration that cannot be used. */
export async function analyze(
  options: ServiceOptions,
  onProgress: (progress: Progress) => void,
  wanted: Wanted = {},
): Promise<Analysis> {
  const service = await createService(options);
  try {
    const scan = service.scan();
    let step = await scan.next();
    while (step.done !== true) {
      onProgress(step.value);
      step = await scan.next();
    }
    const { work } = service.refresh();
    while (await service.prove()) service.refresh();
    await wanted.first?.(service);
    return {
      findings: wanted.fixes === true ? withFixes(service) : service.allFindings(),
      problems: service.problems(),
      rules: service.rules(),
      stats: step.value,
      work,
      ...(wanted.costs === true
        ? { endpoints: service.ask((all) => endpoints(all).map((one) => toEndpointCost(one))) }
        : {}),
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
