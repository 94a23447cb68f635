/** One client as the server's monitor sees it: its figures, its alerts, whether it watches; and the watch over its analyzer's memory. */
import { MessageType, ShowMessageNotification, type _Connection } from "vscode-languageserver";
import { liveMethod, watchLiveMethod, type WatchLiveParams } from "../../../protocol/src/dashboard.js";
import type { ClientFigures, Monitor, MonitoredClient } from "../monitor/monitor.js";
import { createMemoryWatchdog } from "./memory-watchdog.js";
import type { WorkspaceSession } from "./workspace-session.js";

/** How often an analyzer is asked how it is. */
const POLL_MS = 4_000;

/** Starts watching; the function it returns ends that. */
export function monitorClient(
  connection: _Connection,
  monitor: Monitor | undefined,
  workspaceOf: () => WorkspaceSession | undefined,
): () => void {
  const latest: { figures: ClientFigures } = { figures: { queued: 0, cache: undefined } };
  const watchdog = createMemoryWatchdog((relief, reason) => void workspaceOf()?.relieve(relief, reason));
  const poll = async (): Promise<void> => {
    const service = workspaceOf()?.service();
    if (service === undefined) return;
    const { cache, heap, plannerTimes } = await service.figures();
    for (const ms of plannerTimes) monitor?.query(ms);
    latest.figures = { queued: service.queued(), cache, ...(heap === undefined ? {} : { heap }) };
    if (heap !== undefined) watchdog(heap);
  };
  const timer = setInterval(() => void poll().catch(() => undefined), POLL_MS);
  timer.unref();
  if (monitor === undefined) return () => clearInterval(timer);

  const client: MonitoredClient = {
    figures: () => ({ ...latest.figures, queued: workspaceOf()?.service()?.queued() ?? 0 }),
    alert: (message) =>
      void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message }),
  };
  const leave = monitor.addClient(client);
  connection.onNotification(watchLiveMethod, ({ on }: WatchLiveParams) => {
    client.live = on ? (params) => void connection.sendNotification(liveMethod, params) : undefined;
    monitor.watchChanged();
    if (on) void poll().then(() => monitor.sample());
  });
  return () => {
    clearInterval(timer);
    leave();
  };
}
