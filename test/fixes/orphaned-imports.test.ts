/** Names that several fixes of one round together leave without a use go with the round. */
import { expect, test } from "vitest";
import { applyEdits } from "../../server/src/fixes/edits.js";
import { withoutOrphans } from "../../server/src/fixes/orphaned-imports.js";
import { createFixSources } from "../../server/src/fixes/sources.js";
import { together } from "../../server/src/fixes/together.js";
import { fixesIn } from "../harness/apply-fix.js";

const NAME = "src/a.ts";
const PATH = `/case/${NAME}`;

function afterRound(text: string): string {
  const offers = fixesIn({ [NAME]: text }, "sync-io-in-request").flatMap(({ fixes: [fix] }) =>
    fix === undefined ? [] : [{ fix }],
  );
  expect(offers.length).toBeGreaterThan(1);
  const { edits } = together(offers, () => PATH);
  const sources = createFixSources((path) => (path === PATH ? text : undefined));
  return applyEdits(text, withoutOrphans(sources, edits)[0]?.edits ?? []);
}

const HANDLERS = `
const app = express();
app.get("/a/:name", async (req, res) => {
  res.send(readFileSync(req.params.name, "utf8"));
});
app.get("/b/:name", async (req, res) => {
  res.json(readFileSync(\`\${req.params.name}.json\`, "utf8"));
});
`;

test("an import alone in its line goes with the line", () => {
  const text = afterRound(`import express from "express";\nimport { readFileSync } from "fs";\n${HANDLERS}`);
  expect(text).toBe(
    `import express from "express";\nimport { readFile } from "fs/promises";\n${HANDLERS.replaceAll("readFileSync(", "await readFile(")}`,
  );
});

test("its neighbours stay, and what a fix adds to them", () => {
  const text = afterRound(
    `import { readFileSync, watch } from "fs";\nimport express from "express";\n${HANDLERS}watch("x", () => undefined);\n`,
  );
  expect(text).toMatch(/^import \{ watch \} from "fs";\nimport express from "express";\n/);
  expect(text).toContain('import { readFile } from "fs/promises";');
  expect(text).not.toContain("readFileSync");
});

test("a name that one fix leaves in use stays", () => {
  const text = afterRound(
    `import { readFileSync } from "fs";\nimport express from "express";\n${HANDLERS}export const start = readFileSync("x");\n`,
  );
  expect(text).toContain('import { readFileSync } from "fs";');
});
