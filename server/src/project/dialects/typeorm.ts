/** TypeORM 0.2 and 0.3: data sources, managers, repositories, query builders, active record. */
import { defineDialect } from "./define-dialect.js";
import { bulkWrite, calls, each, filtered, lazily, leads, readMany, readOne, write } from "./steps.js";

const transaction = each("transaction", {
  call: {
    callbacks: [
      { arg: 0, params: ["manager"], runs: "once", transaction: true },
      { arg: 1, params: ["manager"], runs: "once", transaction: true },
    ],
  },
});

const table0 = { table: { arg: 0 } } as const;

/** Methods shared by repositories and active-record classes: the filter comes first. */
const repositoryMembers = {
  ...calls(
    "find findBy findAndCount findAndCountBy findByIds findTrees findRoots findDescendants findAncestors",
    filtered(readMany, 0),
  ),
  ...calls("findOne findOneBy findOneOrFail findOneByOrFail findOneById", filtered(readOne, 0)),
  ...calls("count countBy exist exists existsBy sum average minimum maximum", filtered(readOne, 0)),
  ...calls("save remove softRemove recover", { ...write, bulk: true }),
  ...calls("insert upsert", bulkWrite),
  ...calls("update delete softDelete restore increment decrement", filtered(write, 0)),
  ...calls("clear", write),
  ...calls("query", { access: "unknown", rows: "many", when: "call", sql: 0 }),
  ...leads("createQueryBuilder", "builder"),
} as const;

export const typeorm = defineDialect({
  id: "typeorm",
  title: "TypeORM",
  kind: "sql",
  packages: ["typeorm", "@nestjs/typeorm"],
  instances: {
    DataSource: { state: "source" },
    Connection: { state: "source" },
    EntityManager: { state: "manager" },
    QueryRunner: { state: "runner" },
    Repository: { state: "repository", typeTable: 0 },
    TreeRepository: { state: "repository", typeTable: 0 },
    MongoRepository: { state: "repository", typeTable: 0 },
    SelectQueryBuilder: { state: "builder", typeTable: 0 },
    UpdateQueryBuilder: { state: "builder", typeTable: 0 },
    DeleteQueryBuilder: { state: "builder", typeTable: 0 },
    InsertQueryBuilder: { state: "builder", typeTable: 0 },
    BaseEntity: { state: "entity" },
  },
  factories: {
    getRepository: { state: "repository", table: { arg: 0 } },
    getCustomRepository: { state: "repository", table: { arg: 0 } },
    getManager: { state: "manager" },
    getConnection: { state: "source" },
    createConnection: { state: "source" },
  },
  subclasses: {
    Repository: { instance: "repository" },
    AbstractRepository: { instance: "repository" },
    TreeRepository: { instance: "repository" },
    BaseEntity: { class: "repository", instance: "entity" },
    DataSource: { instance: "source" },
  },
  decorators: {
    "@nestjs/typeorm#InjectRepository": { state: "repository", table: { arg: 0 } },
    "@nestjs/typeorm#InjectEntityManager": { state: "manager" },
    "@nestjs/typeorm#InjectDataSource": { state: "source" },
    "@nestjs/typeorm#InjectConnection": { state: "source" },
  },
  // A relation declared as a promise is loaded when it is awaited, once for each row.
  lazyRelations: {
    OneToMany: { state: "loaded", operation: lazily(readMany) },
    ManyToMany: { state: "loaded", operation: lazily(readMany) },
    ManyToOne: { state: "loaded", operation: lazily(readOne) },
    OneToOne: { state: "loaded", operation: lazily(readOne) },
  },
  states: {
    source: {
      members: {
        manager: { get: { to: "manager" } },
        ...leads("getRepository getTreeRepository getMongoRepository getCustomRepository", "repository", table0),
        ...leads("createEntityManager", "manager"),
        ...leads("createQueryRunner", "runner"),
        ...leads("createQueryBuilder", "builder", table0),
        ...calls("query", { access: "unknown", rows: "many", when: "call", sql: 0 }),
        ...transaction,
      },
    },
    manager: {
      members: {
        ...calls("find findBy findAndCount findAndCountBy findByIds", filtered(readMany, 1), table0),
        ...calls(
          "findOne findOneBy findOneOrFail findOneByOrFail findOneById count countBy exists existsBy sum average minimum maximum",
          filtered(readOne, 1),
          table0,
        ),
        ...calls("save remove softRemove recover", bulkWrite, table0),
        ...calls("insert upsert", bulkWrite, table0),
        ...calls("update delete softDelete restore increment decrement", filtered(write, 1), table0),
        ...calls("query", { access: "unknown", rows: "many", when: "call", sql: 0 }),
        ...leads("createQueryBuilder", "builder", table0),
        ...leads("getRepository getTreeRepository getCustomRepository withRepository", "repository", table0),
        queryRunner: { get: { to: "runner" } },
        connection: { get: { to: "source" } },
        ...transaction,
      },
    },
    runner: {
      members: {
        manager: { get: { to: "manager" } },
        ...calls("query", { access: "unknown", rows: "many", when: "call", sql: 0 }),
      },
    },
    repository: {
      members: {
        ...repositoryMembers,
        manager: { get: { to: "manager" } },
        ...leads("extend", "repository"),
        // Active record: these belong to the class, which shares the repository's methods.
        ...leads("getRepository", "same"),
      },
      construct: { to: "entity" },
    },
    builder: {
      members: {
        ...calls("getMany getRawMany getRawAndEntities getManyAndCount stream", readMany),
        ...calls("getOne getOneOrFail getRawOne getCount getExists", readOne),
        ...calls("execute", { access: "write", rows: "none", when: "call" }),
        ...leads("from into update", "builder", table0),
        "*": { call: { to: "same" } },
      },
    },
    loaded: {},
    entity: {
      members: { ...calls("save remove softRemove recover reload", write) },
    },
  },
  documentation:
    "TypeORM documentation: Working with EntityManager, Repository APIs, Select using Query Builder, Active Record",
});
