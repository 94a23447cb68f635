/** Starting, asking after and stopping the daemon of this user. */
import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { connectDaemon } from "./connect.js";
import type { DaemonInfo } from "./handshake.js";
import { socketPlace } from "./socket-path.js";

export type DaemonState =
  | { readonly kind: "running"; readonly info: DaemonInfo; readonly path: string }
  | { readonly kind: "stopped"; readonly path: string }
  | { readonly kind: "failed"; readonly reason: string };

/** How long a start may take before it counts as failed: a cold start of node and the bundles takes about 300 ms. */
const START_TIMEOUT_MS = 8000;
const POLL_MS = 50;

export async function daemonStatus(version: string): Promise<DaemonState> {
  const { path } = socketPlace(version);
  const result = await connectDaemon(path, version, "status");
  if (result.kind === "absent") return { kind: "stopped", path };
  if (result.kind === "refused") return { kind: "failed", reason: result.reason };
  result.socket.destroy();
  return { kind: "running", info: result.info, path };
}

/**
 * Starts the daemon unless it runs already; resolves once it answers.
 *
 * @param flags More of the server's own.
 */
export async function startDaemon(
  version: string,
  serverFile: string,
  flags: readonly string[] = [],
): Promise<DaemonState> {
  const before = await daemonStatus(version);
  if (before.kind !== "stopped") return before;
  const { folder } = socketPlace(version);
  const log = folder === undefined ? "ignore" : openSync(join(folder, "daemon.log"), "a", 0o600);
  const child = spawn(process.execPath, [serverFile, "--socket", before.path, ...flags], {
    detached: true,
    stdio: ["ignore", log, log],
    // The daemon outlives this command's folder, which somebody may want to remove.
    cwd: folder ?? process.cwd(),
    windowsHide: true,
  });
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code) => resolve(`it ended at once with code ${code ?? "none"}`));
  });
  child.unref();
  return await waitForAnswer(version, exited, folder);
}

async function waitForAnswer(
  version: string,
  exited: Promise<string>,
  folder: string | undefined,
): Promise<DaemonState> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  const early: { reason?: string } = {};
  void exited.then((reason) => (early.reason = reason));
  while (Date.now() < deadline) {
    const state = await daemonStatus(version);
    if (state.kind !== "stopped") return state;
    if (early.reason !== undefined) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const where = folder === undefined ? "" : `, see ${join(folder, "daemon.log")}`;
  return {
    kind: "failed",
    reason: `the daemon did not start: ${early.reason ?? `no answer within ${START_TIMEOUT_MS / 1000} s`}${where}`,
  };
}

/** Asks the daemon to leave and waits until it has. */
export async function stopDaemon(version: string): Promise<DaemonState> {
  const { path } = socketPlace(version);
  const result = await connectDaemon(path, version, "stop");
  if (result.kind === "absent") return { kind: "stopped", path };
  if (result.kind === "refused") return { kind: "failed", reason: result.reason };
  result.socket.destroy();
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const state = await daemonStatus(version);
    if (state.kind === "stopped") return state;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return { kind: "failed", reason: `the daemon with process id ${result.info.pid} does not leave: end it by hand` };
}
