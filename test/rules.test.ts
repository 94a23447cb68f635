/** Every case file of every rule, run through the real analyzer. `HOTPATH_UPDATE=1 npm test` rewrites the marks; read the diff before committing. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { catalogRules } from "../server/src/rules/catalog-registry.js";
import { rules } from "../server/src/rules/registry.js";
import { parseCaseFile, renderBlock, type Case } from "../server/src/evaluation/case-file.js";
import type { FixedBlock } from "../server/src/evaluation/case-file.js";
import { applyFirstFix, leftovers, type Files } from "./harness/apply-fix.js";
import { differences, runCase, type CaseResult } from "./harness/check-case.js";

const folder = path.join(__dirname, "rules");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));

for (const file of files) {
  const full = path.join(folder, file);
  const cases = parseCaseFile(readFileSync(full, "utf8"));
  const rule = path.basename(file, ".md");
  describe(rule, () => {
    const results = new Map<Case, readonly CaseResult[]>();
    const fixed = new Map<FixedBlock, string>();
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
      for (const fix of new Set(one.fixed.map((block) => block.fix)))
        test(`${one.claim}: ${one.title}: ${fix ?? "fixed"}`, () => checkFixed(one, rule, fix, fixed));
    }
    if (process.env["HOTPATH_UPDATE"] !== undefined) test("update", () => rewrite(full, results, fixed));
  });
}

test("every rule has a case file with enough of both", () => {
  for (const { id, family } of [...rules, ...catalogRules]) {
    const cases = parseCaseFile(readFileSync(path.join(folder, family, `${id}.md`), "utf8"));
    expect(cases.filter((one) => one.claim === "Flagged").length, `${id}: flagged cases`).toBeGreaterThanOrEqual(2);
    expect(cases.filter((one) => one.claim === "Accepted").length, `${id}: accepted cases`).toBeGreaterThanOrEqual(2);
  }
});

/** The fix gives what the `fixed` blocks hold, touches nothing else, and leaves neither its finding nor a new one behind. */
function checkFixed(one: Case, rule: string, id: string | undefined, texts: Map<FixedBlock, string>): void {
  const before: Files = Object.fromEntries(one.blocks.map(({ path: name, text }) => [name, text]));
  const applied = applyFirstFix(before, rule, id);
  expect(applied, `${rule} offers no ${id ?? "fix"} (case at line ${one.line})`).toBeDefined();
  if (applied === undefined) return;
  const blocks = one.fixed.filter(({ fix }) => fix === id);
  for (const block of blocks) texts.set(block, applied.files[block.path] ?? "");
  const changed = Object.keys(applied.files).filter((name) => applied.files[name] !== before[name]);
  expect(changed.sort(), "files that change have a fixed block").toEqual(blocks.map((block) => block.path).sort());
  if (process.env["HOTPATH_UPDATE"] === undefined)
    for (const block of blocks) expect(applied.files[block.path]).toBe(block.text);
  expect(leftovers(before, applied)).toEqual([]);
}

function rewrite(
  file: string,
  results: ReadonlyMap<Case, readonly CaseResult[]>,
  fixed: ReadonlyMap<FixedBlock, string>,
): void {
  const lines = readFileSync(file, "utf8").split("\n");
  const marked = [...results.values()]
    .flat()
    .filter(({ block }) => block.language !== "json")
    .map(({ block, found }) => ({
      at: block.lines,
      text: renderBlock(block.text, found, block.language === "sql" ? "--" : "//"),
    }));
  const applied = [...fixed].map(([block, text]) => ({ at: block.lines, text: text.replace(/\n$/, "").split("\n") }));
  for (const { at, text } of [...marked, ...applied].sort((a, b) => b.at[0] - a.at[0]))
    lines.splice(at[0], at[1] - at[0], ...text);
  writeFileSync(file, lines.join("\n"));
}
