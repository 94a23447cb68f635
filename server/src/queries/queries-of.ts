/** The queries of one file, as its linked calls state them. */
import type { FileView } from "../project/file-view.js";
import type { CallSite, Operation } from "../project/model.js";
import { drizzleQueries } from "./drizzle.js";
import type { QuerySite } from "./draft.js";
import { handedFilters } from "./handed-filters.js";
import { handedStatements } from "./handed-statements.js";
import { knexQueries } from "./knex.js";
import { kyselyQueries } from "./kysely.js";
import type { QueryModel } from "./model.js";
import { mikroOrmQueries } from "./mikro-orm.js";
import { mongooseQueries } from "./mongoose.js";
import { prismaQueries } from "./prisma.js";
import { beginQuery, type Scope, scopeOf } from "./scope.js";
import { sequelizeQueries } from "./sequelize.js";
import { sqlQueries } from "./sql-query.js";
import { supabaseQueries } from "./supabase.js";
import { typeormBuilderQueries } from "./typeorm-builder.js";
import { typeormQueries } from "./typeorm-find.js";

export interface FileQuery {
  readonly query: QueryModel;
  readonly site: CallSite;
}

const known = new WeakMap<FileView, readonly FileQuery[]>();

/** Queries in source order; those of relations that are read along follow the one that reads them. */
export function queriesOf(view: FileView): readonly FileQuery[] {
  let found = known.get(view);
  if (found === undefined) known.set(view, (found = readAll(view)));
  return found;
}

function readAll(view: FileView): readonly FileQuery[] {
  const own = view.calls.flatMap((site): readonly QuerySite[] => {
    const { operation } = site;
    return operation?.kind === "sql" || operation?.kind === "document" ? [{ site, operation }] : [];
  });
  const handed = [...handedStatements(view), ...handedFilters(view)];
  if (own.length === 0 && handed.length === 0) return [];
  const scope = scopeOf(view);
  const sites = handed.length === 0 ? own : [...own, ...handed].sort((a, b) => a.site.span.start - b.site.span.start);
  return sites.flatMap((one) => {
    beginQuery(scope);
    return read(scope, one).map((query) => ({ query, site: one.site }));
  });
}

function read(scope: Scope, site: QuerySite): readonly QueryModel[] {
  const { operation } = site;
  if (operation.sqlText !== undefined) return sqlQueries(operation, operation.sqlText);
  switch (operation.dialect) {
    case "prisma":
      return prismaQueries(scope, site);
    case "typeorm":
      return typeorm(scope, site);
    case "sequelize":
      return sequelizeQueries(scope, site, operation.method === "update" ? 1 : 0);
    case "mongoose":
    case "mongodb":
      return mongooseQueries(scope, site);
    case "mikro-orm":
      return mikroOrmQueries(scope, site, filterArgument(scope, site.operation));
    case "supabase":
      return supabaseQueries(scope, site);
    case "knex":
    case "objection":
      return knexQueries(scope, site);
    case "kysely":
      return kyselyQueries(scope, site);
    case "drizzle":
      return drizzleQueries(scope, site);
    default:
      return [];
  }
}

const builderEnds =
  /^(getMany|getRawMany|getRawAndEntities|getManyAndCount|stream|getOne|getOneOrFail|getRawOne|getCount|getExists|execute)$/;

function typeorm(scope: Scope, site: QuerySite): readonly QueryModel[] {
  if (builderEnds.test(site.operation.method)) return typeormBuilderQueries(scope, site);
  return typeormQueries(scope, site, filterArgument(scope, site.operation));
}

/** A manager takes the entity first; a repository is of one. */
function filterArgument(scope: Scope, { expr }: Operation): number {
  const call = scope.facts.exprs[expr];
  const callee = call?.kind === "call" ? scope.facts.exprs[call.callee] : undefined;
  if (callee?.kind !== "member") return 0;
  const receiver = scope.view.valueOf(callee.object);
  const parts = receiver.kind === "union" ? receiver.of : [receiver];
  return parts.some((part) => part.kind === "dialect" && part.state === "manager") ? 1 : 0;
}
