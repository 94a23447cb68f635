/**
 * Changes, in the order they are applied → the tables that result. Contradictions cost nothing but certainty: a table that is altered without having been
 * created is kept as `incomplete`, one that is created twice has what both say, and dropping what is not there does nothing.
 */
import type { SchemaChange, SchemaFile, TableDraft, TableName } from "./change.js";
import type { Location } from "../project/model.js";
import type { Column, ForeignKey, Index, Key } from "./model.js";
import { spelled } from "./postgres-changes.js";

export interface Replayed {
  readonly tables: readonly TableDraft[];
  /** Names of the tables each file creates, by path. */
  readonly created: ReadonlyMap<string, readonly string[]>;
}

/** Why an altered table is incomplete that no file creates. */
export const CREATED_ELSEWHERE = "the statement that creates it is not in the workspace";

interface State {
  readonly tables: Map<string, TableDraft>;
  readonly enums: Map<string, readonly string[]>;
}

export function replay(files: readonly SchemaFile[]): Replayed {
  const state: State = { tables: new Map(), enums: new Map() };
  const created = new Map<string, string[]>();
  for (const file of files) {
    const names: string[] = [];
    for (const change of file.changes) {
      if (change.kind === "create-table") names.push(spelled(change.table));
      apply(state, change);
      if (change.kind === "rename-table" && names.includes(spelled(change.table))) names.push(spelled(change.to));
    }
    created.set(file.path, names);
  }
  return { tables: [...state.tables.values()].map((table) => withEnums(table, state.enums)), created };
}

/** Tables are told apart without regard to case: `"User"` beside `user` in one schema is too rare to be worth two readings of every name. */
function keyOf(name: TableName): string {
  return spelled(name).toLowerCase();
}

function apply(state: State, change: SchemaChange): void {
  switch (change.kind) {
    case "create-table":
      create(state, change.table);
      return;
    case "drop-table":
      state.tables.delete(keyOf(change.table));
      return;
    case "rename-table":
      renameTable(state, change.table, change.to);
      return;
    case "rename-index":
      rename(state, change.name, change.to);
      return;
    case "drop-index":
      dropIndex(state, change);
      return;
    case "create-enum":
      state.enums.set(change.name.toLowerCase(), change.values);
      return;
    case "drop-constraint":
      dropConstraint(state, change);
      return;
    default:
      update(state, change.table, change, (table) => altered(table, change));
      return;
  }
}

type TableChange = Exclude<
  SchemaChange,
  {
    readonly kind:
      | "create-table"
      | "drop-table"
      | "rename-table"
      | "rename-index"
      | "drop-index"
      | "create-enum"
      | "drop-constraint";
  }
>;

function altered(table: TableDraft, change: TableChange): TableDraft {
  switch (change.kind) {
    case "add-column":
      return table.columns.some((column) => same(column.name, change.column.name))
        ? table
        : { ...table, columns: [...table.columns, change.column] };
    case "drop-column":
      return withoutColumn(table, change.column);
    case "alter-column":
      return {
        ...table,
        columns: table.columns.map((column) => (same(column.name, change.column) ? retyped(column, change) : column)),
      };
    case "rename-column":
      return withRenamedColumn(table, change.column, change.to);
    case "add-primary-key":
      return { ...table, primaryKey: change.key };
    case "add-unique":
      return withUnique(table, change.key, change.usingIndex);
    case "add-foreign-key":
      return { ...table, foreignKeys: withForeignKey(table.foreignKeys, change.foreignKey) };
    case "create-index":
      return { ...table, indexes: withIndex(table.indexes, change.index) };
    case "rename-constraint":
      return renamedKeys(table, change.name, change.to);
    case "unreadable":
      return { ...table, incomplete: change.reason };
  }
}

// ---------------------------------------------------------------------------------------------- tables

function create({ tables }: State, draft: TableDraft): void {
  const key = keyOf(draft);
  const known = tables.get(key);
  const like = draft.like === undefined ? undefined : tables.get(keyOf(draft.like));
  const whole = like === undefined ? draft : { ...unionOf(draft, like), location: draft.location };
  tables.set(key, known === undefined ? whole : unionOf(certain(known), whole));
}

/** What was altered before it was created is known from its creation on. */
function certain(table: TableDraft): TableDraft {
  const { incomplete, ...rest } = table;
  return incomplete === undefined || incomplete === CREATED_ELSEWHERE ? rest : table;
}

/** Everything either table has; where both say something of one thing, the first. */
export function unionOf(first: TableDraft, second: TableDraft): TableDraft {
  const columns = new Set(first.columns.map((column) => column.name.toLowerCase()));
  const primaryKey = first.primaryKey ?? second.primaryKey;
  return {
    ...second,
    ...first,
    ...(primaryKey === undefined ? {} : { primaryKey }),
    columns: [...first.columns, ...second.columns.filter((column) => !columns.has(column.name.toLowerCase()))],
    uniques: second.uniques.reduce<readonly Key[]>(withKey, first.uniques),
    indexes: second.indexes.reduce<readonly Index[]>(withIndex, first.indexes),
    foreignKeys: second.foreignKeys.reduce<readonly ForeignKey[]>(withForeignKey, first.foreignKeys),
  };
}

function update(state: State, name: TableName, step: SchemaChange, change: (table: TableDraft) => TableDraft): void {
  const { at } = step;
  if (name.name.includes("?")) {
    if (step.kind === "create-index") spread(state, step.index, change);
    return;
  }
  const key = keyOf(name);
  const known = state.tables.get(key) ?? {
    ...name,
    kind: "table" as const,
    columns: [],
    uniques: [],
    indexes: [],
    foreignKeys: [],
    location: at,
    incomplete: CREATED_ELSEWHERE,
  };
  state.tables.set(key, change(known));
}

/** An index made in a loop over tables nobody can name: wherever its columns are, it may be. */
function spread({ tables }: State, { parts }: Index, change: (table: TableDraft) => TableDraft): void {
  const wanted = parts.map(({ column }) => column ?? "");
  for (const [key, table] of tables) {
    const has = wanted.every((name) => name.includes("?") || table.columns.some((column) => same(column.name, name)));
    if (has) tables.set(key, change(table));
  }
}

function renameTable({ tables }: State, from: TableName, to: TableName): void {
  const table = tables.get(keyOf(from));
  if (table === undefined || to.name === "") return;
  tables.delete(keyOf(from));
  const { schema, ...rest } = table;
  tables.set(keyOf(to), { ...rest, ...(to.schema === undefined && schema !== undefined ? { schema } : {}), ...to });
  for (const [key, other] of tables) {
    if (!other.foreignKeys.some(({ references }) => same(references.table, spelled(from)))) continue;
    const foreignKeys = other.foreignKeys.map((one) =>
      same(one.references.table, spelled(from))
        ? { ...one, references: { ...one.references, table: spelled(to) } }
        : one,
    );
    tables.set(key, { ...other, foreignKeys });
  }
}

// ---------------------------------------------------------------------------------------------- columns

function retyped(column: Column, { type, nullable }: { readonly type?: string; readonly nullable?: boolean }): Column {
  return { ...column, ...(type === undefined ? {} : { type }), ...(nullable === undefined ? {} : { nullable }) };
}

/** Keys and indexes on a column go with it. */
function withoutColumn(table: TableDraft, name: string): TableDraft {
  const free = ({ columns }: { readonly columns: readonly string[] }): boolean =>
    !columns.some((one) => same(one, name));
  const { primaryKey, ...rest } = table;
  return {
    ...rest,
    ...(primaryKey !== undefined && free(primaryKey) ? { primaryKey } : {}),
    columns: table.columns.filter((column) => !same(column.name, name)),
    uniques: table.uniques.filter(free),
    foreignKeys: table.foreignKeys.filter(free),
    indexes: table.indexes.filter((index) => !index.parts.some((part) => same(part.column ?? "", name))),
  };
}

function withRenamedColumn(table: TableDraft, from: string, to: string): TableDraft {
  const renamed = (name: string): string => (same(name, from) ? to : name);
  const renamedKey = <T extends { readonly columns: readonly string[] }>(key: T): T => ({
    ...key,
    columns: key.columns.map(renamed),
  });
  return {
    ...table,
    ...(table.primaryKey === undefined ? {} : { primaryKey: renamedKey(table.primaryKey) }),
    columns: table.columns.map((column) => (same(column.name, from) ? { ...column, name: to } : column)),
    uniques: table.uniques.map(renamedKey),
    foreignKeys: table.foreignKeys.map(renamedKey),
    indexes: table.indexes.map((index) => ({
      ...index,
      parts: index.parts.map((part) => (part.column === undefined ? part : { ...part, column: renamed(part.column) })),
    })),
  };
}

// ---------------------------------------------------------------------------------------------- keys and indexes

function withUnique(table: TableDraft, key: Key, usingIndex: string | undefined): TableDraft {
  const base = usingIndex === undefined ? undefined : table.indexes.find((index) => index.name === usingIndex);
  const columns = base === undefined ? key.columns : base.parts.flatMap(({ column }) => column ?? []);
  return {
    ...table,
    uniques: withKey(table.uniques, { ...key, columns }),
    indexes: table.indexes.filter((index) => index !== base),
  };
}

function withKey(keys: readonly Key[], key: Key): readonly Key[] {
  return keys.some((one) => one.columns.join("\0") === key.columns.join("\0")) ? keys : [...keys, key];
}

/** The same index from two files is one with both as its sources. */
export function withIndex(indexes: readonly Index[], index: Index): readonly Index[] {
  const known = indexes.find(
    (one) => (one.name !== undefined && one.name === index.name) || shapeOf(one) === shapeOf(index),
  );
  if (known === undefined) return [...indexes, index];
  // Two indexes of one file that do the same are two indexes; the rule about duplicates wants to see both.
  if (known.name !== index.name && known.sources.some((source) => index.sources.includes(source)))
    return [...indexes, index];
  const sources = [...new Set([...known.sources, ...index.sources])];
  return indexes.map((one) => (one === known ? { ...one, sources } : one));
}

function shapeOf({ parts, method, unique, where, include }: Index): string {
  return JSON.stringify([parts, method, unique, where, include]);
}

export function withForeignKey(keys: readonly ForeignKey[], key: ForeignKey): readonly ForeignKey[] {
  const known = keys.find((one) => same(one.columns.join("\0"), key.columns.join("\0")));
  if (known === undefined) return [...keys, key];
  const sources = [...new Set([...known.sources, ...key.sources])];
  const others = distinct([...(known.others ?? []), key.location, ...(key.others ?? [])], known.location);
  const merged = {
    ...key,
    ...known,
    enforced: known.enforced || key.enforced,
    sources,
    ...(others.length === 0 ? {} : { others }),
  };
  return keys.map((one) => (one === known ? merged : one));
}

/** Places that differ from each other and from one that is known. */
function distinct(places: readonly Location[], known: Location): readonly Location[] {
  const text = ({ file, span }: Location): string => `${file}\0${span.start}`;
  const seen = new Set([text(known)]);
  return places.filter((place) => {
    const isNew = !seen.has(text(place));
    seen.add(text(place));
    return isNew;
  });
}

function dropIndex({ tables }: State, drop: Extract<SchemaChange, { readonly kind: "drop-index" }>): void {
  const { name, columns } = drop;
  const wanted = (index: Index): boolean =>
    name === undefined
      ? columns !== undefined && index.parts.map((part) => part.column).join("\0") === columns.join("\0")
      : same(index.name ?? "", name);
  for (const [key, table] of tables) {
    if (drop.table !== undefined && key !== keyOf(drop.table)) continue;
    const indexes = table.indexes.filter((index) => !wanted(index));
    const uniques =
      name === undefined ? table.uniques : table.uniques.filter((unique) => !isNamed(table, unique, "key", name));
    if (indexes.length === table.indexes.length && uniques.length === table.uniques.length) continue;
    tables.set(key, { ...table, indexes, uniques });
    return;
  }
}

function rename({ tables }: State, from: string, to: string): void {
  for (const [key, table] of tables) {
    if (!table.indexes.some((index) => same(index.name ?? "", from))) {
      tables.set(key, renamedKeys(table, from, to));
      continue;
    }
    const indexes = table.indexes.map((index) => (same(index.name ?? "", from) ? { ...index, name: to } : index));
    tables.set(key, { ...table, indexes });
  }
}

function renamedKeys(table: TableDraft, from: string, to: string): TableDraft {
  const own = <T extends Key | ForeignKey>(key: T, suffix: string): T =>
    isNamed(table, key, suffix, from) ? { ...key, name: to } : key;
  return {
    ...table,
    ...(table.primaryKey === undefined ? {} : { primaryKey: own(table.primaryKey, "pkey") }),
    uniques: table.uniques.map((key) => own(key, "key")),
    foreignKeys: table.foreignKeys.map((key) => own(key, "fkey")),
  };
}

function dropConstraint(
  { tables }: State,
  { table, name }: { readonly table?: TableName; readonly name?: string },
): void {
  for (const [key, known] of tables) {
    if (table !== undefined && key !== keyOf(table)) continue;
    const { primaryKey, ...rest } = known;
    const keepsPrimary =
      primaryKey !== undefined &&
      name !== undefined &&
      !(same(primaryKey.name ?? "", name) || same(name, `${known.name}_pkey`));
    tables.set(key, {
      ...rest,
      ...(primaryKey !== undefined && keepsPrimary ? { primaryKey } : {}),
      uniques: name === undefined ? known.uniques : known.uniques.filter((one) => !isNamed(known, one, "key", name)),
      foreignKeys:
        name === undefined ? known.foreignKeys : known.foreignKeys.filter((one) => !isNamed(known, one, "fkey", name)),
    });
  }
}

/** Constraints without a name get PostgreSQL's: `table_column_key`. */
function isNamed(table: TableDraft, key: Key | ForeignKey, suffix: string, name: string): boolean {
  return same(key.name ?? [table.name, ...key.columns, suffix].join("_").slice(0, 63), name);
}

function withEnums(table: TableDraft, enums: ReadonlyMap<string, readonly string[]>): TableDraft {
  if (enums.size === 0) return table;
  const columns = table.columns.map((column) => {
    const values = enums.get(column.type);
    return values === undefined ? column : { ...column, values };
  });
  return { ...table, columns };
}

function same(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}
