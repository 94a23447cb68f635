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
  const state = await act(action);
  terminal.stdout.write(command.flags.has("json") ? `${JSON.stringify(state)}\n` : `${describe(state)}\n`);
  return state.kind === "failed" ? EXIT.usage : EXIT.clean;
}

async function act(action: string): Promise<DaemonState> {
  if (action === "start") return await startDaemon(version, join(__dirname, "server.js"));
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
  return `running: version ${info.version}, process ${info.pid}, up ${info.uptimeSeconds} s, ${info.clients} clients, ${info.memoryMb} MB, socket ${state.path}`;
}
