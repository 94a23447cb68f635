/** What there is to see of Hotpath itself: the health of its parts, and the dashboard. */
import type { LanguageClient } from "vscode-languageclient/node";
import { createDashboard } from "./dashboard.js";
import { createHealthView } from "./health.js";

export interface Overview {
  dispose(): void;
  /** A new server is about to start. */
  attach(client: LanguageClient): void;
}

export function createOverview(clientOf: () => LanguageClient | undefined): Overview {
  const health = createHealthView([{ scheme: "file" }], clientOf);
  const dashboard = createDashboard(clientOf);
  return {
    attach(client) {
      health.attach(client);
      dashboard.attach(client);
    },
    dispose() {
      health.dispose();
      dashboard.dispose();
    },
  };
}
