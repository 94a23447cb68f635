/** Housekeeping that a reader would otherwise have to remember: sizes, leftovers, paths in prose, traces of one machine. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { repositoryFiles, repositoryRoot } from "./harness/repository.js";

const files = repositoryFiles();
const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), "utf8");
const lineCount = (file: string): number => read(file).split("\n").length - 1;

const sources = files.filter((file) => /^(?:protocol|client|server|scripts)\/.*\.ts$/.test(file));
const texts = files.filter((file) => !/\.(?:png|gif|onnx|wasm|ico|tgz)$/.test(file));

/** Sources over their cap, with their size. A number here may only get smaller, and a file under its cap leaves the list. */
const oversized: Readonly<Record<string, number>> = {};

const capOf = (file: string): number => (file.startsWith("client/") ? 150 : 400);

test("source files stay small", () => {
  const faults = sources
    .filter((file) => (oversized[file] ?? capOf(file)) < lineCount(file))
    .map((file) => `${file} has ${lineCount(file)} lines, its cap is ${oversized[file] ?? capOf(file)}`);
  expect(faults.join("\n")).toBe("");
});

test("the list of oversized files only shrinks", () => {
  const stale = Object.keys(oversized).filter((file) => !sources.includes(file) || lineCount(file) <= capOf(file));
  expect(stale).toEqual([]);
});

test("the median source file is under 120 lines", () => {
  const sizes = sources.map(lineCount).sort((a, b) => a - b);
  expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(120);
});

/** Every line of the given files that matches, as `file:line: text`. */
function linesMatching(pattern: RegExp, inFiles: readonly string[]): string[] {
  return inFiles.flatMap((file) =>
    read(file)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

// The patterns below are put together from pieces, because this file is searched too.

test("a deferred piece of work names the condition that ends it", () => {
  const ours = files.filter((file) => /\.(?:ts|mjs|sh)$/.test(file) && !file.startsWith("test/workspaces/"));
  const words = ["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|");
  const unconditional = new RegExp(String.raw`\b(?:${words})\b(?!.*\b(?:when|once|until|after)\b)`);
  expect(linesMatching(unconditional, ours).join("\n")).toBe("");
});

test("no test is skipped or singled out", () => {
  const tests = files.filter((file) => /^test\/.*\.test\.ts$/.test(file));
  const disabled = new RegExp(
    String.raw`\b(?:it|test|describe)\.(?:sk` + String.raw`ip|on` + String.raw`ly|to` + String.raw`do)\b`,
  );
  expect(linesMatching(disabled, tests).join("\n")).toBe("");
});

test("nothing names one machine or a package registry", () => {
  const folders = ["wo" + "rk", "tmp/bash" + "_jobs", "fa" + "rm"].join("|");
  const hosts = [String.raw`registry\.[\w-]+\.\w+`, String.raw`\w+\.inter` + String.raw`nal(?=[:/])`].join("|");
  const trace = new RegExp(String.raw`(?:^|[\s"'\x60(=:])/(?:${folders})/|https?://(?:[\w.-]+@)?(?:${hosts})`);
  const searched = texts.filter((file) => !file.startsWith("test/workspaces/"));
  expect(linesMatching(trace, searched).join("\n")).toBe("");
});

test("the lock file leaves the registry to the reader", () => {
  expect(linesMatching(/"resolved":/, ["package-lock.json"])).toEqual([]);
});

/** Paths that prose names: link targets relative to the page, and code spans that start with a folder of this repository. */
function pathsNamedIn(page: string): { readonly name: string; readonly file: string }[] {
  const prose = read(page).replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, "");
  const links = [...prose.matchAll(/\]\((?!\w+:|#)([^)\s#]+)/g)].map(([, name = ""]) => ({
    name,
    file: path.posix.join(path.posix.dirname(page), decodeURI(name)),
  }));
  const spans = [...prose.matchAll(/`([\w.@-]+(?:\/[\w.@-]+)*\/?)`/g)]
    .map(([, name = ""]) => ({ name, file: name }))
    .filter(({ name }) => topLevel.has(name.split("/")[0] ?? "") && name.includes("/"));
  return [...links, ...spans];
}

const topLevel = new Set(files.map((file) => file.split("/")[0] ?? ""));

test("every path in our Markdown exists", () => {
  const pages = files.filter((file) => /^(?:[^/]+|docs\/.*)\.md$/.test(file));
  const missing = pages.flatMap((page) =>
    pathsNamedIn(page)
      .filter(({ file }) => !existsSync(path.join(repositoryRoot, file)))
      .map(({ name }) => `${page}: ${name}`),
  );
  expect(missing.join("\n")).toBe("");
});
