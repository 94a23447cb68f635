/**
 * Which version of a package a file of the workspace uses: by the lock file of the package the file belongs to, else by the range its manifest declares.
 * Lock files are searched, not parsed: they are large, and only a few packages are ever asked about.
 */
import { type LockManifest, type Manifests, type PackageManifest } from "./manifests.js";
import { type FilePath } from "./model.js";
import { ancestors, directoryOf } from "./path-text.js";

export interface InstalledVersion {
  /** `6.2.1`; of a range the lowest version it allows. */
  readonly version: string;
  /** The range, when no lock file says which version is installed. */
  readonly declared?: string;
}

/** Answers by package name and file; answers are kept per directory. */
export function indexVersions(manifests: Manifests): (name: string, from: FilePath) => InstalledVersion | undefined {
  const byDirectory = new Map(manifests.packages.map((manifest) => [manifest.directory, manifest]));
  const locks = new Map(manifests.locks.map((lock) => [lock.directory, lock]));
  const answers = new Map<string, InstalledVersion | undefined>();

  /** The nearest package that declares it, else any: clients are often made in one package and used in others. */
  const declaring = (name: string, directory: string): PackageManifest | undefined => {
    for (const candidate of ancestors(directory)) {
      const manifest = byDirectory.get(candidate);
      if (manifest?.ranges.has(name) === true) return manifest;
    }
    return manifests.packages.find(({ ranges }) => ranges.has(name));
  };

  const find = (name: string, directory: string): InstalledVersion | undefined => {
    const manifest = declaring(name, directory);
    const range = manifest?.ranges.get(name);
    if (manifest === undefined || range === undefined) return undefined;
    for (const candidate of ancestors(manifest.directory)) {
      const lock = locks.get(candidate);
      if (lock === undefined) continue;
      const version = lockedVersion(lock, { name, range, importer: manifest.directory.slice(candidate.length + 1) });
      if (version !== undefined) return { version };
    }
    const lowest = /\d+(\.\d+){0,2}/.exec(range)?.[0];
    return lowest === undefined ? undefined : { version: lowest, declared: range };
  };

  return (name, from) => {
    const directory = directoryOf(from);
    const key = `${name} ${directory}`;
    if (!answers.has(key)) answers.set(key, find(name, directory));
    return answers.get(key);
  };
}

interface Wanted {
  readonly name: string;
  readonly range: string;
  /** Folder of the package that declares it, relative to the lock file; empty for the lock file's own. */
  readonly importer: string;
}

function lockedVersion({ format, text }: LockManifest, wanted: Wanted): string | undefined {
  switch (format) {
    case "npm":
      return npmVersion(text, wanted);
    case "pnpm":
      return pnpmVersion(text, wanted);
    case "yarn":
      return yarnVersion(text, wanted);
    case "bun":
      return firstGroup(text, `"${escaped(wanted.name)}": *\\["${escaped(wanted.name)}@(\\d[^"]*)"`);
  }
}

function npmVersion(text: string, { name, importer }: Wanted): string | undefined {
  const entry = (key: string): string | undefined =>
    firstGroup(text, `"${escaped(key)}": *\\{\\s*"version": *"([^"]+)"`);
  const nested = importer === "" ? undefined : entry(`${importer}/node_modules/${name}`);
  // Before lock files of version 2 packages were listed by their bare name.
  return nested ?? entry(`node_modules/${name}`) ?? entry(name);
}

function pnpmVersion(text: string, { name, importer }: Wanted): string | undefined {
  const own = new RegExp(`^  '?${escaped(importer === "" ? "." : importer)}'?:\\n((?:    .*\\n|\\n)*)`, "m").exec(
    text,
  )?.[1];
  const quoted = `'?${escaped(name)}'?:`;
  const inBlock = (block: string): string | undefined =>
    firstGroup(block, `^ +${quoted}\\n +specifier: .*\\n +version: '?(\\d[^\\s'(_]*)`) ??
    firstGroup(block, `^ +${quoted} '?(\\d[^\\s'(_]*)`);
  // A lock file of a single package has no importers; its dependencies stand at the top.
  return (
    (own === undefined ? undefined : inBlock(own)) ??
    firstGroup(text, `^ {2}${quoted}\\n +specifier: .*\\n +version: '?(\\d[^\\s'(_]*)`) ??
    firstGroup(text, `^ {2}'?/?${escaped(name)}[@/](\\d[^\\s'(_:]*)`)
  );
}

function yarnVersion(text: string, { name, range }: Wanted): string | undefined {
  const after = `(?:,[^\\n]*)?"?:\\n +version:? "?([^"\\s]+)`;
  const exact = firstGroup(text, `${escaped(name)}@(?:npm:)?${escaped(range)}"?${after}`);
  return exact ?? firstGroup(text, `^"?${escaped(name)}@[^\\n]*:\\n +version:? "?([^"\\s]+)`);
}

function firstGroup(text: string, pattern: string): string | undefined {
  return new RegExp(pattern, "m").exec(text)?.[1];
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

/** Whether a version lies below another; pre-releases count as what they lead to. */
export function isBelow(version: string, other: string): boolean {
  const [a, b] = [numbers(version), numbers(other)];
  for (const [i, part] of a.entries()) {
    const against = b[i] ?? 0;
    if (part !== against) return part < against;
  }
  return false;
}

function numbers(version: string): readonly number[] {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.+-]/).map(Number);
  return [major, minor, patch].map((part) => (Number.isNaN(part) ? 0 : part));
}
