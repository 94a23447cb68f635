/** `hotpath/check`: one whole analysis of what is on disk, for the command line. Unsaved text of editors plays no part in it. */
import type { Finding, Problem } from "../../analysis/finding.js";
import type { RuleInfo } from "../../analysis/host.js";
import type { ScanStats } from "../../service/workspace-service.js";
import { defaultCacheFolder } from "../../workspace/cache-folder.js";
import { sharedCacheFrom } from "../../workspace/shared-cache.js";
import type { CheckParams } from "../../../../protocol/src/messages.js";
import type { AsyncService } from "../async-service.js";

export interface CheckResult {
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  readonly rules: readonly RuleInfo[];
  readonly stats: ScanStats;
}

/** Rejects with the sentence of a configuration that cannot be used. */
export async function check(startService: () => AsyncService, params: CheckParams): Promise<CheckResult> {
  const service = startService();
  try {
    await service.open({
      roots: [params.root],
      ...(params.configFile === undefined ? {} : { configFile: params.configFile }),
      cacheFolder: defaultCacheFolder(),
      sharedCache: sharedCacheFrom(new Map(), process.env),
      overrides: { rules: params.rules },
    });
    const stats = await service.scan(() => undefined);
    do await service.refresh();
    while (await service.prove());
    const [findings, problems, rules] = await Promise.all([
      params.fixes === true ? service.findingsWithFixes() : service.allFindings(),
      service.problems(),
      service.rules(),
    ]);
    return { findings, problems, rules, stats };
  } finally {
    await service.close();
  }
}
