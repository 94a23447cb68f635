/** Columns, keys and parts of indexes as any engine's SQL writes them. A tolerant reader over tokens; see `plain-sql-changes.ts`. */
import type { SqlToken } from "../syntax/sql-tokens.js";
import type { Location } from "../project/model.js";
import type { TableName } from "./change.js";
import type { Column, Engine, ForeignKey, Index, IndexPart, Key, ReferentialAction, SourceKind } from "./model.js";
import { methodOf, named, spelled } from "./postgres-changes.js";
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

export interface PlainContext {
  readonly statement: Location;
  readonly source: SourceKind;
  readonly engine: Engine;
}

// ---------------------------------------------------------------------------------------------- keys

export type ReadKey =
  | { readonly kind: "primary-key" | "unique"; readonly key: Key }
  | { readonly kind: "index"; readonly index: Index }
  | { readonly kind: "foreign-key"; readonly foreignKey: ForeignKey }
  /** A constraint that is no key: `CHECK`, `EXCLUDE`. */
  | { readonly kind: "none" };

/** A key clause of a table; undefined when this is a column. */
export function readKey(cursor: TokenCursor, context: PlainContext): ReadKey | undefined {
  const location = placeOf(peek(cursor), context);
  let name: string | undefined;
  if (takeWords(cursor, "CONSTRAINT")) {
    const clause = peek(cursor)?.upper ?? "";
    if (!/^(?:PRIMARY|UNIQUE|FOREIGN|CHECK)$/.test(clause)) name = takeName(cursor, false);
  }
  if (takeOneOf(cursor, ["CHECK", "EXCLUDE"]) !== undefined) return { kind: "none" };
  if (takeWords(cursor, "PRIMARY", "KEY")) return constraintKey("primary-key", cursor, name, location, context);
  if (takeWords(cursor, "UNIQUE")) {
    takeOneOf(cursor, ["KEY", "INDEX"]);
    return constraintKey("unique", cursor, name, location, context);
  }
  if (takeWords(cursor, "FOREIGN", "KEY")) return foreignKey(cursor, name, location, context);
  const special = takeOneOf(cursor, ["FULLTEXT", "SPATIAL"]);
  const isKey = takeOneOf(cursor, ["KEY", "INDEX"]) !== undefined;
  if (special === undefined && (!isKey || !leadsToGroup(cursor))) return undefined;
  return { kind: "index", index: tableIndex(cursor, special, location, context) };
}

/** `KEY name (…)`, `KEY name USING BTREE (…)`, `KEY (…)`, and not a column that is called key. */
function leadsToGroup(cursor: TokenCursor): boolean {
  const ahead = [0, 1, 2, 3].map((i) => peek(cursor, i));
  return ahead[0]?.upper === "(" || ahead[1]?.upper === "(" || (ahead[1]?.upper === "USING" && ahead[3]?.upper === "(");
}

function constraintKey(
  kind: "primary-key" | "unique",
  cursor: TokenCursor,
  name: string | undefined,
  location: Location,
  context: PlainContext,
): ReadKey {
  const own = peek(cursor)?.upper === "(" ? undefined : keyName(cursor);
  skipMethod(cursor);
  const parts = splitCommas(takeGroup(cursor) ?? []).map((part) => indexPart(part, context));
  const columns = parts.flatMap(({ column }) => (column === undefined ? [] : [column]));
  const known = name ?? own;
  return { kind, key: { ...(known === undefined ? {} : { name: known }), columns, location, source: context.source } };
}

function keyName(cursor: TokenCursor): string | undefined {
  return /^(?:USING|CLUSTERED|NONCLUSTERED)$/.test(peek(cursor)?.upper ?? "") ? undefined : takeName(cursor, false);
}

/** `USING BTREE`, `CLUSTERED`: undefined or the method's name. */
export function skipMethod(cursor: TokenCursor): string | undefined {
  takeOneOf(cursor, ["CLUSTERED", "NONCLUSTERED"]);
  return takeWords(cursor, "USING") ? takeName(cursor, true) : undefined;
}

function tableIndex(
  cursor: TokenCursor,
  special: string | undefined,
  location: Location,
  context: PlainContext,
): Index {
  const name = peek(cursor)?.upper === "(" ? undefined : keyName(cursor);
  const before = skipMethod(cursor);
  const parts = splitCommas(takeGroup(cursor) ?? []).map((part) => indexPart(part, context));
  const method =
    special === undefined ? methodOf(before ?? skipMethod(cursor)) : special === "FULLTEXT" ? "fulltext" : "geo";
  return { ...(name === undefined ? {} : { name }), parts, method, unique: false, location, sources: [context.source] };
}

function foreignKey(cursor: TokenCursor, name: string | undefined, location: Location, context: PlainContext): ReadKey {
  // MySQL allows an index name before the columns.
  if (peek(cursor)?.upper !== "(") takeName(cursor, false);
  const columns = nameList(takeGroup(cursor), context);
  if (!takeWords(cursor, "REFERENCES")) return { kind: "none" };
  return { kind: "foreign-key", foreignKey: references(cursor, name, columns, location, context) };
}

function references(
  cursor: TokenCursor,
  name: string | undefined,
  columns: readonly string[],
  location: Location,
  context: PlainContext,
): ForeignKey {
  const table = spelled(takeTableName(cursor, context));
  const target = nameList(takeGroup(cursor), context);
  const actions: { onDelete?: ReferentialAction; onUpdate?: ReferentialAction } = {};
  for (; peek(cursor) !== undefined; cursor.at++) {
    const when = takeOneOf(cursor, ["ON DELETE", "ON UPDATE"]);
    if (when === undefined) continue;
    const action = takeOneOf(cursor, ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"]);
    if (action !== undefined && action !== "NO ACTION")
      actions[when === "ON DELETE" ? "onDelete" : "onUpdate"] = action.toLowerCase() as ReferentialAction;
    cursor.at--;
  }
  return {
    ...(name === undefined ? {} : { name }),
    columns,
    references: { table, columns: target },
    ...actions,
    enforced: true,
    location,
    sources: [context.source],
  };
}

// ---------------------------------------------------------------------------------------------- columns

export interface ReadColumn {
  readonly column: Column;
  readonly keys: readonly ReadKey[];
}

export function readColumn(tokens: readonly SqlToken[], context: PlainContext): ReadColumn | undefined {
  const cursor = cursorOver(tokens);
  const location = placeOf(peek(cursor), context);
  const name = takeName(cursor, folds(context));
  if (name === undefined) return undefined;
  const type = columnType(cursor);
  const keys: ReadKey[] = [];
  let nullable = true;
  const key = { columns: [name], location, source: context.source };
  while (peek(cursor) !== undefined) {
    if (takeWords(cursor, "NOT", "NULL")) nullable = false;
    else if (takeWords(cursor, "PRIMARY", "KEY")) {
      nullable = false;
      keys.push({ kind: "primary-key", key });
    } else if (takeWords(cursor, "UNIQUE")) {
      takeWords(cursor, "KEY");
      keys.push({ kind: "unique", key });
    } else if (takeWords(cursor, "REFERENCES")) {
      keys.push({ kind: "foreign-key", foreignKey: references(cursor, undefined, [name], location, context) });
    } else if (peek(cursor)?.upper === "(") takeGroup(cursor);
    else cursor.at++;
  }
  const values = /^enum\((.*)\)$/
    .exec(type)?.[1]
    ?.split(",")
    .map((value) => value.trim().replace(/^'|'$/g, ""));
  return { column: { name, type, nullable, ...(values === undefined ? {} : { values }), location }, keys };
}

const TYPE_END =
  /^(?:NOT|NULL|PRIMARY|UNIQUE|REFERENCES|DEFAULT|CHECK|COLLATE|CHARACTER|AUTO_INCREMENT|AUTOINCREMENT|COMMENT|ON|GENERATED|CONSTRAINT|KEY|AFTER|FIRST|IDENTITY|AS)$/;

export function columnType(cursor: TokenCursor): string {
  const words: string[] = [];
  for (let token = peek(cursor); token !== undefined; token = peek(cursor)) {
    if (token.upper === "(") {
      const inside = takeGroup(cursor) ?? [];
      words.push(
        `${words.pop() ?? ""}(${inside.map((one) => (one.kind === "string" ? `'${one.text}'` : one.text)).join("")})`,
      );
    } else if ((token.kind === "word" || token.kind === "name") && !TYPE_END.test(token.upper)) {
      words.push(token.text.toLowerCase());
      cursor.at++;
    } else break;
  }
  return words.length === 0 ? "unknown" : words.join(" ");
}

// ---------------------------------------------------------------------------------------------- parts of indexes

export function indexPart(tokens: readonly SqlToken[], context: PlainContext): IndexPart {
  const last = tokens.at(-1)?.upper;
  const descending = tokens.some((token) => token.kind === "word" && token.upper === "DESC");
  const [first, second] = tokens;
  const length =
    second?.upper === "(" && tokens[2]?.kind === "number" && tokens[3]?.upper === ")"
      ? Number(tokens[2].text)
      : undefined;
  const isColumn =
    (first?.kind === "word" || first?.kind === "name") &&
    (second?.upper !== "(" || length !== undefined) &&
    second?.upper !== ".";
  const rest = tokens.filter((token) => token.kind !== "word" || !/^(?:ASC|DESC|NULLS|FIRST|LAST)$/.test(token.upper));
  const operatorClass =
    isColumn && second?.kind === "word" && /_ops$/i.test(second.text) ? second.text.toLowerCase() : undefined;
  return {
    ...(isColumn
      ? { column: first.kind === "word" && folds(context) ? first.text.toLowerCase() : first.text }
      : { expression: textOfTokens(unwrapped(rest)) }),
    ...(descending ? { descending: true as const } : {}),
    ...(tokens.some((token) => token.upper === "NULLS")
      ? { nulls: last === "FIRST" ? ("first" as const) : ("last" as const) }
      : {}),
    ...(operatorClass === undefined ? {} : { operatorClass }),
    ...(length === undefined ? {} : { prefixLength: length }),
  };
}

function unwrapped(tokens: readonly SqlToken[]): readonly SqlToken[] {
  return tokens[0]?.upper === "(" && tokens.at(-1)?.upper === ")" ? tokens.slice(1, -1) : tokens;
}

// ---------------------------------------------------------------------------------------------- names

export function takeTableName(cursor: TokenCursor, context: PlainContext): TableName {
  const parts: string[] = [];
  do parts.push(takeName(cursor, folds(context)) ?? "");
  while (takeWords(cursor, "."));
  return named(parts.at(-1) ?? "", parts.at(-2));
}

export function nameList(tokens: readonly SqlToken[] | undefined, context: PlainContext): readonly string[] {
  return splitCommas(tokens ?? []).flatMap((part) => takeName(cursorOver(part), folds(context)) ?? []);
}

/** PostgreSQL folds names without quotes to lower case; the others keep them as written and compare without regard to case. */
export function folds({ engine }: PlainContext): boolean {
  return engine === "postgresql";
}

export function placeOf(token: SqlToken | undefined, { statement }: PlainContext): Location {
  return token === undefined ? statement : { file: statement.file, span: { start: token.start, end: token.end } };
}
