/** Drizzle's tables and columns, as `pgTable` declares them, and how values come out of them. */
import { identifier, Sql, written } from "../sql.js";
import { cannot, outside, phase } from "../stub.js";

/** A column; in a statement it stands for itself. */
export class Column extends Sql {
  readonly property: string;
  readonly columnName: string;
  readonly tableName: string;
  readonly type: string;
  readonly mode: string | undefined;
  readonly fallback: (() => unknown) | undefined;
  readonly custom: CustomType | undefined;

  constructor(tableName: string, property: string, draft: ColumnDraft) {
    super(identifier(`${tableName}.${draft.columnName || property}`).chunks);
    this.tableName = tableName;
    this.property = property;
    this.columnName = draft.columnName || property;
    this.type = draft.type;
    this.mode = draft.mode;
    this.fallback = draft.fallback;
    this.custom = draft.custom;
  }
}

/** How a type of the program's own comes and goes. */
interface CustomType {
  readonly fromDriver?: (value: unknown) => unknown;
  readonly toDriver?: (value: unknown) => unknown;
}

/** What a program sends for a column. A conversion may ask libraries, a cipher say: that is the column's business, and no call to be compared. */
export function encodeColumn({ custom }: Column, value: unknown): unknown {
  return custom?.toDriver === undefined || value === null ? value : quietCalls(() => custom.toDriver?.(value));
}

function quietCalls(work: () => unknown): unknown {
  const count = phase.calls.length;
  const result = work();
  phase.calls.length = count;
  return result;
}

interface ColumnDraft {
  columnName: string;
  type: string;
  readonly mode: string | undefined;
  fallback?: () => unknown;
  readonly custom?: CustomType;
}

const drafts = new WeakMap<object, ColumnDraft>();

/** `text("name", { … })` and everything that can be said of it: only name, type, mode and defaults made by the program matter. */
function columnBuilder(type: string, custom?: CustomType): (...given: readonly unknown[]) => object {
  return (first, second) => {
    const options = typeof first === "object" ? first : second;
    const draft: ColumnDraft = {
      columnName: typeof first === "string" ? first : "",
      type,
      mode: (options as { readonly mode?: string } | null | undefined)?.mode,
      ...(custom === undefined ? {} : { custom }),
    };
    const proxy: object = new Proxy(
      {},
      {
        get: (_own, key) => {
          if (typeof key === "symbol") return undefined;
          return (value: unknown) => {
            if ((key === "$defaultFn" || key === "$default") && typeof value === "function")
              draft.fallback = value as () => unknown;
            if (key === "array") draft.type = `${draft.type}[]`;
            return proxy;
          };
        },
      },
    );
    drafts.set(proxy, draft);
    return proxy;
  };
}

const TYPES = [
  "text",
  "varchar",
  "char",
  "integer",
  "smallint",
  "bigint",
  "serial",
  "bigserial",
  "smallserial",
  "boolean",
  "uuid",
  "timestamp",
  "date",
  "time",
  "numeric",
  "decimal",
  "real",
  "doublePrecision",
  "json",
  "jsonb",
  "inet",
  "cidr",
  "macaddr",
  "interval",
];

const builders: Readonly<Record<string, unknown>> = Object.fromEntries(
  TYPES.map((type) => [type, columnBuilder(type)]),
);

const facts = new WeakMap<object, { readonly name: string; readonly columns: readonly Column[] }>();

export type Table = Readonly<Record<string, Column>>;

export function factsOf(table: object): { readonly name: string; readonly columns: readonly Column[] } {
  const known = facts.get(table);
  if (known === undefined) throw cannot("it queries something other than a table");
  return known;
}

export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && facts.has(value);
}

function table(name: string, given: unknown): Table {
  const declared = (typeof given === "function" ? (given as (t: unknown) => object)(builders) : given) as Readonly<
    Record<string, object>
  >;
  const columns = Object.entries(declared).map(([property, builder]) => {
    const draft = drafts.get(builder);
    // Known only when somebody reads it.
    return new Column(name, property, draft ?? { columnName: property, type: "unknown", mode: undefined });
  });
  const made = Object.fromEntries(columns.map((column) => [column.property, column]));
  facts.set(made, { name, columns });
  return made;
}

/** A value of a column, as Drizzle hands it to the program. */
export function decodeColumn(column: Column, value: unknown): unknown {
  if (value === null) return null;
  const { custom } = column;
  if (custom?.fromDriver !== undefined) return quietCalls(() => custom.fromDriver?.(value));
  switch (column.type) {
    case "unknown":
      throw cannot(`the column \`${column.property}\` of \`${column.tableName}\` has a type without a stand-in`);
    case "timestamp":
      if (column.mode === "string") return value;
      return new Date(
        /[+-]\d\d(:?\d\d)?$/.test(written(value))
          ? written(value)
              .replace(" ", "T")
              .replace(/([+-]\d\d)$/, "$1:00")
          : `${written(value).replace(" ", "T")}Z`,
      );
    case "date":
      return column.mode === "date" ? new Date(written(value)) : value;
    case "bigint":
    case "bigserial":
      return column.mode === "bigint" ? BigInt(written(value)) : Number(value);
    case "numeric":
    case "decimal":
      return column.mode === "number" ? Number(value) : written(value);
    default:
      return value;
  }
}

/** `drizzle-orm/pg-core`. Indexes, checks and enums are declared and never asked. */
export const pgCoreModule: unknown = new Proxy(
  {
    ...builders,
    pgTable: table,
    pgTableCreator: (rename: (name: string) => string) => (name: string, columns: unknown) =>
      table(rename(name), columns),
    pgEnum: (_name: string, values: unknown) => Object.assign(columnBuilder("text"), { enumValues: values }),
    customType: (custom: CustomType) => columnBuilder("text", custom),
  },
  {
    get: (own, key) =>
      key in own
        ? (Reflect.get(own, key) as unknown)
        : typeof key === "symbol"
          ? undefined
          : outside(`drizzle-orm.${key}`),
  },
);
