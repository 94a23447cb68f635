/**
 * Binds a query to the catalog: which tables its names mean, which columns, and over which columns relations lead. Names the catalog does not know stay
 * unbound; nothing is guessed.
 */
import { columnOf, findTable } from "../catalog/lookup.js";
import type { Catalog, CodeName, Column, Relation, Table } from "../catalog/model.js";
import { snakeCase } from "./column-use.js";
import { ANY_TABLE, type ColumnRef, type QueryModel } from "../queries/model.js";

export interface BoundColumn {
  /** Index into the query's tables. */
  readonly table: number;
  readonly column: Column;
}

/** Rows of two tables that belong together: each pair of columns is equal. */
export interface BoundJoin {
  readonly left: number;
  readonly right: number;
  readonly pairs: readonly { readonly left: Column; readonly right: Column }[];
  /** `both`: either side may be read first. `to-right`: rows of the left side are there before. `none`: the right side narrows nothing. */
  readonly flow: "both" | "to-right" | "none";
}

export interface BoundQuery {
  readonly query: QueryModel;
  /** Aligned with the query's tables; undefined for names the catalog does not know. */
  readonly tables: readonly (Table | undefined)[];
  readonly joins: readonly BoundJoin[];
  readonly columnAt: (ref: ColumnRef) => BoundColumn | undefined;
  /** Some join narrows the rows over columns that are not known: where the planner would begin cannot be told. */
  readonly vague: boolean;
}

interface Binding {
  readonly catalog: Catalog;
  readonly query: QueryModel;
  readonly file: string;
  readonly tables: (Table | undefined)[];
  /** Columns over which each relation leads to its table. */
  readonly relations: Map<number, BoundJoin>;
}

/** @param file The file the query stands in: of several tables with a name, the nearest one is meant. */
export function bindQuery(catalog: Catalog, query: QueryModel, file: string): BoundQuery {
  const binding: Binding = { catalog, query, file, tables: [], relations: new Map() };
  // Parents of relations may stand behind them (`load`), so each is bound when it is asked for.
  const visiting = new Set<number>();
  query.tables.forEach((_, index) => bindTable(binding, index, visiting));
  const tables = query.tables.map((_, index) => binding.tables[index]);
  const joins = query.joins.map((join) => ({ flow: flowOf(join.kind), bound: bindJoin(binding, join) }));
  return {
    query,
    tables,
    joins: joins.flatMap(({ bound }) => bound),
    columnAt: (ref) => boundColumn(tables, ref),
    vague: joins.some(({ flow, bound }) => flow === "both" && bound.length === 0),
  };
}

function bindTable(binding: Binding, index: number, visiting: Set<number>): Table | undefined {
  const { catalog, query, file, tables } = binding;
  if (tables[index] !== undefined || visiting.has(index)) return tables[index];
  visiting.add(index);
  const asked = query.tables[index];
  if (asked === undefined) return undefined;
  const where = { near: file, ...(asked.naming === "table" ? {} : { dialect: query.dialect }) };
  if (asked.naming !== "relation") {
    const name = asked.schema === undefined ? asked.name : `${asked.schema}.${asked.name}`;
    const found =
      findTable(catalog, name, where) ??
      findTable(catalog, asked.name, where) ??
      (asked.naming === "table" ? findTable(catalog, snakeCase(asked.name), where) : undefined);
    if (found !== undefined) tables[index] = found;
    return found;
  }
  const parent = asked.of === undefined ? undefined : bindTable(binding, asked.of, visiting);
  if (parent === undefined || asked.of === undefined) return undefined;
  const led = followRelation(binding, parent, asked.name);
  if (led === undefined) return undefined;
  tables[index] = led.table;
  if (led.pairs.length > 0) {
    binding.relations.set(index, { left: asked.of, right: index, pairs: led.pairs, flow: "both" });
  }
  return led.table;
}

interface Led {
  readonly table: Table;
  readonly pairs: BoundJoin["pairs"];
}

function followRelation({ catalog, query, file }: Binding, parent: Table, name: string): Led | undefined {
  for (const code of ownNames(parent, query.dialect)) {
    const relation = Object.hasOwn(code.relations, name) ? code.relations[name] : undefined;
    if (relation === undefined || relation.through !== undefined) continue;
    const table = findTable(catalog, relation.target, { near: code.file, dialect: query.dialect });
    if (table === undefined) return undefined;
    return { table, pairs: columnPairs(parent, table, code, relation) };
  }
  // Included models are often named by their class instead of the relation.
  const table = findTable(catalog, name, { near: file, dialect: query.dialect });
  if (table === undefined || query.dialect !== "sequelize") return undefined;
  return { table, pairs: foreignKeyPairs(parent, table) };
}

function ownNames(table: Table, dialect: string): readonly CodeName[] {
  const own = table.names.filter((name) => name.source === dialect);
  return own.length > 0 ? own : table.names;
}

function columnPairs(parent: Table, table: Table, code: CodeName, relation: Relation): BoundJoin["pairs"] {
  const direct = pairsOf(parent, table, relation.columns, relation.references);
  if (direct.length > 0) return direct;
  // Only the other side says over which columns.
  for (const other of table.names) {
    for (const back of Object.values(other.relations)) {
      const leadsBack = back.target === code.name || back.target === parent.name;
      if (!leadsBack || back.label !== relation.label) continue;
      // Many to many: a table of pairs lies between, which is not followed.
      if (back.many && relation.many) return [];
      const pairs = pairsOf(table, parent, back.columns, back.references);
      if (pairs.length > 0) return pairs.map(({ left, right }) => ({ left: right, right: left }));
    }
  }
  return relation.label === undefined ? foreignKeyPairs(parent, table) : [];
}

/** The one foreign key between two tables, in either direction. */
function foreignKeyPairs(parent: Table, table: Table): BoundJoin["pairs"] {
  const to = table.foreignKeys.filter(({ references }) => references.id === parent.id);
  const from = parent.foreignKeys.filter(({ references }) => references.id === table.id);
  if (to.length + from.length !== 1) return [];
  const [own] = to;
  if (own !== undefined) return pairsOf(parent, table, own.references.columns, own.columns);
  const [theirs] = from;
  return theirs === undefined ? [] : pairsOf(parent, table, theirs.columns, theirs.references.columns);
}

function pairsOf(
  left: Table,
  right: Table,
  leftNames: readonly string[],
  rightNames: readonly string[],
): BoundJoin["pairs"] {
  if (leftNames.length === 0 || leftNames.length !== rightNames.length) return [];
  const pairs = leftNames.flatMap((name, i) => {
    const [a, b] = [columnOf(left, name), columnOf(right, rightNames[i] ?? "")];
    return a === undefined || b === undefined ? [] : [{ left: a, right: b }];
  });
  return pairs.length === leftNames.length ? pairs : [];
}

function bindJoin(binding: Binding, join: QueryModel["joins"][number]): readonly BoundJoin[] {
  const { query, tables } = binding;
  const relation = binding.relations.get(join.table);
  const flow = flowOf(join.kind);
  if (relation !== undefined) return [{ ...relation, flow }];
  const pairs = join.on.flatMap(({ left, right }) => {
    const [a, b] = [boundColumn(tables, left), boundColumn(tables, right)];
    if (a === undefined || b === undefined || a.table === b.table) return [];
    return a.table === join.table ? [{ left: b, right: a }] : [{ left: a, right: b }];
  });
  const [first] = pairs;
  if (first === undefined || query.tables.length < 2) return [];
  const same = pairs.filter((pair) => pair.left.table === first.left.table && pair.right.table === first.right.table);
  return [
    {
      left: first.left.table,
      right: first.right.table,
      pairs: same.map(({ left, right }) => ({ left: left.column, right: right.column })),
      flow,
    },
  ];
}

function flowOf(kind: QueryModel["joins"][number]["kind"]): BoundJoin["flow"] {
  switch (kind) {
    case "inner":
    case "exists":
      return "both";
    case "left":
    case "load":
      return "to-right";
    default:
      return "none";
  }
}

function boundColumn(tables: readonly (Table | undefined)[], ref: ColumnRef): BoundColumn | undefined {
  const places = ref.table === ANY_TABLE ? tables.map((_, index) => index) : [ref.table];
  const found = places.flatMap((index) => {
    const table = tables[index];
    // Builders of tables may spell columns in camel case and translate (Kysely's CamelCasePlugin, mappers of Knex).
    const column =
      table === undefined ? undefined : (columnOf(table, ref.name) ?? columnOf(table, snakeCase(ref.name)));
    return column === undefined ? [] : [{ table: index, column }];
  });
  return found.length === 1 ? found[0] : undefined;
}
