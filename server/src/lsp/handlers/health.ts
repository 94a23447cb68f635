/** `hotpath/health`: the doctor's report, for the editor. */
import type { _Connection } from "vscode-languageserver";
import { healthMethod, type HealthParams, type HealthReport } from "../../../../protocol/src/health.js";
import type { Finding } from "../../analysis/finding.js";
import { checkHealth } from "../../health/check-health.js";
import type { Embedder } from "../../ranking/embedder.js";
import type { ServiceOptions } from "../../service/workspace-service.js";
import type { AsyncService } from "../async-service.js";
import type { SessionSettings } from "../configuration.js";
import { defaultCacheFolder } from "../../workspace/cache-folder.js";

export interface HealthSources {
  readonly startService: () => AsyncService;
  readonly settings: () => SessionSettings | undefined;
  readonly watchesFiles: () => boolean;
  readonly embedder: (() => Embedder) | undefined;
}

export function registerHealth(connection: _Connection, sources: HealthSources): void {
  connection.onRequest(healthMethod, async ({ thorough }: HealthParams): Promise<HealthReport> => {
    const settings = sources.settings();
    return await checkHealth(
      {
        cacheFolder: settings?.cacheEnabled === false ? undefined : (settings?.cacheFolder ?? defaultCacheFolder()),
        sharedCache: settings?.scan.sharedCache,
        analyze: (options) => analyzeElsewhere(sources.startService, options),
        // The workspace's thread has its own; any name means that it may ask.
        plannerFile: "planner-process.js",
        embedder: sources.embedder?.(),
        editorWatches: sources.watchesFiles(),
      },
      thorough ? "thorough" : "quick",
    );
  });
}

async function analyzeElsewhere(
  startService: () => AsyncService,
  options: ServiceOptions,
): Promise<{ readonly findings: readonly Finding[] }> {
  const service = startService();
  try {
    await service.open(options);
    await service.scan(() => undefined);
    do await service.refresh();
    while (await service.prove());
    return { findings: await service.allFindings() };
  } finally {
    await service.close();
  }
}
