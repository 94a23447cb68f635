/** An entity of TypeORM: its columns and relations, from the decorators of its class and the catalog. */
import { asPg, type Row } from "../database.js";
import { decorationsOf, type Decoration } from "../decorators.js";
import { entityOf, findModel, type Entity, type Link, tables } from "../schema.js";
import { identifier, type Sql, written } from "../sql.js";
import { cannot } from "../stub.js";

export type EntityClass = (new () => object) & { readonly prototype: object };

export interface TypeormEntity {
  readonly cls: EntityClass | undefined;
  readonly entity: Entity;
  /** Column by property. */
  readonly columns: ReadonlyMap<string, string>;
  /** Properties left out unless they are asked for by name. */
  readonly hidden: ReadonlySet<string>;
  /** Properties of relations that come along by themselves. */
  readonly eager: readonly string[];
  readonly relations: ReadonlyMap<string, Decoration | undefined>;
  /** Property that says when a row was deleted: such rows are not read. */
  readonly deletedAt: string | undefined;
  readonly made: (kind: "CreateDateColumn" | "UpdateDateColumn") => string | undefined;
  readonly hasHooks: boolean;
}

const RELATION = /^(OneToOne|OneToMany|ManyToOne|ManyToMany)$/;
const COLUMN = /(Column|RelationId)$/;
const HOOK = /^(Before|After)(Insert|Update|Remove|SoftRemove|Recover|Load)$/;

const known = new Map<unknown, TypeormEntity>();

/** @param target The class, or its name. */
export function typeormEntity(target: unknown): TypeormEntity {
  const found = known.get(target) ?? read(target);
  known.set(target, found);
  return found;
}

function read(target: unknown): TypeormEntity {
  const cls = typeof target === "function" ? (target as unknown as EntityClass) : undefined;
  const name = cls?.name ?? (typeof target === "string" ? target : "");
  const entity = findModel("typeorm", name) ?? tableOf(name);
  if (entity === undefined) throw cannot(`the entity \`${name}\` is not among the tables of this proof`);
  const decorations = cls === undefined ? new Map<string, readonly Decoration[]>() : decorationsOf(cls);
  const columns = new Map<string, string>();
  const relations = new Map<string, Decoration | undefined>(
    Object.keys(entity.model.relations).map((key) => [key, undefined]),
  );
  const special = new Map<string, string>();
  const hidden = new Set<string>();
  const eager: string[] = [];
  let hasHooks = false;
  for (const [property, own] of decorations) {
    for (const one of own) {
      const options = optionsOf(one);
      hasHooks ||= HOOK.test(one.name);
      if (RELATION.test(one.name)) {
        relations.set(property, one);
        if (options["eager"] === true) eager.push(property);
        if (options["lazy"] === true) throw cannot(`\`${name}.${property}\` is a lazy relation, which has no stand-in`);
      } else if (COLUMN.test(one.name) && one.name !== "JoinColumn") {
        refuseOdd(name, property, one, options);
        columns.set(property, columnOf(entity, property, options));
        special.set(one.name, property);
        if (options["select"] === false) hidden.add(property);
      }
    }
  }
  if (columns.size === 0)
    for (const [field, column] of entity.columnOf) if (!relations.has(field)) columns.set(field, column);
  return {
    cls,
    entity,
    columns,
    hidden,
    eager,
    relations,
    deletedAt: special.get("DeleteDateColumn"),
    made: (kind) => special.get(kind),
    hasHooks,
  };
}

/** Schemas and migrations name tables that no entity of the catalog stands for. */
function tableOf(name: string): Entity | undefined {
  const plain = (text: string): string => text.replaceAll("_", "").toLowerCase();
  const wanted = [plain(name), `${plain(name)}s`];
  const table = tables().find((one) => wanted.includes(plain(one.name)));
  return table === undefined ? undefined : entityOf(table, { source: "typeorm", name, fields: {}, relations: {} });
}

function optionsOf({ args }: Decoration): Readonly<Record<string, unknown>> {
  return (args.findLast((one) => typeof one === "object" && one !== null) ?? {}) as Record<string, unknown>;
}

function refuseOdd(
  name: string,
  property: string,
  { name: decorator, args }: Decoration,
  options: Readonly<Record<string, unknown>>,
): void {
  const [first] = args;
  const type = typeof first === "string" ? first : options["type"];
  const why =
    decorator === "VirtualColumn" || decorator === "RelationId" || decorator === "ViewColumn"
      ? `a \`${decorator}\``
      : typeof first === "function" && ![String, Number, Boolean, Date].some((one) => one === first)
        ? "an embedded class"
        : options["transformer"] !== undefined
          ? "a column with a transformer"
          : written(type).startsWith("simple-")
            ? `a column of type \`${written(type)}\``
            : undefined;
  if (why !== undefined) throw cannot(`\`${name}.${property}\` is ${why}, which has no stand-in`);
}

function columnOf(entity: Entity, property: string, options: Readonly<Record<string, unknown>>): string {
  const named = options["name"];
  const column = typeof named === "string" ? named : (entity.columnOf.get(property) ?? property);
  if (!entity.table.columns.some(({ name }) => name === column))
    throw cannot(`the table \`${entity.table.name}\` has no column \`${column}\``);
  return column;
}

export function columnSql({ entity, columns }: TypeormEntity, property: string, alias?: string): Sql {
  const column = columns.get(property);
  if (column === undefined) throw cannot(`\`${entity.model.name}\` has no column \`${property}\``);
  return identifier(alias === undefined ? column : `${alias}.${column}`);
}

/** Values as TypeORM gives them: dates without time stay text. */
export function decode(value: unknown, type: number): unknown {
  return type === 1082 ? value : asPg(value, type);
}

/** An object of the entity's class. */
export function instanceOf({ cls }: TypeormEntity, values: Row): Record<string, unknown> {
  const made = cls === undefined ? {} : Reflect.construct(cls, []);
  return Object.assign(made, values);
}

export interface TypeormLink extends Omit<Link, "to"> {
  readonly to: TypeormEntity;
}

/** Where a relation leads, and the columns that tie both tables. */
export function linkOf(from: TypeormEntity, property: string): TypeormLink {
  const { model, table } = from.entity;
  const relation = model.relations[property];
  if (relation === undefined) throw cannot(`\`${model.name}\` has no relation \`${property}\``);
  const decoration = from.relations.get(property);
  const to = typeormEntity(classOf(decoration) ?? relation.target);
  if (0 < relation.columns.length) {
    const other = 0 < relation.references.length ? relation.references : to.entity.table.primaryKey;
    return { to, many: relation.many, own: relation.columns, other };
  }
  const back = Object.entries(to.entity.model.relations).filter(
    ([name, one]) => one.target === model.name && 0 < one.columns.length && isInverse(decoration, name),
  );
  const [only] = back;
  if (only === undefined || 1 < back.length)
    throw cannot(`the relation \`${property}\` of \`${model.name}\` has no stand-in`);
  const [, { columns, references }] = only;
  return { to, many: relation.many, own: 0 < references.length ? references : table.primaryKey, other: columns };
}

/** `@OneToMany(() => Post, (post) => post.author)`: what the second function asks for. */
function isInverse(decoration: Decoration | undefined, name: string): boolean {
  const second = decoration?.args[1];
  if (typeof second === "string") return second === name;
  if (typeof second !== "function") return true;
  const probe: unknown = new Proxy({}, { get: (_own, key) => key });
  return (second as (probe: unknown) => unknown)(probe) === name;
}

function classOf(decoration: Decoration | undefined): unknown {
  const first = decoration?.args[0];
  if (typeof first !== "function") return undefined;
  const found: unknown = (first as () => unknown)();
  return typeof found === "function" ? found : undefined;
}
