/** Compiled code that Node keeps for the command line. */
import path from "node:path";
import { expect, test } from "vitest";
import { keepCompiled } from "../server/src/workspace/keep-compiled.js";

const env = { HOTPATH_CACHE_DIR: "/caches/hotpath" };
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
  const folder = path.join("/caches/hotpath", "compiled");
  expect(ask({})).toEqual({ answer: folder, folders: [folder] });
});

test("nothing is kept where nobody wants it, where somebody has chosen a folder, and where Node cannot", () => {
  expect(ask({ argv: [...argv, "--no-cache"] }).folders).toEqual([]);
  expect(ask({ env: { ...env, NODE_COMPILE_CACHE: "/elsewhere" } }).folders).toEqual([]);
  expect(ask({ enable: undefined }).answer).toBeUndefined();
});
