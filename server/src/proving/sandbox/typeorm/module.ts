/** What stands for TypeORM: repositories and managers of entities, without `synchronize`, subscribers and cascades. */
import { inTransaction, query, rowsOf } from "../database.js";
import { decorator } from "../decorators.js";
import { strict } from "../lazy.js";
import { partly } from "../passing.js";
import { cannot } from "../stub.js";
import { Builder } from "./builder.js";
import { instanceOf, typeormEntity, type TypeormEntity } from "./entity.js";
import { count, find, type FindOptions, optionsOf } from "./read.js";
import { FindOperator, findOperators } from "./where.js";
import { criteriaSql, insert, remove, save, update } from "./write.js";

type Values = Record<string, unknown>;

export class EntityNotFoundError extends Error {
  override readonly name = "EntityNotFoundError";
  constructor(entity: TypeormEntity, where: unknown) {
    super(
      `Could not find any entity of type "${entity.entity.model.name}" matching: ${JSON.stringify(where, undefined, 4)}`,
    );
  }
}

const refuse = (what: string): Error => cannot(`it uses \`${what}\` of TypeORM, which has no stand-in`);

/** A class, because programs extend it. */
class Repository {
  readonly target: unknown;
  readonly #given: unknown;

  constructor(target: unknown, manager?: unknown) {
    this.target = target;
    this.#given = manager;
  }
  get manager(): unknown {
    return this.#given ?? typeormManager();
  }
  get #entity(): TypeormEntity {
    return typeormEntity(this.target);
  }
  find(options?: unknown): Promise<Values[]> {
    return later(() => find(this.#entity, optionsOf(options)));
  }
  findBy(where: unknown): Promise<Values[]> {
    return later(() => find(this.#entity, { where }));
  }
  findByIds(ids: readonly unknown[]): Promise<Values[]> {
    return later(() =>
      ids.length === 0 ? Promise.resolve([]) : find(this.#entity, { where: keyed(this.#entity, ids) }),
    );
  }
  findOne(options: unknown): Promise<Values | null> {
    return later(() => first(this.#entity, optionsOf(options)));
  }
  findOneBy(where: unknown): Promise<Values | null> {
    return later(() => first(this.#entity, { where }));
  }
  findOneOrFail(options: unknown): Promise<Values> {
    return later(() => firstOrFail(this.#entity, optionsOf(options), options));
  }
  findOneByOrFail(where: unknown): Promise<Values> {
    return later(() => firstOrFail(this.#entity, { where }, where));
  }
  findAndCount(options?: unknown): Promise<[Values[], number]> {
    return later(async () => [
      await find(this.#entity, optionsOf(options)),
      await count(this.#entity, optionsOf(options)),
    ]);
  }
  findAndCountBy(where: unknown): Promise<[Values[], number]> {
    return this.findAndCount({ where });
  }
  count(options?: unknown): Promise<number> {
    return later(() => count(this.#entity, optionsOf(options)));
  }
  countBy(where: unknown): Promise<number> {
    return this.count({ where });
  }
  exists(options?: unknown): Promise<boolean> {
    return later(async () => 0 < (await count(this.#entity, optionsOf(options))));
  }
  exist(options?: unknown): Promise<boolean> {
    return this.exists(options);
  }
  existsBy(where: unknown): Promise<boolean> {
    return this.exists({ where });
  }
  create(values?: Values | readonly Values[]): unknown {
    if (Array.isArray(values)) return values.map((one: Values) => instanceOf(this.#entity, one));
    return instanceOf(this.#entity, (values as Values | undefined) ?? {});
  }
  save(given: Values | readonly Values[]): Promise<unknown> {
    return later(async () => {
      await save(this.#entity, Array.isArray(given) ? (given as Values[]) : [given as Values]);
      return given;
    });
  }
  insert(given: Values | readonly Values[]): Promise<object> {
    return later(async () => {
      const made = await insert(this.#entity, Array.isArray(given) ? (given as Values[]) : [given as Values]);
      return { identifiers: made, generatedMaps: made, raw: made };
    });
  }
  update(criteria: unknown, values: Values): Promise<object> {
    return later(async () => ({
      affected: await update(this.#entity, criteriaSql(this.#entity, criteria), values),
      raw: [],
      generatedMaps: [],
    }));
  }
  delete(criteria: unknown): Promise<object> {
    return later(async () => ({ affected: await remove(this.#entity, criteriaSql(this.#entity, criteria)), raw: [] }));
  }
  createQueryBuilder(alias: string): unknown {
    return strict(new Builder(this.#entity, alias), "builder", refuse);
  }
  query(written: string, params: readonly unknown[] = []): Promise<unknown> {
    return later(async () => rowsOf(await query(written, params)));
  }
}

/** Refusals come as rejections, as errors of the library do. */
async function later<T>(work: () => Promise<T>): Promise<T> {
  return work();
}

function keyed(entity: TypeormEntity, ids: readonly unknown[]): unknown {
  const [key] = [...entity.columns].filter(([, column]) => entity.entity.table.primaryKey.includes(column));
  return { [key?.[0] ?? "id"]: new FindOperator("In", [ids]) };
}

async function first(entity: TypeormEntity, options: FindOptions): Promise<Values | null> {
  if (options.where === undefined || options.where === null)
    throw new Error("You must provide selection conditions in order to find a single row.");
  return (await find(entity, { ...options, take: 1 }))[0] ?? null;
}

async function firstOrFail(entity: TypeormEntity, options: FindOptions, said: unknown): Promise<Values> {
  const found = await first(entity, options);
  if (found === null) throw new EntityNotFoundError(entity, said);
  return found;
}

export function repositoryFor(target: unknown): unknown {
  return strict(new Repository(target), "repository", refuse);
}

const ENTITY_FIRST = new Set(Object.getOwnPropertyNames(Repository.prototype));

/** The manager's methods are the repository's, told the entity first. */
export function typeormManager(): unknown {
  const manager: unknown = new Proxy(
    {},
    {
      get: (_own, key) => {
        if (typeof key === "symbol" || key === "then" || key === "toJSON") return undefined;
        if (key === "getRepository") return repositoryFor;
        if (key === "manager" || key === "connection") return manager;
        if (key === "isInitialized") return true;
        if (key === "initialize" || key === "destroy") return () => Promise.resolve(manager);
        if (key === "query")
          return (written: string, params?: readonly unknown[]) => new Repository("").query(written, params);
        if (key === "withRepository") return same;
        if (key === "transaction") {
          return (...given: readonly unknown[]) =>
            inTransaction(() => (given.at(-1) as (manager: unknown) => Promise<unknown>)(manager));
        }
        if (key === "save") return (...given: readonly unknown[]) => saveAny(given);
        if (ENTITY_FIRST.has(key)) {
          return (target: unknown, ...rest: readonly unknown[]) => {
            const repository = new Repository(target);
            const method: unknown = Reflect.get(repository, key);
            return typeof method === "function" ? (Reflect.apply(method, repository, rest) as unknown) : method;
          };
        }
        throw refuse(`manager.${key}`);
      },
    },
  );
  return manager;
}

const same = (value: unknown): unknown => value;

function saveAny(given: readonly unknown[]): Promise<unknown> {
  const [target, values] = given.length === 1 ? [undefined, given[0]] : given;
  const one = Array.isArray(values) ? (values as readonly object[])[0] : (values as object);
  const cls = target ?? (one as { readonly constructor: unknown } | undefined)?.constructor;
  return new Repository(cls).save(values as Values);
}

/** Active record. */
class BaseEntity {
  static find(options?: unknown): Promise<Values[]> {
    return new Repository(this).find(options);
  }
  static findBy(where: unknown): Promise<Values[]> {
    return new Repository(this).findBy(where);
  }
  static findOne(options: unknown): Promise<Values | null> {
    return new Repository(this).findOne(options);
  }
  static findOneBy(where: unknown): Promise<Values | null> {
    return new Repository(this).findOneBy(where);
  }
  static findOneOrFail(options: unknown): Promise<Values> {
    return new Repository(this).findOneOrFail(options);
  }
  static findOneByOrFail(where: unknown): Promise<Values> {
    return new Repository(this).findOneByOrFail(where);
  }
  static count(options?: unknown): Promise<number> {
    return new Repository(this).count(options);
  }
  static countBy(where: unknown): Promise<number> {
    return new Repository(this).countBy(where);
  }
  static create(values?: Values): unknown {
    return new Repository(this).create(values);
  }
  static createQueryBuilder(alias: string): unknown {
    return new Repository(this).createQueryBuilder(alias);
  }
  static getRepository(): unknown {
    return repositoryFor(this);
  }
  save(): Promise<unknown> {
    return new Repository(this.constructor).save(this as unknown as Values);
  }
}

/** A function that can be constructed and extended. */
function DataSource(): unknown {
  return typeormManager();
}

const DECORATORS = [
  "Column",
  "PrimaryColumn",
  "PrimaryGeneratedColumn",
  "CreateDateColumn",
  "UpdateDateColumn",
  "DeleteDateColumn",
  "VersionColumn",
  "VirtualColumn",
  "ObjectIdColumn",
  "OneToOne",
  "OneToMany",
  "ManyToOne",
  "ManyToMany",
  "RelationId",
  "BeforeInsert",
  "AfterInsert",
  "BeforeUpdate",
  "AfterUpdate",
  "AfterLoad",
];

export const typeormModule: unknown = partly("typeorm", {
  ...Object.fromEntries(DECORATORS.map((name) => [name, decorator(name)])),
  ...findOperators,
  Repository,
  BaseEntity,
  DataSource,
  FindOperator,
  EntityNotFoundError,
  EntityManager: DataSource,
  getRepository: repositoryFor,
  getManager: typeormManager,
});

export const nestTypeormModule: unknown = partly("@nestjs/typeorm", {});
