/** Entry points with their costs, as clients get them. */
import { endpoints, toEndpointCost } from "../analysis/endpoint-costs.js";
import type { EndpointCostsResult } from "../../../protocol/src/costs.js";
import type { WorkspaceService } from "./workspace-service.js";

/** @param file Only those of this file. */
export function endpointCosts(service: WorkspaceService, file?: string): EndpointCostsResult {
  return service.ask((inspection) => ({
    endpoints: endpoints(inspection, file).map((one) => toEndpointCost(one)),
    profiles: [],
  }));
}
