/** The bundled example: exactly the planted defects are found, at the places its EXPECTED.md lists. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { createService } from "../server/src/service/create-service.js";
import { drain } from "../server/src/service/slices.js";
import { repositoryRoot } from "./harness/repository.js";

const root = path.join(repositoryRoot, "test/workspaces/shop");

test("the example shop has its planted findings and no others", async () => {
  const service = await createService({ roots: [root], cacheFolder: undefined, overrides: {}, workers: 0 });
  await drain(service.scan());
  service.refresh();
  const found = service.allFindings().map((finding) => `${finding.rule} ${path.relative(root, finding.path)}`);
  const expected = readFileSync(path.join(root, "EXPECTED.md"), "utf8")
    .split("\n")
    .map((line) => /^\| ([a-z-]+) \| (\S+) \|/.exec(line))
    .filter((row) => row !== null)
    .map((row) => `${row[1] ?? ""} ${row[2] ?? ""}`);
  expect(expected.length).toBeGreaterThan(5);
  expect(found.sort()).toEqual(expected.sort());
  expect(service.allFindings().filter((finding) => finding.severity !== "warning")).toEqual([]);
  await service.close();
});
