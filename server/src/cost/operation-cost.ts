/** What one operation of a library costs: usually one round trip, for some methods more. */
import { findTable } from "../catalog/lookup.js";
import type { Catalog, Table } from "../catalog/model.js";
import type { ExprId } from "../facts/model.js";
import type { FileView } from "../project/file-view.js";
import type { Operation } from "../project/model.js";
import { type Cost, counted, free, type Metric } from "./cost.js";
import { constant } from "./polynomial.js";
import { exactly, type Range } from "./range.js";

const METRICS: Readonly<Record<Operation["kind"], Metric>> = {
  sql: "queries",
  document: "queries",
  http: "remote",
  rpc: "remote",
  inference: "inference",
  cache: "cache",
  queue: "queue",
};

/**
 * Statements of methods that send more than one, from the libraries' documentation: a page and its count are two statements; `findOrCreate` looks, and may then
 * insert; TypeORM's `save` looks a row with an id up before it writes.
 */
const STATEMENTS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  "typeorm.findAndCount": [2, 2],
  "typeorm.getManyAndCount": [2, 2],
  "typeorm.save": [1, 2],
  "typeorm.findAndCountBy": [2, 2],
  "sequelize.findAndCountAll": [2, 2],
  "sequelize.findOrCreate": [1, 2],
  "mikro-orm.findAndCount": [2, 2],
  "mongoose.findOneAndUpdate": [1, 1],
};

/** @param atOnce Whether nothing is awaited before it, so that calls of one tick start it in one tick. */
export function operationCost(view: FileView, catalog: Catalog, operation: Operation, atOnce: () => boolean): Cost {
  const metric = METRICS[operation.kind];
  const range = statements(view, catalog, operation);
  if (operation.batchedByLibrary !== undefined && atOnce())
    return counted(`batch ${operation.dialect} ${operation.table ?? ""} ${operation.method}`, range);
  const cost = counted(metric, range);
  return operation.confidence === "low" ? { ...cost, guessed: true } : cost.counts.size === 0 ? free : cost;
}

function statements(view: FileView, catalog: Catalog, operation: Operation): Range {
  if (operation.flushes === true) return { min: [constant(0)], max: [[{ times: 1, over: ["?"] }]] };
  const known = STATEMENTS[`${operation.dialect}.${operation.method}`];
  if (known !== undefined) return { min: [constant(known[0])], max: [constant(known[1])] };
  const relations = operation.dialect === "prisma" ? includedRelations(view, catalog, operation) : 0;
  return exactly(1 + relations);
}

/** Prisma loads each relation named in `include` or `select` with a query of its own. */
function includedRelations(view: FileView, catalog: Catalog, operation: Operation): number {
  const call = view.facts.exprs[operation.expr];
  const options = call?.kind === "call" ? call.args[0] : undefined;
  if (options === undefined || call?.kind !== "call") return 0;
  const callee = view.facts.exprs[call.callee];
  if (callee?.kind !== "member" || !/^(find|create|update|upsert|delete)/.test(callee.name)) return 0;
  const near = { near: view.path, dialect: "prisma" };
  const table = operation.table === undefined ? undefined : findTable(catalog, operation.table, near);
  return relationsIn({ view, catalog }, options, table, 0);
}

interface Read {
  readonly view: FileView;
  readonly catalog: Catalog;
}

/** @param table What the options are about, as far as the schema says. */
function relationsIn(read: Read, options: ExprId, table: Table | undefined, depth: number): number {
  const expr = read.view.facts.exprs[options];
  if (expr?.kind !== "object" || MAX_NESTING < depth) return 0;
  let count = 0;
  for (const { name: kind, value } of expr.props) {
    const chosen = read.view.facts.exprs[value];
    if ((kind !== "include" && kind !== "select") || chosen?.kind !== "object") continue;
    for (const { name, value: given } of chosen.props) {
      if (name === undefined || name === "_count" || isFalse(read.view.facts.exprs[given])) continue;
      const target = relationOf(table, name);
      const isRelation = kind === "include" || target !== undefined || isNested(read.view, given);
      const next =
        target === undefined ? undefined : findTable(read.catalog, target, { near: read.view.path, dialect: "prisma" });
      if (isRelation) count += 1 + relationsIn(read, given, next, depth + 1);
    }
  }
  return count;
}

const MAX_NESTING = 5;

/** Model that a field leads to. */
function relationOf(table: Table | undefined, field: string): string | undefined {
  for (const { relations } of table?.names ?? []) if (Object.hasOwn(relations, field)) return relations[field]?.target;
  return undefined;
}

function isFalse(expr: { readonly kind: string; readonly value?: unknown } | undefined): boolean {
  return expr?.kind === "literal" && expr.value === false;
}

/** Without a schema: `select: { author: { select: … } }` is a relation; `select: { name: true }` is taken for a column. */
function isNested(view: FileView, id: ExprId): boolean {
  const expr = view.facts.exprs[id];
  return expr?.kind === "object" && expr.props.some(({ name }) => name === "select" || name === "include");
}
