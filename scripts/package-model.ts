/** What the model needs at run time, of one platform: ONNX Runtime's library and binding, the approximate search, and the few scripts that load them. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

const runtime = "node_modules/onnxruntime-node";
const search = "node_modules/usearch";

/** The library comes twice for macOS, under two names; the binding asks for this one. */
const twice = /^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/;

const scripts: readonly string[] = [
  `${runtime}/package.json`,
  `${runtime}/dist`,
  "node_modules/onnxruntime-common/package.json",
  "node_modules/onnxruntime-common/dist/cjs",
  `${search}/package.json`,
  `${search}/javascript/dist/cjs`,
  ...["package.json", "index.js", "node-gyp-build.js"].map((file) => `node_modules/node-gyp-build/${file}`),
  ...["package.json", "bindings.js"].map((file) => `node_modules/bindings/${file}`),
  ...["package.json", "index.js"].map((file) => `node_modules/file-uri-to-path/${file}`),
];

/**
 * @param target `linux-x64` and the like. ONNX Runtime has no library for Macs with Intel processors: there the scripts find none, and the status says so.
 * @returns Paths below the repository.
 */
export function modelRuntimeFiles(target: string, repository: string): readonly string[] {
  const [system = "", processor = ""] = target.split("-");
  const libraries = `${runtime}/bin/napi-v6/${system}/${processor}`;
  const prebuilt = system === "darwin" ? "darwin-arm64+x64" : target;
  const native = [
    ...filesIn(repository, libraries).filter((name) => !twice.test(path.basename(name))),
    ...filesIn(repository, `${search}/prebuilds/${prebuilt}`),
  ];
  const loading = scripts.flatMap((name) => (path.extname(name) === "" ? filesIn(repository, name) : [name]));
  return [...loading, ...native].filter((file) => !/\.(?:map|d\.ts|ts)$/.test(file));
}

function filesIn(repository: string, folder: string): readonly string[] {
  const full = path.join(repository, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(repository, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"));
}
