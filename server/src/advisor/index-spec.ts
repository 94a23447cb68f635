/** An index that is wanted, as plain data for whoever makes it: fixes, code lenses, reports. Names are the database's own. */
import type { Engine, SourceKind, Table } from "../catalog/model.js";
import type { FilePath, Location } from "../project/model.js";
import { type Candidate, candidateText } from "./candidate.js";

export interface IndexSpec {
  /** Equal for indexes that are the same: table, kind, columns and predicate. Stable across edits of queries. */
  readonly key: string;
  /** `Table.id` of the catalog. */
  readonly tableId: string;
  readonly table: string;
  readonly schema?: string;
  readonly database: FilePath;
  readonly engine: Engine;
  readonly columns: readonly IndexSpecColumn[];
  readonly method: "btree" | "gin";
  /** Predicate of a partial index, as SQL. */
  readonly where?: string;
  /** Where the table is declared: the model when there is one, else the statement that creates it. */
  readonly declaredAt: Location;
  /** What kind of source that place is; undefined when nothing tells. */
  readonly declaredBy: SourceKind | undefined;
  /** `orders (user_id, created_at desc)` */
  readonly text: string;
}

export interface IndexSpecColumn {
  /** A plain column; absent for an expression. */
  readonly column?: string;
  /** `lower("email")` */
  readonly expression?: string;
  readonly direction: "asc" | "desc";
  /** `gin_trgm_ops` */
  readonly operatorClass?: string;
}

const known = new WeakMap<Candidate, IndexSpec>();

export function indexSpec(candidate: Candidate): IndexSpec {
  let spec = known.get(candidate);
  if (spec === undefined) known.set(candidate, (spec = specOf(candidate)));
  return spec;
}

function specOf(candidate: Candidate): IndexSpec {
  const { table, parts, method, where } = candidate;
  const text = candidateText(candidate);
  return {
    key: `${table.id} ${text}${where === undefined ? "" : ` where ${where}`}`,
    tableId: table.id,
    table: table.name,
    ...(table.schema === undefined ? {} : { schema: table.schema }),
    database: table.database,
    engine: table.engine,
    columns: parts.map(({ column, expression, descending, operatorClass }) => ({
      ...(column === undefined ? {} : { column }),
      ...(expression === undefined ? {} : { expression }),
      direction: descending === true ? "desc" : "asc",
      ...(operatorClass === undefined ? {} : { operatorClass }),
    })),
    method,
    ...(where === undefined ? {} : { where }),
    declaredAt: table.location,
    declaredBy: declaredBy(table),
    text,
  };
}

function declaredBy({ names, sources, location }: Table): SourceKind | undefined {
  const named = names.find(
    (name) => name.location.file === location.file && name.location.span.start === location.span.start,
  );
  return (named ?? names.find((name) => name.file === location.file))?.source ?? sources[0];
}
