/** The engine finds a planted defect; the planner confirms one. */
import type { HealthPlaces, Seen } from "./check-health.js";
import { LOOP_SAMPLE, PLANNER_SAMPLE, withSample } from "./sample.js";

export async function engineHealth({ analyze }: HealthPlaces): Promise<Seen> {
  const { findings } = await withSample(
    LOOP_SAMPLE,
    async (folder) => await analyze({ roots: [folder], cacheFolder: undefined, overrides: {}, workers: 0 }),
  );
  return findings.some((finding) => finding.family === "n-plus-one")
    ? { state: "healthy", detail: "found the planted query in a loop across two files" }
    : { state: "degraded", detail: "did not find the planted query in a loop", next: "reinstall Hotpath" };
}

export async function plannerHealth({ analyze, plannerFile, cacheFolder }: HealthPlaces): Promise<Seen> {
  if (plannerFile === undefined)
    return { state: "absent", detail: "not part of this build", next: "findings about indexes stay information" };
  const { findings } = await withSample(
    PLANNER_SAMPLE,
    async (folder) =>
      await analyze({
        roots: [folder],
        cacheFolder,
        plannerFile,
        overrides: { rules: ["unindexed-filter"] },
        workers: 0,
      }),
  );
  const [finding] = findings;
  if (finding?.severity === "warning") return { state: "healthy", detail: "confirmed the planted missing index" };
  return {
    state: "degraded",
    detail: finding?.message ?? "the planted missing index was not found",
    next: "findings about indexes stay information; reinstall Hotpath, or give it 500 MB of memory",
  };
}
