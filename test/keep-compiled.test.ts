/** Compiled code that Node keeps for the command line. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { keepCompiled } from "../server/src/workspace/keep-compiled.js";

const scratch = mkdtempSync(path.join(tmpdir(), "hotpath-compiled-"));
const cache = path.join(scratch, "hotpath");
const env = { HOTPATH_CACHE_DIR: cache };
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const argv = ["node", "cli.js", "check"];

function ask(circumstances: Partial<Parameters<typeof keepCompiled>[0]>): {
  readonly answer: string | undefined;
  readonly folders: readonly string[];
} {
  const folders: string[] = [];
  const enable = (folder: string): number => folders.push(folder);
  return { answer: keepCompiled({ argv, env, enable, ...circumstances }), folders };
}

test("it is kept beside the user's own cache", () => {
  const folder = path.join(cache, "compiled");
  expect(ask({})).toEqual({ answer: folder, folders: [folder] });
  if (process.platform !== "win32") expect(statSync(cache).mode & 0o777).toBe(0o700);
});

test("nothing is kept where nobody wants it, where somebody has chosen a folder, and where Node or the disk cannot", () => {
  const file = path.join(scratch, "file");
  writeFileSync(file, "");
  expect(ask({ env: { HOTPATH_CACHE_DIR: file } })).toEqual({ answer: undefined, folders: [] });
  expect(ask({ argv: [...argv, "--no-cache"] }).folders).toEqual([]);
  expect(ask({ env: { ...env, NODE_COMPILE_CACHE: "/elsewhere" } }).folders).toEqual([]);
  expect(ask({ enable: undefined }).answer).toBeUndefined();
});
