/**
 * Files that say how modules are found and which versions are installed: where they come from and what of them matters here. The text is read
 * elsewhere; parsing is pure and never fails, broken JSON counts as far as it goes.
 */
import { parse } from "jsonc-parser";
import { directoryOf } from "./path-text.js";

/** Files that say how modules are found and which versions are installed. The text is read elsewhere; parsing is pure and never fails. */
export interface ManifestSource {
  /** Absolute path with `/` separators: a `package.json`, `tsconfig*.json`, `jsconfig.json`, lockfile or `pnpm-workspace.yaml`. */
  readonly path: string;
  readonly text: string;
}

/** What a `package.json` says about finding its modules. */
export interface PackageManifest {
  readonly directory: string;
  readonly name: string | undefined;
  /** Entry candidates in the order of their trust: sources first. */
  readonly entries: readonly string[];
  readonly exports: unknown;
  readonly imports: unknown;
  /** Names under `dependencies`, `devDependencies`, `peerDependencies` and `optionalDependencies`. */
  readonly dependencies: readonly string[];
  /** The same with the versions they may have. */
  readonly ranges: ReadonlyMap<string, string>;
  /** Names under `dependencies` and `optionalDependencies`: those that are there when the program runs. */
  readonly atRunTime: readonly string[];
  /** Its `.js` and `.ts` files are modules of their own right (`"type": "module"`). */
  readonly isModule: boolean;
  /** Others may install it: it is not `private`. */
  readonly isPublished: boolean;
}

/** A lock file: the versions that are installed. Its text is searched when a version is asked for. */
export interface LockManifest {
  readonly directory: string;
  readonly format: "npm" | "pnpm" | "yarn" | "bun";
  readonly text: string;
}

const LOCK_FORMATS: Readonly<Record<string, LockManifest["format"]>> = {
  "package-lock.json": "npm",
  "npm-shrinkwrap.json": "npm",
  "pnpm-lock.yaml": "pnpm",
  "yarn.lock": "yarn",
  "bun.lock": "bun",
};

/** What a `tsconfig.json` or `jsconfig.json` says by itself, before `extends` is applied. */
export interface ConfigManifest {
  readonly path: string;
  readonly directory: string;
  readonly extends: readonly string[];
  readonly baseUrl: string | undefined;
  readonly paths: Readonly<Record<string, readonly string[]>> | undefined;
  readonly references: readonly string[];
  readonly outDir: string | undefined;
  readonly rootDir: string | undefined;
}

export interface Manifests {
  readonly packages: readonly PackageManifest[];
  readonly configs: readonly ConfigManifest[];
  readonly locks: readonly LockManifest[];
}

/** Sorts manifests by what they are and takes from each what module resolution needs. Files of other kinds are left out. */
export function parseManifests(sources: readonly ManifestSource[]): Manifests {
  const packages: PackageManifest[] = [];
  const configs: ConfigManifest[] = [];
  const locks: LockManifest[] = [];
  for (const source of sources) {
    const name = source.path.slice(source.path.lastIndexOf("/") + 1);
    if (name === "package.json") packages.push(packageManifest(source));
    else if (/^(ts|js)config.*\.json$/.test(name)) configs.push(configManifest(source));
    else {
      const format = Object.hasOwn(LOCK_FORMATS, name) ? LOCK_FORMATS[name] : undefined;
      if (format !== undefined) locks.push({ directory: directoryOf(source.path), format, text: source.text });
    }
  }
  return { packages, configs, locks };
}

function packageManifest(source: ManifestSource): PackageManifest {
  const json = record(parse(source.text));
  const publish = record(json["publishConfig"]);
  const entries = ["source", "module", "main", "types", "typings"]
    .flatMap((key) => [json[key], publish[key]])
    .filter(isString);
  const ranges = new Map(
    ["peerDependencies", "optionalDependencies", "devDependencies", "dependencies"].flatMap((key) =>
      Object.entries(record(json[key])).map(([name, range]) => [name, isString(range) ? range : ""] as const),
    ),
  );
  return {
    directory: directoryOf(source.path),
    name: isString(json["name"]) ? json["name"] : undefined,
    entries: [...new Set(entries)],
    exports: json["exports"] ?? publish["exports"],
    imports: json["imports"],
    dependencies: [...ranges.keys()],
    ranges,
    atRunTime: [json["dependencies"], json["optionalDependencies"]].flatMap((one) => Object.keys(record(one))),
    isModule: json["type"] === "module",
    isPublished: isString(json["name"]) && json["private"] !== true,
  };
}

function configManifest(source: ManifestSource): ConfigManifest {
  const json = record(parse(source.text, [], { allowTrailingComma: true }));
  const options = record(json["compilerOptions"]);
  const parents = json["extends"];
  const references = Array.isArray(json["references"]) ? json["references"] : [];
  return {
    path: source.path,
    directory: directoryOf(source.path),
    extends: (Array.isArray(parents) ? parents : [parents]).filter(isString),
    baseUrl: isString(options["baseUrl"]) ? options["baseUrl"] : undefined,
    paths: pathMap(options["paths"]),
    references: references.map((reference: unknown) => record(reference)["path"]).filter(isString),
    outDir: isString(options["outDir"]) ? options["outDir"] : undefined,
    rootDir: isString(options["rootDir"]) ? options["rootDir"] : undefined,
  };
}

function pathMap(value: unknown): Readonly<Record<string, readonly string[]>> | undefined {
  if (value === undefined || value === null) return undefined;
  const out: Record<string, readonly string[]> = {};
  for (const [pattern, targets] of Object.entries(record(value))) {
    out[pattern] = (Array.isArray(targets) ? targets : [targets]).filter(isString);
  }
  return out;
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** The value when it is an object with keys, else an empty one. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
