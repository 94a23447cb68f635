/** What one operation of a library costs: usually one round trip, for some methods more. */
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
export function operationCost(view: FileView, operation: Operation, atOnce: () => boolean): Cost {
  const metric = METRICS[operation.kind];
  const range = statements(view, operation);
  if (operation.batchedByLibrary !== undefined && atOnce())
    return counted(`batch ${operation.dialect} ${operation.table ?? ""} ${operation.method}`, range);
  const cost = counted(metric, range);
  return operation.confidence === "low" ? { ...cost, guessed: true } : cost.counts.size === 0 ? free : cost;
}

function statements(view: FileView, operation: Operation): Range {
  if (operation.flushes === true) return { min: [constant(0)], max: [[{ times: 1, over: ["?"] }]] };
  const known = STATEMENTS[`${operation.dialect}.${operation.method}`];
  if (known !== undefined) return { min: [constant(known[0])], max: [constant(known[1])] };
  const relations = operation.dialect === "prisma" ? includedRelations(view, operation.expr) : 0;
  return exactly(1 + relations);
}

/** Prisma loads each relation named in `include` with a query of its own. */
function includedRelations(view: FileView, id: ExprId): number {
  const call = view.facts.exprs[id];
  const options = call?.kind === "call" ? call.args[0] : undefined;
  if (options === undefined || call?.kind !== "call") return 0;
  const callee = view.facts.exprs[call.callee];
  return callee?.kind === "member" && /^(find|create|update|upsert|delete)/.test(callee.name)
    ? relationsIn(view, options, 0)
    : 0;
}

function relationsIn(view: FileView, options: ExprId, depth: number): number {
  const expr = view.facts.exprs[options];
  if (expr?.kind !== "object" || 5 < depth) return 0;
  let count = 0;
  for (const { name, value } of expr.props) {
    const inner = view.facts.exprs[value];
    if ((name !== "include" && name !== "select") || inner?.kind !== "object") continue;
    for (const relation of inner.props) {
      const given = view.facts.exprs[relation.value];
      const isRelation =
        name === "include" ? relation.name !== "_count" && !isFalse(given) : isNested(view, relation.value);
      if (isRelation) count += 1 + relationsIn(view, relation.value, depth + 1);
    }
  }
  return count;
}

function isFalse(expr: { readonly kind: string; readonly value?: unknown } | undefined): boolean {
  return expr?.kind === "literal" && expr.value === false;
}

/** `select: { author: { select: … } }` is a relation; `select: { name: true }` is a column. */
function isNested(view: FileView, id: ExprId): boolean {
  const expr = view.facts.exprs[id];
  return expr?.kind === "object" && expr.props.some(({ name }) => name === "select" || name === "include");
}
