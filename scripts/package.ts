/**
 * Packs one `.vsix` per platform: `npm run package -- --target linux-x64` (repeatable; all platforms without it).
 *
 * Each is packed from a folder of its own under `build/` that holds what ships and nothing else. Everything is bundled except `lmdb`,
 * of which the files its own `require` reaches are copied to `dist/node_modules/`, with the native binary of that one platform. This
 * machine's binary is taken from `node_modules/`; another platform's is fetched from the package registry.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { build } from "./build.js";
import { nativePlatforms } from "./native-platforms.js";
import { modelRuntimeFiles } from "./package-model.js";
import { zipListing } from "./zip-listing.js";

const repository = path.resolve(__dirname, "..");
const output = path.join(repository, "build");

const targets = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"] as const;
type Target = (typeof targets)[number];

const shippedFiles = ["README.md", "CHANGELOG.md", "LICENSE"];
const shippedFolders = ["syntaxes", "schemas", "evaluation/suites", "docs/walkthrough", "server/model"];

type Manifest = Readonly<Record<string, unknown>> & { readonly version: string };

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}

function runOrThrow(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")} failed\n${error?.message ?? ""}${stdout}${stderr}`);
}

/** The files that `require("lmdb")` loads, as paths below `node_modules/`, and the manifests that lead there. */
async function storeFiles(): Promise<string[]> {
  const { metafile } = await esbuild.build({
    absWorkingDir: repository,
    stdin: { contents: 'require("lmdb");', resolveDir: repository },
    bundle: true,
    platform: "node",
    metafile: true,
    write: false,
    external: ["msgpackr-extract", "bun:ffi"],
    logLevel: "error",
  });
  const modules = Object.keys(metafile.inputs).filter((input) => input.startsWith("node_modules/"));
  const packages = new Set(modules.map(packageFolder));
  // Read by path, so no `require` names it.
  const data = ["node_modules/lmdb/dict/dict.txt"];
  return [...modules, ...[...packages].map((folder) => `${folder}/package.json`), ...data];
}

/** `node_modules/a/node_modules/@b/c/d.js` → `node_modules/a/node_modules/@b/c` */
function packageFolder(file: string): string {
  const match = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file);
  if (match === null) throw new Error(`${file} is not inside a package`);
  return match[0];
}

/** What of PGlite is loaded by a planner: PostgreSQL in WebAssembly and the files it starts with. Of its extensions, the one for searches inside text. */
const plannerFiles = [
  "package.json",
  "dist/index.cjs",
  "dist/pglite.wasm",
  "dist/pglite.data",
  "dist/initdb.wasm",
  "dist/contrib/pg_trgm.cjs",
  "dist/pg_trgm.tar.gz",
].map((file) => `node_modules/@electric-sql/pglite/${file}`);

/** Folder with the native binary of a platform. */
function nativePackage(target: Target): string {
  const name = `@lmdb/lmdb-${target}`;
  const installed = path.join(repository, "node_modules", name);
  if (existsSync(installed)) return installed;

  const { optionalDependencies } = readJson(path.join(repository, "node_modules/lmdb/package.json")) as {
    optionalDependencies: Record<string, string>;
  };
  const version = optionalDependencies[name];
  if (version === undefined) throw new Error(`lmdb has no binary for ${target}`);
  const folder = path.join(output, "native", `${target}-${version}`);
  if (existsSync(path.join(folder, "package"))) return path.join(folder, "package");

  mkdirSync(folder, { recursive: true });
  runOrThrow("npm", ["pack", `${name}@${version}`, "--silent", "--pack-destination", folder], repository);
  const [archive] = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  if (archive === undefined) throw new Error(`npm pack left no archive of ${name}`);
  runOrThrow("tar", ["-xzf", archive], folder);
  return path.join(folder, "package");
}

/** Node-API binaries run in every editor and node version; the ones tied to a single node version are left out. */
function isPortableBinary(file: string): boolean {
  return /^node\.napi\..*node$/.test(file);
}

function copyNative(target: Target, modules: string): void {
  const source = nativePackage(target);
  const folder = path.join(modules, "@lmdb", `lmdb-${target}`);
  mkdirSync(folder, { recursive: true });
  const binaries = readdirSync(source).filter(isPortableBinary);
  if (binaries.length === 0) throw new Error(`@lmdb/lmdb-${target} holds no portable binary`);
  for (const file of [...binaries, "index.js", "package.json"]) {
    cpSync(path.join(source, file), path.join(folder, file));
  }
}

/** Every `./file` that the contributions name: grammars, schemas, icons, walkthrough pages. */
function contributedFiles(value: unknown): string[] {
  if (typeof value === "string") return /^\.\/[^*]+\.\w+$/.test(value) ? [value.slice(2)] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(contributedFiles);
}

/** What an installed extension reads of the manifest; building it is no concern there. */
function shippedManifest(manifest: Manifest): object {
  const left = new Set(["private", "scripts", "bin", "dependencies", "devDependencies", "overrides", "allowScripts"]);
  return Object.fromEntries(Object.entries(manifest).filter(([key]) => !left.has(key)));
}

function stage(target: Target, bundles: string, store: readonly string[], manifest: Manifest): string {
  const folder = path.join(output, "vsix", target);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of [...shippedFiles, ...shippedFolders, ".vscodeignore"]) {
    if (existsSync(path.join(repository, name))) {
      cpSync(path.join(repository, name), path.join(folder, name), { recursive: true });
    }
  }
  writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(shippedManifest(manifest), null, 2)}\n`);
  cpSync(bundles, path.join(folder, "dist"), { recursive: true });

  const modules = path.join(folder, "dist/node_modules");
  for (const file of [...store, ...modelRuntimeFiles(target, repository)])
    cpSync(path.join(repository, file), path.join(folder, "dist", file), { recursive: true });
  copyNative(target, modules);
  return folder;
}

/**
 * Runs what will ship, where this machine can, from a place with no other `node_modules` above it: a missing file or a binary that does
 * not load must not be noticed by users first.
 */
function tryOut(target: Target, folder: string): void {
  if (target !== `${process.platform}-${process.arch}`) return;
  const program = `
    const store = require("lmdb").open({ path: process.argv[1], noSubdir: false });
    store.put("key", { value: 1 }).then(() => { if (store.get("key").value !== 1) process.exit(1); return store.close(); });`;
  const elsewhere = mkdtempSync(path.join(tmpdir(), "hotpath-package-"));
  const shipped = path.join(elsewhere, "shipped");
  try {
    cpSync(folder, shipped, { recursive: true });
    runOrThrow(process.execPath, ["-e", program, path.join(elsewhere, "store")], path.join(shipped, "dist"));
    runOrThrow(process.execPath, ["dist/cli.js", "--version"], shipped);
    // Only with PostgreSQL's grammar in place is this reported.
    const sample = path.join(elsewhere, "sample");
    mkdirSync(sample);
    writeFileSync(path.join(sample, "schema.sql"), "CREATE TABLE t (a uuid,, b int);\n");
    const report = runOrThrow(process.execPath, ["dist/cli.js", "check", sample, "--format", "json"], shipped);
    if (!report.includes("syntax error at or near"))
      throw new Error("the packed command line does not load PostgreSQL's grammar");
    // Where the model cannot embed the sentence, a note says why.
    const search = [path.join(shipped, "dist/cli.js"), "search", "a table", "--format", "json"];
    const found = runOrThrow(process.execPath, search, sample);
    if (!found.includes('"note": null')) throw new Error(`the packed model does not run: ${found}`);
    runOrThrow(process.execPath, ["-e", 'require("usearch")'], path.join(shipped, "dist"));
    const planner = `
      const { PGlite } = require("@electric-sql/pglite");
      const { pg_trgm } = require("@electric-sql/pglite/contrib/pg_trgm");
      PGlite.create({ extensions: { pg_trgm } }).then((db) => db.exec("CREATE EXTENSION pg_trgm")).then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });`;
    runOrThrow(process.execPath, ["-e", planner], path.join(shipped, "dist"));
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
}

/** Faults of a finished package, in words. */
function faultsOf(archive: string, folder: string, manifest: Manifest, target: Target): string[] {
  const packed = new Set(zipListing(archive).map(({ name }) => name));
  const staged = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== ".vscodeignore")
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"));
  const renamed = new Map([
    ["README.md", "readme.md"],
    ["CHANGELOG.md", "changelog.md"],
    ["LICENSE", "LICENSE.txt"],
  ]);
  const needed = [
    "dist/extension.js",
    "dist/server.js",
    "dist/cli.js",
    "dist/cli-main.js",
    "dist/typescript.js",
    "dist/libpg-query.wasm",
  ];
  const contributed = contributedFiles([manifest.contributes, manifest.icon]);
  const expected = new Set([...staged, ...shippedFiles, ...needed, ...contributed]);
  return [
    ...[...expected]
      .filter((file) => !packed.has(`extension/${renamed.get(file) ?? file}`))
      .map((file) => `misses ${file}`),
    ...[...packed].filter((file) => /\.(?:ts|map|tsbuildinfo)$/.test(file)).map((file) => `should not hold ${file}`),
    ...staged.flatMap((file) => foreignTo(target, folder, file)),
  ];
}

/** A native file that this platform cannot load. */
function foreignTo(target: Target, folder: string, file: string): string[] {
  const platforms = nativePlatforms(path.join(folder, file));
  return platforms.length === 0 || platforms.includes(target)
    ? []
    : [`holds ${file}, which is for ${platforms.join(", ")}`];
}

function pack(target: Target, folder: string, manifest: Manifest): void {
  const archive = path.join(output, `hotpath-${target}-${manifest.version}.vsix`);
  const vsce = path.join(repository, "node_modules/@vscode/vsce/vsce");
  // The folder was assembled on purpose; `vsce` is only to write the archive, not to look for dependencies, links or secrets.
  const flags = [
    "--no-dependencies",
    "--allow-missing-repository",
    "--no-rewrite-relative-links",
    "--allow-package-all-secrets",
  ];
  runOrThrow(process.execPath, [vsce, "package", "--target", target, "--out", archive, ...flags], folder);

  const faults = faultsOf(archive, folder, manifest, target);
  if (0 < faults.length) throw new Error(`${path.basename(archive)}\n  ${faults.join("\n  ")}`);
  printContents(archive);
}

function printContents(archive: string): void {
  const entries = zipListing(archive).sort((a, b) => b.bytes - a.bytes);
  const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1).padStart(6);
  const unpacked = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(
    `${path.relative(repository, archive)}: ${megabytes(statSync(archive).size).trim()} MB, ${entries.length} files`,
  );
  console.log(`${megabytes(unpacked)} MB unpacked, the largest of them:`);
  for (const { name, bytes } of entries.slice(0, 8)) console.log(`${megabytes(bytes)} MB  ${name}`);
}

function isTarget(text: string): text is Target {
  return (targets as readonly string[]).includes(text);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { target: { type: "string", multiple: true, default: [...targets] } } });
  const wanted = values.target.filter(isTarget);
  if (wanted.length !== values.target.length) throw new Error(`--target takes one of: ${targets.join(", ")}`);

  const manifest = readJson(path.join(repository, "package.json")) as Manifest;
  const bundles = path.join(output, "bundles");
  rmSync(bundles, { recursive: true, force: true });
  await build({ outputFolder: bundles, production: true });
  const store = [...(await storeFiles()), ...plannerFiles];
  for (const target of wanted) {
    const folder = stage(target, bundles, store, manifest);
    tryOut(target, folder);
    pack(target, folder, manifest);
  }
}

void main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
