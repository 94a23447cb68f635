/** How each library's migrations make and drop an index, given what their first parameter is called. */
import type { Style } from "../style.js";
import { createIndexSql, dropIndexSql } from "./index-sql.js";
import type { WantedIndex } from "./wanted-index.js";

/** Statements of a body, the last one apart: it may have to be awaited or returned. */
export interface Written {
  readonly statements: readonly string[];
  readonly call: { readonly kind: "async" | "sync"; readonly text: string };
}

export interface MigrationLibrary {
  /** Undefined for what it cannot express. */
  readonly create: (index: WantedIndex, given: string, style: Style) => Written | undefined;
  readonly drop: (index: WantedIndex, given: string, style: Style) => Written | undefined;
  /** What else the file exports, given whether it is a module: that it runs in no transaction. */
  readonly config?: (isModule: boolean, style: Style) => string;
  readonly note?: string;
}

/**
 * @param given Name of the first parameter of `up`.
 * @param callback Name of the second one.
 */
export function libraryFor(text: string, given: string, callback: string | undefined): MigrationLibrary | undefined {
  // MikroORM keeps a picture of the schema beside its migrations, which only its own generator brings up to date.
  if (text.includes("@mikro-orm/")) return undefined;
  if (/\bMigrationInterface\b|\bQueryRunner\b/.test(text)) return typeorm;
  if (/\bKysely\b/.test(text)) return kysely;
  if (/node-pg-migrate|\bMigrationBuilder\b/.test(text) || given === "pgm") return nodePgMigrate;
  if (/\brunSql\b|\bdb-migrate\b/.test(text)) return dbMigrate(callback);
  if (/queryInterface|\bsequelize\b|\bSequelize\b/.test(text)) return sequelize;
  if (/\bknex\b|\bKnex\b/.test(text)) return knex;
  return undefined;
}

const QUOTED = { quoting: "always", concurrently: false } as const;
const BESIDE = { quoting: "always", concurrently: true } as const;

function asynchronous(text: string): Written {
  return { statements: [], call: { kind: "async", text } };
}

/** A statement in back quotes, without its semicolon. */
function inBackQuotes(sql: string): string {
  return `\`${sql.replace(/;$/, "").replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("${", "\\${")}\``;
}

const typeorm: MigrationLibrary = {
  create: (index, given) => asynchronous(`${given}.query(${inBackQuotes(createIndexSql(index, QUOTED))})`),
  drop: (index, given) => asynchronous(`${given}.query(${inBackQuotes(dropIndexSql(index, QUOTED))})`),
  note: "TypeORM runs migrations in one transaction, so writes to the table wait until the index is built; `CONCURRENTLY` needs the transaction mode `each` and `transaction = false`.",
};

const kysely: MigrationLibrary = {
  create({ name, table, schema, parts, method, where }, given, style) {
    if (method !== "btree" || where !== undefined || parts.some(({ column }) => column === undefined)) return undefined;
    const columns = parts.map(({ column, descending }) => text(`${column ?? ""}${descending ? " desc" : ""}`, style));
    const on = schema === undefined ? table : `${schema}.${table}`;
    const list = columns.length === 1 ? `.column(${columns.join("")})` : `.columns([${columns.join(", ")}])`;
    return asynchronous(
      [`${given}.schema`, `.createIndex(${text(name, style)})`, `.on(${text(on, style)})`, list, ".execute()"].join(
        "\n\t",
      ),
    );
  },
  drop: ({ name, schema }, given, style) =>
    asynchronous(
      `${given}.schema.dropIndex(${text(schema === undefined ? name : `${schema}.${name}`, style)}).execute()`,
    ),
  note: "Kysely runs migrations in a transaction, so writes to the table wait until the index is built.",
};

const knex: MigrationLibrary = {
  create: (index, given) => asynchronous(`${given}.raw(${inBackQuotes(createIndexSql(index, BESIDE))})`),
  drop: (index, given) => asynchronous(`${given}.raw(${inBackQuotes(dropIndexSql(index, BESIDE))})`),
  config: (isModule, { semicolon }) =>
    `${isModule ? "export const config" : "exports.config"} = { transaction: false }${semicolon}`,
  note: "The migration runs in no transaction, which `CONCURRENTLY` asks for.",
};

/** Told that it is done by a callback, or by a promise. */
function dbMigrate(callback: string | undefined): MigrationLibrary {
  const run = (given: string, sql: string): Written =>
    callback === undefined
      ? asynchronous(`${given}.runSql(${inBackQuotes(sql)})`)
      : { statements: [], call: { kind: "sync", text: `${given}.runSql(${inBackQuotes(sql)}, ${callback})` } };
  return {
    create: (index, given) => run(given, createIndexSql(index, { quoting: "needed", concurrently: true })),
    drop: (index, given) => run(given, dropIndexSql(index, { quoting: "needed", concurrently: true })),
    note: "`CONCURRENTLY` may not run inside a transaction: db-migrate uses one only where it is told to.",
  };
}

const sequelize: MigrationLibrary = {
  create(index, given, style) {
    const { name, table, schema, parts, method, where, engine } = index;
    if (method !== "btree" || where !== undefined || parts.some(({ column }) => column === undefined))
      return asynchronous(`${given}.sequelize.query(${inBackQuotes(createIndexSql(index, BESIDE))})`);
    const fields = parts.map(({ column = "", descending }) =>
      descending ? `{ name: ${text(column, style)}, order: ${text("DESC", style)} }` : text(column, style),
    );
    const on =
      schema === undefined
        ? text(table, style)
        : `{ tableName: ${text(table, style)}, schema: ${text(schema, style)} }`;
    const beside = engine === "postgresql" ? ", concurrently: true" : "";
    return asynchronous(`${given}.addIndex(${on}, [${fields.join(", ")}], { name: ${text(name, style)}${beside} })`);
  },
  drop: ({ name, table, schema }, given, style) => {
    const on =
      schema === undefined
        ? text(table, style)
        : `{ tableName: ${text(table, style)}, schema: ${text(schema, style)} }`;
    return asynchronous(`${given}.removeIndex(${on}, ${text(name, style)})`);
  },
};

const nodePgMigrate: MigrationLibrary = {
  create({ name, table, schema, parts, method, where }, given, style) {
    if (where !== undefined || parts.some(({ column }) => column === undefined)) return undefined;
    const columns = parts.map(({ column = "", descending, operatorClass }) =>
      descending || operatorClass !== undefined
        ? `{ name: ${text(column, style)}${descending ? `, sort: ${text("DESC", style)}` : ""}${operatorClass === undefined ? "" : `, opclass: ${text(operatorClass, style)}`} }`
        : text(column, style),
    );
    const on = tableText(table, schema, style);
    const using = method === "gin" ? `, method: ${text("gin", style)}` : "";
    return {
      statements: [`${given}.noTransaction()${style.semicolon}`],
      call: {
        kind: "sync",
        text: `${given}.createIndex(${on}, [${columns.join(", ")}], { name: ${text(name, style)}, concurrently: true${using} })`,
      },
    };
  },
  drop: ({ name, table, schema }, given, style) => ({
    statements: [`${given}.noTransaction()${style.semicolon}`],
    call: {
      kind: "sync",
      text: `${given}.dropIndex(${tableText(table, schema, style)}, [], { name: ${text(name, style)}, concurrently: true })`,
    },
  }),
};

function tableText(table: string, schema: string | undefined, style: Style): string {
  return schema === undefined ? text(table, style) : `{ schema: ${text(schema, style)}, name: ${text(table, style)} }`;
}

function text(value: string, { quote }: Style): string {
  return `${quote}${value.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`)}${quote}`;
}
