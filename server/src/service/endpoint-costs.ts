/** Entry points with their costs, as clients get them. */
import type { ResolvedProfile } from "../profiles/model.js";
import type { EndpointCostsResult } from "../../../protocol/src/costs.js";
import type { Profiles } from "./profiles.js";
import type { WorkspaceService } from "./workspace-service.js";

/** Summary of an import, for a person. */
export function importedText({ name, profile, places, problems }: ResolvedProfile): string {
  const what =
    "tree" in profile
      ? `${places.filter((place) => place !== undefined).length} of ${profile.frames.length} functions are in this workspace`
      : [
          many(profile.routes.length, "route"),
          many(profile.statements.length, "statement"),
          many(profile.functions.length, "function"),
        ].join(", ");
  return [`${name}: ${what}`, ...problems].join("; ");
}

/** @param file Only those of this file. */
export function endpointCosts(service: WorkspaceService, profiles: Profiles, file?: string): EndpointCostsResult {
  return { endpoints: profiles.endpoints(service, file), profiles: profiles.names() };
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
