/** Classes: what `this` is, where a member is declared along the superclass chain, who implements an interface or extends a class. */
import { type ClassFact, type ClassId, type ClassMemberFact, type ExprId, NONE } from "../facts/model.js";
import { type ClassPlace } from "./declaration-index.js";
import { withEntity } from "./dialect-engine.js";
import { type DialectValue, type Value } from "./model.js";
import { classOf, enclosingFunction, exprOf, functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { bindingValue } from "./resolve-binding.js";
import { injectedValue } from "./resolve-injection.js";
import { lazyRelation } from "./resolve-lazy-relation.js";
import { memberValue, writtenMember } from "./resolve-member.js";
import { returnValue } from "./resolve-return.js";
import { declarationOfType, typeValue } from "./type-provenance.js";
import { better, isUnknown, unionOf, unknown, weight } from "./value.js";

export type ClassValue = Extract<Value, { kind: "class" | "instance" }>;
type InstanceValue = Extract<Value, { kind: "instance" }>;

/** Longer inheritance chains are cycles or code nobody wrote by hand. */
const maxAncestors = 12;
/** With more implementations than this, naming them says nothing. */
const maxImplementers = 8;
/** Heirs looked at before telling stand-ins from real ones. */
const maxVisited = 4 * maxImplementers;
/** Of the assignments to a property, this many are looked at. */
const sampledAssignments = 4;

/** `this` where an expression stands: an instance or class, or the object literal whose method it is. */
export function thisValue(file: ProjectFile, id: ExprId): Value {
  let fn = enclosingFunction(file, id);
  for (;;) {
    const fact = functionOf(file, fn);
    if (fact === undefined || fact.kind === "module") return unknown;
    if (fact.cls !== NONE && fact.kind !== "arrow") {
      return {
        kind: fact.static === true || fact.kind === "static-block" ? "class" : "instance",
        file: file.path,
        cls: fact.cls,
      };
    }
    if (fact.kind !== "arrow" && fact.kind !== "field-initializer") return owningObject(file, fact.expr);
    // A field's arrow function carries the class itself.
    if (fact.cls !== NONE) return { kind: fact.static === true ? "class" : "instance", file: file.path, cls: fact.cls };
    fn = fact.parent;
  }
}

function owningObject(file: ProjectFile, expr: ExprId): Value {
  const parent = exprOf(file, expr)?.parent ?? NONE;
  return exprOf(file, parent)?.kind === "object" ? { kind: "object", file: file.path, expr: parent } : unknown;
}

/** `super` where an expression stands: an instance (or the class) one step up. */
export function superValue(ctx: Provenance, file: ProjectFile, id: ExprId): Value {
  const self = thisValue(file, id);
  if (self.kind !== "instance" && self.kind !== "class") return unknown;
  const parent = superclassOf(ctx, file, self.cls);
  if (self.kind === "class") return parent;
  if (parent.kind === "class") return { kind: "instance", file: parent.file, cls: parent.cls };
  return externalBase(ctx, self) ?? unknown;
}

/** What stands after `extends`; a mixin call counts as the class it is given when nothing better is known. */
export function superclassOf(ctx: Provenance, file: ProjectFile, cls: ClassId): Value {
  const expr = classOf(file, cls)?.superclass ?? NONE;
  if (expr === NONE) return unknown;
  const value = valueOf(ctx, file, expr);
  if (value.kind === "class" || value.kind === "dialect") return value;
  const call = exprOf(file, expr);
  if (call?.kind === "call") {
    for (const arg of call.args) {
      const base = valueOf(ctx, file, arg);
      if (
        base.kind === "class" ||
        (base.kind === "external" && ctx.dialects.subclassOf(base.module, base.path) !== undefined)
      )
        return base;
    }
  }
  return value;
}

/**
 * A member of a class or of its instances, declared here or above; undefined when neither the workspace nor a known base has it. Abstract members
 * are those of the classes that extend it.
 */
export function classMember(ctx: Provenance, value: ClassValue, name: string): Value | undefined {
  const found = findMember(ctx, value, name);
  if (found !== undefined) return foundValue(ctx, found);
  const base = externalBase(ctx, value);
  if (base !== undefined) return memberValue(ctx, base, name);
  const file = ctx.fileAt(value.file);
  const merged = file?.names().types.get(classOf(file, value.cls)?.name ?? "");
  if (merged !== undefined)
    return memberValue(ctx, { kind: "shape", file: value.file, type: { name: merged.name } }, name);
  const binding = file === undefined ? NONE : (classOf(file, value.cls)?.binding ?? NONE);
  return file === undefined || value.kind === "instance" || binding === NONE
    ? undefined
    : writtenMember(ctx, file, binding, name);
}

export interface FoundMember {
  readonly file: ProjectFile;
  readonly cls: ClassId;
  readonly member: ClassMemberFact;
}

/** The nearest declaration of a member along the workspace part of the superclass chain. */
export function findMember(ctx: Provenance, value: ClassValue, name: string): FoundMember | undefined {
  for (const { file, cls } of lineage(ctx, value)) {
    const fact = classOf(file, cls);
    const member = fact === undefined ? undefined : ownMember(fact, name, value.kind === "class");
    if (member !== undefined) return { file, cls, member };
  }
  return undefined;
}

/** The class itself and its workspace superclasses, nearest first. */
export function* lineage(
  ctx: Provenance,
  value: ClassValue,
): Generator<{ readonly file: ProjectFile; readonly cls: ClassId }> {
  let path = value.file;
  let cls = value.cls;
  for (let depth = 0; depth < maxAncestors; depth++) {
    const file = ctx.fileAt(path);
    if (file === undefined) return;
    ctx.memo.touch(file.token);
    yield { file, cls };
    const parent = superclassOf(ctx, file, cls);
    if (parent.kind !== "class") return;
    path = parent.file;
    cls = parent.cls;
  }
}

function ownMember(fact: ClassFact, name: string, ofClass: boolean): ClassMemberFact | undefined {
  let found: ClassMemberFact | undefined;
  for (const member of fact.members) {
    if (
      member.name !== name ||
      (member.static === true) !== ofClass ||
      member.kind === "setter" ||
      member.kind === "constructor"
    )
      continue;
    // Overload signatures stand before the implementation.
    if (found === undefined || found.fn === NONE) found = member;
  }
  return found;
}

/**
 * The package class at the end of the chain, as an instance (or class) of it: in a dialect's words when one describes it, with the table named after
 * the class asked about.
 */
export function externalBase(ctx: Provenance, value: ClassValue): Value | undefined {
  const chain = [...lineage(ctx, value)];
  const last = chain[chain.length - 1];
  if (last === undefined) return undefined;
  const parent = superclassOf(ctx, last.file, last.cls);
  if (parent.kind === "dialect" && parent.origin === undefined) return value.kind === "class" ? parent : undefined;
  const origin = parent.kind === "external" ? parent : parent.kind === "dialect" ? parent.origin : undefined;
  if (origin === undefined) return undefined;
  const described = ctx.dialects.subclassOf(origin.module, origin.path);
  const entered =
    described === undefined || (value.kind === "instance" && isClient(ctx, origin))
      ? described?.[value.kind]
      : withTable(ctx, described, value, { file: last.file.path, cls: last.cls });
  if (entered !== undefined) return entered;
  if (value.kind === "class") return parent;
  return (
    ctx.dialects.instanceOf(origin.module, origin.path)?.value ?? {
      kind: "external-instance",
      module: origin.module,
      path: origin.path,
    }
  );
}

/** Its type arguments are options, no tables: `class Db extends PrismaClient<Prisma.PrismaClientOptions>`. */
function isClient(ctx: Provenance, origin: { readonly module: string; readonly path: readonly string[] }): boolean {
  return (
    origin.path.at(-1)?.endsWith("Client") === true && ctx.dialects.instanceOf(origin.module, origin.path) !== undefined
  );
}

/** The table of an active record is its class, that of a repository class its type argument; clients have none. */
function withTable(
  ctx: Provenance,
  described: { readonly class?: DialectValue; readonly instance?: DialectValue },
  value: ClassValue,
  last: ClassPlace,
): Value | undefined {
  const base = described[value.kind];
  if (base === undefined) return undefined;
  if (described.class !== undefined) {
    const name = classAt(ctx, value)?.name ?? "";
    return { ...base, ...(name === "" ? {} : { table: name }), model: { file: value.file, cls: value.cls } };
  }
  const file = ctx.fileAt(last.file);
  const argument = classAt(ctx, last)?.superTypeArgs?.[0];
  return file === undefined || argument === undefined ? base : withEntity(ctx, file, base, argument);
}

function foundValue(ctx: Provenance, found: FoundMember): Value {
  const { file, cls, member } = found;
  const key = `class ${cls} ${member.static === true ? "static " : ""}${member.name}`;
  const known = file.cells.get(key);
  if (known !== undefined) return ctx.memo.reuse(known);
  return ctx.memo.fill(file.cells, key, file.token, () => {
    if (member.abstract === true || (member.kind === "method" && member.fn === NONE))
      return overriddenValue(ctx, found);
    return declaredMember(ctx, file, cls, member);
  });
}

function declaredMember(ctx: Provenance, file: ProjectFile, cls: ClassId, member: ClassMemberFact): Value {
  if (member.kind === "method") return { kind: "function", ref: { file: file.path, fn: member.fn } };
  if (member.kind === "getter") return returnValue(ctx, { file: file.path, fn: member.fn });
  if (member.kind === "parameter-property") return constructorProperty(ctx, file, cls, member);
  if (member.fn !== NONE && functionOf(file, member.fn)?.kind !== "field-initializer") {
    return { kind: "function", ref: { file: file.path, fn: member.fn } };
  }
  let value = member.type === undefined ? unknown : typeValue(ctx, file, member.type);
  const lazy = member.decorators.length === 0 ? unknown : lazyRelation(ctx, file, member);
  if (!isUnknown(lazy)) return unionOf([lazy, value]);
  // A declared class is believed; an interface gives way to what is actually put there.
  if (weight(value) < weight({ kind: "class", file: "", cls: 0 }))
    value = better(value, valueOf(ctx, file, member.init));
  if (weight(value) < weight({ kind: "class", file: "", cls: 0 })) {
    value = better(value, unionOf(member.assigned.slice(0, sampledAssignments).map((id) => valueOf(ctx, file, id))));
  }
  return isUnknown(value) ? injectedValue(ctx, file, member.decorators) : value;
}

function constructorProperty(ctx: Provenance, file: ProjectFile, cls: ClassId, member: ClassMemberFact): Value {
  const constructor = classOf(file, cls)?.members.find((entry) => entry.kind === "constructor" && entry.fn !== NONE);
  const param = functionOf(file, constructor?.fn ?? NONE)?.params.find((entry) => entry.property === member.name);
  if (param !== undefined && param.binding !== NONE) return bindingValue(ctx, file, param.binding);
  return member.type === undefined ? unknown : typeValue(ctx, file, member.type);
}

function overriddenValue(ctx: Provenance, { file, cls, member }: FoundMember): Value {
  const name = classOf(file, cls)?.name ?? "";
  const classes = implementers(ctx, file.path, name);
  const values = classes.map((instance) => classMember(ctx, instance, member.name) ?? unknown);
  const found = unionOf(values, 1 < classes.length);
  return isUnknown(found) && member.type !== undefined ? typeValue(ctx, file, member.type) : found;
}

/** Instances of the workspace classes that implement an interface, or extend a class, declared in `path` under `name`; empty when there are too many. */
export function implementers(ctx: Provenance, path: string, name: string): readonly InstanceValue[] {
  const found = new Map<string, InstanceValue>();
  const visit = (declaredIn: string, of: string): void => {
    ctx.memo.touch(ctx.declarations.heirsToken(of));
    for (const heir of ctx.declarations.heirs(of)) {
      const key = `${heir.file}#${heir.cls}`;
      if (found.has(key) || maxVisited < found.size || !inherits(ctx, heir, declaredIn, of)) continue;
      const fact = classAt(ctx, heir);
      if (fact === undefined) continue;
      found.set(key, { kind: "instance", file: heir.file, cls: heir.cls });
      if (fact.name !== "") visit(heir.file, fact.name);
    }
  };
  visit(path, name);
  // Tests bring their own implementations; the real ones are meant wherever there are any.
  const all = [...found.values()];
  const real = all.filter((instance) => !isStandIn(instance.file, classAt(ctx, instance)?.name ?? ""));
  const meant = 0 < real.length ? real : all;
  return meant.length <= maxImplementers ? meant : [];
}

const standInName = /^(Fake|Mock|Stub|Dummy|Noop|NoOp|Null|Test|Spy)[A-Z]|(Fake|Mock|Stub|Dummy|Noop)$/;
const standInPath =
  /[./_-](test|tests|spec|mock|mocks|fake|fakes|fixture|fixtures|stub|stubs|testing|__tests__|__mocks__|__fixtures__)[./_-]/i;

/** Whether a class stands in for another in tests, by its name or place. */
function isStandIn(path: string, name: string): boolean {
  return standInName.test(name) || standInPath.test(path);
}

function classAt(ctx: Provenance, at: { readonly file: string; readonly cls: ClassId }): ClassFact | undefined {
  const file = ctx.fileAt(at.file);
  return file === undefined ? undefined : classOf(file, at.cls);
}

function inherits(
  ctx: Provenance,
  heir: { readonly file: string; readonly cls: ClassId },
  path: string,
  name: string,
): boolean {
  const file = ctx.fileAt(heir.file);
  const fact = file === undefined ? undefined : classOf(file, heir.cls);
  if (file === undefined || fact === undefined) return false;
  ctx.memo.touch(file.token);
  const parent = superclassOf(ctx, file, heir.cls);
  if (parent.kind === "class" && parent.file === path && classAt(ctx, parent)?.name === name) return true;
  return fact.implements.some((type) => {
    const declared = declarationOfType(ctx, file, type);
    return declared?.file === path && declared.name === name;
  });
}
