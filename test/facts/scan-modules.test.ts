/** Modules found without parsing: every form, nothing missed that the parser finds, and no text that takes long. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { extractFacts } from "../../server/src/facts/extract.js";
import { scanModules } from "../../server/src/facts/scan-modules.js";
import { repositoryFiles, repositoryRoot } from "../harness/repository.js";
import { readFileSync } from "node:fs";
import path from "node:path";

const modulesOf = (text: string): readonly string[] => scanModules(text).map(({ module }) => module);

test.each([
  ['import a from "m"', ["m"]],
  ["import * as a from 'm';import{b}from'n'", ["m", "n"]],
  ['import "m"', ["m"]],
  ['export * from "m"; export { a } from "n"; export * as x from "o"', ["m", "n", "o"]],
  ['const a = require("m"); const { b } = require ( "n" )', ["m", "n"]],
  ['import a = require("m"); export import b = require("n")', ["m", "n"]],
  ['await import("m"); import(`n`)', ["m", "n"]],
  ['import(/* webpackChunkName: "x" */ "m")', ["m"]],
  ['import {\n  a, // first\n  b,\n} from // why\n  /* how */ "m"', ["m"]],
  ["import(`${name}`); require(name); import.meta.url", []],
  ['Array.from("abc"); const from = "x"', []],
  ["from", []],
  ['from "', []],
  ['import "a\nb"', []],
])("modules of %s", (text, expected) => {
  expect(modulesOf(text)).toEqual(expected);
});

test.each([
  ['import type { A } from "m"', true],
  ['export type { A } from "m"', true],
  ['import type A from "m"', true],
  ['import type * as A from "m"', true],
  ['import type from "m"', undefined],
  ['import type, { a } from "m"', undefined],
  ['import { type A } from "m"', undefined],
  ['export type A = string; import { a } from "m"', undefined],
])("%s is for types alone: %s", (text, typeOnly) => {
  expect(scanModules(text)).toEqual([typeOnly === undefined ? { module: "m" } : { module: "m", typeOnly }]);
});

test("whatever the parser loads is found, in our own sources", () => {
  const sources = repositoryFiles().filter((file) => /^(?:server|client|test)\/.*\.ts$/.test(file));
  for (const file of sources) {
    const text = readFileSync(path.join(repositoryRoot, file), "utf8");
    const scanned = new Set(modulesOf(text));
    const missed = extractFacts(file, text).imports.filter(({ module }) => !scanned.has(module));
    expect(missed, file).toEqual([]);
  }
});

test("whatever the parser loads is found, in any order of pieces", () => {
  const piece = fc.constantFrom(
    ...["import ", "export ", "type ", "* ", "as x ", "{ a } ", "from ", '"m" ', "'n' ", "require(", "import(", ") ", "/* c */ "],
    ...["// c\n", "; ", "\n", "x ", "= ", "const y ", "`", "${", "} ", "/", "*/ ", '"', "(", ".", ", "],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const text = pieces.join("");
      const facts = extractFacts("a.ts", text);
      // Where the parser repairs broken code, what it makes of it is a guess.
      if (facts.problems.length > 0) return;
      const scanned = new Set(modulesOf(text));
      const loaded = facts.imports.map(({ module }) => module).filter((module) => module !== "");
      expect(loaded.filter((module) => !scanned.has(module))).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["unclosed comments", "from/*"],
  ["comments closed late", "from/*", "*/"],
  ["chains of comments", "/*from*/"],
  ["line comments without end", "from//"],
  ["statements without a keyword", 'from "x" '],
  ["unclosed strings", "from '"],
  ["blanks after a comment", "from/*", `*/${" ".repeat(300_000)}`],
])("hostile text costs no square: %s", (_, piece, end = "") => {
  const text = piece.repeat(1_500_000 / piece.length) + end;
  const started = performance.now();
  scanModules(text);
  // A square would take minutes; the line is far above what a busy machine needs for 1.5 MB.
  expect(performance.now() - started).toBeLessThan(5_000);
});
