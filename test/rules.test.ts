/** Every case file of every rule, run through the real analyzer. `HOTPATH_UPDATE=1 npm test` rewrites the marks; read the diff before committing. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { catalogRules } from "../server/src/rules/catalog-registry.js";
import { rules } from "../server/src/rules/registry.js";
import { parseCaseFile, renderBlock, type Case } from "../server/src/evaluation/case-file.js";
import { differences, runCase, type CaseResult } from "./harness/check-case.js";

const folder = path.join(__dirname, "rules");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));

for (const file of files) {
  const full = path.join(folder, file);
  const cases = parseCaseFile(readFileSync(full, "utf8"));
  const rule = path.basename(file, ".md");
  describe(rule, () => {
    const results = new Map<Case, readonly CaseResult[]>();
    for (const one of cases) {
      test(`${one.claim}: ${one.title}`, () => {
        const result = runCase(one);
        results.set(one, result);
        if (process.env["HOTPATH_UPDATE"] === undefined) expect(differences(one, result)).toEqual([]);
        const marked = result.some(({ found }) => found.some((mark) => mark.rule === rule));
        expect(
          marked,
          `a ${one.claim} case ${one.claim === "Flagged" || one.claim === "Mistaken" ? "needs" : "has no"} finding of ${rule}`,
        ).toBe(one.claim === "Flagged" || one.claim === "Mistaken");
      });
    }
    if (process.env["HOTPATH_UPDATE"] !== undefined) test("update", () => rewrite(full, results));
  });
}

test("every rule has a case file with enough of both", () => {
  for (const { id, family } of [...rules, ...catalogRules]) {
    const cases = parseCaseFile(readFileSync(path.join(folder, family, `${id}.md`), "utf8"));
    expect(cases.filter((one) => one.claim === "Flagged").length, `${id}: flagged cases`).toBeGreaterThanOrEqual(2);
    expect(cases.filter((one) => one.claim === "Accepted").length, `${id}: accepted cases`).toBeGreaterThanOrEqual(2);
  }
});

function rewrite(file: string, results: ReadonlyMap<Case, readonly CaseResult[]>): void {
  const lines = readFileSync(file, "utf8").split("\n");
  const blocks = [...results.values()].flat().sort((a, b) => b.block.lines[0] - a.block.lines[0]);
  for (const { block, found } of blocks) {
    if (block.language === "json") continue;
    lines.splice(
      block.lines[0],
      block.lines[1] - block.lines[0],
      ...renderBlock(block.text, found, block.language === "sql" ? "--" : "//"),
    );
  }
  writeFileSync(file, lines.join("\n"));
}
