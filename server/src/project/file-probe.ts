/** Finds the file a path without its exact ending stands for, among the files that are known. */

/** Endings tried in the order a TypeScript-aware resolver tries them. */
const endings = [".ts", ".tsx", ".mts", ".cts", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".json"];

/** What a written ending may stand for on disk: compiled names first map back to their source. */
const sources: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".d.ts", ".js", ".jsx"],
  ".jsx": [".tsx", ".jsx"],
  ".mjs": [".mts", ".mjs"],
  ".cjs": [".cts", ".cjs"],
};

export interface KnownFiles {
  has(path: string): boolean;
}

/** The file `path` names: itself, with another ending, or the index of the directory it names. */
export function probeFile(files: KnownFiles, path: string): string | undefined {
  const asFile = probePlainFile(files, path);
  if (asFile !== undefined) return asFile;
  for (const ending of endings) {
    const candidate = `${path}/index${ending}`;
    if (files.has(candidate)) return candidate;
  }
  return undefined;
}

function probePlainFile(files: KnownFiles, path: string): string | undefined {
  const dot = path.lastIndexOf(".");
  const ending = path.lastIndexOf("/") < dot ? path.slice(dot) : "";
  const mapped = sources[ending];
  if (mapped !== undefined) {
    const stem = path.slice(0, dot);
    for (const candidate of mapped) if (files.has(stem + candidate)) return stem + candidate;
  }
  if (ending !== "" && files.has(path)) return path;
  for (const candidate of endings) if (files.has(path + candidate)) return path + candidate;
  return undefined;
}

/** Directory names that hold compiled output, and the places its source usually lives in. */
const outputs: ReadonlySet<string> = new Set([
  "dist",
  "build",
  "lib",
  "out",
  "output",
  "es",
  "esm",
  "cjs",
  "types",
  "typings",
  "umd",
  "module",
  "commonjs",
]);
const sourceRoots = ["src", "", "source", "lib", "app"];

/** The source of a path relative to a package: as written, else with its output directories replaced by a source directory. */
export function probeSource(files: KnownFiles, packageDirectory: string, relative: string): string | undefined {
  const clean = relative.replace(/^\.?\//, "");
  const exact = probeFile(files, clean === "" ? packageDirectory : `${packageDirectory}/${clean}`);
  if (exact !== undefined) return exact;
  return (
    probeOutput(files, packageDirectory, clean) ??
    (isOutput(clean) ? undefined : inSourceRoots(files, packageDirectory, withoutEnding(clean)))
  );
}

function isOutput(relative: string): boolean {
  return relative.includes("/") && outputs.has(relative.slice(0, relative.indexOf("/")));
}

/** The source of a path that lies in an output directory of a package. */
export function probeOutput(files: KnownFiles, packageDirectory: string, relative: string): string | undefined {
  const segments = relative.split("/");
  let dropped = 0;
  while (dropped < segments.length - 1 && outputs.has(segments[dropped] ?? "")) dropped++;
  for (let skip = 1; skip <= dropped; skip++) {
    const found = inSourceRoots(files, packageDirectory, withoutEnding(segments.slice(skip).join("/")));
    if (found !== undefined) return found;
  }
  return undefined;
}

function inSourceRoots(files: KnownFiles, packageDirectory: string, stem: string): string | undefined {
  // Compilers that keep the source folder below the output folder (`dist/src/index.js`) are served by the empty root.
  for (const root of sourceRoots) {
    const found = probeFile(files, `${packageDirectory}/${root === "" ? "" : `${root}/`}${stem}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function withoutEnding(path: string): string {
  return path.replace(/(\.d)?\.[cm]?[jt]sx?$/, "");
}
