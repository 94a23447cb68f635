/** The queries in code that use a table or a column: what "find all references" on a schema shows. */
import { bindQuery, type BoundQuery } from "../../advisor/bind.js";
import type { Location } from "../../project/model.js";
import { predicatesOf } from "../../queries/conditions.js";
import type { ColumnRef, QueryModel } from "../../queries/model.js";
import { queriesOf } from "../../queries/queries-of.js";
import type { Range } from "../finding.js";
import type { Inspection } from "../inspection.js";
import { toRange } from "../positions.js";
import { type SchemaTarget, schemaTargetAt } from "./schema-target.js";

/** A position in a file and the name there. */
export interface ReferenceQuestion {
  readonly path: string;
  /** Both 0-based. */
  readonly line: number;
  readonly character: number;
  readonly word: string;
  /** Whether the places that declare it are wanted too. */
  readonly declarations: boolean;
}

export interface ReferencePlace {
  readonly path: string;
  readonly range: Range;
}

/** Queries in the order of files and lines, after the declarations; empty where the place means nothing of the schema. */
export function referencesAt(inspection: Inspection, question: ReferenceQuestion): readonly ReferencePlace[] {
  const { path, line, character, word, declarations } = question;
  const offset = (inspection.factsOf(path)?.lineStarts[line] ?? 0) + character;
  const target = schemaTargetAt(inspection, { path, offset, word });
  if (target === undefined) return [];
  const places = [...(declarations ? declarationsOf(target) : []), ...usesOf(inspection, target)];
  return unique(places.map(({ file, span }) => ({ path: file, range: toRange(inspection.factsOf(file), span) })));
}

/** Where queries stand that read, compare, join or sort by it. Of a column that is read with all others (`select *`) nothing is said. */
export function usesOf(inspection: Inspection, target: SchemaTarget): readonly Location[] {
  const { catalog, files, viewOf } = inspection;
  return [...files].sort().flatMap((file) => {
    const view = viewOf(file);
    if (view === undefined) return [];
    return queriesOf(view).flatMap(({ query }) =>
      uses(bindQuery(catalog, query, file), target) ? [{ file, span: query.span }] : [],
    );
  });
}

function uses(bound: BoundQuery, { table, column }: SchemaTarget): boolean {
  if (!bound.tables.some((one) => one?.id === table.id)) return false;
  if (column === undefined) return true;
  const isIt = (index: number, name: string): boolean => bound.tables[index]?.id === table.id && name === column.name;
  const joined = bound.joins.some(({ left, right, pairs }) =>
    pairs.some((pair) => isIt(left, pair.left.name) || isIt(right, pair.right.name)),
  );
  return (
    joined ||
    refsOf(bound.query).some((ref) => {
      const found = bound.columnAt(ref);
      return found !== undefined && isIt(found.table, found.column.name);
    })
  );
}

function refsOf(query: QueryModel): readonly ColumnRef[] {
  const compared = predicatesOf(query.where).flatMap((predicate) => {
    const value = "value" in predicate ? predicate.value : undefined;
    return value?.kind === "column" ? [predicate.column, value.column] : [predicate.column];
  });
  return [...compared, ...query.orderBy.map(({ column }) => column), ...(query.projection ?? [])];
}

function declarationsOf({ table, column }: SchemaTarget): readonly Location[] {
  return column === undefined ? [table.location, ...table.names.map(({ location }) => location)] : [column.location];
}

function unique(places: readonly ReferencePlace[]): readonly ReferencePlace[] {
  const seen = new Set<string>();
  return places.filter((place) => {
    const key = JSON.stringify(place);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
