/**
 * Case files of the dialects: each library's documented shapes, run through the real analyzer. A `Flagged:` title may end with the severity expected, in
 * brackets; a warning is meant otherwise. Each mark says its own. `HOTPATH_UPDATE=1 npx vitest run test/dialects.test.ts` rewrites the marks; read the diff before committing.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseCaseFile, renderBlock, type Case } from "../server/src/evaluation/case-file.js";
import { dialects } from "../server/src/project/dialects/registry.js";
import { rules } from "../server/src/rules/registry.js";
import { analyzeFiles, differences, ROOT, runCase, type CaseResult } from "./harness/check-case.js";

const folder = path.join(__dirname, "dialects");
const updating = process.env["HOTPATH_UPDATE"] !== undefined;

/** The family the dialects are read for; other rules have cases of their own. */
const repeating: ReadonlySet<string> = new Set(
  rules.filter(({ family }) => family === "n-plus-one").map(({ id }) => id),
);

/** Dialects whose cases are those of the rules. */
const shownByRules = "prisma typeorm drizzle knex kysely mongoose pg mysql2 fetch http".split(" ");

for (const file of readdirSync(folder)) {
  const full = path.join(folder, file);
  const cases = parseCaseFile(readFileSync(full, "utf8"));
  describe(path.basename(file, ".md"), () => {
    const results = new Map<Case, readonly CaseResult[]>();
    for (const one of cases) {
      test(`${one.claim}: ${one.title}`, () => {
        const result = runCase(one).map(({ block, found }) => ({
          block,
          found: found.filter(({ rule }) => repeating.has(rule ?? "")),
        }));
        results.set(one, result);
        if (!updating) expect(differences(one, result)).toEqual([]);
        if (one.claim === "Flagged")
          expect(severitiesOf(one)).toContain(/\[(\w+)\]$/.exec(one.title)?.[1] ?? "warning");
        else expect(severitiesOf(one)).toEqual([]);
      });
    }
    if (updating) test("update", () => rewrite(full, results));
  });
}

test("every dialect is used in a case", () => {
  const texts = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), "utf8"));
  const missing = dialects.filter(
    ({ id, packages }) =>
      !shownByRules.includes(id) &&
      !packages.some((name) => texts.some((text) => text.includes(`"${name.replace("*", "")}`))),
  );
  expect(missing.map(({ id }) => id)).toEqual([]);
});

test("ids and titles are unique, and every dialect says where its shapes come from", () => {
  expect(new Set(dialects.map(({ id }) => id)).size).toBe(dialects.length);
  expect(new Set(dialects.map(({ title }) => title)).size).toBe(dialects.length);
  expect(dialects.filter(({ documentation }) => documentation === "").map(({ id }) => id)).toEqual([]);
});

/** Severities of the findings of a case, each once. */
function severitiesOf(one: Case): readonly string[] {
  const host = analyzeFiles(Object.fromEntries(one.blocks.map((block) => [block.path, block.text])));
  const found = one.blocks.flatMap((block) => host.findings(`${ROOT}/${block.path}`));
  return [...new Set(found.filter(({ rule }) => repeating.has(rule)).map(({ severity }) => severity))];
}

function rewrite(file: string, results: ReadonlyMap<Case, readonly CaseResult[]>): void {
  const lines = readFileSync(file, "utf8").split("\n");
  const blocks = [...results.values()].flat().sort((a, b) => b.block.lines[0] - a.block.lines[0]);
  for (const { block, found } of blocks) {
    if (block.language === "json") continue;
    lines.splice(block.lines[0], block.lines[1] - block.lines[0], ...renderBlock(block.text, found));
  }
  writeFileSync(file, lines.join("\n"));
}
