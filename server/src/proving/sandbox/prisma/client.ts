/** What stands for Prisma's client: the calls most code makes, each translated to the SQL that Prisma sends. */
import { asPg, DatabaseError, inTransaction, query, rowsOf, type Row } from "../database.js";
import { LazyQuery } from "../lazy.js";
import { findModel, type Entity } from "../schema.js";
import { identifier, join, param, render, sql, Sql, text, written } from "../sql.js";
import { cannot, outside, outsideName } from "../stub.js";
import { aggregate, groupBy } from "./group.js";
import { readMany } from "./read.js";
import { asObject, whereSql } from "./where.js";
import { change, insert, keyOf, remove } from "./write.js";

export class PrismaClientKnownRequestError extends Error {
  override readonly name = "PrismaClientKnownRequestError";
  readonly code: string;
  constructor(message: string, { code }: { readonly code: string }) {
    super(message);
    this.code = code;
  }
}

const NOT_FOUND = "An operation failed because it depends on one or more records that were required but not found.";

function notFound(message = NOT_FOUND): Error {
  return new PrismaClientKnownRequestError(message, { code: "P2025" });
}

/** The database's words as Prisma's codes. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (error.code === "23505") throw new PrismaClientKnownRequestError("Unique constraint failed", { code: "P2002" });
    if (error.code === "23503")
      throw new PrismaClientKnownRequestError("Foreign key constraint failed", { code: "P2003" });
    if (error.code === "23502") throw new PrismaClientKnownRequestError("Null constraint violation", { code: "P2011" });
    throw error;
  }
}

type Method = (entity: Entity, args: Readonly<Record<string, unknown>>) => Promise<unknown>;

const single = async (entity: Entity, args: object): Promise<Row | null> =>
  (await readMany(entity, { ...args, take: 1 }))[0] ?? null;

const required = async (entity: Entity, args: object): Promise<Row> => {
  const row = await single(entity, args);
  if (row === null) throw notFound("No record was found for a query.");
  return row;
};

const unique =
  (read: Method): Method =>
  (entity, args) => {
    const where = asObject(args["where"]);
    if (!Object.values(where).some((value) => value !== undefined && value !== null)) {
      throw new Error(`Argument \`where\` of ${entity.model.name} needs at least one unique field.`);
    }
    return read(entity, args);
  };

/** Reads one written row back as `select` and `include` ask. */
async function readBack(entity: Entity, row: Row, args: Readonly<Record<string, unknown>>): Promise<Row> {
  const where = Object.fromEntries(keyOf(entity).map((field) => [field, row[field]]));
  return required(entity, { where, select: args["select"], include: args["include"] });
}

const methods: Readonly<Record<string, Method>> = {
  findMany: readMany,
  findFirst: single,
  findFirstOrThrow: required,
  findUnique: unique(single),
  findUniqueOrThrow: unique(required),
  count: async (entity, args) => {
    if (args["select"] !== undefined || args["take"] !== undefined) throw cannot("it counts with options");
    const statement = render(
      sql`SELECT count(*)::int AS "n" FROM ${identifier(entity.table.name)} AS "t" WHERE ${whereSql(entity, args["where"], "t")}`,
    );
    return (await query(statement.text, statement.params)).values[0]?.[0];
  },
  groupBy,
  aggregate,
  create: async (entity, args) => {
    const [row] = await insert(entity, [args["data"]], false);
    return row === undefined ? null : readBack(entity, row, args);
  },
  createMany: async (entity, args) => {
    const data = Array.isArray(args["data"]) ? (args["data"] as readonly unknown[]) : [args["data"]];
    return { count: (await insert(entity, data, args["skipDuplicates"] === true)).length };
  },
  update: async (entity, args) => {
    const [row] = await change(entity, args["where"], args["data"]);
    if (row === undefined) throw notFound();
    return readBack(entity, row, args);
  },
  updateMany: async (entity, args) => ({ count: (await change(entity, args["where"], args["data"])).length }),
  upsert: async (entity, args) => {
    const [row] = await change(entity, args["where"], args["update"]);
    if (row !== undefined) return readBack(entity, row, args);
    const [made] = await insert(entity, [args["create"]], false);
    return made === undefined ? null : readBack(entity, made, args);
  },
  delete: async (entity, args) => {
    const row = await single(entity, args);
    if (row === null) throw notFound();
    await remove(entity, args["where"]);
    return row;
  },
  deleteMany: async (entity, args) => ({ count: await remove(entity, args["where"]) }),
};

function delegate(entity: Entity): object {
  return new Proxy(
    {},
    {
      get: (_own, name) => {
        if (typeof name === "symbol" || name === "then") return undefined;
        const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
        if (method === undefined) throw cannot(`it calls \`${name}\` of Prisma, which has no stand-in`);
        return (args?: unknown) => new LazyQuery(() => translated(() => method(entity, asObject(args))));
      },
    },
  );
}

/** Tagged templates: values are parameters, `Prisma.sql` pieces are put in. */
function tagged(parts: TemplateStringsArray | Sql, values: readonly unknown[]): ReturnType<typeof render> {
  return render(parts instanceof Sql ? parts : sql(parts, ...values));
}

const raw = {
  $queryRaw: (parts: TemplateStringsArray | Sql, ...values: unknown[]) =>
    new LazyQuery(async () => {
      const { text: statement, params } = tagged(parts, values);
      return rowsOf(await query(statement, params), (value, type) =>
        type === 20 && value !== null ? BigInt(written(value)) : asPg(value, type),
      );
    }),
  $executeRaw: (parts: TemplateStringsArray | Sql, ...values: unknown[]) =>
    new LazyQuery(async () => {
      const { text: statement, params } = tagged(parts, values);
      return (await query(statement, params)).affected;
    }),
};

async function transaction(client: object, work: unknown): Promise<unknown> {
  if (typeof work === "function") return inTransaction(() => (work as (tx: object) => Promise<unknown>)(client));
  return inTransaction(async () => {
    const results: unknown[] = [];
    for (const one of work as readonly PromiseLike<unknown>[]) results.push(await one);
    return results;
  });
}

const idle = (): Promise<void> => Promise.resolve();

/** A class, because programs extend it. */
export class PrismaClient {
  /** Nothing happens that would be told. */
  $on(): void {
    return undefined;
  }

  constructor() {
    const own: unknown = new Proxy(this, {
      get: (target, name, receiver) => {
        if (typeof name === "symbol" || name in target || name === "then")
          return Reflect.get(target, name, receiver) as unknown;
        if (Object.hasOwn(raw, name)) return raw[name as keyof typeof raw];
        // An extension of a package adds what no version of the function could tell apart here; one that is written out may change every result.
        if (name === "$extends") {
          return (extension: unknown) => {
            if (outsideName(extension) === undefined) throw cannot("it extends Prisma's client");
            return own;
          };
        }
        if (name === "$transaction") return (work: unknown) => transaction(own as object, work);
        if (name === "$connect" || name === "$disconnect") return idle;
        const entity = findModel("prisma", name);
        if (entity !== undefined) return delegate(entity);
        if (name.startsWith("$")) throw cannot(`it calls \`${name}\` of Prisma, which has no stand-in`);
        return undefined;
      },
    });
    return own as this;
  }
}

const known = {
  PrismaClient,
  Prisma: {
    PrismaClientKnownRequestError,
    sql,
    join: (values: readonly unknown[], between = ",") =>
      join(
        values.map((value) => (value instanceof Sql ? value : param(value))),
        between,
      ),
    raw: text,
    empty: text(""),
    validator: () => (value: unknown) => value,
    defineExtension: () => outside("Prisma.defineExtension"),
    TransactionIsolationLevel: {},
    SortOrder: { asc: "asc", desc: "desc" },
  },
};

/** Enums of the schema are exports too; their values are their names. */
function namesOnly(): object {
  return new Proxy({}, { get: (_own, key) => (typeof key === "symbol" || key === "then" ? undefined : key) });
}

const enums = new Map<string, object>();

export const prismaModule: object = new Proxy(known, {
  get: (own, key) => {
    if (typeof key === "symbol" || key in own) return Reflect.get(own, key) as unknown;
    if (key === "__esModule") return true;
    if (key === "default") return prismaModule;
    if (!/^[A-Z]/.test(key)) return undefined;
    const made = enums.get(key) ?? namesOnly();
    enums.set(key, made);
    return made;
  },
});
