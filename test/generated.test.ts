/** Generated files are committed as they would be generated now. */
import { expect, test } from "vitest";
import { staleFiles } from "../scripts/generate.js";

test("generated files are up to date", () => {
  expect(staleFiles(), "run npm run generate").toEqual([]);
});
