/** Calls about costs and profiles, on the far side of `AsyncService`. */
import { costPath } from "../analysis/cost-path.js";
import { endpointCosts, importedText } from "../service/endpoint-costs.js";
import type { Profiles } from "../service/profiles.js";
import type { WorkspaceService } from "../service/workspace-service.js";

export type CostMethod = "endpointCosts" | "costPath" | "importProfile" | "clearProfiles";

export function isCostMethod(method: string): method is CostMethod {
  return (
    method === "endpointCosts" || method === "costPath" || method === "importProfile" || method === "clearProfiles"
  );
}

/** @param roots Folders of the workspace, outside of which nothing that a profile names is read. */
export async function callCosts(
  service: WorkspaceService,
  profiles: Profiles,
  roots: readonly string[],
  method: CostMethod,
  args: readonly unknown[],
): Promise<unknown> {
  switch (method) {
    case "endpointCosts":
      return endpointCosts(service, profiles, args[0] as string | undefined);
    case "costPath":
      return service.ask((inspection) => costPath(inspection, args[0] as string));
    case "importProfile":
      return importedText(await profiles.add(args[0] as string, roots));
    case "clearProfiles":
      profiles.clear();
      return undefined;
  }
}

/** The hover, with what was measured of the function or entry point there. */
export function measuredHover(
  service: WorkspaceService,
  profiles: Profiles,
  path: string,
  offset: number,
): ReturnType<WorkspaceService["hover"]> {
  const found = service.hover(path, offset);
  const measured = found === undefined ? undefined : profiles.measuredAt(service, path, offset);
  return found === undefined || measured === undefined
    ? found
    : { ...found, markdown: `${found.markdown}\n\nMeasured: **${measured}**` };
}
