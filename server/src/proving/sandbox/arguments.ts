/** Values for the parameters of the function that is run, from the rows that are there. */
import type { ArgumentSpec } from "../proof-case.js";
import { asPg, query, type Row, uncounted } from "./database.js";
import { clientOf, repositoryOf } from "./libraries.js";
import { readMany } from "./prisma/read.js";
import { scalars, type Values } from "./promised.js";
import { findModel, tables } from "./schema.js";
import { cannot, outside, outsideValue, phase } from "./stub.js";

export interface Answer {
  status: number;
  readonly sent: unknown[];
}

/** What arguments are made from; read before the program runs. */
export interface Pool extends Values {
  /** Of requests. */
  readonly method: string;
  /** What a module of the workspace exports. */
  readonly exported: (module: string, name: string) => unknown;
  readonly makeInstance: (module: string, name: string, args: readonly unknown[]) => unknown;
  readonly answer: Answer;
}

export async function argumentFor(spec: ArgumentSpec, pool: Pool): Promise<unknown> {
  switch (spec.kind) {
    case "value":
      return scalars(spec.name, spec.type, pool)[0];
    case "list":
      return listFor(spec.of, pool);
    case "object":
      return spec.open === true ? opened(await objectFor(spec.props, pool)) : objectFor(spec.props, pool);
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
    case "repository":
      return repositoryOf(spec.library, pool.exported(spec.module, spec.name));
    case "named":
      return phase.promised(spec.name, "") ?? outsideValue(spec.name);
    case "outside":
      return outsideValue(spec.name);
  }
}

/** Values, some twice, and some that no row has. */
async function listFor(of: ArgumentSpec, pool: Pool): Promise<unknown[]> {
  if (of.kind === "value") {
    const found = scalars(of.name, of.type, pool, pool.rows);
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

/** An object that has something for every name. */
function opened(made: Record<string, unknown>): unknown {
  return new Proxy(made, {
    get: (own, key) => {
      if (typeof key === "string" && key !== "then" && !(key in own)) own[key] = outsideValue(key);
      return Reflect.get(own, key) as unknown;
    },
  });
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

/** A text for every name. */
function texts(pool: Pool): unknown {
  return new Proxy(
    {},
    {
      get: (_own, key) => {
        if (typeof key === "symbol" || key === "then") return undefined;
        if (/Ids$|^ids$/.test(key)) return scalars(key, "string", pool, pool.rows);
        const [first] = scalars(key, "any", pool);
        return typeof first === "string" ? first : String(first);
      },
    },
  );
}

/** Parameters, query and body by whatever name is asked for. */
function request(pool: Pool): unknown {
  const known: Readonly<Record<string, unknown>> = {
    params: texts(pool),
    query: texts(pool),
    body: outsideValue("body"),
    json: () => Promise.resolve(outsideValue("body")),
    headers: {},
    method: pool.method,
    url: "/",
  };
  return new Proxy(known, {
    get: (own, key) => {
      if (typeof key === "symbol" || key === "then") return undefined;
      if (key in own) return own[key];
      return key === "log" ? outside("console") : outsideValue(key);
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
