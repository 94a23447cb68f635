/**
 * Statements of MySQL, SQLite and other engines, and PostgreSQL statements its grammar rejects → changes of the schema. A tolerant reader over tokens: what
 * it does not know is skipped up to the next comma, so a strange option costs itself and nothing else.
 */
import type { SqlToken } from "../syntax/sql-tokens.js";
import type { Location } from "../project/model.js";
import type { SchemaChange, TableDraft, TableName } from "./change.js";
import type { Index } from "./model.js";
import {
  columnType,
  folds,
  indexPart,
  nameList,
  placeOf,
  readColumn,
  readKey,
  skipMethod,
  takeTableName,
  type PlainContext,
  type ReadKey,
} from "./plain-sql-definitions.js";
import { methodOf } from "./postgres-changes.js";
import {
  cursorOver,
  peek,
  splitCommas,
  takeGroup,
  takeName,
  takeOneOf,
  takeWords,
  textOfTokens,
  type TokenCursor,
} from "./token-cursor.js";

export function plainSqlChanges(tokens: readonly SqlToken[], context: PlainContext): readonly SchemaChange[] {
  const cursor = cursorOver(tokens);
  if (takeWords(cursor, "CREATE")) return creation(cursor, context);
  if (takeWords(cursor, "ALTER", "TABLE")) return alterations(cursor, context);
  if (takeWords(cursor, "RENAME", "TABLE")) return tableRenames(cursor, context);
  if (takeWords(cursor, "DROP")) return drop(cursor, context);
  return [];
}

function creation(cursor: TokenCursor, context: PlainContext): readonly SchemaChange[] {
  takeWords(cursor, "OR", "REPLACE");
  takeOneOf(cursor, ["TEMPORARY", "TEMP", "UNLOGGED", "FOREIGN", "GLOBAL TEMPORARY", "LOCAL TEMPORARY"]);
  if (takeWords(cursor, "TABLE")) return createdTable(cursor, context);
  const flavour = takeOneOf(cursor, [
    "UNIQUE",
    "FULLTEXT",
    "SPATIAL",
    "CLUSTERED",
    "NONCLUSTERED",
    "UNIQUE NONCLUSTERED",
  ]);
  if (takeWords(cursor, "INDEX")) return createdIndex(cursor, flavour, context);
  if (takeOneOf(cursor, ["VIEW", "MATERIALIZED VIEW"]) === undefined) return [];
  takeWords(cursor, "IF", "NOT", "EXISTS");
  const table = { ...emptyDraft(takeTableName(cursor, context), context.statement), kind: "view" as const };
  return [{ kind: "create-table", at: context.statement, table }];
}

// ---------------------------------------------------------------------------------------------- CREATE TABLE

function createdTable(cursor: TokenCursor, context: PlainContext): readonly SchemaChange[] {
  takeWords(cursor, "IF", "NOT", "EXISTS");
  const first = peek(cursor);
  const name = takeTableName(cursor, context);
  if (name.name === "") return [];
  const draft = emptyDraft(name, placeOf(first, context));
  const elements = splitCommas(takeGroup(cursor) ?? []);
  const table = elements.reduce<TableDraft>((next, element) => withElement(next, element, context), draft);
  return [{ kind: "create-table", at: context.statement, table }];
}

function emptyDraft(name: TableName, location: Location): TableDraft {
  return { ...name, kind: "table", columns: [], uniques: [], indexes: [], foreignKeys: [], location };
}

function withElement(table: TableDraft, tokens: readonly SqlToken[], context: PlainContext): TableDraft {
  const key = readKey(cursorOver(tokens), context);
  if (key !== undefined) return withKey(table, key);
  const definition = readColumn(tokens, context);
  if (definition === undefined) return table;
  return definition.keys.reduce(withKey, { ...table, columns: [...table.columns, definition.column] });
}

function withKey(table: TableDraft, key: ReadKey): TableDraft {
  switch (key.kind) {
    case "primary-key":
      return { ...table, primaryKey: key.key };
    case "unique":
      return { ...table, uniques: [...table.uniques, key.key] };
    case "index":
      return { ...table, indexes: [...table.indexes, key.index] };
    case "foreign-key":
      return { ...table, foreignKeys: [...table.foreignKeys, key.foreignKey] };
    case "none":
      return table;
  }
}

// ---------------------------------------------------------------------------------------------- indexes

function createdIndex(
  cursor: TokenCursor,
  flavour: string | undefined,
  context: PlainContext,
): readonly SchemaChange[] {
  const concurrently = takeWords(cursor, "CONCURRENTLY");
  takeWords(cursor, "IF", "NOT", "EXISTS");
  const name = peek(cursor)?.upper === "ON" ? undefined : takeIndexName(cursor, context);
  const before = skipMethod(cursor);
  if (!takeWords(cursor, "ON")) return [];
  takeWords(cursor, "ONLY");
  const table = takeTableName(cursor, context);
  const method = before ?? skipMethod(cursor);
  const parts = splitCommas(takeGroup(cursor) ?? []).map((part) => indexPart(part, context));
  if (parts.length === 0) return [];
  const include = takeWords(cursor, "INCLUDE") ? nameList(takeGroup(cursor), context) : [];
  while (peek(cursor) !== undefined && peek(cursor)?.upper !== "WHERE") cursor.at++;
  const where = takeWords(cursor, "WHERE") ? textOfTokens(cursor.tokens.slice(cursor.at)) : undefined;
  const index: Index = {
    ...(name === undefined ? {} : { name }),
    parts,
    ...(include.length === 0 ? {} : { include }),
    method: flavour === "FULLTEXT" ? "fulltext" : flavour === "SPATIAL" ? "geo" : methodOf(method),
    unique: flavour?.startsWith("UNIQUE") ?? false,
    ...(where === undefined ? {} : { where }),
    ...(concurrently ? { concurrently: true as const } : {}),
    location: context.statement,
    sources: [context.source],
  };
  return [{ kind: "create-index", at: context.statement, table, index }];
}

function takeIndexName(cursor: TokenCursor, context: PlainContext): string {
  return takeTableName(cursor, context).name;
}

// ---------------------------------------------------------------------------------------------- ALTER, RENAME, DROP

function alterations(cursor: TokenCursor, context: PlainContext): readonly SchemaChange[] {
  takeWords(cursor, "IF", "EXISTS");
  takeWords(cursor, "ONLY");
  const table = takeTableName(cursor, context);
  if (table.name === "") return [];
  return splitCommas(cursor.tokens.slice(cursor.at)).flatMap((action) => alteration(table, action, context));
}

function alteration(table: TableName, tokens: readonly SqlToken[], context: PlainContext): readonly SchemaChange[] {
  const at = context.statement;
  const cursor = cursorOver(tokens);
  const fold = folds(context);
  if (takeWords(cursor, "ADD")) return addition(table, cursor, context);
  if (takeWords(cursor, "DROP", "PRIMARY", "KEY")) return [{ kind: "drop-constraint", at, table }];
  const dropped = takeOneOf(cursor, ["DROP FOREIGN KEY", "DROP CONSTRAINT", "DROP CHECK"]);
  if (dropped !== undefined) {
    takeWords(cursor, "IF", "EXISTS");
    return [{ kind: "drop-constraint", at, table, name: takeName(cursor, fold) ?? "" }];
  }
  if (takeOneOf(cursor, ["DROP INDEX", "DROP KEY"]) !== undefined)
    return [{ kind: "drop-index", at, table, name: takeName(cursor, fold) ?? "" }];
  if (takeWords(cursor, "DROP")) {
    takeWords(cursor, "COLUMN");
    takeWords(cursor, "IF", "EXISTS");
    return [{ kind: "drop-column", at, table, column: takeName(cursor, fold) ?? "" }];
  }
  const changed = takeOneOf(cursor, ["CHANGE COLUMN", "CHANGE", "MODIFY COLUMN", "MODIFY", "ALTER COLUMN"]);
  if (changed !== undefined) return changedColumn(table, cursor, changed, context);
  return takeWords(cursor, "RENAME") ? renamed(table, cursor, context) : [];
}

function addition(table: TableName, cursor: TokenCursor, context: PlainContext): readonly SchemaChange[] {
  const at = context.statement;
  const key = readKey({ tokens: cursor.tokens, at: cursor.at }, context);
  if (key !== undefined) return keyChanges(table, key, at);
  takeWords(cursor, "COLUMN");
  takeWords(cursor, "IF", "NOT", "EXISTS");
  const rest = cursor.tokens.slice(cursor.at);
  // MySQL: ADD COLUMN (a INT, b INT)
  const definitions = rest[0]?.upper === "(" ? splitCommas(takeGroup(cursor) ?? []) : [rest];
  return definitions.flatMap((definition) => {
    const read = readColumn(definition, context);
    if (read === undefined) return [];
    return [
      { kind: "add-column", at, table, column: read.column },
      ...read.keys.flatMap((one) => keyChanges(table, one, at)),
    ];
  });
}

function keyChanges(table: TableName, key: ReadKey, at: Location): readonly SchemaChange[] {
  switch (key.kind) {
    case "primary-key":
      return [{ kind: "add-primary-key", at, table, key: key.key }];
    case "unique":
      return [{ kind: "add-unique", at, table, key: key.key }];
    case "index":
      return [{ kind: "create-index", at, table, index: key.index }];
    case "foreign-key":
      return [{ kind: "add-foreign-key", at, table, foreignKey: key.foreignKey }];
    case "none":
      return [];
  }
}

function changedColumn(
  table: TableName,
  cursor: TokenCursor,
  word: string,
  context: PlainContext,
): readonly SchemaChange[] {
  const at = context.statement;
  if (word === "ALTER COLUMN") {
    const column = takeName(cursor, folds(context)) ?? "";
    if (!takeOneOf(cursor, ["TYPE", "SET DATA TYPE"])) return [];
    return [{ kind: "alter-column", at, table, column, type: columnType(cursor) }];
  }
  const old = word.startsWith("CHANGE") ? takeName(cursor, folds(context)) : undefined;
  const read = readColumn(cursor.tokens.slice(cursor.at), context);
  if (read === undefined) return [];
  const { name, type, nullable } = read.column;
  return [
    ...(old === undefined || old === name
      ? []
      : [{ kind: "rename-column" as const, at, table, column: old, to: name }]),
    { kind: "alter-column", at, table, column: name, type, nullable },
    ...read.keys.flatMap((key) => keyChanges(table, key, at)),
  ];
}

function renamed(table: TableName, cursor: TokenCursor, context: PlainContext): readonly SchemaChange[] {
  const at = context.statement;
  const fold = folds(context);
  if (takeOneOf(cursor, ["INDEX", "KEY"]) !== undefined) {
    const name = takeName(cursor, fold) ?? "";
    takeWords(cursor, "TO");
    return [{ kind: "rename-index", at, name, to: takeName(cursor, fold) ?? "" }];
  }
  if (takeOneOf(cursor, ["TO", "AS"]) !== undefined)
    return [{ kind: "rename-table", at, table, to: takeTableName(cursor, context) }];
  takeWords(cursor, "COLUMN");
  const column = takeName(cursor, fold) ?? "";
  return takeWords(cursor, "TO")
    ? [{ kind: "rename-column", at, table, column, to: takeName(cursor, fold) ?? "" }]
    : [];
}

function tableRenames(cursor: TokenCursor, context: PlainContext): readonly SchemaChange[] {
  return splitCommas(cursor.tokens.slice(cursor.at)).flatMap((tokens) => {
    const part = cursorOver(tokens);
    const table = takeTableName(part, context);
    if (!takeWords(part, "TO")) return [];
    return [{ kind: "rename-table", at: context.statement, table, to: takeTableName(part, context) }];
  });
}

function drop(cursor: TokenCursor, context: PlainContext): readonly SchemaChange[] {
  const at = context.statement;
  takeWords(cursor, "TEMPORARY");
  const what = takeOneOf(cursor, ["TABLE", "VIEW", "MATERIALIZED VIEW", "INDEX"]);
  if (what === undefined) return [];
  takeWords(cursor, "CONCURRENTLY");
  takeWords(cursor, "IF", "EXISTS");
  if (what !== "INDEX")
    return splitCommas(cursor.tokens.slice(cursor.at)).map((tokens) => ({
      kind: "drop-table",
      at,
      table: takeTableName(cursorOver(tokens), context),
    }));
  const name = takeIndexName(cursor, context);
  const table = takeWords(cursor, "ON") ? takeTableName(cursor, context) : undefined;
  return [{ kind: "drop-index", at, name, ...(table === undefined ? {} : { table }) }];
}
