/** Values for the parameters of the function that is run, from the rows that are there. */
import type { ArgumentSpec } from "../proof-case.js";
import { asPg, query, uncounted, type Row } from "./database.js";
import { clientOf } from "./libraries.js";
import { readMany } from "./prisma/read.js";
import { findModel, lowerFirst, tables } from "./schema.js";
import { cannot, outside } from "./stub.js";

export interface Answer {
  status: number;
  readonly sent: unknown[];
}

/** What arguments are made from; read before the program runs. */
export interface Pool {
  /** Values of each column by `table.column`, the most frequent first. */
  readonly values: ReadonlyMap<string, readonly unknown[]>;
  readonly rows: number;
  readonly makeInstance: (module: string, name: string, args: readonly unknown[]) => unknown;
  readonly answer: Answer;
}

export async function valuesOfTables(): Promise<Map<string, readonly unknown[]>> {
  const values = new Map<string, readonly unknown[]>();
  for (const { name, columns } of tables()) {
    for (const column of columns) {
      const quoted = `"${column.name}"`;
      const statement = `SELECT ${quoted} FROM "${name}" WHERE ${quoted} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, ${quoted}::text LIMIT 200`;
      const {
        values: rows,
        columns: [type],
      } = await query(statement);
      values.set(
        `${name}.${column.name}`,
        rows.map((row) => asPg(row[0], type?.type ?? 0)),
      );
    }
  }
  return values;
}

export async function argumentFor(spec: ArgumentSpec, pool: Pool): Promise<unknown> {
  switch (spec.kind) {
    case "value":
      return scalar(spec.name, spec.type, pool)[0];
    case "list":
      return listFor(spec.of, pool);
    case "object":
      return objectFor(spec.props, pool);
    case "rows":
      return rowsFor(spec.table, spec.model, spec.many);
    case "request":
      return request(pool);
    case "response":
      return response(pool.answer);
    case "client":
      return clientOf(spec.library);
    case "instance":
      return pool.makeInstance(
        spec.module,
        spec.name,
        await Promise.all(spec.construct.map((one) => argumentFor(one, pool))),
      );
    case "named":
      return named(pool, "any");
    case "outside":
      return outside(spec.name);
  }
}

/** Values, some twice, and some that no row has. */
async function listFor(of: ArgumentSpec, pool: Pool): Promise<unknown[]> {
  if (of.kind === "value") {
    const found = scalar(of.name, of.type, pool, pool.rows);
    const twice = found.slice(0, 2);
    const [sample] = found;
    const missing =
      typeof sample === "number" ? [900_001] : of.type === "string" || of.type === "any" ? missingLike(sample) : [];
    return [...found, ...twice, ...missing];
  }
  const count = Math.min(pool.rows, 200);
  return Promise.all(Array.from({ length: count }, (_, index) => argumentFor(of, shifted(pool, index))));
}

function missingLike(sample: unknown): unknown[] {
  if (typeof sample !== "string") return [];
  return /^[0-9a-f]{8}-/.test(sample) ? ["00000000-0000-4000-8000-0000000dead0"] : ["no-such-value"];
}

/** The same values, beginning further on: elements of a list differ. */
function shifted(pool: Pool, by: number): Pool {
  const rotate = (values: readonly unknown[]): readonly unknown[] => {
    const at = values.length === 0 ? 0 : by % values.length;
    return [...values.slice(at), ...values.slice(0, at)];
  };
  return { ...pool, values: new Map([...pool.values].map(([name, values]) => [name, rotate(values)])) };
}

async function objectFor(props: Readonly<Record<string, ArgumentSpec>>, pool: Pool): Promise<Record<string, unknown>> {
  const made: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(props)) made[name] = await argumentFor(spec, pool);
  return made;
}

const plain = (name: string): string => name.replace(/[^a-z0-9]/gi, "").toLowerCase();

/** Values that a name promises: of the column it names, of the key of the table it names, or of a kind. */
export function scalar(name: string, type: string, pool: Pool, count = 1): readonly unknown[] {
  const singular = plain(name)
    .replace(/ids$/, "id")
    .replace(/(?<!s)s$/, "");
  const fits = (value: unknown): boolean =>
    type === "any" || typeof value === type || (type === "date" && value instanceof Date);
  for (const [column, values] of pool.values) {
    const own = plain(column.split(".")[1] ?? "");
    if (own === singular && own !== "id" && values.some(fits)) return values.filter(fits).slice(0, count);
  }
  const table = singular.endsWith("id") ? tableNamed(singular.slice(0, -2)) : undefined;
  const keys = pool.values.get(`${table?.name ?? ""}.${table?.primaryKey[0] ?? ""}`)?.filter(fits);
  if (keys !== undefined && 0 < keys.length) return keys.slice(0, count);
  if (/(limit|take|pagesize|perpage|size)$/.test(singular) && (type === "number" || type === "any")) return [pool.rows];
  if (/^(page|skip|offset|cursor)$/.test(singular) && type === "number") return [0];
  if (type === "boolean") return [true];
  if (type === "date") return [new Date("2026-01-01T00:00:00.000Z")];
  if (type === "number") return Array.from({ length: count }, (_, index) => index + 1);
  return Array.from({ length: count }, (_, index) => `value ${index + 1}`);
}

/** `user`, `users`, or the only table there is for a bare `id`: the one with the fewest ties to others. */
function tableNamed(singular: string): ReturnType<typeof tables>[number] | undefined {
  const all = tables();
  if (singular === "") return [...all].sort((a, b) => a.references.length - b.references.length)[0];
  return all.find(({ name, models }) =>
    [name, ...models.map((model) => model.name)].some((one) =>
      [singular, `${singular}s`, `${singular}es`].includes(plain(one)),
    ),
  );
}

async function rowsFor(name: string, model: string | undefined, many: boolean): Promise<unknown> {
  const entity = model === undefined ? undefined : findModel("prisma", model);
  const rows = entity === undefined ? await plainRows(name) : await readMany(entity, {});
  if (!many) return rows[0];
  // The same row twice, as lists put together from several places hold it.
  return [...rows, ...rows.slice(0, 1)];
}

async function plainRows(name: string): Promise<Row[]> {
  const table = tables().find((one) => one.name === name);
  if (table === undefined) throw cannot(`the table \`${name}\` is not known`);
  const { columns, values } = await uncounted(() => query(`SELECT * FROM "${name}"`));
  const drizzle = table.models.find(({ source }) => source === "drizzle");
  const fieldOf = new Map(Object.entries(drizzle?.fields ?? {}).map(([field, column]) => [column, field]));
  return values.map((row) =>
    Object.fromEntries(
      columns.map((column, index) => [fieldOf.get(column.name) ?? column.name, asPg(row[index], column.type)]),
    ),
  );
}

/** An object with a value for every name. */
function named(pool: Pool, type: string): unknown {
  return new Proxy(
    {},
    {
      get: (_own, key) => {
        if (typeof key === "symbol" || key === "then") return undefined;
        if (/Ids$|^ids$/.test(key)) return scalar(key, type, pool, pool.rows);
        return scalar(key, type, pool)[0] ?? scalar(key, "any", pool)[0];
      },
    },
  );
}

/** Parameters, query and body by whatever name is asked for. */
function request(pool: Pool): unknown {
  const asked = (type: string): unknown => named(pool, type);
  const params = asked("string");
  const known: Readonly<Record<string, unknown>> = {
    params,
    query: asked("string"),
    body: asked("any"),
    headers: {},
    method: "GET",
    url: "/",
  };
  return new Proxy(known, {
    get: (own, key) => {
      if (typeof key === "symbol" || key === "then") return undefined;
      if (key in own) return own[key];
      if (key === "user" || key === "auth" || key === "session") return asked("any");
      return key === "log" ? outside("console") : outside(`request.${lowerFirst(key)}`);
    },
  });
}

function response(answer: Answer): unknown {
  const send = (body: unknown): unknown => {
    answer.sent.push(body);
    return made;
  };
  const made: Record<string, unknown> = {
    status: (status: number) => {
      answer.status = status;
      return made;
    },
    json: send,
    send,
    end: send,
    setHeader: () => made,
    header: () => made,
    set: () => made,
    type: () => made,
  };
  made["code"] = made["status"];
  made["sendStatus"] = made["status"];
  return made;
}
