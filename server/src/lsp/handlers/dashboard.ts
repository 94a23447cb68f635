/** `hotpath/dashboard`: everything the dashboard shows first; what changes after that is streamed by the monitor. */
import type { _Connection } from "vscode-languageserver";
import { version } from "../../base/version.js";
import { runHistory } from "../../evaluation-io/run-history.js";
import { endpointPoints } from "../../history/endpoint-points.js";
import { readHistory } from "../../history/finding-history.js";
import type { Monitor } from "../../monitor/monitor.js";
import { dashboardMethod, type DashboardData } from "../../../../protocol/src/dashboard.js";
import { defaultCacheFolder } from "../../workspace/cache-folder.js";
import type { WorkspaceSession } from "../workspace-session.js";

export function registerDashboard(
  connection: _Connection,
  monitor: Monitor | undefined,
  workspaceOf: () => WorkspaceSession | undefined,
): void {
  connection.onRequest(dashboardMethod, async (): Promise<DashboardData> => {
    const workspace = workspaceOf();
    const roots = workspace?.roots() ?? [];
    const cacheFolder = workspace?.settings()?.cacheFolder ?? defaultCacheFolder();
    // A cost that cannot be told must not cost the rest.
    const costs = await workspace
      ?.service()
      ?.endpointCosts()
      .catch(() => undefined);
    return {
      version,
      workspace: roots.map((root) => root.slice(root.lastIndexOf("/") + 1)).join(", "),
      history: readHistory(cacheFolder, roots),
      evaluations: runHistory(cacheFolder, roots),
      endpoints: costs === undefined ? undefined : endpointPoints(costs.endpoints, roots),
      rules: monitor?.rules() ?? [],
      methods: monitor?.methods() ?? [],
      tiers: monitor?.tiers() ?? [],
      live: monitor?.samples() ?? [],
    };
  });
}
