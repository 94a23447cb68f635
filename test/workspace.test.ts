/** Finding and reading the files of a workspace, and the store of facts. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { extractFacts } from "../server/src/facts/extract.js";
import { defaultCacheFolder } from "../server/src/workspace/cache-folder.js";
import { discover, isDiscoverable } from "../server/src/workspace/discover.js";
import { decodeFacts, encodeFacts } from "../server/src/workspace/facts-codec.js";
import { openFactStore } from "../server/src/workspace/fact-store.js";
import { glanceAt } from "../server/src/workspace/glance.js";
import { classifyText, readSource } from "../server/src/workspace/read-source.js";
import { repositoryFiles, repositoryRoot } from "./harness/repository.js";
import { FLAWED, temporaryWorkspace, type TemporaryWorkspace } from "./harness/temporary-workspace.js";

const state: { workspace: TemporaryWorkspace } = { workspace: temporaryWorkspace() };
beforeEach(() => {
  state.workspace = temporaryWorkspace();
});
afterEach(() => state.workspace.dispose());

const CODE = "export const a = 1;\n";

function found(exclude: readonly string[] = []): readonly string[] {
  const { root } = state.workspace;
  return discover([root], exclude).sources.map((file) => path.relative(root, file));
}

function write(...names: readonly string[]): void {
  state.workspace.write(Object.fromEntries(names.map((name) => [name, CODE])));
}

// ------------------------------------------------------------------------------------------------ discovery

test("sources in every spelling, and nothing else", () => {
  const sources = ["a.ts", "b.tsx", "c.mts", "d.cts", "e.js", "f.jsx", "g.mjs", "h.cjs", "types.d.ts"];
  write(...sources, "i.json", "j.css", "k.ts.bak", "README.md", "l.min.js", "m.bundle.js", "ts");
  expect(found()).toEqual([...sources].sort());
});

test("dependencies and build output are left out, folders of the same name among the sources are not", () => {
  write(
    "node_modules/x/index.js",
    "packages/a/node_modules/x/index.js",
    ".git/hooks/a.js",
    "dist/a.js",
    "packages/a/build/a.js",
    "coverage/a.js",
    ".next/server/a.js",
    "storybook-static/a.js",
    "packages/a/lib/a.ts",
    "src/build/a.ts",
    "src/vendor/a.ts",
    "apps/server/src/out/a.ts",
  );
  expect(found()).toEqual(["apps/server/src/out/a.ts", "packages/a/lib/a.ts", "src/build/a.ts", "src/vendor/a.ts"]);
});

test("ignore files at every level, negation, the repository's own exclude file, patterns of the user", () => {
  write("a.ts", "b.ts", "deep/a.ts", "deep/b.ts", "deep/er/b.ts", "local.ts", "mine/a.ts", "kept/b.ts");
  state.workspace.write({
    ".gitignore": "b.ts\n!kept/b.ts\n",
    "deep/.gitignore": "*.ts\n!b.ts\n",
    ".git/info/exclude": "local.ts\n",
  });
  expect(found(["/mine/"])).toEqual(["a.ts", "deep/b.ts", "deep/er/b.ts", "kept/b.ts"]);
});

test("links are not followed, whatever they point at", () => {
  const { at, root } = state.workspace;
  write("src/a.ts");
  const outside = path.join(root, "../outside");
  mkdirSync(outside);
  writeFileSync(path.join(outside, "secret.ts"), CODE);
  symlinkSync(outside, at("src/outside"));
  symlinkSync(path.join(outside, "secret.ts"), at("src/secret.ts"));
  symlinkSync("..", at("src/loop"));
  symlinkSync("missing", at("src/missing.ts"));
  expect(found()).toEqual(["src/a.ts"]);
});

test("pipes in the tree are not opened", () => {
  write("src/a.ts");
  const pipe = state.workspace.at("src/pipe.ts");
  execFileSync("mkfifo", [pipe]);
  expect(found()).toEqual(["src/a.ts"]);
  expect(readSource(pipe, 1000)).toEqual({ kind: "gone" });
});

test("a folder that cannot be read is a problem, and the rest is found", () => {
  write("src/a.ts");
  // A root that is a file fails the way an unreadable folder does, also for a user who may read everything.
  const file = state.workspace.at("src/a.ts");
  const { sources, problems } = discover([state.workspace.root, file], []);
  expect(sources).toEqual([file]);
  expect(problems).toEqual([{ path: file, message: "this folder cannot be read (ENOTDIR) and was skipped" }]);
  chmodSync(state.workspace.at("src"), 0o000);
  const locked = discover([state.workspace.root], []);
  chmodSync(state.workspace.at("src"), 0o755);
  expect(locked.problems.length + locked.sources.length).toBe(1);
});

test("deep and wide trees are walked", () => {
  const deep = Array.from({ length: 300 }, (_, i) => `d${i % 10}`).join("/");
  write(`${deep}/a.ts`, ...Array.from({ length: 300 }, (_, i) => `wide/f${i}/a.ts`));
  expect(found()).toHaveLength(301);
});

test("manifests are listed apart", () => {
  state.workspace.write({
    "tsconfig.json": "{}",
    "tsconfig.build.json": "{}",
    "packages/a/jsconfig.json": "{}",
    "x.json": "{}",
  });
  expect(
    discover([state.workspace.root], []).manifests.map((file) => path.relative(state.workspace.root, file)),
  ).toEqual(["package.json", "packages/a/jsconfig.json", "tsconfig.build.json", "tsconfig.json"]);
});

const NAMES = ["a", "b", "lib", "x.ts", "y.ts", "a.ts"];
const PATTERNS = [
  "a",
  "/a",
  "a/",
  "*.ts",
  "!x.ts",
  "!*.ts",
  "b/x.ts",
  "/b/*.ts",
  "**/lib",
  "lib/**",
  "!lib/",
  "a/**/x.ts",
  "#a",
  "\\!a",
  "?.ts",
  "[xy].ts",
  "!/a/",
  "x.ts  ",
];

/** Git itself says which untracked files are not ignored. */
function gitFiles(root: string): readonly string[] {
  const out = execFileSync("git", ["ls-files", "--others", "--exclude-standard", "-z"], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
  });
  return out
    .split("\0")
    .filter((name) => name.endsWith(".ts"))
    .sort();
}

test("ignore files mean what git takes them to mean", () => {
  const { root, at, write: put } = state.workspace;
  execFileSync("git", ["init", "-q", root]);
  const file = fc
    .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 })
    .map((parts) => `${parts.filter((part) => !part.endsWith(".ts")).join("/")}/z.ts`.replace(/^\//, ""));
  const rules = fc.array(fc.constantFrom(...PATTERNS), { maxLength: 4 }).map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(
      fc.array(file, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...NAMES.slice(0, 3)),
      rules,
      rules,
      (files, folder, above, below) => {
        for (const name of readdirSync(root)) if (name !== ".git") rmSync(at(name), { recursive: true });
        const names = files.flatMap((name) => [name, name.replace("z.ts", "x.ts")]);
        put({
          ...Object.fromEntries(names.map((name) => [name, CODE])),
          ".gitignore": above,
          [`${folder}/.gitignore`]: below,
        });
        expect(found()).toEqual(gitFiles(root));
        for (const name of names)
          expect([name, isDiscoverable(at(name), root, [])]).toEqual([name, found().includes(name)]);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

// ------------------------------------------------------------------------------------------------ reading

test("texts nobody wrote are told apart from those that only speak of them", () => {
  const kinds = (text: string): string => classifyText(text).kind;
  expect(kinds("// @generated by a tool\nexport const a = 1;\n")).toBe("generated");
  expect(kinds("/* eslint-disable */\n// This file is auto-generated. Do not edit.\nexport const a = 1;\n")).toBe(
    "generated",
  );
  expect(kinds("// Code generated by protoc. DO NOT EDIT.\n")).toBe("generated");
  expect(kinds('export const header = "// @generated";\n')).toBe("text");
  expect(kinds("/** Writes files marked as such. */\nconst MARK = '@generated';\n")).toBe("text");
  expect(kinds(`var a=1;${"b();".repeat(4000)}`)).toBe("generated");
  expect(kinds("const line = 1;\n".repeat(4000))).toBe("text");
  expect(kinds("")).toBe("text");
});

test("a file over the limit, one with zeros in it, one that is gone, one that is a folder", () => {
  const { at } = state.workspace;
  state.workspace.write({
    "big.ts": "x".repeat(3 * 2 ** 20),
    "binary.ts": Buffer.from([1, 0, 2]),
    "folder.ts/a.txt": "",
  });
  expect(readSource(at("big.ts"), 2 ** 21)).toEqual({
    kind: "skipped",
    reason: "skipped: 3.0 MiB is over the limit of 2.0 MiB; raise hotpath.maxFileSize to include it",
  });
  expect(readSource(at("binary.ts"), 100)).toEqual({ kind: "skipped", reason: "skipped: binary content" });
  expect(readSource(at("missing.ts"), 100)).toEqual({ kind: "gone" });
  expect(readSource(at("folder.ts"), 2 ** 21).kind).toBe("gone");
});

test("a glance sees every module that parsing sees, in our own files", () => {
  const ours = repositoryFiles().filter((name) => /^(client|server|test)\/.*\.tsx?$/.test(name));
  expect(ours.length).toBeGreaterThan(100);
  for (const name of ours.filter((_, i) => i % 3 === 0)) {
    const source = readSource(path.join(repositoryRoot, name), 2 ** 21);
    if (source.kind !== "text") continue;
    const facts = extractFacts(name, source.text);
    const glance = glanceAt(source.text);
    const seen = new Set(glance.modules.map(({ module }) => module));
    const wanted = [...facts.imports.map(({ module }) => module), ...facts.exports.flatMap((one) => one.module ?? [])];
    expect([name, wanted.filter((module) => !seen.has(module))]).toEqual([name, []]);
    expect(glance.hasIgnoreComment || facts.suppressions.length === 0).toBe(true);
  }
});

test("a glance tells types from values, and the directive at the head", () => {
  const text = `// licence\n"use client";\nimport type { A } from "./a";\nimport { type B } from "./b";\nexport type { C } from "./c";\nconst d = require("./d");\nimport e = require("./e");\n`;
  const { modules, directives } = glanceAt(text);
  expect(directives).toEqual(["use client"]);
  expect(modules).toEqual([
    { module: "./a", typeOnly: true },
    { module: "./b" },
    { module: "./c", typeOnly: true },
    { module: "./d" },
    { module: "./e" },
  ]);
});

// ------------------------------------------------------------------------------------------------ the store

const facts = extractFacts("a.ts", FLAWED);
const quiet = (): void => undefined;

test("facts come out of the store as they went in, and nothing else does", async () => {
  const { cache } = state.workspace;
  const store = openFactStore(cache, quiet);
  store.put("one", encodeFacts(facts));
  store.put("junk", Buffer.from("not facts"));
  store.put("foreign", Buffer.concat([encodeFacts(facts), Buffer.from([1, 2, 3])]).subarray(5));
  store.remember("text", "å text");
  await store.close();

  const again = openFactStore(cache, quiet);
  expect(again.get("one")).toEqual(facts);
  expect(again.get("two")).toBeUndefined();
  expect(again.get("junk")).toBeUndefined();
  expect(again.get("foreign")).toBeUndefined();
  expect(again.recall("text")).toBe("å text");
  expect(again.recall("other")).toBeUndefined();
  await again.close();
});

test("bytes of another extractor version, or with a table missing, are no facts", () => {
  expect(decodeFacts(encodeFacts(facts))).toEqual(facts);
  expect(decodeFacts(encodeFacts({ ...facts, extractorVersion: -1 }))).toBeUndefined();
  expect(decodeFacts(encodeFacts({ ...facts, exprs: undefined as never }))).toBeUndefined();
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 0, max: 255 }), (at, value) => {
      const bytes = Uint8Array.from(encodeFacts(facts));
      bytes[at % bytes.length] = value;
      decodeFacts(bytes);
    }),
  );
});

test("only its owner may enter the store", async () => {
  const { cache } = state.workspace;
  const store = openFactStore(cache, quiet);
  store.put("one", encodeFacts(facts));
  await store.close();
  if (process.platform === "win32") return;
  expect(statSync(cache).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(cache).filter((one) => one.endsWith(".mdb")))
    expect(statSync(path.join(cache, name)).mode & 0o777).toBe(0o600);
});

test("stores of other versions are cleared away once they are old or many, unless somebody uses them", async () => {
  const { cache } = state.workspace;
  await openFactStore(cache, quiet).close();
  const own = readdirSync(cache).filter((name) => name.endsWith(".mdb"));
  const put = (name: string, daysAgo: number): void => {
    writeFileSync(path.join(cache, name), "old");
    const at = Date.now() / 1000 - daysAgo * 86_400;
    utimesSync(path.join(cache, name), at, at);
  };
  put("facts-1-1.mdb", 20);
  put("facts-1-1-a.mdb", 3);
  put("facts-1-1-b.mdb", 2);
  put("facts-1-1-c.mdb", 4);
  put("facts-1-1-d.mdb", 30);
  put(`facts-1-1-d.mdb.used-by-${process.pid}-0`, 30);
  put("notes.txt", 30);
  await openFactStore(cache, quiet).close();
  const left = readdirSync(cache).filter((name) => name.endsWith(".mdb"));
  expect(left.sort()).toEqual([...own, "facts-1-1-a.mdb", "facts-1-1-b.mdb", "facts-1-1-d.mdb"].sort());
  expect(readdirSync(cache)).toContain("notes.txt");
});

test("a process that was killed costs the store only if it was writing", async () => {
  const { cache } = state.workspace;
  const lines: string[] = [];
  const open = (): ReturnType<typeof openFactStore> => openFactStore(cache, (line) => lines.push(line));
  const first = open();
  first.put("one", encodeFacts(facts));
  await first.close();
  const store = readdirSync(cache).find((name) => name.endsWith(".mdb")) ?? "";
  const notes = (): readonly string[] => readdirSync(cache).filter((name) => name.includes(".used-by-"));
  expect(notes()).toEqual([]);

  const { pid } = spawnSync(process.execPath, ["--version"]);
  const killed = path.join(cache, `${store}.used-by-${pid}-0`);
  writeFileSync(killed, "");
  const second = open();
  expect(second.get("one")).toEqual(facts);
  expect(notes()).toHaveLength(1);
  expect(notes()).not.toContain(path.basename(killed));
  await second.close();
  expect(lines).toEqual([]);

  writeFileSync(killed, "writing");
  const third = open();
  expect(third.get("one")).toBeUndefined();
  expect(lines).toEqual([expect.stringMatching(/rebuilt: its last user died while writing/)]);
  await third.close();
});

test("the cache lies where the platform keeps caches", () => {
  expect(defaultCacheFolder({ HOTPATH_CACHE_DIR: "/own" }, "linux")).toBe("/own");
  expect(defaultCacheFolder({ XDG_CACHE_HOME: "/xdg" }, "linux")).toBe("/xdg/hotpath");
  expect(defaultCacheFolder({ XDG_CACHE_HOME: "relative" }, "linux")).toMatch(/\.cache\/hotpath$/);
  expect(defaultCacheFolder({}, "darwin")).toMatch(/Library\/Caches\/hotpath$/);
  expect(defaultCacheFolder({ LOCALAPPDATA: "C:\\Users\\a\\AppData\\Local" }, "win32")).toMatch(/hotpath$/);
});
