/** What an edit makes linked again, and what it leaves alone. */
import { expect, test } from "vitest";
import { linkFiles } from "./harness/link-files.js";

const files = {
  "repo.ts": `import { db } from "./db"; export class Repo { find() { return db.user.findMany(); } kind: Kind = 1; count() { return 1; } } type Kind = 1 | 2;`,
  "db.ts": `import { PrismaClient } from "@prisma/client"; export const db = new PrismaClient();`,
  "service.ts": `import { Repo } from "./repo"; export class Service { constructor(private repo: Repo) {} run() { return this.repo.find(); } }`,
  "other.ts": "export function other() {}",
};

test("an edit inside a body links only its file again", () => {
  const project = linkFiles(files);
  expect(project.edit("repo.ts", files["repo.ts"].replace("return 1", "const x = 1; return x + 2"))).toEqual([
    "repo.ts",
  ]);
  expect(project.edit("repo.ts", `// moved\n${files["repo.ts"]}`)).toEqual(["repo.ts"]);
  expect(project.call("this.repo.find")).toBe("repo.ts#Repo.find");
});

test("an edit that others can see links its readers again", () => {
  const project = linkFiles(files);
  expect(project.edit("repo.ts", files["repo.ts"].replace("find()", "search()"))).toEqual(["repo.ts", "service.ts"]);
  expect(project.call("this.repo.find")).toBe("");
  expect(project.edit("repo.ts", files["repo.ts"])).toEqual(["repo.ts", "service.ts"]);
  expect(project.call("this.repo.find")).toBe("repo.ts#Repo.find");
});

test("what a function gives is part of what others see, through several files", () => {
  const project = linkFiles({
    ...files,
    "make.ts": `import { db } from "./db"; export function make() { return db; }`,
    "again.ts": `export { make } from "./make";`,
    "use.ts": `import { make } from "./again"; export async function use() { await make().user.count(); }`,
  });
  expect(project.operations("use.ts")).toEqual(["prisma.count user read one"]);
  expect(project.edit("make.ts", "export function make() { return {}; }")).toEqual(["make.ts", "use.ts"]);
  expect(project.operations("use.ts")).toEqual([]);
  expect(project.edit("db.ts", "export const db = 1;")).toEqual(["db.ts", "repo.ts"]);
});

test("functions that move to another place in the table are pointed at anew", () => {
  const project = linkFiles(files);
  const edited = files["repo.ts"].replace("export class", "const before = () => () => 1; export class");
  expect(project.edit("repo.ts", edited)).toEqual(["repo.ts", "service.ts"]);
  expect(project.call("this.repo.find")).toBe("repo.ts#Repo.find");
});

test("what becomes of a function that is given is part of what others see", () => {
  const each = (body: string): string => `export function each(items, fn, { done }) { ${body} done(); }`;
  const project = linkFiles({
    "each.ts": each("for (const item of items) fn(item);"),
    "use.ts": `import { each } from "./each"; export function use(rows) { each(rows, (row) => row, { done() {} }); }`,
  });
  expect(project.call("each")).toBe("each.ts#each, per-element of rows: use.ts#anonymous, once: use.ts#done");
  expect(project.edit("each.ts", each("const x = 1; for (const item of items) fn(item), x;"))).toEqual(["each.ts"]);
  expect(project.edit("each.ts", each("fn(items);"))).toEqual(["each.ts", "use.ts"]);
  expect(project.call("each")).toBe("each.ts#each, once: use.ts#anonymous, once: use.ts#done");
  expect(
    project.edit("each.ts", `export function each(items, fn, { done }) { fn(); setTimeout(() => done()); }`),
  ).toEqual(["each.ts", "use.ts"]);
  expect(project.call("each")).toBe("each.ts#each, once: use.ts#anonymous, deferred: use.ts#done");
});

test("a file that comes satisfies an import; one that goes leaves it open", () => {
  const project = linkFiles({
    "main.ts": `import { late } from "./late"; late();`,
    "other.ts": "export function other() {}",
  });
  expect(project.call("late")).toBe("");
  expect(project.edit("late.ts", "export function late() {}")).toEqual(["late.ts", "main.ts"]);
  expect(project.call("late")).toBe("late.ts#late");
  expect(project.edit("late.ts", undefined)).toEqual(["main.ts"]);
  expect(project.call("late")).toBe("");
});

test("a nearer file takes an import over", () => {
  const project = linkFiles({ "lib/index.ts": "export function f() {}", "main.ts": `import { f } from "./lib"; f();` });
  expect(project.call("f")).toBe("lib/index.ts#f");
  expect(project.edit("lib.ts", "export function f() {}")).toEqual(["lib.ts", "main.ts"]);
  expect(project.call("f")).toBe("lib.ts#f");
});

test("a name that starts to come through a barrel reaches its users; other names behind it do not disturb them", () => {
  const project = linkFiles({
    "one.ts": "export function one() {}",
    "two.ts": "export function two() { return 1; }",
    "index.ts": `export * from "./one"; export * from "./two";`,
    "use.ts": `import { one, three } from "./index"; one(); three();`,
  });
  expect(project.edit("two.ts", "export function two() { return () => 2; }")).toEqual(["two.ts"]);
  expect(project.edit("two.ts", "export function two() {} export function three() {}")).toEqual(["two.ts", "use.ts"]);
  expect(project.call("three")).toBe("two.ts#three");
});

test("a second implementation makes the first one a guess", () => {
  const project = linkFiles({
    "port.ts": "export interface Port { send(): void }",
    "one.ts": `import { Port } from "./port"; export class One implements Port { send() {} }`,
    "use.ts": `import { Port } from "./port"; export function use(port: Port) { port.send(); }`,
  });
  expect(project.call("port.send")).toBe("one.ts#One.send");
  expect(
    project.edit("two.ts", `import { Port } from "./port"; export class Two implements Port { send() {} }`),
  ).toEqual(["two.ts", "use.ts"]);
  expect(project.call("port.send")).toBe("one.ts#One.send, two.ts#Two.send, ?");
  project.edit("two.ts", undefined);
  expect(project.call("port.send")).toBe("one.ts#One.send");
});

test("after any edits the links are those of a fresh start", () => {
  const project = linkFiles(files);
  const now = new Map(Object.entries(files));
  const edits: [string, string | undefined][] = [
    ["service.ts", files["service.ts"].replace("find", "count")],
    ["db.ts", "export const db = { user: { findMany() {} } };"],
    ["other.ts", undefined],
    ["repo.ts", `export { Repo } from "./real";`],
    ["real.ts", files["repo.ts"]],
    ["db.ts", files["db.ts"]],
    ["service.ts", files["service.ts"]],
  ];
  for (const [name, text] of edits) {
    project.edit(name, text);
    if (text === undefined) now.delete(name);
    else now.set(name, text);
    const fresh = linkFiles(Object.fromEntries(now));
    for (const file of now.keys())
      expect(project.linker.link(`/case/${file}`)).toEqual(fresh.linker.link(`/case/${file}`));
  }
});
