/** The contract of a rule that looks at the schema instead of a code file, and reports where tables, columns and indexes are declared. */
import type { Catalog } from "../catalog/model.js";
import type { Fix, FixSources } from "../fixes/fix.js";
import type { FilePath, Location } from "../project/model.js";
import type { Description, Rule } from "./define-rule.js";

export interface CatalogView {
  readonly catalog: Catalog;
  /** Files nobody wants findings in: tests, seeds, examples. */
  readonly isQuiet: (path: FilePath) => boolean;
}

export interface CatalogEvidence {
  readonly at: Location;
  /** What the finding is about, by name (`orders.user_id`): its identity across edits. */
  readonly subject: string;
  /** The finding asks for an index that begins with one of these columns: it is left out where a query's finding asks for one. */
  readonly lacks?: { readonly tableId: string; readonly columns: readonly string[] };
}

/** Like `Rule`, over the whole catalog. Pure: an unchanged catalog means an unchanged result. */
export interface CatalogRule<E extends CatalogEvidence = CatalogEvidence> extends Pick<
  Rule,
  "id" | "family" | "since" | "severity" | "fixSafety" | "docs"
> {
  check(view: CatalogView): Iterable<E>;
  describe(evidence: E, view: CatalogView): Description;
  /** See `Rule.fixes`. */
  fixes?(evidence: E, view: CatalogView, sources: FixSources): readonly Fix[];
}

/** Ties the evidence type of `check` to `describe` by inference; otherwise the identity. */
export function defineCatalogRule<E extends CatalogEvidence>(rule: CatalogRule<E>): CatalogRule<E> {
  return rule;
}
