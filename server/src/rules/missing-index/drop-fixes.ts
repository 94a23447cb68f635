/** What the rule about superfluous indexes tells the maker of its fix. */
import { isModel } from "../../catalog/merge.js";
import type { Catalog, Index, Table } from "../../catalog/model.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import { dropIndex } from "../../fixes/index/drop-index.js";
import { prismaName } from "../../fixes/index/prisma-index.js";
import type { WantedIndex } from "../../fixes/index/wanted-index.js";
import { homeOf } from "./index-fixes.js";

/** Empty for an index without a name that a migration has made: nobody can say what to drop. */
export function dropFixes(table: Table, index: Index, catalog: Catalog, sources: FixSources): readonly Fix[] {
  const { method } = index;
  if (method !== "btree" && method !== "gin") return [];
  const home = homeOf(table, catalog);
  const isMigrated =
    home.migrations !== undefined && index.sources.some((one) => one === "sql-migration" || one === "code-migration");
  const isDeclared = index.sources.some((one) => isModel(one) || one === "sql-schema");
  const parts = index.parts.map(({ column, expression, descending, operatorClass }) => ({
    ...(column === undefined ? {} : { column }),
    ...(expression === undefined ? {} : { expression }),
    ...(operatorClass === undefined ? {} : { operatorClass }),
    descending: descending === true,
  }));
  const name = index.name ?? (index.sources.includes("prisma") ? prismaName({ table: table.name, parts }) : undefined);
  if (name === undefined && isMigrated) return [];
  const wanted: WantedIndex = {
    name: name ?? "",
    table: table.name,
    ...(table.schema === undefined ? {} : { schema: table.schema }),
    engine: table.engine,
    parts,
    method,
    ...(index.where === undefined ? {} : { where: index.where }),
  };
  const request = { home, index: wanted, isMigrated, ...(isDeclared ? { declaredAt: index.location } : {}) };
  const fix = dropIndex(request, sources, sources.now?.() ?? 0);
  return fix === undefined ? [] : [fix];
}
