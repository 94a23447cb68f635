/** Looks up what dialects say about an export, an instance, a factory, a subclass or a decorator, by module and export path. */
import { type Dialect, type DialectState, type OperationSpec, type TableSource } from "./dialects/define-dialect.js";
import { type InstalledVersion } from "./installed-versions.js";
import { type DialectValue, type FilePath } from "./model.js";

export interface DialectEntry {
  readonly value: DialectValue;
  /** Position of the type argument that names the table. */
  readonly typeTable?: number;
  readonly table?: TableSource;
}

export interface DialectIndex {
  readonly exportOf: (module: string, path: readonly string[]) => DialectValue | undefined;
  readonly instanceOf: (module: string, path: readonly string[]) => DialectEntry | undefined;
  readonly factoryOf: (module: string, path: readonly string[]) => DialectEntry | undefined;
  readonly subclassOf: (
    module: string,
    path: readonly string[],
  ) => { readonly class?: DialectValue; readonly instance?: DialectValue } | undefined;
  readonly decoratorOf: (module: string, path: readonly string[]) => DialectEntry | undefined;
  /** What awaiting a property with this decorator runs. */
  readonly lazyRelationOf: (
    module: string,
    path: readonly string[],
  ) => { readonly dialect: string; readonly state: string; readonly operation: OperationSpec } | undefined;
  /** Package that stands for a generated client's missing source, by the name imported from it. */
  readonly generatedPackage: (name: string) => string | undefined;
  readonly stateOf: (value: DialectValue) => DialectState | undefined;
  readonly dialectOf: (id: string) => Dialect | undefined;
  /** Clients a receiver of that name probably is, when its origin cannot be resolved. */
  readonly shapesFor: (name: string) => readonly DialectValue[];
  /** The model that a receiver named so probably is, by the method called on it. */
  readonly modelFor: (receiver: string, method: string) => DialectValue | undefined;
  /** Version of a package as a file of the workspace uses it; undefined when nothing says. */
  readonly versionOf: (name: string, from: FilePath) => InstalledVersion | undefined;
}

/**
 * Indexes dialects. `dependsOn` says whether the workspace uses one of some packages; it switches last-resort shapes on. `versionOf` says what is
 * installed.
 */
export function indexDialects(
  dialects: readonly Dialect[],
  dependsOn: (packages: readonly string[]) => boolean,
  versionOf: DialectIndex["versionOf"] = () => undefined,
): DialectIndex {
  const byModule = new Map<string, readonly Dialect[]>();
  const byId = new Map(dialects.map((dialect) => [dialect.id, dialect]));
  const generated = new Map<string, string>();
  const decorating = dialects.filter((dialect) => dialect.decorators !== undefined);
  for (const dialect of dialects) {
    const [home] = dialect.packages;
    for (const name of dialect.generated ?? []) if (home !== undefined) generated.set(name.split(".")[0] ?? name, home);
  }
  const forModule = (module: string): readonly Dialect[] => {
    let found = byModule.get(module);
    if (found === undefined) {
      found = dialects.filter((dialect) => dialect.packages.some((name) => covers(name, module)));
      byModule.set(module, found);
    }
    return found;
  };

  return {
    exportOf: (module, path) => first(forModule(module), (d) => enter(d, lookUp(d.exports, path), { module, path })),
    instanceOf: (module, path) =>
      first(forModule(module), (d) => {
        const found = lookUp(d.instances, path) ?? lookUpEnding(d.instances, path);
        const value = enter(d, found?.state, { module, path: [...path, "prototype"] });
        if (value === undefined) return undefined;
        return found?.typeTable === undefined ? { value } : { value, typeTable: found.typeTable };
      }),
    factoryOf: (module, path) =>
      first(forModule(module), (d) => entry(d, lookUp(d.factories, path), { module, path: [...path, "()"] })),
    subclassOf: (module, path) =>
      first(forModule(module), (d) => {
        const found = lookUp(d.subclasses, path);
        if (found === undefined) return undefined;
        const cls = enter(d, found.class, { module, path });
        const instance = enter(d, found.instance, { module, path: [...path, "prototype"] });
        return { ...(cls === undefined ? {} : { class: cls }), ...(instance === undefined ? {} : { instance }) };
      }),
    decoratorOf: (module, path) => {
      const key = `${module}#${path.join(".")}`;
      return first(decorating, (d) => entry(d, own(d.decorators, key), { module, path }));
    },
    lazyRelationOf: (module, path) =>
      first(forModule(module), (d) => {
        const found = lookUp(d.lazyRelations, path);
        return found === undefined ? undefined : { dialect: d.id, ...found };
      }),
    generatedPackage: (name) => generated.get(name),
    stateOf: (value) => own(byId.get(value.dialect)?.states, value.state),
    dialectOf: (id) => byId.get(id),
    shapesFor: shapeTable(dialects, dependsOn),
    modelFor: modelTable(dialects, dependsOn),
    versionOf,
  };
}

function shapeTable(
  dialects: readonly Dialect[],
  dependsOn: (packages: readonly string[]) => boolean,
): (name: string) => readonly DialectValue[] {
  const byName = new Map<string, DialectValue[]>();
  for (const dialect of dialects) {
    if (dialect.shapes === undefined || !dependsOn(dialect.packages)) continue;
    for (const shape of dialect.shapes) {
      const value: DialectValue = { kind: "dialect", dialect: dialect.id, state: shape.state, lowConfidence: true };
      for (const name of shape.receivers) byName.set(name, [...(byName.get(name) ?? []), value]);
    }
  }
  return (name) => byName.get(name) ?? [];
}

function modelTable(
  dialects: readonly Dialect[],
  dependsOn: (packages: readonly string[]) => boolean,
): DialectIndex["modelFor"] {
  const byMethod = new Map<string, DialectValue>();
  for (const { id, packages, modelMethods } of dialects) {
    if (modelMethods === undefined || !dependsOn(packages)) continue;
    const value: DialectValue = { kind: "dialect", dialect: id, state: modelMethods.state, lowConfidence: true };
    for (const name of modelMethods.names) if (!byMethod.has(name)) byMethod.set(name, value);
  }
  return (receiver, method) => {
    const value = /^[A-Z][a-z]/.test(receiver) ? byMethod.get(method) : undefined;
    return value === undefined ? undefined : { ...value, table: receiver };
  };
}

function covers(name: string, module: string): boolean {
  if (name.endsWith("*")) return module.startsWith(name.slice(0, -1));
  return module === name || (module.startsWith(name) && module[name.length] === "/");
}

/** The module object and its default export are the same thing to a caller of a CommonJS package. */
function lookUp<T>(table: Readonly<Record<string, T>> | undefined, path: readonly string[]): T | undefined {
  if (table === undefined) return undefined;
  if (path.length === 0) return own(table, "*") ?? own(table, "default");
  const key = path.join(".");
  return own(table, key) ?? (key === "default" ? own(table, "*") : undefined);
}

/** Entries such as `*Client`. */
function lookUpEnding<T>(table: Readonly<Record<string, T>> | undefined, path: readonly string[]): T | undefined {
  const [name, ...rest] = path;
  if (table === undefined || name === undefined || 0 < rest.length) return undefined;
  for (const key in table) {
    if (key.startsWith("*") && 1 < key.length && name.endsWith(key.slice(1))) return table[key];
  }
  return undefined;
}

/** A property of a table, never one that all objects have. */
export function own<T>(table: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

function entry(
  dialect: Dialect,
  found: { readonly state: string; readonly table?: TableSource } | undefined,
  origin: { readonly module: string; readonly path: readonly string[] },
): DialectEntry | undefined {
  const value = enter(dialect, found?.state, origin);
  if (value === undefined) return undefined;
  return found?.table === undefined ? { value } : { value, table: found.table };
}

function enter(
  dialect: Dialect,
  state: string | undefined,
  origin: { readonly module: string; readonly path: readonly string[] },
): DialectValue | undefined {
  return state === undefined ? undefined : { kind: "dialect", dialect: dialect.id, state, origin };
}

function first<T, R>(items: readonly T[], pick: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = pick(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
