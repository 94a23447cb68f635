/** The profiles a person has imported: read once, joined to the code when somebody asks. */
import { allEndpoints, endpoints, toEndpointCost } from "../analysis/endpoint-costs.js";
import type { Finding, Problem } from "../analysis/finding.js";
import type { Inspection } from "../analysis/inspection.js";
import {
  loadGrammar,
  measuredCosts,
  measurementText,
  toMeasured,
  type MeasuredCosts,
} from "../analysis/measured-costs.js";
import { isFree } from "../cost/cost.js";
import { measuredFindings } from "../analysis/measured-findings.js";
import { ProfileError, type ResolvedProfile } from "../profiles/model.js";
import { ConfigError } from "../workspace/config-file.js";
import { readProfileFile } from "../workspace/profile-files.js";
import type { EndpointCost } from "../../../protocol/src/costs.js";
import type { WorkspaceService } from "./workspace-service.js";

/** What was left out of a profile, as problems of the run. */
export function problemsOf({ name, problems }: ResolvedProfile): readonly Problem[] {
  return problems.map((message) => ({ path: name, message }));
}

/** Functions move by a line or two within this time, which measured times survive. */
const KEEP_MS = 3000;

/** A class because it has a lifetime and remembers what was read. */
export class Profiles {
  #read: readonly ResolvedProfile[] = [];
  #joined: { readonly costs: MeasuredCosts; readonly at: number } | undefined;

  /** Rejects with `ConfigError` for a file that cannot be used. A file that was imported before is read anew. */
  async add(file: string, roots: readonly string[]): Promise<ResolvedProfile> {
    const profile = await readProfileFile(file, roots).catch((error: unknown) => {
      throw error instanceof ProfileError ? new ConfigError(error.message) : error;
    });
    // Statements are joined by PostgreSQL's own grammar.
    await loadGrammar();
    this.#joined = undefined;
    this.#read = [...this.#read.filter(({ name }) => name !== profile.name), profile];
    return profile;
  }

  clear(): void {
    this.#joined = undefined;
    this.#read = [];
  }

  names(): readonly string[] {
    return this.#read.map(({ name }) => name);
  }

  /** Entry points with their costs; those that were measured first, by their share of the time. */
  endpoints(service: WorkspaceService, file?: string): readonly EndpointCost[] {
    return service.ask((inspection) => {
      if (this.#read.length === 0) return endpoints(inspection, file).map((one) => toEndpointCost(inspection, one));
      const costs = this.#costs(inspection);
      const measured = allEndpoints(inspection, file).flatMap((one): EndpointCost[] => {
        const measurement = costs.ofEndpoint(one.id);
        if (measurement === undefined) return isFree(one.cost) ? [] : [toEndpointCost(inspection, one)];
        return [{ ...toEndpointCost(inspection, one), measured: toMeasured(measurement) }];
      });
      return measured.sort((a, b) => (b.measured?.share ?? 0) - (a.measured?.share ?? 0));
    });
  }

  /** What was measured of the function or entry point named at an offset, for a hover. */
  measuredAt(service: WorkspaceService, path: string, offset: number): string | undefined {
    if (this.#read.length === 0) return undefined;
    return service.ask((inspection) => {
      const view = inspection.viewOf(path);
      if (view === undefined) return undefined;
      const costs = this.#costs(inspection);
      const holds = ({ start, end }: { readonly start: number; readonly end: number }): boolean =>
        start <= offset && offset <= end;
      const endpoint = allEndpoints(inspection, path).find(({ span }) => holds(span));
      const fn = view.facts.functions.findIndex((one, id) => 0 < id && one.name !== "" && holds(one.nameSpan));
      const measurement =
        (endpoint === undefined ? undefined : costs.ofEndpoint(endpoint.id)) ??
        (fn < 0 ? undefined : costs.ofFunction({ file: path, fn }));
      return measurement === undefined ? undefined : measurementText(measurement);
    });
  }

  /** Findings with what was measured of them. */
  measured(service: WorkspaceService, findings: readonly Finding[]): readonly Finding[] {
    if (this.#read.length === 0 || findings.length === 0) return findings;
    return service.ask((inspection) => measuredFindings(inspection, this.#costs(inspection), findings));
  }

  /** Joined anew when the code may have changed; not with each letter that is typed. */
  #costs(inspection: Inspection): MeasuredCosts {
    const now = performance.now();
    if (this.#joined === undefined || this.#joined.at + KEEP_MS < now)
      this.#joined = { costs: measuredCosts(inspection, allEndpoints(inspection), this.#read), at: now };
    return this.#joined.costs;
  }
}
