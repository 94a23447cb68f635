/** `hotpath daemon start|stop|status`. */
import { join } from "node:path";
import { nearest } from "../base/nearest.js";
import { version } from "../base/version.js";
import { daemonStatus, startDaemon, stopDaemon, type DaemonState } from "../daemon/lifecycle.js";
import { UsageError, type ParsedCommand } from "./command-line.js";
import { EXIT, type Terminal } from "./terminal.js";

const ACTIONS = ["start", "stop", "status"] as const;

export async function daemon(command: ParsedCommand, terminal: Terminal): Promise<number> {
  const [action, ...rest] = command.positionals;
  if (action === undefined || rest.length > 0)
    throw new UsageError("say what to do with the daemon: hotpath daemon start, stop or status");
  const metrics = command.values["metrics"]?.at(-1);
  const state = await act(action, metrics);
  if (metrics !== undefined && state.kind === "running" && state.info.metricsUrl === undefined) {
    const wayOut = "stop it with hotpath daemon stop, then start it again";
    throw new UsageError(`the daemon runs already, without metrics: ${wayOut}`);
  }
  terminal.stdout.write(command.flags.has("json") ? `${JSON.stringify(state)}\n` : `${describe(state)}\n`);
  return state.kind === "failed" ? EXIT.usage : EXIT.clean;
}

async function act(action: string, metrics: string | undefined): Promise<DaemonState> {
  if (metrics !== undefined) {
    if (action !== "start") throw new UsageError("--metrics goes with hotpath daemon start");
    const { loopbackAddress } = await import("../monitor/serve-metrics.js");
    const place = loopbackAddress(metrics);
    if (typeof place === "string") throw new UsageError(place);
  }
  const flags = metrics === undefined ? [] : ["--metrics", metrics];
  if (action === "start") return await startDaemon(version, join(__dirname, "server.js"), flags);
  if (action === "stop") return await stopDaemon(version);
  if (action === "status") return await daemonStatus(version);
  const guess = nearest(action, ACTIONS);
  throw new UsageError(
    `there is no hotpath daemon ${action}: ${guess === undefined ? "use start, stop or status" : `did you mean ${guess}?`}`,
  );
}

function describe(state: DaemonState): string {
  if (state.kind === "failed") return `failed: ${state.reason}`;
  if (state.kind === "stopped") return "not running; hotpath daemon start starts it";
  const { info } = state;
  return `running: version ${info.version}, process ${info.pid}, up ${info.uptimeSeconds} s, ${info.clients} clients, ${info.memoryMb} MB, socket ${state.path}${info.metricsUrl === undefined ? "" : `, metrics ${info.metricsUrl}`}`;
}
