/** Every rule about the schema, in the order of the documentation. */
import type { CatalogEvidence, CatalogRule } from "./define-catalog-rule.js";
import { lockingIndexCreation } from "./missing-index/locking-index-creation.js";
import { shadowedIndex } from "./missing-index/shadowed-index.js";
import { unindexedForeignKey } from "./missing-index/unindexed-foreign-key.js";

/** See `anyRule` in `registry.ts`. */
function anyRule<E extends CatalogEvidence>(rule: CatalogRule<E>): CatalogRule {
  return { ...rule, describe: (evidence, view) => rule.describe(evidence as E, view) };
}

export const catalogRules: readonly CatalogRule[] = [
  anyRule(unindexedForeignKey),
  anyRule(shadowedIndex),
  anyRule(lockingIndexCreation),
];
