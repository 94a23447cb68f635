/** Requests about what requests cost: the list, the path of one, and lines above handlers. */
import type { _Connection, CodeLens } from "vscode-languageserver";
import {
  costPathMethod,
  endpointCostsMethod,
  type CostPathParams,
  type CostPathResult,
  type EndpointCost,
  type EndpointCostsParams,
  type EndpointCostsResult,
} from "../../../../protocol/src/costs.js";
import { toRange } from "../to-lsp.js";
import type { WorkspaceSession } from "../workspace-session.js";

interface Served {
  readonly workspace?: WorkspaceSession;
}

/** @param served Filled in when the client has said hello. */
export function registerCosts(connection: _Connection, served: Served): void {
  connection.onRequest(endpointCostsMethod, ({ file }: EndpointCostsParams): Promise<EndpointCostsResult> =>
    listed(served, file),
  );
  connection.onRequest(costPathMethod, async ({ id }: CostPathParams): Promise<CostPathResult> => {
    await served.workspace?.settled();
    return { steps: (await served.workspace?.service()?.costPath(id)) ?? [] };
  });
}

async function listed({ workspace }: Served, file?: string): Promise<EndpointCostsResult> {
  await workspace?.settled();
  return (await workspace?.service()?.endpointCosts(file)) ?? { endpoints: [], profiles: [] };
}

/** A line above each entry point of a file that costs something. */
export async function costLenses(served: Served, path: string): Promise<CodeLens[]> {
  const { endpoints } = await listed(served, path);
  return endpoints.map((endpoint) => {
    const range = toRange(endpoint.range);
    return {
      range: { start: range.start, end: range.start },
      command: { title: lensTitle(endpoint), command: "hotpath.showEndpointCost", arguments: [endpoint.id] },
    };
  });
}

/** `GET /orders → 2 + 3·orders queries`; what was measured comes first. */
function lensTitle({ label, cost, measured }: EndpointCost): string {
  const name = label === "" ? "one run" : label;
  return measured === undefined ? `${name} → ${cost}` : `${name} → ${measured.text} · ${cost}`;
}
