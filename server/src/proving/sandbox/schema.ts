/** The tables of the proof, found by how each library names them. */
import type { ProofModel, ProofRelation, ProofTable } from "../proof-case.js";
import { cannot } from "./stub.js";

interface Schema {
  tables: readonly ProofTable[];
}

const schema: Schema = { tables: [] };

export function setTables(tables: readonly ProofTable[]): void {
  schema.tables = tables;
}

export function tables(): readonly ProofTable[] {
  return schema.tables;
}

/** A table as one library's code sees it. */
export interface Entity {
  readonly table: ProofTable;
  readonly model: ProofModel;
  /** Column by field, for all columns. */
  readonly columnOf: ReadonlyMap<string, string>;
  readonly fieldOf: ReadonlyMap<string, string>;
  readonly typeOf: ReadonlyMap<string, string>;
}

const entities = new Map<ProofModel, Entity>();

export function entityOf(table: ProofTable, model: ProofModel): Entity {
  const known = entities.get(model);
  if (known !== undefined) return known;
  const fieldOf = new Map<string, string>();
  for (const [field, column] of Object.entries(model.fields)) if (!fieldOf.has(column)) fieldOf.set(column, field);
  for (const { name } of table.columns) if (!fieldOf.has(name)) fieldOf.set(name, name);
  const entity: Entity = {
    table,
    model,
    fieldOf,
    columnOf: new Map([...fieldOf].map(([column, field]) => [field, column])),
    typeOf: new Map(table.columns.map(({ name, type }) => [fieldOf.get(name) ?? name, type])),
  };
  entities.set(model, entity);
  return entity;
}

/** The entity of a model by name, first letter in either case. */
export function findModel(source: string, name: string): Entity | undefined {
  const wanted = lowerFirst(name);
  for (const table of schema.tables) {
    for (const model of table.models) {
      if (model.source === source && lowerFirst(model.name) === wanted) return entityOf(table, model);
    }
  }
  return undefined;
}

export interface Link {
  readonly to: Entity;
  readonly many: boolean;
  /** Fields of this entity and of the other that are compared, in step. */
  readonly own: readonly string[];
  readonly other: readonly string[];
}

/** How a relation field leads to another entity; the side that holds no columns asks the other. */
export function linkOf(entity: Entity, field: string): Link | undefined {
  const relation = entity.model.relations[field];
  if (relation === undefined) return undefined;
  const to = findModel(entity.model.source, relation.target);
  if (to === undefined) throw cannot(`the model \`${relation.target}\` is not among the tables of this proof`);
  if (0 < relation.columns.length) return linkBy(entity, to, relation.columns, relation.references, relation.many);
  const back = Object.values(to.model.relations).find((other) => isBack(other, entity, relation));
  if (back === undefined) throw cannot(`the relation \`${field}\` of \`${entity.model.name}\` has a join table`);
  return linkBy(entity, to, back.references, back.columns, relation.many);
}

function isBack(other: ProofRelation, entity: Entity, relation: ProofRelation): boolean {
  return (
    lowerFirst(other.target) === lowerFirst(entity.model.name) &&
    0 < other.columns.length &&
    other.label === relation.label
  );
}

function linkBy(from: Entity, to: Entity, own: readonly string[], other: readonly string[], many: boolean): Link {
  return {
    to,
    many,
    own: own.map((column) => from.fieldOf.get(column) ?? column),
    other: other.map((column) => to.fieldOf.get(column) ?? column),
  };
}

export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
