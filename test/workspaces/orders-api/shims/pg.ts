/** Stands in for node-postgres: one PostgreSQL in this process. Statements are counted where they are sent; those that only frame a transaction are not queries. */
import { PGlite } from "@electric-sql/pglite";
import { schema } from "../src/schema.js";

const database = new PGlite();
const ready = database.exec(schema);
let counted = 0;

async function query(text: string, values: unknown[] = []): Promise<{ rows: unknown[]; rowCount: number }> {
  await ready;
  if (!/^\s*(begin|commit|rollback)\b/i.test(text)) counted++;
  const result = await database.query(text, values);
  return { rows: result.rows, rowCount: result.affectedRows ?? result.rows.length };
}

export class Pool {
  query = query;
  connect = (): Promise<{ query: typeof query; release: () => void }> =>
    Promise.resolve({ query, release: () => undefined });
}

/** The test's side: fills the tables, and asks how many statements came since it last did. */
process.on("message", (message: { rows?: number; stop?: true }) => {
  void answer(message).then((reply) => process.send?.(reply));
});

async function answer({ rows, stop }: { rows?: number; stop?: true }): Promise<unknown> {
  await ready;
  if (stop === true) setTimeout(() => process.exit(0), 10);
  if (rows !== undefined) await fill(rows);
  const sofar = counted;
  counted = 0;
  return { queries: sofar };
}

/** `rows` customers, each with one order of two items; as many products; a small tree of categories. */
async function fill(rows: number): Promise<void> {
  await database.exec(`
    truncate customers, orders, items, products, categories, settings;
    insert into customers select i, 'customer ' || i, 'de', '' from generate_series(1, ${rows}) i;
    insert into orders select i, i, 'new' from generate_series(1, ${rows}) i;
    insert into items select i, p, 1 from generate_series(1, ${rows}) i, generate_series(1, 2) p;
    insert into products select i, 'product ' || i, 10, 1000 from generate_series(1, ${rows}) i;
    insert into categories values (1, null, 'all'), (2, 1, 'some'), (3, 1, 'others'), (4, 2, 'few');
    insert into settings values ('banner', 'welcome');
  `);
}
