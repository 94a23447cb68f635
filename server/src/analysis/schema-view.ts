/** What rules about queries see of the schema, put together from what the host keeps. */
import type { SchemaView } from "../rules/define-rule.js";
import type { AnalysisOptions } from "./host.js";
import type { ProofStore } from "./proof-store.js";
import { statisticsOf } from "./statistics-of.js";
import type { WorkloadStore } from "./workload-store.js";

export function schemaView(options: AnalysisOptions, proofs: ProofStore, workload: WorkloadStore): SchemaView {
  return {
    rowsOf: (table) => statisticsOf(table, options)?.rows,
    statisticsOf: (table) => statisticsOf(table, options),
    lackedIn: (path) => workload.lackedIn(path),
    proofOf: proofs.known(options),
  };
}
