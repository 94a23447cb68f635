/** `--timing`: where the time of a check went. */
import type { Analysis } from "./analyze.js";

export function renderTiming({ stats, work }: Pick<Analysis, "stats" | "work">): string {
  const stages = Object.entries({ ...stats.stageMs, ...work?.stageMs });
  const rules = Object.entries(work?.ruleMs ?? {}).sort(([, a], [, b]) => b - a);
  const rows = [
    ...stages.map(([name, ms]) => ["stage", name, ms] as const),
    ...rules.map(([name, ms]) => ["rule", name, ms] as const),
  ];
  return rows
    .map(([kind, name, ms]) => `${kind.padEnd(6)}${name.padEnd(32)}${ms.toFixed(1).padStart(10)} ms\n`)
    .join("");
}
