/**
 * Bundles the extension, the language server, its worker threads and the command line into `dist/`.
 *
 * `ts-morph` carries a whole TypeScript compiler, so it is written once, to `dist/typescript.js`, and every other bundle requires that
 * file. `lmdb` is native and stays a package. Flags: `--watch`, `--production` (minified, no source maps).
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";

const repository = path.resolve(__dirname, "..");
const compilerBundle = "typescript.js";
/** Loaded by path from beside the bundle that asks for it. */
const grammar = "node_modules/libpg-query/wasm/libpg-query.wasm";

/** Packages that are required at run time instead of bundled. */
const native = ["lmdb", "msgpackr-extract", "@electric-sql/pglite", "onnxruntime-node", "usearch"];

interface Entry {
  readonly source: string;
  readonly output: string;
  readonly banner?: string;
  readonly external?: readonly string[];
  /** A script for a context that has nothing of Node. */
  readonly bare?: true;
  readonly plugins?: readonly esbuild.Plugin[];
}

/** Only what a script of its own loads can be taken from Node's cache of compiled code, so the command line's first script is a small one. */
const separateMain: esbuild.Plugin = {
  name: "separate-main",
  setup(build) {
    build.onResolve({ filter: /\/cli\/main\.js$/ }, () => ({ path: "cli-main", namespace: "separate" }));
    build.onResolve({ filter: /^\.\/cli-main\.js$/ }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /^cli-main$/, namespace: "separate" }, () => ({
      contents: 'module.exports = require("./cli-main.js");',
      resolveDir: repository,
    }));
  },
};

const entries: readonly Entry[] = [
  { source: "server/src/cli.ts", output: "cli.js", banner: "#!/usr/bin/env node", plugins: [separateMain] },
  { source: "server/src/cli/main.ts", output: "cli-main.js" },
  { source: "server/src/main.ts", output: "server.js" },
  { source: "server/src/analysis-worker.ts", output: "analysis-worker.js" },
  { source: "server/src/workspace-worker.ts", output: "workspace-worker.js" },
  { source: "server/src/evaluation-worker.ts", output: "evaluation-worker.js" },
  { source: "server/src/sql-process.ts", output: "sql-process.js" },
  { source: "server/src/planner-process.ts", output: "planner-process.js" },
  { source: "server/src/prove-process.ts", output: "prove-process.js" },
  { source: "server/src/proving/sandbox/main.ts", output: "prove-sandbox.js", bare: true },
  { source: "server/src/embedder-process.ts", output: "embedder-process.js" },
  { source: "client/src/extension.ts", output: "extension.js", external: ["vscode"] },
];

export interface BuildOptions {
  readonly outputFolder: string;
  readonly production: boolean;
}

/** Version of this build, told to `server/src/base/version.ts`. */
function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8")) as {
    readonly version: string;
  };
  return manifest.version;
}

const common = {
  absWorkingDir: repository,
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  // The CommonJS build of jsonc-parser requires its parts through a variable, which no bundler can follow.
  mainFields: ["module", "main"],
  legalComments: "none",
  logLevel: "warning",
  define: { HOTPATH_VERSION: JSON.stringify(ownVersion()) },
} as const satisfies esbuild.BuildOptions;

/**
 * Sends every import of ts-morph to the one bundle that holds it, and loads that when the first text is parsed: it takes a quarter of a second, and a check
 * whose results still hold parses nothing.
 */
const oneCompiler: esbuild.Plugin = {
  name: "one-compiler",
  setup(build) {
    build.onResolve({ filter: /^ts-morph$/ }, () => ({ path: "ts-morph", namespace: "on-demand" }));
    // A machine for which there is no build of it has no disk cache, and everything else.
    build.onResolve({ filter: /^lmdb$/ }, ({ namespace }) =>
      namespace === "on-demand" ? { path: "lmdb", external: true } : { path: "lmdb", namespace: "on-demand" },
    );
    build.onLoad({ filter: /^lmdb$/, namespace: "on-demand" }, () => ({
      contents: 'module.exports = { get open() { return require("lmdb").open; } };',
      resolveDir: repository,
    }));
    build.onLoad({ filter: /^ts-morph$/, namespace: "on-demand" }, () => ({
      // A plain value once it is loaded: it is asked for a hundred million times in a large scan.
      contents: `module.exports = { get ts() { const { ts } = require("./${compilerBundle}"); Object.defineProperty(this, "ts", { value: ts }); return ts; } };`,
      resolveDir: repository,
    }));
    build.onResolve({ filter: new RegExp(`^\\./${compilerBundle.replace(".", "\\.")}$`) }, ({ path }) => ({
      path,
      external: true,
    }));
  },
};

function bundleOptions(entry: Entry, options: BuildOptions): esbuild.BuildOptions {
  return {
    ...common,
    entryPoints: [entry.source],
    outfile: path.join(options.outputFolder, entry.output),
    external: [...native, ...(entry.external ?? [])],
    plugins: [oneCompiler, ...(entry.plugins ?? [])],
    ...(entry.bare === true ? { platform: "neutral", format: "iife" } : {}),
    minify: options.production,
    // Error reports and the stack traces in logs name our own functions.
    keepNames: options.production,
    sourcemap: options.production ? false : "linked",
    ...(entry.banner === undefined ? {} : { banner: { js: entry.banner } }),
  };
}

/** The compiler changes only with its version, and takes longer than all the rest: it is kept until then. */
async function bundleCompiler(options: BuildOptions): Promise<void> {
  const output = path.join(options.outputFolder, compilerBundle);
  const { version } = JSON.parse(readFileSync(path.join(repository, "node_modules/ts-morph/package.json"), "utf8")) as {
    version: string;
  };
  const stamp = `// ts-morph ${version}\n`;
  if (existsSync(output) && readFileSync(output, "utf8").startsWith(stamp)) return;
  await esbuild.build({
    ...common,
    stdin: { contents: 'module.exports = require("ts-morph");', resolveDir: repository },
    outfile: output,
    banner: { js: stamp.trimEnd() },
    // Short names would save 3 MB more, cost readable stack traces, and load no faster.
    minifyWhitespace: true,
  });
}

/** A page for browsers: one script, one sheet of style, and the document they are put into. */
async function buildDashboard({ outputFolder, production }: BuildOptions): Promise<void> {
  const source = path.join(repository, "client/dashboard");
  const style = {
    contents: '@import "uplot/dist/uPlot.min.css"; @import "./style.css";',
    resolveDir: source,
    loader: "css",
  } as const;
  const minified = { bundle: true, minify: production, legalComments: "none", logLevel: "warning" } as const;
  await Promise.all([
    esbuild.build({
      ...minified,
      entryPoints: [path.join(source, "main.ts")],
      outfile: path.join(outputFolder, "dashboard.js"),
      format: "iife",
      platform: "browser",
      target: "chrome120",
    }),
    esbuild.build({ ...minified, stdin: style, outfile: path.join(outputFolder, "dashboard.css") }),
  ]);
  copyFileSync(path.join(source, "page.template"), path.join(outputFolder, "dashboard.html"));
}

export async function build(options: BuildOptions): Promise<void> {
  mkdirSync(options.outputFolder, { recursive: true });
  await Promise.all([bundleCompiler(options), ...entries.map((entry) => esbuild.build(bundleOptions(entry, options)))]);
  await buildDashboard(options);
  copyFileSync(path.join(repository, grammar), path.join(options.outputFolder, path.basename(grammar)));
  for (const entry of entries) {
    if (entry.banner !== undefined) chmodSync(path.join(options.outputFolder, entry.output), 0o755);
  }
  if (!options.production) linkCommand(path.join(options.outputFolder, "cli.js"));
}

async function watch(options: BuildOptions): Promise<void> {
  await build(options);
  const announce: esbuild.Plugin = {
    name: "announce",
    setup(context) {
      context.onEnd(({ errors }) => {
        console.log(
          `${path.basename(context.initialOptions.outfile ?? "")}: ${errors.length === 0 ? "built" : "failed"}`,
        );
      });
    },
  };
  for (const entry of entries) {
    const wanted = bundleOptions(entry, options);
    const context = await esbuild.context({ ...wanted, plugins: [...(wanted.plugins ?? []), announce] });
    await context.watch();
  }
}

function printSizes(folder: string): void {
  for (const name of [compilerBundle, ...entries.map((entry) => entry.output)]) {
    const file = path.join(folder, name);
    if (!existsSync(file)) continue;
    console.log(`${String(Math.ceil(statSync(file).size / 1024)).padStart(7)} KB  ${path.relative(repository, file)}`);
  }
}

/** npm links the commands of dependencies, not a package's own: this makes `npx hotpath` work inside the repository. */
function linkCommand(commandLine: string): void {
  const link = path.join(repository, "node_modules/.bin/hotpath");
  if (process.platform === "win32" || lstatSync(link, { throwIfNoEntry: false }) !== undefined) return;
  symlinkSync(path.relative(path.dirname(link), commandLine), link);
}

async function main(): Promise<void> {
  const flags = process.argv.slice(2);
  const options = { outputFolder: path.join(repository, "dist"), production: flags.includes("--production") };
  if (flags.includes("--clean")) rmSync(options.outputFolder, { recursive: true, force: true });
  if (flags.includes("--watch")) return watch(options);
  const start = performance.now();
  await build(options);
  printSizes(options.outputFolder);
  console.log(`built in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

if (require.main === module) void main().catch(() => (process.exitCode = 1));
