/** Findings that say the same of nearly the same code are told once in a report for people; nothing is left out. */
import { expect, test } from "vitest";
import { paletteFor } from "../server/src/cli/palette.js";
import { formatPretty } from "../server/src/cli/formats/pretty.js";
import type { Report } from "../server/src/cli/report.js";
import { nearCopies } from "../server/src/service/near-copies.js";
import { analyzeFiles, ROOT } from "./harness/check-case.js";

const loop = (name: string, column: string): string => `import { Pool } from "pg";
const pool = new Pool();
export async function ${name}(ids: string[]) {
  const out = [];
  for (const id of ids) {
    const { rows } = await pool.query("select id, ${column} from users where id = $1", [id]);
    out.push(rows[0]);
  }
  return out;
}
`;
const FILES = {
  "src/a.ts": loop("names", "name"),
  "src/b.ts": `import { Pool } from "pg";
const database = new Pool();
export async function invoiceTotals(numbers: string[], currency: string) {
  const totals = new Map<string, number>();
  for (const number of numbers) {
    const found = await database.query("select total from invoices where number = $1 and currency = $2", [number, currency]);
    totals.set(number, Math.round(Number(found.rows[0].total)));
  }
  return totals;
}
`,
  "src/c.ts": loop("people", "name"),
  // Two in the same lines are no copies of each other.
  "src/d.ts": loop("both", "mail").replace(
    "    out.push",
    '    await pool.query("select id, mail from users where id = $1", [id + "x"]);\n    out.push',
  ),
};
const textOf = (path: string): string | undefined => FILES[path.slice(ROOT.length + 1) as keyof typeof FILES];

test("a copy points to the first of its kind; what stands in the same lines, or is about something else, does not", () => {
  const findings = analyzeFiles(FILES).allFindings();
  const places = findings.map(({ path, range }) => `${path.slice(ROOT.length + 1)}:${range.start.line}`);
  expect(places).toEqual(["src/a.ts:6", "src/b.ts:6", "src/c.ts:6", "src/d.ts:6", "src/d.ts:7"]);
  const leaders = nearCopies(findings, textOf);
  expect(leaders.slice(0, 3)).toEqual([0, 1, 0]);
  expect(leaders[4]).not.toBe(3);
  expect(nearCopies(findings, () => undefined)).toEqual([0, 1, 2, 3, 4]);
});

test("the report for people shows the code of the first and the place of every one", () => {
  const findings = analyzeFiles(FILES)
    .allFindings()
    .filter(({ path }) => !path.endsWith("d.ts"));
  const stats = { files: 4, skipped: 0, cacheHits: 0, durationMs: 1 };
  const report: Report = { root: ROOT, findings, rules: [], problems: [], stats, textOf };
  const text = formatPretty(report, paletteFor({}, {}));
  for (const place of ["src/a.ts:6:28", "src/b.ts:6:25", "src/c.ts:6:28"]) expect(text).toContain(place);
  expect(text.match(/like src\/a\.ts:6:28/g)).toHaveLength(1);
  expect(text.match(/pool\.query\("select id, name/g)).toHaveLength(1);
  expect(text.match(/cost N queries/g)).toHaveLength(3);
});
