/** What of the model's runtime goes into the package of each platform: read from the installed packages, which hold all platforms; nothing is fetched. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { nativePlatforms } from "../scripts/native-platforms.js";
import { modelRuntimeFiles } from "../scripts/package-model.js";
import { repositoryRoot } from "./harness/repository.js";

const native: Readonly<Record<string, readonly string[]>> = {
  "linux-x64": ["libonnxruntime.so.1", "onnxruntime_binding.node", "usearch.node"],
  "linux-arm64": ["libonnxruntime.so.1", "onnxruntime_binding.node", "usearch.node"],
  "darwin-arm64": ["libonnxruntime.1.dylib", "onnxruntime_binding.node", "usearch.node"],
  // ONNX Runtime is not made for Macs with Intel processors: search goes by words there, and the status says so.
  "darwin-x64": ["usearch.node"],
  "win32-x64": [
    "DirectML.dll",
    "dxcompiler.dll",
    "dxil.dll",
    "onnxruntime.dll",
    "onnxruntime_binding.node",
    "usearch.node",
  ],
};

const isNative = (file: string): boolean => /\.(?:node|dll|dylib|so(?:\.\d+)*)$/.test(file);

for (const [target, expected] of Object.entries(native))
  test(`the package for ${target} holds the native files of that platform and of no other`, () => {
    const files = modelRuntimeFiles(target, repositoryRoot);
    const found = files.filter(isNative);
    expect(found.map((file) => path.basename(file)).sort()).toEqual(expected);
    for (const file of found)
      expect([file, nativePlatforms(path.join(repositoryRoot, file))]).toEqual([
        file,
        expect.arrayContaining([target]),
      ]);
    const bytes = files.reduce((sum, file) => sum + statSync(path.join(repositoryRoot, file)).size, 0);
    expect(bytes).toBeLessThan(80_000_000);
    // What loads them is the same everywhere.
    for (const name of ["onnxruntime-node/dist/index.js", "onnxruntime-common/package.json", "usearch/package.json"])
      expect(files).toContain(`node_modules/${name}`);
  });

test("a native file is known by its header", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "hotpath-native-"));
  const platformsOf = (fill: (bytes: Buffer) => void): readonly string[] => {
    const bytes = Buffer.alloc(128);
    fill(bytes);
    writeFileSync(path.join(folder, "file"), bytes);
    return nativePlatforms(path.join(folder, "file"));
  };
  try {
    expect(platformsOf((bytes) => bytes.writeUInt32BE(0x7f454c46) && bytes.writeUInt16LE(183, 18))).toEqual([
      "linux-arm64",
    ]);
    expect(platformsOf((bytes) => bytes.writeUInt32LE(0xfeedfacf) && bytes.writeUInt32LE(0x01000007, 4))).toEqual([
      "darwin-x64",
    ]);
    const both = (bytes: Buffer): void => {
      bytes.writeUInt32BE(0xcafebabe);
      bytes.writeUInt32BE(2, 4);
      bytes.writeUInt32BE(0x01000007, 8);
      bytes.writeUInt32BE(0x0100000c, 28);
    };
    expect(platformsOf(both)).toEqual(["darwin-x64", "darwin-arm64"]);
    const windows = (bytes: Buffer): void => {
      bytes.write("MZ", "latin1");
      bytes.writeUInt32LE(80, 0x3c);
      bytes.writeUInt16LE(0x8664, 84);
    };
    expect(platformsOf(windows)).toEqual(["win32-x64"]);
    expect(platformsOf((bytes) => bytes.write("no native file"))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
