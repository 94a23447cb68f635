/** Tries each part for real, and says what works, what does not, and what to do about it. The one source of the doctor and the editor's health. */
import { version } from "../base/version.js";
import type { Finding } from "../analysis/finding.js";
import type { SharedCache } from "../cache/open-cache.js";
import type { Embedder } from "../ranking/embedder.js";
import type { ServiceOptions } from "../service/workspace-service.js";
import type { HealthPart, HealthReport } from "../../../protocol/src/health.js";
import { engineHealth, plannerHealth } from "./analysis-health.js";
import { diskHealth, redisHealth } from "./cache-health.js";
import { gitHealth, nodeHealth, watchingHealth } from "./machine-health.js";
import { modelHealth } from "./model-health.js";

export interface HealthPlaces {
  /** Undefined where the disk cache is switched off. */
  readonly cacheFolder: string | undefined;
  readonly sharedCache: SharedCache | undefined;
  /** One whole analysis of a small folder; whoever asks knows on which thread. */
  readonly analyze: (options: ServiceOptions) => Promise<{ readonly findings: readonly Finding[] }>;
  /** Undefined where nothing is asked of a planner. */
  readonly plannerFile: string | undefined;
  readonly embedder: Embedder | undefined;
  /** Of the editor: whether it tells of changed files. Undefined where there is none. */
  readonly editorWatches?: boolean;
}

/** What a part says of itself; name and time are added. */
export type Seen = Pick<HealthPart, "state" | "detail" | "next">;

/** @param others Parts that only the asker can try. */
export async function checkHealth(
  places: HealthPlaces,
  depth: "quick" | "thorough",
  others: Readonly<Record<string, () => Seen | Promise<Seen>>> = {},
): Promise<HealthReport> {
  const slow: Readonly<Record<string, () => Seen | Promise<Seen>>> = {
    planner: () => plannerHealth(places),
    model: () => modelHealth(places.embedder),
  };
  const probes = {
    node: nodeHealth,
    engine: () => engineHealth(places),
    "disk cache": () => diskHealth(places.cacheFolder),
    Redis: () => redisHealth(places.sharedCache),
    ...(depth === "thorough" ? slow : {}),
    "file watching": () => watchingHealth(places.editorWatches),
    git: gitHealth,
    ...others,
  };
  const parts: HealthPart[] = [];
  // One after another: a part must not be called slow because of another one.
  for (const [name, probe] of Object.entries(probes)) parts.push(await tried(name, probe));
  return { version, state: parts.some(({ state }) => state === "degraded") ? "degraded" : "healthy", parts };
}

async function tried(name: string, probe: () => Seen | Promise<Seen>): Promise<HealthPart> {
  const started = performance.now();
  const seen = await Promise.resolve()
    .then(probe)
    .catch((error: unknown): Seen => {
      const detail = error instanceof Error ? error.message : String(error);
      return { state: "degraded", detail, next: "hotpath doctor shows it again; the log has more" };
    });
  return { name, ...seen, tookMs: Math.round(performance.now() - started) };
}
