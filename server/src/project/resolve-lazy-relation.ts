/** Properties of an entity that are promises of related rows: the query runs when the promise is awaited. */
import { type ClassMemberFact, type ExprId, type TypeRef } from "../facts/model.js";
import { typeTable } from "./dialect-engine.js";
import { type Value } from "./model.js";
import { exprOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { unknown } from "./value.js";

/** The query that awaiting the property of an entity runs; unknown when the property is none of that kind. */
export function lazyRelation(ctx: Provenance, file: ProjectFile, member: ClassMemberFact): Value {
  if (member.type?.name !== "Promise") return unknown;
  for (const id of member.decorators) {
    const relation = relationOf(ctx, file, id);
    if (relation === undefined) continue;
    const table = typeTable(elementType(member.type.args?.[0]));
    return {
      kind: "dialect",
      dialect: relation.dialect,
      state: relation.state,
      ...(table === undefined ? {} : { table }),
      pending: { method: member.name, spec: relation.operation, file: file.path, expr: id },
    };
  }
  return unknown;
}

function relationOf(ctx: Provenance, file: ProjectFile, id: ExprId) {
  const decorator = exprOf(file, id);
  const value = valueOf(ctx, file, decorator?.kind === "call" ? decorator.callee : id);
  return value.kind === "external" ? ctx.dialects.lazyRelationOf(value.module, value.path) : undefined;
}

function elementType(type: TypeRef | undefined): TypeRef | undefined {
  return type?.name === "[]" ? type.args?.[0] : type;
}
