/** MikroORM 5 to 7: entity managers with a unit of work, repositories, the query builder, lazily loaded references and collections. */
import { defineDialect, type OperationSpec } from "./define-dialect.js";
import { bulkWrite, calls, each, filtered, leads, readMany, readOne, write } from "./steps.js";

const table0 = { table: { arg: 0 } } as const;

const raw = { access: "unknown", rows: "many", when: "call", sql: 0 } as const;

/** `persist` and `remove` only note what to do; everything noted is written by the next flush. */
const flush: OperationSpec = { ...write, flushes: true };

/** An entity that is in the identity map costs nothing, and with the `dataloader` option (since 6.0) calls of one tick are merged. */
const loaded: OperationSpec = { ...readOne, uncertain: true };

const transaction = each("transactional", {
  call: { callbacks: [{ arg: 0, params: ["manager"], runs: "once", transaction: true }] },
});

/** The packages of the databases re-export the core, and name their own managers and repositories. */
const DRIVERS = ["postgresql", "mysql", "mariadb", "mssql", "sqlite", "libsql", "better-sqlite", "mongodb", "oracledb"];

export const mikroOrm = defineDialect({
  id: "mikro-orm",
  title: "MikroORM",
  kind: "sql",
  packages: [
    "@mikro-orm/core",
    "@mikro-orm/knex",
    "@mikro-orm/sql",
    "@mikro-orm/nestjs",
    ...DRIVERS.map((name) => `@mikro-orm/${name}`),
  ],
  exports: { MikroORM: "orms" },
  instances: {
    MikroORM: { state: "orm" },
    EntityManager: { state: "manager" },
    SqlEntityManager: { state: "manager" },
    MongoEntityManager: { state: "manager" },
    EntityRepository: { state: "repository", typeTable: 0 },
    SqlEntityRepository: { state: "repository", typeTable: 0 },
    MongoEntityRepository: { state: "repository", typeTable: 0 },
    QueryBuilder: { state: "builder", typeTable: 0 },
    SelectQueryBuilder: { state: "builder", typeTable: 0 },
    Collection: { state: "collection", typeTable: 0 },
    Reference: { state: "reference", typeTable: 0 },
    Ref: { state: "reference", typeTable: 0 },
  },
  subclasses: {
    EntityManager: { instance: "manager" },
    SqlEntityManager: { instance: "manager" },
    EntityRepository: { instance: "repository" },
    SqlEntityRepository: { instance: "repository" },
  },
  factories: { "MikroORM.init": { state: "orm" }, "MikroORM.initSync": { state: "orm" } },
  decorators: {
    "@mikro-orm/nestjs#InjectRepository": { state: "repository", table: { arg: 0 } },
    "@mikro-orm/nestjs#InjectEntityManager": { state: "manager" },
    "@mikro-orm/nestjs#InjectMikroORM": { state: "orm" },
  },
  states: {
    orms: { members: { ...leads("init initSync", "orm") }, construct: { to: "orm" } },
    orm: { members: { em: { get: { to: "manager" } } } },
    manager: {
      members: {
        ...calls("find findAndCount findAll findByCursor", filtered(readMany, 1), table0),
        ...calls("findOne findOneOrFail count", filtered(readOne, 1), table0),
        ...calls("refresh", readOne),
        ...calls("populate", { ...readMany, bulk: true }),
        ...calls("flush commit", flush),
        ...calls("persistAndFlush removeAndFlush", { ...write, bulk: true }),
        ...calls("insert upsert", write, table0),
        ...calls("insertMany upsertMany", bulkWrite, table0),
        ...calls("nativeInsert", write, table0),
        ...calls("nativeUpdate nativeDelete", filtered(write, 1), table0),
        ...calls("aggregate", readMany, table0),
        ...calls("execute", raw),
        ...calls("lock", write),
        ...leads("persist remove fork getContext", "same"),
        ...leads("getRepository", "repository", table0),
        ...leads("createQueryBuilder qb", "builder", table0),
        ...leads("getConnection", "connection"),
        ...transaction,
      },
    },
    repository: {
      members: {
        ...calls("find findAndCount findAll findByCursor", filtered(readMany, 0)),
        ...calls("findOne findOneOrFail count", filtered(readOne, 0)),
        ...calls("populate", { ...readMany, bulk: true }),
        ...calls("insert upsert nativeInsert", write),
        ...calls("insertMany upsertMany", bulkWrite),
        ...calls("nativeUpdate nativeDelete", filtered(write, 0)),
        ...calls("flush", flush),
        ...calls("persistAndFlush removeAndFlush", { ...write, bulk: true }),
        ...leads("createQueryBuilder qb", "builder"),
        ...leads("getEntityManager", "manager"),
        em: { get: { to: "manager" } },
        _em: { get: { to: "manager" } },
      },
    },
    builder: {
      members: {
        ...calls("getResult getResultList getResultAndCount", readMany),
        ...calls("getSingleResult getCount", readOne),
        ...calls("execute", { access: "unknown", rows: "many", when: "call" }),
        ...leads("from into update", "builder", table0),
        ...each("getQuery getParams getFormattedQuery getKnexQuery as", { call: {} }),
        "*": { call: { to: "same" } },
      },
    },
    connection: { members: { ...calls("execute", raw) } },
    reference: { members: { ...calls("load loadOrFail", loaded), ...calls("loadProperty", loaded) } },
    collection: {
      members: {
        ...calls("init loadItems load", { ...loaded, rows: "many" }),
        ...calls("loadCount", readOne),
        ...calls("matching", readMany),
      },
    },
  },
  documentation: "MikroORM documentation: Entity Manager, Unit of Work, Query Builder, Collections, Dataloaders",
});
