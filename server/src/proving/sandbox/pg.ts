/** What stands for `pg`: pools and clients whose `query` reaches the database beside the sandbox. */
import { asPg, query, rowsOf, type Result } from "./database.js";
import { strict } from "./lazy.js";
import { cannot } from "./stub.js";

interface QueryConfig {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly rowMode?: string;
}

function answer(result: Result, rowMode: string | undefined): object {
  const rows =
    rowMode === "array"
      ? result.values.map((values) => values.map((value, index) => asPg(value, result.columns[index]?.type ?? 0)))
      : rowsOf(result);
  return {
    rows,
    rowCount: result.columns.length === 0 ? result.affected : rows.length,
    fields: result.columns.map(({ name, type }) => ({ name, dataTypeID: type })),
  };
}

async function run(config: string | QueryConfig, values: readonly unknown[] = []): Promise<object> {
  const {
    text,
    values: own,
    rowMode,
  } = typeof config === "string" ? { text: config, values, rowMode: undefined } : config;
  return answer(await query(text, own ?? values), rowMode);
}

class Queryable {
  query(
    config: string | QueryConfig,
    values?: readonly unknown[] | (() => void),
    callback?: () => void,
  ): Promise<object> {
    if (typeof values === "function" || callback !== undefined) throw cannot("it uses `pg` with a callback");
    return run(config, values);
  }
  on(): this {
    return this;
  }
  end(): Promise<void> {
    return Promise.resolve();
  }
}

class Client extends Queryable {
  connect(): Promise<void> {
    return Promise.resolve();
  }
  release(): void {
    return undefined;
  }
}

class Pool extends Queryable {
  readonly totalCount = 1;
  readonly idleCount = 1;
  readonly waitingCount = 0;
  connect(): Promise<Client> {
    return Promise.resolve(client());
  }
}

const refuse = (what: string): Error => cannot(`it uses \`${what}\` of pg, which has no stand-in`);

function client(): Client {
  return strict(new Client(), "client", refuse);
}

export function pool(): Pool {
  return strict(new Pool(), "pool", refuse);
}

export const pgModule = { Pool, Client, types: { setTypeParser: (): void => undefined, builtins: {} } };
