/** Whether a query asks for every column of its table, as each library says it. */
import { NONE, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import { readChain } from "../../queries/chain.js";
import type { FileQuery } from "../../queries/queries-of.js";
import { entryOf, readObject } from "../../queries/read-object.js";
import { beginQuery, scopeOf } from "../../queries/scope.js";

/** The whole query, chain and all: what is awaited. */
export function wholeQuery(view: FileView, { site }: FileQuery): ExprId {
  const { exprs } = view.facts;
  let at = site.operation?.expr ?? site.expr;
  for (let hops = 0; hops < 40; hops++) {
    const member = exprs[at]?.parent ?? NONE;
    const call = exprs[member]?.parent ?? NONE;
    const [outer, step] = [exprs[call], exprs[member]];
    if (step?.kind !== "member" || step.object !== at || outer?.kind !== "call" || outer.callee !== member) break;
    if (/^(then|catch|finally)$/.test(step.name)) break;
    at = call;
  }
  return at;
}

/** Whether all columns are read; false where that cannot be seen. */
export function readsAllColumns(view: FileView, file: FileQuery): boolean {
  const { query } = file;
  if (query.sql !== undefined) return query.joins.length === 0 && /^\s*select\s+(\w+\.)?\*\s+from\s/i.test(query.sql);
  const scope = scopeOf(view);
  beginQuery(scope);
  const chain = readChain(scope, wholeQuery(view, file));
  if (chain.open !== undefined) return false;
  const step = (names: RegExp) => chain.steps.filter(({ name }) => names.test(name));
  const plainOptions = (index: number, chosen: readonly string[]): boolean => {
    const id = step(/^find\w*$/).at(-1)?.args[index];
    if (id === undefined) return true;
    const options = readObject(scope, id);
    return !options.open && chosen.every((name) => entryOf(options, name) === undefined);
  };
  switch (query.dialect) {
    case "prisma":
      return plainOptions(0, ["select", "omit"]);
    case "typeorm":
      return query.method !== "findBy" ? plainOptions(0, ["select"]) : true;
    case "sequelize":
      return plainOptions(0, ["attributes", "raw", "group"]);
    case "mikro-orm":
      return plainOptions(2, ["fields", "exclude"]);
    case "mongoose":
      return step(/^(select|projection)$/).length === 0 && (step(/^find$/)[0]?.args.length ?? 2) < 2;
    case "drizzle":
      return step(/^select$/).length > 0
        ? query.joins.length === 0 && step(/^select$/).every(({ args }) => args.length === 0)
        : query.method === "findMany" && plainOptions(0, ["columns", "extras"]);
    case "kysely":
      return query.joins.length === 0 && step(/^selectAll$/).length === 1 && step(/^select$/).length === 0;
    case "knex":
      return (
        query.joins.length === 0 &&
        step(/^(select|column|columns|pluck|first|distinct|returning|from|modify)$/).every(
          ({ name, args }) => name === "from" || (name === "select" && args.every((arg) => isStar(view, arg))),
        )
      );
    default:
      return false;
  }
}

function isStar(view: FileView, id: ExprId): boolean {
  const expr = view.facts.exprs[id];
  return expr?.kind === "literal" && typeof expr.value === "string" && /^(\w+\.)?\*$/.test(expr.value);
}
