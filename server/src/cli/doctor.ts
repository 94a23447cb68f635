/** `hotpath doctor`: tries each part for real and says what works, what does not, and what to do about it. */
import { join } from "node:path";
import { version } from "../base/version.js";
import { daemonStatus } from "../daemon/lifecycle.js";
import { databaseHealth } from "../health/database-health.js";
import { databaseUrlFrom } from "../service/database-url.js";
import { checkHealth, type Seen } from "../health/check-health.js";
import { bundledEmbedder } from "../health/bundled-embedder.js";
import type { HealthState } from "../../../protocol/src/health.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import { sharedCacheFrom } from "../workspace/shared-cache.js";
import { analyze } from "./analyze.js";
import type { ParsedCommand } from "./command-line.js";
import { paletteFor } from "./palette.js";
import { EXIT, type Terminal } from "./terminal.js";

export async function doctor(command: ParsedCommand, terminal: Terminal): Promise<number> {
  const embedder = await bundledEmbedder(__dirname);
  const report = await checkHealth(
    {
      cacheFolder: defaultCacheFolder(),
      sharedCache: sharedCacheFrom(new Map(), terminal.env),
      analyze: (options) => analyze(options, () => undefined),
      plannerFile: join(__dirname, "planner-process.js"),
      embedder,
    },
    "thorough",
    { database: () => databaseHealth(databaseUrlFrom(terminal.env)), daemon: daemonHealth },
  );
  await embedder.close();
  if (command.flags.has("json")) {
    terminal.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  } else {
    const palette = paletteFor(terminal.stdout, terminal.env);
    const label: Readonly<Record<HealthState, string>> = {
      healthy: palette.green("healthy "),
      degraded: palette.red("degraded"),
      absent: palette.dim("absent  "),
    };
    const width = Math.max(...report.parts.map(({ name }) => name.length)) + 2;
    const rows = report.parts.map(
      ({ state, name, detail, next }) =>
        `${label[state]}  ${name.padEnd(width)}${detail}${next === undefined ? "" : `: ${next}`}\n`,
    );
    terminal.stdout.write(`hotpath ${version}\n${rows.join("")}`);
  }
  return report.state === "degraded" ? EXIT.findings : EXIT.clean;
}

async function daemonHealth(): Promise<Seen> {
  const state = await daemonStatus(version);
  if (state.kind === "stopped")
    return { state: "absent", detail: "not running", next: "hotpath daemon start starts it" };
  if (state.kind === "failed") return { state: "degraded", detail: state.reason, next: "see hotpath daemon status" };
  const { pid, clients, memoryMb } = state.info;
  return { state: "healthy", detail: `process ${pid}, ${clients} clients, ${memoryMb} MB` };
}
