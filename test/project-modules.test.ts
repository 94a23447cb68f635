/** Which file an import means: extensions, indexes, aliases, workspace packages, private imports, CommonJS. */
import { expect, test } from "vitest";
import { linkFiles } from "./harness/link-files.js";

const load = { "src/load.ts": "export function load() {}" };

test.each([
  ["./load", "src/main.ts"],
  ["./load.js", "src/main.ts"],
  ["../src/load.ts", "src/main.ts"],
])("a relative specifier %s finds its source", (specifier, from) => {
  const project = linkFiles({ ...load, [from]: `import { load } from "${specifier}"; load();` });
  expect(project.call("load")).toBe("src/load.ts#load");
});

test("a folder means its index, and a compiled name maps to its source", () => {
  const project = linkFiles({
    "src/db/index.ts": "export function open() {}",
    "src/view.tsx": "export function view() {}",
    "src/main.ts": `import { open } from "./db"; import { view } from "./view.jsx"; open(); view();`,
  });
  expect(project.call("open")).toBe("src/db/index.ts#open");
  expect(project.call("view")).toBe("src/view.tsx#view");
});

test("tsconfig paths apply through extends, with comments and trailing commas; the nearest config wins", () => {
  const project = linkFiles({
    "tsconfig.base.json": `{ // shared
      "compilerOptions": { "paths": { "@lib/*": ["./lib/*"], }, }, }`,
    "app/tsconfig.json": `{ "extends": "../tsconfig.base", "compilerOptions": { "baseUrl": ".", "paths": { "~/*": ["src/*"] } } }`,
    "lib/tsconfig.json": `{ "extends": "../tsconfig.base.json" }`,
    "lib/money.ts": "export function round() {}",
    "lib/price.ts": `import { round } from "@lib/money"; round();`,
    "app/src/user.ts": "export function user() {}",
    "app/main.ts": `import { user } from "~/user"; import { user as again } from "src/user"; import { round } from "@lib/money"; user(); again(); round();`,
  });
  expect(project.call("round", "lib/price.ts")).toBe("lib/money.ts#round");
  expect(project.call("user")).toBe("app/src/user.ts#user");
  expect(project.call("again")).toBe("app/src/user.ts#user");
  expect(project.call("round", "app/main.ts")).toBe("lib/money.ts#round");
});

test("workspace packages resolve by name: exports with conditions and patterns, main in a build folder, bare subpaths", () => {
  const project = linkFiles({
    "packages/db/package.json": `{ "name": "@acme/db", "exports": { ".": { "import": "./dist/index.mjs", "types": "./dist/index.d.ts" }, "./models/*": "./dist/models/*.js", "./types": "./dist/types/index.js" } }`,
    "packages/db/src/types/index.ts": "export function typed() {}",
    "packages/db/src/index.ts": "export function connect() {}",
    "packages/db/src/models/user.ts": "export function user() {}",
    "packages/log/package.json": `{ "name": "log", "main": "lib/cjs/index.js" }`,
    "packages/log/src/index.ts": "export function write() {}",
    "packages/orm/package.json": `{ "name": "@acme/orm" }`,
    "packages/orm/client.ts": "export function client() {}",
    "app/main.ts": `import { connect } from "@acme/db"; import { user } from "@acme/db/models/user"; import { write } from "log"; import { client } from "@acme/orm/client"; import { typed } from "@acme/db/types"; typed();
      connect(); user(); write(); client();`,
  });
  expect(project.call("connect")).toBe("packages/db/src/index.ts#connect");
  expect(project.call("user")).toBe("packages/db/src/models/user.ts#user");
  expect(project.call("typed")).toBe("packages/db/src/types/index.ts#typed");
  expect(project.call("write")).toBe("packages/log/src/index.ts#write");
  expect(project.call("client")).toBe("packages/orm/client.ts#client");
});

test("private imports, Node built-ins and packages", () => {
  const project = linkFiles({
    "package.json": `{ "name": "app", "imports": { "#db": "./dist/db.js", "#http/*": "./src/http/*.ts" }, "dependencies": { "express": "4" } }`,
    "src/db.ts": "export function open() {}",
    "src/http/serve.ts": "export function serve() {}",
    "src/main.ts": `import { open } from "#db"; import { serve } from "#http/serve"; import fs from "fs"; import { readFile } from "fs/promises"; import express, { Router } from "express";
      const http = require("http");
      open(); serve(); fs.readFileSync("x"); readFile("x"); express(); express.json(); Router(); http.createServer();`,
  });
  expect(project.call("open")).toBe("src/db.ts#open");
  expect(project.call("serve")).toBe("src/http/serve.ts#serve");
  expect(project.call("fs.readFileSync")).toBe("node:fs#readFileSync, blocks fs");
  expect(project.call("readFile")).toBe("node:fs/promises#readFile");
  expect(project.call("express")).toBe("express#default");
  expect(project.call("express.json")).toBe("express#json");
  expect(project.call("Router")).toBe("express#Router");
  expect(project.call("http.createServer")).toBe("node:http#createServer");
});

test("exports of every form arrive where they are imported", () => {
  const project = linkFiles({
    "a.ts":
      "export function one() {} function two() {} export { two as deux }; export default function three() {} export const four = () => {};",
    "b.ts": `export * from "./a"; export * as all from "./a"; export { default as drei } from "./a"; import { one } from "./a"; export { one as uno };`,
    "main.ts": `import { one, deux, all, drei, uno } from "./b"; import three, * as ns from "./a"; one(); deux(); all.four(); drei(); uno(); three(); ns.one(); ns.default();`,
  });
  const calls = ["one", "deux", "all.four", "drei", "uno", "three", "ns.one", "ns.default"].map((name) =>
    project.call(name),
  );
  expect(calls).toEqual(["one", "two", "four", "three", "one", "three", "one", "three"].map((name) => `a.ts#${name}`));
});

test("CommonJS: module.exports as function and as object, exports.x, require of both", () => {
  const project = linkFiles({
    "single.js": "function single() {} module.exports = single;",
    "table.js": "function first() {} module.exports = { first, second() {} };",
    "named.js": "exports.third = () => {};",
    "main.js": `const single = require("./single"); const { first, second } = require("./table"); const named = require("./named"); const table = require("./table");
      single(); first(); second(); named.third(); table.first();`,
    "esm.ts": `import table from "./table.js"; import single from "./single.js"; table.second(); single();`,
  });
  expect(project.call("single", "main.js")).toBe("single.js#single");
  expect(project.call("first")).toBe("table.js#first");
  expect(project.call("second")).toBe("table.js#second");
  expect(project.call("named.third")).toBe("named.js#third");
  expect(project.call("table.first")).toBe("table.js#first");
  expect(project.call("table.second")).toBe("table.js#second");
  expect(project.call("single", "esm.ts")).toBe("single.js#single");
});

test("CommonJS: an alias of module.exports, filled here and by the functions it is given to", () => {
  const project = linkFiles({
    "topics.js": `const Topics = module.exports; Topics.get = function () { return Topics.create(); }; require("./create")(Topics);`,
    "create.js": "module.exports = function (Topics) { Topics.create = async function () { Topics.get(); }; };",
    "main.js": `const topics = require("./topics"); topics.get(); topics.create();`,
  });
  expect(project.call("topics.get")).toBe("topics.js#get");
  expect(project.call("topics.create")).toBe("create.js#create");
  expect(project.call("Topics.create")).toBe("create.js#create");
  expect(
    project.edit("create.js", "module.exports = function (Topics) { Topics.make = async function () {}; };"),
  ).toContain("main.js");
  expect(project.call("topics.create")).toBe("");
  expect(project.edit("topics.js", "const Topics = module.exports; Topics.create = () => 1;")).toContain("main.js");
  expect(project.call("topics.create")).toBe("topics.js#create");
});

test("stars and extends in circles come to an end", () => {
  const project = linkFiles({
    "tsconfig.json": `{ "extends": "./tsconfig.json" }`,
    "a.ts": `export * from "./b"; export function real() {}`,
    "b.ts": `export * from "./a"; export { ghost } from "./a";`,
    "main.ts": `import { real, ghost, nothing } from "./b"; real(); ghost(); nothing();`,
  });
  expect(project.call("real")).toBe("a.ts#real");
  expect(project.call("ghost")).toBe("");
  expect(project.call("nothing")).toBe("");
});

test("a specifier that must lead into the workspace but does not is reported", () => {
  const { linker } = linkFiles({
    "src/main.ts": `import a from "./gone"; import b from "@/gone"; import c from "lodash";`,
  });
  expect(linker.unresolvedModules("/case/src/main.ts")).toEqual(["./gone", "@/gone"]);
});
