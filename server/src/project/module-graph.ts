/** Which file or package an import means, decided from the list of known files and the manifests alone. */
import { type KnownFiles, probeFile, probeOutput, probeSource } from "./file-probe.js";
import { type Manifests } from "./manifests.js";
import { type FilePath } from "./model.js";
import { builtinModule } from "./node-builtins.js";
import { ancestors, directoryOf, joinPath } from "./path-text.js";
import { indexConfigs, isAliased, type PathAliases, resolveAlias } from "./tsconfig-paths.js";
import {
  indexPackages,
  packageOf,
  resolveInPackage,
  resolvePrivateImport,
  splitSpecifier,
} from "./workspace-packages.js";

export type ModuleTarget =
  | { readonly kind: "file"; readonly file: FilePath }
  /** A package that is not part of the workspace, or a Node built-in (`node:fs`). */
  | { readonly kind: "external"; readonly module: string }
  /** Meant to be part of the workspace, but there is no such file: generated, ignored or deleted. */
  | { readonly kind: "missing"; readonly module: string };

export interface ModuleResolver {
  resolve(from: FilePath, specifier: string): ModuleTarget;
  /** Whether some manifest of the workspace depends on one of these packages (a trailing `*` matches a prefix). */
  dependsOn(packages: readonly string[]): boolean;
}

export interface WorkspaceFiles extends KnownFiles {
  keys(): Iterable<string>;
}

/**
 * A resolver over a fixed set of files; make a new one when files come or go. Answers are kept per directory and specifier.
 */
export function createModuleResolver(files: WorkspaceFiles, manifests: Manifests): ModuleResolver {
  const packages = indexPackages(manifests.packages);
  const configs = indexConfigs(manifests.configs, packages);
  const answers = new Map<string, Map<string, ModuleTarget>>();

  const find = (directory: string, specifier: string): ModuleTarget => {
    if (specifier.startsWith(".") || specifier.startsWith("/")) {
      const path = joinPath(directory, specifier);
      const file =
        probeFile(files, path) ?? viaPackageFile(path) ?? behindOutput(path) ?? belowRoot(directory, specifier);
      return file === undefined ? { kind: "missing", module: specifier } : { kind: "file", file };
    }
    if (specifier.startsWith("#")) {
      const owner = packageOf(packages, directory);
      const target = owner === undefined ? undefined : resolvePrivateImport(files, owner, specifier);
      if (target !== undefined)
        return "file" in target ? { kind: "file", ...target } : find(directory, target.specifier);
    }
    return bare(directory, specifier);
  };

  /** Meteor and some bundlers count `/models/users` from the package's own folder. */
  const belowRoot = (directory: string, specifier: string): FilePath | undefined => {
    const root = specifier.startsWith("/") ? packageOf(packages, directory)?.directory : undefined;
    return root === undefined ? undefined : probeSource(files, root, specifier.slice(1));
  };

  const viaPackageFile = (path: string): FilePath | undefined => {
    const nested = packages.byDirectory.get(path);
    return nested === undefined ? undefined : resolveInPackage(files, nested, "");
  };

  /** A path into a package's build output means the source it is made from. */
  const behindOutput = (path: string): FilePath | undefined => {
    const owner = packageOf(packages, directoryOf(path))?.directory;
    return owner === undefined || owner === path ? undefined : probeOutput(files, owner, path.slice(owner.length + 1));
  };

  const bare = (directory: string, specifier: string): ModuleTarget => {
    const builtin = builtinModule(specifier);
    if (builtin?.startsWith("node:") === true && specifier.startsWith("node:"))
      return { kind: "external", module: builtin };
    const tables = configs.aliasesFor(directory);
    const aliased = resolveAlias(files, tables, specifier);
    if (aliased !== undefined) return { kind: "file", file: aliased };
    const { name, subpath } = splitSpecifier(specifier);
    const owner = packages.byName.get(name);
    if (owner !== undefined) {
      const file = resolveInPackage(files, owner, subpath);
      if (file !== undefined) return { kind: "file", file };
      return { kind: "missing", module: specifier };
    }
    if (builtin !== undefined) return { kind: "external", module: builtin };
    const found = rooted(directory, specifier);
    if (found !== undefined) return found;
    const ours = specifier.startsWith("#") || (!packages.dependencies.has(name) && pointsInside(tables, specifier));
    return { kind: ours ? "missing" : "external", module: specifier };
  };

  /** Whether an alias covers a specifier, or it starts with a folder below some `baseUrl`: then no package is meant. */
  const pointsInside = (tables: readonly PathAliases[], specifier: string): boolean => {
    if (isAliased(tables, specifier)) return true;
    const [head = ""] = specifier.split("/");
    return tables.some(({ baseUrl }) => baseUrl !== undefined && folders().has(joinPath(baseUrl, head)));
  };

  let known: ReadonlySet<string> | undefined;
  const folders = (): ReadonlySet<string> => (known ??= foldersOf(files.keys()));

  /** `@/x` and `~/x` without a config that says so: bundlers mean the package's source folder or its root. */
  const rooted = (directory: string, specifier: string): ModuleTarget | undefined => {
    if (!/^[@~]\//.test(specifier)) return undefined;
    const root = packageOf(packages, directory)?.directory;
    const file = root === undefined ? undefined : probeSource(files, root, specifier.slice(2));
    return file === undefined ? { kind: "missing", module: specifier } : { kind: "file", file };
  };

  const byConfigs = new Map<unknown, Map<string, ModuleTarget>>();
  /** Bare specifiers mean the same wherever the same configs apply; all others depend on the folder. */
  const shared = (directory: string, specifier: string): ModuleTarget => {
    if (/^([./#]|[@~]\/)/.test(specifier)) return find(directory, specifier);
    const tables = configs.aliasesFor(directory);
    let found = byConfigs.get(tables);
    if (found === undefined) byConfigs.set(tables, (found = new Map<string, ModuleTarget>()));
    let target = found.get(specifier);
    if (target === undefined) found.set(specifier, (target = find(directory, specifier)));
    return target;
  };

  return {
    resolve(from, specifier) {
      const directory = directoryOf(from);
      let known = answers.get(directory);
      if (known === undefined) answers.set(directory, (known = new Map<string, ModuleTarget>()));
      let target = known.get(specifier);
      if (target === undefined) known.set(specifier, (target = shared(directory, specifier)));
      return target;
    },
    dependsOn: (names) => names.some((name) => hasDependency(packages.dependencies, name)),
  };
}

function foldersOf(paths: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const path of paths) {
    for (const folder of ancestors(directoryOf(path))) {
      if (found.has(folder)) break;
      found.add(folder);
    }
  }
  return found;
}

function hasDependency(dependencies: ReadonlySet<string>, name: string): boolean {
  if (!name.endsWith("*")) return dependencies.has(name);
  const prefix = name.slice(0, -1);
  for (const dependency of dependencies) if (dependency.startsWith(prefix)) return true;
  return false;
}
