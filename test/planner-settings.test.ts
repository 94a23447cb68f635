/** How a project says what the planner is told. */
import { expect, test } from "vitest";
import { analysisOverrides } from "../server/src/service/options.js";
import { parseConfig } from "../server/src/workspace/config-file.js";

const rules = { ids: ["unindexed-filter"], families: ["missing-index"] };
const parse = (text: string): ReturnType<typeof parseConfig> => parseConfig("/p/hotpath.config.json", text, rules);

test("rows of tables, and no planner", () => {
  const values = parse('{ "tables": { "orders": { "rows": 2000000 } }, "planner": { "enable": false } }');
  expect(analysisOverrides(values)).toEqual({
    tableRows: { orders: 2_000_000 },
    noPlanner: "the planner is switched off",
  });
  expect(analysisOverrides(parse('{ "planner.enable": true }'))).toEqual({});
  expect(analysisOverrides(parse('{ "planner.memory": 700 }'))).toEqual({ plannerMemoryBytes: 700 * 1024 * 1024 });
});

test("mistakes are named with their place", () => {
  const mistake = (text: string): string => {
    try {
      parse(text);
      return "";
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  };
  expect(mistake('{ "tables": [] }')).toContain("tables must be an object of table names");
  expect(mistake('{\n  "tables": { "orders": { "rows": "many" } } }')).toMatch(
    /:2:\d+: tables\.orders must be \{ "rows": N \} with a whole number/,
  );
  expect(mistake('{ "tables": { "orders": { "rows": 1, "size": 2 } } }')).toContain("tables.orders must be");
  expect(mistake('{ "planner": { "memory": 100 } }')).toContain("planner.memory must be a whole number from 640 to");
  expect(mistake('{ "planner": { "enable": 1 } }')).toContain("planner.enable must be true or false");
});
