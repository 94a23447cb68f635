/**
 * What the analyzer holds, opened for answers that are put together when somebody asks: explanations, code lenses, references. Nothing in it is copied, so it is
 * valid until the next change.
 */
import type { SchemaFile } from "../catalog/change.js";
import type { Catalog } from "../catalog/model.js";
import type { CostTable } from "../cost/cost-table.js";
import type { FileFacts } from "../facts/model.js";
import type { Fix, FixSources } from "../fixes/fix.js";
import type { FileView } from "../project/file-view.js";
import type { SchemaView } from "../rules/define-rule.js";
import type { Finding } from "./finding.js";

export interface Inspection {
  /** Absolute folders that are open. */
  readonly roots: readonly string[];
  readonly catalog: Catalog;
  /** Files of the program; those of nothing but schema are not among them. */
  readonly files: readonly string[];
  /** Lines and the like of any file, of code or of schema. */
  readonly factsOf: (path: string) => FileFacts | undefined;
  readonly viewOf: (path: string) => FileView | undefined;
  /** What a file by itself says of the schema, before other files are taken into account. */
  readonly declaredIn: (path: string) => SchemaFile | undefined;
  /** What is known of sizes and plans. Asks no planner anything. */
  readonly schema: SchemaView;
  /** The file of the workspace an import of another file means; undefined for packages and for what is not there. */
  readonly resolveImport: (from: string, specifier: string) => string | undefined;
  /** Files whose imports lead straight to this one, sorted. */
  readonly importersOf: (path: string) => readonly string[];
  readonly findings: (path: string) => readonly Finding[];
  /** See `AnalysisHost.fixesOf`. */
  readonly fixesOf: (path: string, fingerprint: string, sources: FixSources) => readonly Fix[];
  /** What a run of each function costs; computed when asked. */
  readonly costs: CostTable;
}
