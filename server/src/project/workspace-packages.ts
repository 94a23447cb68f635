/** The packages of the workspace: which one a file belongs to, and which file a bare specifier into one of them means. */
import { type KnownFiles, probeFile, probeSource } from "./file-probe.js";
import { type PackageManifest } from "./manifests.js";
import { exportTargets } from "./package-exports.js";
import { ancestors } from "./path-text.js";

export interface WorkspacePackages {
  readonly byName: ReadonlyMap<string, PackageManifest>;
  readonly byDirectory: ReadonlyMap<string, PackageManifest>;
  /** Every package name some manifest depends on. */
  readonly dependencies: ReadonlySet<string>;
}

/** Indexes packages. Of two with the same name the one nearer to the top of the workspace wins: the other is a fixture or a copy. */
export function indexPackages(packages: readonly PackageManifest[]): WorkspacePackages {
  const byName = new Map<string, PackageManifest>();
  const byDirectory = new Map<string, PackageManifest>();
  const dependencies = new Set<string>();
  for (const manifest of packages) {
    byDirectory.set(manifest.directory, manifest);
    for (const name of manifest.dependencies) dependencies.add(name);
    if (manifest.name === undefined) continue;
    const other = byName.get(manifest.name);
    if (other === undefined || manifest.directory.length < other.directory.length) byName.set(manifest.name, manifest);
  }
  return { byName, byDirectory, dependencies };
}

/** The package a directory belongs to: the nearest manifest at or above it. */
export function packageOf(packages: WorkspacePackages, directory: string): PackageManifest | undefined {
  for (const candidate of ancestors(directory)) {
    const manifest = packages.byDirectory.get(candidate);
    if (manifest !== undefined) return manifest;
  }
  return undefined;
}

/** Package name and the rest of a bare specifier: `@acme/db/client` is `@acme/db` and `client`. */
export function splitSpecifier(specifier: string): { readonly name: string; readonly subpath: string } {
  const first = specifier.indexOf("/");
  const end = specifier.startsWith("@") && 0 <= first ? specifier.indexOf("/", first + 1) : first;
  if (end < 0) return { name: specifier, subpath: "" };
  return { name: specifier.slice(0, end), subpath: specifier.slice(end + 1) };
}

/** The source file behind a package's entry (`subpath` is `""`) or behind a path into it. */
export function resolveInPackage(files: KnownFiles, manifest: PackageManifest, subpath: string): string | undefined {
  const { directory } = manifest;
  if (manifest.exports !== undefined && manifest.exports !== null) {
    for (const target of exportTargets(manifest.exports, subpath === "" ? "." : `./${subpath}`)) {
      const found = probeSource(files, directory, target);
      if (found !== undefined) return found;
    }
  }
  if (subpath !== "") return probeSource(files, directory, subpath);
  for (const entry of manifest.entries) {
    const found = probeSource(files, directory, entry);
    if (found !== undefined) return found;
  }
  return probeFile(files, directory) ?? probeFile(files, `${directory}/src`);
}

/** The source file (or bare specifier, as text) an `imports` entry such as `#db` stands for. */
export function resolvePrivateImport(
  files: KnownFiles,
  manifest: PackageManifest,
  specifier: string,
): { readonly file: string } | { readonly specifier: string } | undefined {
  for (const target of exportTargets(manifest.imports, specifier)) {
    if (!target.startsWith(".")) return { specifier: target };
    const file = probeSource(files, manifest.directory, target);
    if (file !== undefined) return { file };
  }
  return undefined;
}
