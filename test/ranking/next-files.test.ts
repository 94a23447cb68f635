/** The guess which file is opened next: its order, and what was changed together. */
import { expect, test } from "vitest";
import { createCoChange, MOST_FILES_OF_A_COMMIT } from "../../server/src/ranking/co-change.js";
import { nearby, nextFiles, type NextFileQuestion } from "../../server/src/ranking/next-files.js";

const QUIET: NextFileQuestion = {
  current: "/a/orders.controller.ts",
  recent: [],
  imports: [],
  importers: [],
  evidence: [],
  together: new Map(),
  folder: [],
  named: new Map(),
};
const paths = (question: NextFileQuestion): string[] => nextFiles(question, 10).map(({ path }) => path);

test("what was often changed together comes first, then what speaks in several ways; ties go by path", () => {
  const question: NextFileQuestion = {
    ...QUIET,
    recent: ["/b/recent.ts"],
    imports: ["/b/both.ts", "/b/z.ts", "/b/a.ts"],
    evidence: ["/b/both.ts"],
    together: new Map([["/b/together.ts", 0.8]]),
  };
  expect(paths(question)).toEqual(["/b/together.ts", "/b/both.ts", "/b/recent.ts", "/b/a.ts", "/b/z.ts"]);
  expect(nextFiles(question, 2)[1]?.signals).toEqual(["evidence", "imports"]);
  const shuffled = { ...question, imports: [...question.imports].reverse() };
  expect(nextFiles(shuffled, 10)).toEqual(nextFiles(question, 10));
});

test("the file somebody is in is never guessed, and a limit is kept", () => {
  const question = { ...QUIET, imports: [QUIET.current, "/x.ts", "/y.ts"] };
  expect(paths(question)).toEqual(["/x.ts", "/y.ts"]);
  expect(nextFiles(question, 1)).toHaveLength(1);
  expect(nextFiles(QUIET, 10)).toEqual([]);
});

test("a file that everything imports says little about who is next", () => {
  const many = Array.from({ length: 50 }, (_, i) => `/importer${i}.ts`);
  const [first] = nextFiles({ ...QUIET, importers: many, imports: ["/imported.ts"] }, 1);
  expect(first?.path).toBe("/imported.ts");
});

test("files of one folder and files named alike are near; names that say nothing are not", () => {
  const files = ["/a/orders.service.ts", "/a/index.ts", "/b/index.ts", "/b/OrderItem.ts", "/b/orders.module.ts"];
  const { folder, named } = nearby("/a/orders.controller.ts", [...files, "/a/orders.controller.ts"]);
  expect(folder).toEqual(["/a/orders.service.ts", "/a/index.ts"]);
  expect([...named.keys()]).toEqual(["/a/orders.service.ts", "/b/orders.module.ts"]);
  expect([...nearby("/a/index.ts", files).named]).toEqual([]);
});

test("what was changed together is counted as a share, with doubt; commits that change everything say nothing", () => {
  const together = createCoChange();
  together.add({ files: ["/a.ts", "/b.ts"] });
  expect(together.of("/a.ts").get("/b.ts")).toBe(0.5);
  together.add({ files: ["/a.ts", "/b.ts"] });
  together.add({ files: ["/a.ts", "/c.ts"] });
  expect(together.of("/a.ts").get("/b.ts")).toBe(0.5);
  expect(together.of("/a.ts").get("/c.ts")).toBe(0.25);
  expect(together.of("/b.ts").get("/a.ts")).toBeCloseTo(2 / 3);
  together.add({ files: ["/d.ts", ...Array.from({ length: MOST_FILES_OF_A_COMMIT }, (_, i) => `/many${i}.ts`)] });
  expect([...together.of("/d.ts")]).toEqual([]);
});
