/** Module aliases of `tsconfig.json` and `jsconfig.json`: `paths` and `baseUrl`, through `extends` and `references`. */
import { type KnownFiles, probeFile } from "./file-probe.js";
import { type ConfigManifest } from "./manifests.js";
import { matchPattern } from "./package-exports.js";
import { directoryOf, joinPath } from "./path-text.js";
import { splitSpecifier, type WorkspacePackages } from "./workspace-packages.js";

/** What one config says about aliases once `extends` is applied; directories are absolute. */
export interface PathAliases {
  readonly baseUrl: string | undefined;
  readonly paths: readonly { readonly pattern: string; readonly targets: readonly string[] }[];
}

export interface ConfigIndex {
  /** Alias tables that apply to files of a directory, nearest config first; the same array for directories with the same configs. */
  aliasesFor(directory: string): readonly PathAliases[];
}

/** A chain of `extends` longer than this is a mistake or a cycle. */
const maxExtends = 12;

/** Prepares alias look-up. `packages` serves `extends` that name a workspace package. */
export function indexConfigs(configs: readonly ConfigManifest[], packages: WorkspacePackages): ConfigIndex {
  const byPath = new Map(configs.map((config) => [config.path, config]));
  const byDirectory = new Map<string, ConfigManifest[]>();
  for (const config of configs) {
    const list = byDirectory.get(config.directory);
    if (list === undefined) byDirectory.set(config.directory, [config]);
    else list.push(config);
  }
  const own = new Map<string, readonly PathAliases[]>();
  const inherited = new Map<string, readonly PathAliases[]>();
  const ofDirectory = (directory: string): readonly PathAliases[] => {
    let tables = own.get(directory);
    if (tables === undefined) {
      tables = (byDirectory.get(directory) ?? [])
        .toSorted((a, b) => rank(a.path) - rank(b.path))
        .map((config) => effectiveAliases(config, byPath, packages))
        .filter((aliases) => aliases.baseUrl !== undefined || 0 < aliases.paths.length);
      own.set(directory, tables);
    }
    return tables;
  };
  const aliasesFor = (directory: string): readonly PathAliases[] => {
    let tables = inherited.get(directory);
    if (tables === undefined) {
      const own = ofDirectory(directory);
      const up = directoryOf(directory);
      const above = up === directory ? none : aliasesFor(up);
      tables = own.length === 0 ? above : [...own, ...above];
      inherited.set(directory, tables);
    }
    return tables;
  };
  return { aliasesFor };
}

const none: readonly PathAliases[] = [];

/** The file an alias stands for, trying the nearest config first and further ones only when it yields no known file. */
export function resolveAlias(files: KnownFiles, tables: readonly PathAliases[], specifier: string): string | undefined {
  for (const table of tables) {
    const found = throughPaths(files, table, specifier);
    if (found !== undefined) return found;
    if (table.baseUrl === undefined) continue;
    const below = probeFile(files, joinPath(table.baseUrl, specifier));
    if (below !== undefined) return below;
  }
  return undefined;
}

/** Whether some alias pattern covers a specifier, apart from a catch-all: then it does not name a package. */
export function isAliased(tables: readonly PathAliases[], specifier: string): boolean {
  return tables.some((table) =>
    table.paths.some(({ pattern }) => pattern !== "*" && matchPattern(pattern, specifier) !== undefined),
  );
}

function throughPaths(files: KnownFiles, table: PathAliases, specifier: string): string | undefined {
  for (const { pattern, targets } of table.paths) {
    const star = matchPattern(pattern, specifier);
    if (star === undefined) continue;
    for (const target of targets) {
      const found = probeFile(
        files,
        target.replace("*", () => star),
      );
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function rank(path: string): number {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name === "tsconfig.json") return 0;
  if (name === "jsconfig.json") return 1;
  return name === "tsconfig.base.json" ? 2 : 3;
}

function effectiveAliases(
  config: ConfigManifest,
  byPath: ReadonlyMap<string, ConfigManifest>,
  packages: WorkspacePackages,
): PathAliases {
  let baseUrl: string | undefined;
  let paths: PathAliases["paths"] | undefined;
  const visit = (current: ConfigManifest, depth: number): void => {
    if (current.baseUrl !== undefined) baseUrl ??= joinPath(current.directory, expand(current.baseUrl, config));
    if (current.paths !== undefined) paths ??= absolutePaths(current, config);
    if (depth === maxExtends) return;
    // The last parent wins over earlier ones.
    for (const parent of current.extends.toReversed()) {
      const found = findConfig(current.directory, parent, byPath, packages);
      if (found !== undefined) visit(found, depth + 1);
    }
  };
  visit(config, 0);
  return { baseUrl, paths: paths ?? [] };
}

function absolutePaths(owner: ConfigManifest, from: ConfigManifest): PathAliases["paths"] {
  const base = owner.baseUrl === undefined ? owner.directory : joinPath(owner.directory, expand(owner.baseUrl, from));
  return Object.entries(owner.paths ?? {})
    .map(([pattern, targets]) => ({ pattern, targets: targets.map((target) => joinPath(base, expand(target, from))) }))
    .toSorted((a, b) => b.pattern.length - a.pattern.length);
}

function expand(text: string, from: ConfigManifest): string {
  return text.replaceAll("${configDir}", () => from.directory);
}

function findConfig(
  directory: string,
  specifier: string,
  byPath: ReadonlyMap<string, ConfigManifest>,
  packages: WorkspacePackages,
): ConfigManifest | undefined {
  const at = (path: string): ConfigManifest | undefined =>
    byPath.get(path) ?? byPath.get(`${path}.json`) ?? byPath.get(`${path}/tsconfig.json`);
  if (specifier.startsWith(".") || specifier.startsWith("/")) return at(joinPath(directory, specifier));
  const { name, subpath } = splitSpecifier(specifier);
  const owner = packages.byName.get(name);
  if (owner === undefined) return undefined;
  return (
    at(joinPath(owner.directory, subpath)) ?? byPath.get(joinPath(directoryOf(`${owner.directory}/x`), "tsconfig.json"))
  );
}
