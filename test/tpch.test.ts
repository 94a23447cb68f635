/**
 * The indexes that Extend chooses for the queries of TPC-H, against an index on every column that they compare, join or sort by: they must cut the total cost
 * that PostgreSQL's planner estimates at least as far, and be fewer. The figures are those of `docs/advisor.md`.
 *
 * Here the planner itself says what a step is worth, over whole queries; in an editor a rule of thumb does, and the planner confirms what was chosen.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { expect, test } from "vitest";
import type { Wish } from "../server/src/advisor/demand.js";
import { afterStep, greedily, shapeKey, type Shape, type Step, stepsFrom } from "../server/src/advisor/extend.js";
import { repositoryRoot } from "./harness/repository.js";
import { replaceBetween, textBetween } from "./harness/generated-table.js";
import { queries, tables, type WorkloadTable } from "./workloads/tpch.js";

const page = path.join(repositoryRoot, "docs/advisor.md");
const marks = ["<!-- tpch -->", "<!-- /tpch -->"] as const;

/** Chosen indexes by table. */
type Chosen = ReadonlyMap<string, readonly Shape[]>;

interface TableStep {
  readonly table: string;
  readonly step: Step;
}

/** A step that saves less than this share of what all queries still cost is not worth an index. */
const neededShare = 0.0005;

const tableOf = new Map(
  tables.flatMap(({ name, columns }) => columns.map((text) => [columnName(text), name] as const)),
);

function columnName(text: string): string {
  return text.split(" ")[0] ?? "";
}

/** Columns of a query in text after a pattern: `a = b`, `a in (`, `a < 5`. */
function found(sql: string, pattern: RegExp): readonly string[] {
  return [...sql.matchAll(pattern)].flatMap((match) => match.slice(1)).filter((name) => tableOf.has(name));
}

interface Uses {
  readonly equal: readonly string[];
  readonly range: readonly string[];
  readonly sorted: readonly string[];
}

function usesOf(sql: string): Uses {
  const equal = [
    ...found(sql, /(?:\w+\.)?(\w+) = /g),
    ...found(sql, / = (?:\w+\.)?(\w+)\b/g),
    ...found(sql, /(?:\w+\.)?(\w+) (?:not )?in \(/g),
    ...found(sql, /in \(select (?:\w+\.)?(\w+) from/g),
  ];
  const range = found(sql, /(?:\w+\.)?(\w+) (?:[<>]=?|between|like) /g);
  const sorted = found(sql.replaceAll(/.*\b(?:order|group) by/gs, ""), /(\w+)/g);
  return { equal: [...new Set(equal)], range: [...new Set(range)], sorted: [...new Set(sorted)] };
}

const used = queries.map(usesOf);

/** What each query wants of each table: its equal columns, one range, or both. */
function wishesFor(table: string): readonly Wish[] {
  return used.flatMap(({ equal, range }): Wish[] => {
    const own = equal.filter((name) => tableOf.get(name) === table);
    const ranges = range.filter((name) => tableOf.get(name) === table && !own.includes(name));
    const wish = { equal: own.map((column) => ({ part: { column }, share: 1 })), method: "btree", weight: 1 } as const;
    if (own.length === 0 && ranges.length === 0) return [];
    if (ranges.length === 0) return [{ ...wish, then: [], thenKind: "none" }];
    // The planner knows how wide these ranges are, so one by itself may be worth an index.
    return ranges.flatMap((column): Wish[] =>
      [wish, { ...wish, equal: [] }].map((one) => ({ ...one, then: [{ column }], thenKind: "range" })),
    );
  });
}

const wishes = new Map(tables.map(({ name }) => [name, wishesFor(name)]));

function stepsOf(chosen: Chosen): readonly TableStep[] {
  return tables.flatMap(({ name, key }) =>
    stepsFrom(wishes.get(name) ?? [], chosen.get(name) ?? [])
      // The primary key is there already.
      .filter(({ shape: { parts } }) => !parts.every(({ column }, i) => column === key[i]))
      .map((step) => ({ table: name, step })),
  );
}

function after(chosen: Chosen, { table, step }: TableStep): Chosen {
  return new Map([...chosen, [table, afterStep(chosen.get(table) ?? [], step)]]);
}

function indexStatements(chosen: Chosen): readonly string[] {
  return [...chosen].flatMap(([table, shapes]) =>
    shapes.map(({ parts }) => `CREATE INDEX ON ${table} (${parts.map(({ column }) => column).join(", ")})`),
  );
}

/** Building an index counts the rows that are there and keeps the count though everything else is rolled back, so the claim is made again each time. */
function claimSize({ name, rows }: WorkloadTable): string {
  return `SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', '${name}', 'relpages', 1::int, 'reltuples', ${rows}::real, 'relallvisible', 0::int)`;
}

function claimValues({ name, columns, distinct, between = {} }: WorkloadTable): readonly string[] {
  return columns.map((text) => {
    const column = columnName(text);
    const ends = between[column];
    const spread = ends === undefined ? "" : `, 'histogram_bounds', '{${bounds(ends).join()}}'::text`;
    return `SELECT pg_restore_attribute_stats('schemaname', 'public', 'relname', '${name}', 'attname', '${column}', 'inherited', false, 'n_distinct', ${distinct[column] ?? -0.5}::real, 'null_frac', 0::real, 'avg_width', 16::int, 'correlation', 0::real${spread})`;
  });
}

/** Eleven values in even steps. */
function bounds([least, greatest]: readonly [string, string]): readonly string[] {
  const isDate = /^\d{4}-/.test(least);
  const [from, to] = [least, greatest].map((text) => (isDate ? Date.parse(text) : Number(text)));
  return Array.from({ length: 11 }, (_, i) => {
    const value = (from ?? 0) + (((to ?? 0) - (from ?? 0)) * i) / 10;
    return isDate ? new Date(value).toISOString().slice(0, 10) : value.toFixed(2);
  }).map((text) => (isDate || least.includes(".") ? text : String(Math.round(Number(text)))));
}

/** Estimated cost of queries with indexes that are there only for the question. */
async function costsOf(database: PGlite, chosen: Chosen, asked: readonly number[]): Promise<readonly number[]> {
  const statements = ["BEGIN", ...indexStatements(chosen), ...tables.map(claimSize)];
  const results = await database.exec(
    [...statements, ...asked.map((i) => `EXPLAIN (FORMAT JSON) ${queries[i] ?? ""}`), "ROLLBACK"].join(";\n"),
  );
  return results.slice(-asked.length - 1, -1).map(({ rows }) => {
    const [plan] = rows[0]?.["QUERY PLAN"] as readonly { readonly Plan: { readonly "Total Cost": number } }[];
    return plan?.Plan["Total Cost"] ?? Number.NaN;
  });
}

async function startWith(): Promise<PGlite> {
  const database = await PGlite.create();
  await database.exec(
    tables
      .flatMap((table) => [
        `CREATE TABLE ${table.name} (${table.columns.join(", ")})`,
        `INSERT INTO ${table.name} DEFAULT VALUES`,
        `UPDATE ${table.name} SET ${table.key.map((column) => `${column} = 1`).join()}`,
        `ALTER TABLE ${table.name} ADD PRIMARY KEY (${table.key.join()})`,
        ...claimValues(table),
      ])
      .join(";\n"),
  );
  return database;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const all = queries.map((_, i) => i);

async function chooseWith(database: PGlite): Promise<Chosen> {
  const course = greedily<Chosen, TableStep>(new Map(), stepsOf, after);
  /** Worth of steps whose queries cost what they did. */
  const known = new Map<string, { readonly costs: string; readonly worth: number | undefined }>();
  let next = course.next();
  while (next.done !== true) {
    const { chosen, steps } = next.value;
    const before = await costsOf(database, chosen, all);
    const worth: (number | undefined)[] = [];
    for (const step of steps) {
      const columns = step.step.shape.parts.map(({ column = "" }) => column);
      const asked = all.filter((i) => columns.some((column) => queries[i]?.includes(column)));
      const key = `${step.table} ${shapeKey(step.step.shape)}`;
      const costs = asked.map((i) => before[i]).join();
      const last = known.get(key);
      if (last?.costs !== costs) {
        const saved = sum(asked.map((i) => before[i] ?? 0)) - sum(await costsOf(database, after(chosen, step), asked));
        const isWorth = sum(before) * neededShare < saved;
        known.set(key, { costs, worth: isWorth ? saved / (step.step.replaced === undefined ? 2 : 1) : undefined });
      }
      worth.push(known.get(key)?.worth);
    }
    next = course.next(worth);
  }
  return next.value;
}

/** An index on every column that some query compares, joins or sorts by, but for those that begin a primary key. */
function single(): Chosen {
  const columns = new Set(used.flatMap(({ equal, range, sorted }) => [...equal, ...range, ...sorted]));
  return new Map(
    tables.map(({ name, key }) => [
      name,
      [...columns]
        .filter((column) => tableOf.get(column) === name && column !== key[0])
        .map((column): Shape => ({ parts: [{ column }], method: "btree" })),
    ]),
  );
}

test(
  "chosen indexes cut the cost of TPC-H as far as one on every column, and are fewer",
  { timeout: 600_000 },
  async () => {
    const database = await startWith();
    try {
      const initial = await costsOf(database, new Map(), all);
      const chosen = await chooseWith(database);
      const [withChosen, withSingle] = [await costsOf(database, chosen, all), await costsOf(database, single(), all)];
      const count = (some: Chosen): number => indexStatements(some).length;
      const line = (name: string, indexes: number, costs: readonly number[]): string => {
        const halved = costs.filter((cost, i) => cost * 2 <= (initial[i] ?? 0)).length;
        const left = (100 * sum(costs.map((cost, i) => cost / (initial[i] ?? 1)))) / costs.length;
        return `| ${name} | ${indexes} | ${Math.round(sum(costs)).toLocaleString("en")} | ${left.toFixed(1)} % | ${halved} |`;
      };
      const lines = [
        "| Indexes | Count | Total cost | An average query, of its cost without | Queries at half the cost or less |",
        "| --- | --- | --- | --- | --- |",
        line("primary keys alone", 0, initial),
        line("one on every column", count(single()), withSingle),
        line("chosen by Extend", count(chosen), withChosen),
        "",
        `Chosen: ${indexStatements(chosen)
          .map((sql) => `\`${sql.slice("CREATE INDEX ON ".length)}\``)
          .join(", ")}.`,
      ].join("\n");
      expect(sum(withChosen)).toBeLessThanOrEqual(sum(withSingle));
      expect(count(chosen)).toBeLessThan(count(single()));
      if (process.env["HOTPATH_UPDATE"] !== undefined)
        writeFileSync(page, replaceBetween(readFileSync(page, "utf8"), marks, lines));
      expect(textBetween(readFileSync(page, "utf8"), marks)).toBe(lines);
    } finally {
      await database.close();
    }
  },
);
