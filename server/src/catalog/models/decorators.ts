/** Decorators of classes and their members, as schema readers look at them. */
import { NONE, type ClassFact, type ClassMemberFact, type ExprId, type TypeRef } from "../../facts/model.js";
import type { FactReader } from "../fact-reader.js";

export interface Decorator {
  readonly name: string;
  readonly args: readonly ExprId[];
  readonly expr: ExprId;
}

export function decoratorsOf({ facts }: FactReader, { decorators }: ClassFact | ClassMemberFact): readonly Decorator[] {
  return decorators.flatMap((id): Decorator[] => {
    const expr = facts.exprs[id];
    const callee = facts.exprs[expr?.kind === "call" ? expr.callee : id];
    if (callee?.kind !== "ref" && callee?.kind !== "member") return [];
    return [{ name: callee.name, args: expr?.kind === "call" ? expr.args : [], expr: id }];
  });
}

export function decoratorNamed(decorators: readonly Decorator[], ...names: readonly string[]): Decorator | undefined {
  return decorators.find(({ name }) => names.includes(name));
}

/** Class after `extends`, when it is a plain name. */
export function superclassName({ facts }: FactReader, { superclass }: ClassFact): string | undefined {
  const expr = superclass === NONE ? undefined : facts.exprs[superclass];
  return expr?.kind === "ref" || expr?.kind === "member" ? expr.name : undefined;
}

/** The class that a declared type names: `User`, `User | null`, `Promise<User>`, `Ref<User>`, `Collection<User>`, `User[]`. */
export function typeName(type: TypeRef | undefined, depth = 3): string | undefined {
  if (type === undefined || depth === 0) return undefined;
  if (type.name === "|") return type.args?.map((part) => typeName(part, depth - 1)).find((name) => name !== undefined);
  if (
    /^(?:Promise|Ref|Rel|Relation|IdentifiedReference|Reference|Collection|Array|\[\]|Loaded|NonAttribute)$/.test(
      type.name,
    )
  )
    return typeName(type.args?.[0], depth - 1);
  return /^[A-Z]\w*$/.test(type.name) ? type.name : undefined;
}

/** `UserProfile` → `user_profile`, as most naming strategies do. */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}

/** English plural, as Sequelize and Mongoose form names of tables from those of models: good for the regular cases. */
export function plural(name: string): string {
  if (/(?:s|x|z|ch|sh)$/i.test(name)) return /s$/i.test(name) && !/ss$/i.test(name) ? name : `${name}es`;
  if (/[^aeiou]y$/i.test(name)) return `${name.slice(0, -1)}ies`;
  if (/person$/i.test(name)) return name.replace(/erson$/i, "eople");
  return `${name}s`;
}
