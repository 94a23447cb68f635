// A few steps in a row, each named, each with a time limit; the first failure of a step does not hide the others.
import { mkdirSync } from "node:fs";

/** Waits until `probe` gives something truthy, and gives that back. Throws with the label after `limitMs`. */
export async function until(label, probe, limitMs = 30_000, everyMs = 150) {
  const deadline = Date.now() + limitMs;
  let last;
  while (Date.now() < deadline) {
    try {
      const value = await probe();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`${label}: not within ${limitMs / 1000} s${last ? ` (${last.message})` : ""}`);
}

export function createSteps(screenshotFolder, screenshot) {
  let passed = 0;
  let failed = 0;
  return {
    async step(name, run) {
      const started = Date.now();
      try {
        await run();
        passed++;
        console.log(`ok    ${name} (${Date.now() - started} ms)`);
      } catch (error) {
        failed++;
        console.log(
          `FAIL  ${name}: ${String(error?.stack ?? error)
            .split("\n")
            .slice(0, 3)
            .join(" | ")}`,
        );
        mkdirSync(screenshotFolder, { recursive: true });
        await screenshot?.(`${screenshotFolder}/failed-${name.replaceAll(/\W+/g, "-")}.png`).catch(() => undefined);
      }
    },
    finish() {
      console.log(`SUITE ${passed} passed, ${failed} failed`);
      return failed === 0;
    },
  };
}
