/** Requests about what requests cost: the list, the path of one, and lines above handlers. */
import { LSPErrorCodes, ResponseError, type _Connection, type CodeLens } from "vscode-languageserver";
import {
  clearProfilesMethod,
  costPathMethod,
  endpointCostsMethod,
  importProfileMethod,
  type CostPathParams,
  type CostPathResult,
  type EndpointCost,
  type EndpointCostsParams,
  type EndpointCostsResult,
  type ImportProfileParams,
  type ImportProfileResult,
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
  connection.onRequest(importProfileMethod, async ({ file }: ImportProfileParams): Promise<ImportProfileResult> => {
    const { workspace } = served;
    await workspace?.settled();
    const message = await workspace?.importProfile(file).catch((error: unknown) => {
      throw new ResponseError(LSPErrorCodes.RequestFailed, error instanceof Error ? error.message : String(error));
    });
    return { message: message ?? "no folder is open: open the program's folder first" };
  });
  connection.onRequest(clearProfilesMethod, async () => {
    await served.workspace?.clearProfiles();
    return null;
  });
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
