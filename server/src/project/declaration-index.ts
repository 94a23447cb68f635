/**
 * Declarations of the whole workspace by name: who says it extends or implements something of that name, and which class alone declares a method of
 * a distinctive name. Kept up to date file by file; every name has a dependency token, so that a change of its entry reaches who asked.
 */
import { type ClassId, type ExprId, type FileFacts, type FunctionId, NONE } from "../facts/model.js";
import { type FilePath } from "./model.js";

export interface ClassPlace {
  readonly file: FilePath;
  readonly cls: ClassId;
}

export interface MethodPlace extends ClassPlace {
  readonly fn: FunctionId;
}

/** An object literal `{ provide: TOKEN, use…: … }`. */
export interface ProviderPlace {
  readonly file: FilePath;
  readonly expr: ExprId;
}

/** An interface that its file does not export: it may add members to a package's interface of that name. */
export interface AugmentationPlace {
  readonly file: FilePath;
  /** Index into `facts.types`. */
  readonly type: number;
}

export interface DeclarationIndex {
  /** Classes whose `extends` or `implements` clause names `name`; whether the same declaration is meant is for the asker to verify. */
  heirs(name: string): readonly ClassPlace[];
  heirsToken(name: string): number;
  /** The only method of that name in the workspace; undefined when there is none or several. */
  loneMethod(name: string): MethodPlace | undefined;
  methodToken(name: string): number;
  /** Providers registered under a token, by the token's text or last name. */
  providers(name: string): readonly ProviderPlace[];
  providersToken(name: string): number;
  /** Interfaces in the way of `declare module "x" { interface Name { … } }`. */
  augmentations(name: string): readonly AugmentationPlace[];
  augmentationsToken(name: string): number;
  /** Replaces a file's entries; returns the tokens of names whose entries changed. */
  replace(file: FilePath, facts: FileFacts | undefined): readonly number[];
}

/** Shorter method names are too common to mean one thing. */
const distinctiveLength = 8;

interface Table<T> {
  readonly entries: Map<string, T[]>;
  readonly tokens: Map<string, number>;
}

/** @param newToken hands out a token nobody else uses. */
export function createDeclarationIndex(newToken: () => number): DeclarationIndex {
  const heirs: Table<ClassPlace> = { entries: new Map(), tokens: new Map() };
  const methods: Table<MethodPlace> = { entries: new Map(), tokens: new Map() };
  const providers: Table<ProviderPlace> = { entries: new Map(), tokens: new Map() };
  const augmentations: Table<AugmentationPlace> = { entries: new Map(), tokens: new Map() };
  const namesOf = new Map<FilePath, Collected>();

  const token = (table: Table<unknown>, name: string): number => {
    let found = table.tokens.get(name);
    if (found === undefined) table.tokens.set(name, (found = newToken()));
    return found;
  };

  return {
    heirs: (name) => heirs.entries.get(name) ?? [],
    heirsToken: (name) => token(heirs, name),
    loneMethod(name) {
      const places = methods.entries.get(name);
      return places?.length === 1 ? places[0] : undefined;
    },
    methodToken: (name) => token(methods, name),
    providers: (name) => providers.entries.get(name) ?? [],
    providersToken: (name) => token(providers, name),
    augmentations: (name) => augmentations.entries.get(name) ?? [],
    augmentationsToken: (name) => token(augmentations, name),
    replace(file, facts) {
      const before = namesOf.get(file) ?? nothing;
      const fresh = facts === undefined ? nothing : collect(file, facts);
      if (facts === undefined) namesOf.delete(file);
      else namesOf.set(file, fresh);
      return [
        ...update(heirs, file, before.heirs, fresh.heirs),
        ...update(methods, file, before.methods, fresh.methods),
        ...update(providers, file, before.providers, fresh.providers),
        ...update(augmentations, file, before.augmentations, fresh.augmentations),
      ];
    },
  };
}

interface Collected {
  readonly heirs: ReadonlyMap<string, readonly ClassPlace[]>;
  readonly methods: ReadonlyMap<string, readonly MethodPlace[]>;
  readonly providers: ReadonlyMap<string, readonly ProviderPlace[]>;
  readonly augmentations: ReadonlyMap<string, readonly AugmentationPlace[]>;
}

const nothing: Collected = { heirs: new Map(), methods: new Map(), providers: new Map(), augmentations: new Map() };

function collect(file: FilePath, facts: FileFacts): Collected {
  const heirs = new Map<string, ClassPlace[]>();
  const methods = new Map<string, MethodPlace[]>();
  facts.classes.forEach((fact, cls) => {
    const parents = new Set(fact.implements.map((type) => lastName(type.name)));
    for (const name of superclassNames(facts, fact.superclass)) parents.add(name);
    for (const name of parents) add(heirs, name, { file, cls });
    for (const member of fact.members) {
      if (member.fn === NONE || member.kind !== "method" || member.name.length < distinctiveLength) continue;
      add(methods, member.name, { file, cls, fn: member.fn });
    }
  });
  return { heirs, methods, providers: collectProviders(file, facts), augmentations: collectAugmentations(file, facts) };
}

function collectAugmentations(file: FilePath, facts: FileFacts): ReadonlyMap<string, readonly AugmentationPlace[]> {
  const found = new Map<string, AugmentationPlace[]>();
  if (facts.types.length === 0) return found;
  const exported = new Set(facts.exports.map((entry) => entry.local ?? entry.name));
  facts.types.forEach((declared, type) => {
    if (declared.kind === "interface" && !exported.has(declared.name)) add(found, declared.name, { file, type });
  });
  return found;
}

function collectProviders(file: FilePath, facts: FileFacts): ReadonlyMap<string, readonly ProviderPlace[]> {
  const found = new Map<string, ProviderPlace[]>();
  if (!facts.imports.some((entry) => entry.module.startsWith("@nestjs/"))) return found;
  facts.exprs.forEach((expr, id) => {
    if (expr.kind !== "object") return;
    const token = expr.props.find((prop) => prop.name === "provide");
    const name = token === undefined ? undefined : tokenName(facts, token.value);
    if (name !== undefined) add(found, name, { file, expr: id });
  });
  return found;
}

/** The text by which an injection token is recognised: a string itself, or the last name of a constant or class. */
export function tokenName(facts: FileFacts, id: ExprId): string | undefined {
  const expr = facts.exprs[id];
  if (expr?.kind === "literal" && typeof expr.value === "string") return expr.value;
  return expr?.kind === "ref" || expr?.kind === "member" ? expr.name : undefined;
}

/** Names in an `extends` expression: the class itself, or those handed to a mixin. */
function superclassNames(facts: FileFacts, id: number): readonly string[] {
  const expr = id === NONE ? undefined : facts.exprs[id];
  if (expr?.kind === "ref" || expr?.kind === "member") return [expr.name];
  return expr?.kind === "call" ? expr.args.flatMap((arg) => superclassNames(facts, arg)) : [];
}

function lastName(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function update<T extends { readonly file: FilePath }>(
  table: Table<T>,
  file: FilePath,
  before: ReadonlyMap<string, readonly T[]>,
  fresh: ReadonlyMap<string, readonly T[]>,
): readonly number[] {
  const changed: number[] = [];
  const names = before.size === 0 ? fresh.keys() : new Set([...before.keys(), ...fresh.keys()]);
  for (const name of names) {
    const removed = before.get(name) ?? [];
    const mine = fresh.get(name) ?? [];
    const token = table.tokens.get(name);
    if (mine.length !== removed.length && token !== undefined) changed.push(token);
    const old = table.entries.get(name) ?? [];
    const others = removed.length === 0 ? old : old.filter((place) => place.file !== file);
    // Sorted by file, so that the order in which files arrive does not show.
    const at = others.findIndex((place) => file < place.file);
    others.splice(at < 0 ? others.length : at, 0, ...mine);
    if (others.length === 0) table.entries.delete(name);
    else table.entries.set(name, others);
  }
  return changed;
}

function add<T>(map: Map<string, T[]>, name: string, value: T): void {
  const list = map.get(name);
  if (list === undefined) map.set(name, [value]);
  else list.push(value);
}
