/** What every fix is built from: edits, the file's style, names, imports, patches, and applying many at once. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { applyEdits, areSound } from "../../server/src/fixes/edits.js";
import type { Fix, TextEdit } from "../../server/src/fixes/fix.js";
import { importEdits, type WantedImport } from "../../server/src/fixes/imports.js";
import { freshName, pluralOf, singularOf } from "../../server/src/fixes/names.js";
import { styleOf } from "../../server/src/fixes/style.js";
import { together } from "../../server/src/fixes/together.js";
import { unifiedDiff } from "../../server/src/fixes/unified-diff.js";
import { parseWithParents, type ts } from "../../server/src/syntax/typescript.js";

function treeOf(text: string, name = "/a.ts"): ts.SourceFile {
  const tree = parseWithParents(name, text);
  if (tree === undefined) throw new Error("no tree");
  return tree;
}

function withImport(text: string, wanted: WantedImport, name?: string): { text: string; local: string } {
  const { local, edits } = importEdits(treeOf(text, name), wanted);
  return { text: applyEdits(text, edits), local };
}

describe("edits", () => {
  test("are applied by position, insertions at one place in their order", () => {
    const edits = [
      { start: 2, end: 3, newText: "X" },
      { start: 0, end: 0, newText: "1" },
      { start: 0, end: 0, newText: "2" },
    ];
    expect(applyEdits("abcd", edits)).toBe("12abXd");
  });
  test("that overlap or lie outside are told", () => {
    const at = (start: number, end: number): TextEdit => ({ start, end, newText: "" });
    expect(areSound("abcd", [at(0, 2), at(1, 3)])).toBe(false);
    expect(areSound("abcd", [at(3, 5)])).toBe(false);
    expect(areSound("abcd", [at(0, 2), at(2, 3)])).toBe(true);
  });
});

describe("style", () => {
  test("quotes, semicolons, indentation and line ends are the file's", () => {
    const text = "import a from 'a'\r\nfunction f() {\r\n\treturn a\r\n}\r\n";
    expect(styleOf(treeOf(text))).toMatchObject({ quote: "'", semicolon: "", indent: "\t", newline: "\r\n" });
    const other = 'import a from "a";\nfunction f() {\n    return a;\n}\n';
    expect(styleOf(treeOf(other))).toMatchObject({ quote: '"', semicolon: ";", indent: "    ", newline: "\n" });
  });
});

describe("names", () => {
  test("are free in the whole file; members do not count", () => {
    const tree = treeOf("const rows = db.users; function f(users2: string) {}");
    expect(freshName(tree, ["users"])).toBe("users");
    expect(freshName(tree, ["rows", "users"])).toBe("users");
    expect(freshName(tree, ["rows"])).toBe("rows2");
    expect(freshName(tree, ["class"])).toBe("class2");
  });
  test("are put in plural and back", () => {
    expect(["customer", "category", "box", "news"].map(pluralOf)).toEqual(["customers", "categories", "boxes", "news"]);
    expect(["customers", "categories", "boxes", "status"].map(singularOf)).toEqual([
      "customer",
      "category",
      "box",
      undefined,
    ]);
  });
});

describe("imports", () => {
  const wanted = { module: "typeorm", name: "In" };
  test("are used where they are, under the name they have", () => {
    const text = 'import { In as IsIn } from "typeorm";\n';
    expect(withImport(text, wanted)).toEqual({ text, local: "IsIn" });
  });
  test("join the clause of their module, also over several lines", () => {
    expect(withImport("import { Repository } from 'typeorm'\n", wanted).text).toBe(
      "import { Repository, In } from 'typeorm'\n",
    );
    expect(withImport('import {\n  Repository,\n  Entity,\n} from "typeorm";\n', wanted).text).toBe(
      'import {\n  Repository,\n  Entity,\n  In,\n} from "typeorm";\n',
    );
  });
  test("get a line of their own below the others, in the file's way", () => {
    expect(withImport("import a from 'a'\n\nf(a)\n", wanted).text).toBe(
      "import a from 'a'\nimport { In } from 'typeorm'\n\nf(a)\n",
    );
    expect(withImport('#!/usr/bin/env node\n"use strict";\nf();\n', wanted).text).toBe(
      '#!/usr/bin/env node\n"use strict";\nimport { In } from "typeorm";\nf();\n',
    );
    expect(withImport("const a = require('a')\nf(a)\n", wanted, "/a.js").text).toBe(
      "const a = require('a')\nconst { In } = require('typeorm')\nf(a)\n",
    );
  });
  test("take another name where theirs means something else", () => {
    expect(withImport('import type { In } from "./x";\n', wanted)).toEqual({
      local: "In2",
      text: 'import type { In } from "./x";\nimport { In as In2 } from "typeorm";\n',
    });
  });
});

describe("many fixes at once", () => {
  const fix = (id: string, ...edits: TextEdit[]): { fix: Fix } => ({
    fix: { id, title: id, safety: "safe", edits: [{ path: "/a.ts", edits }] },
  });
  test("the first by position wins, others wait; an import both bring is brought once", () => {
    const line = { start: 0, end: 0, newText: 'import x from "x";\n' };
    const late = fix("late", { start: 20, end: 30, newText: "" }, line);
    const early = fix("early", { start: 10, end: 22, newText: "" });
    const far = fix("far", { start: 40, end: 50, newText: "" }, line);
    const { chosen, waiting, edits } = together([late, early, far], () => "/a.ts");
    expect(chosen.map((one) => one.fix.id)).toEqual(["late", "far"]);
    expect(waiting.map((one) => one.fix.id)).toEqual(["early"]);
    expect(edits[0]?.edits.filter((edit) => edit.start === 0)).toHaveLength(1);
  });
});

describe("patches", () => {
  const cases: readonly (readonly [string, string, readonly TextEdit[]])[] = [
    ["one line", "a\nb\nc\nd\ne\nf\ng\n", [{ start: 6, end: 7, newText: "D" }]],
    ["no line end", "a\nb", [{ start: 2, end: 3, newText: "B\nC" }]],
    ["carriage returns", "a\r\nb\r\nc\r\n", [{ start: 3, end: 3, newText: "x\r\n" }]],
    [
      "far apart",
      Array.from({ length: 40 }, (_, i) => `line ${i}\n`).join(""),
      [
        { start: 0, end: 4, newText: "LINE" },
        { start: 250, end: 250, newText: "new\n" },
      ],
    ],
    ["an empty file", "", [{ start: 0, end: 0, newText: "a\n" }]],
  ];
  test.each(cases)("%s: git applies it", (_, text, edits) => {
    const folder = mkdtempSync(path.join(tmpdir(), "hotpath-patch-"));
    try {
      execFileSync("git", ["init", "-q"], { cwd: folder });
      mkdirSync(path.join(folder, "src"));
      writeFileSync(path.join(folder, "src/a.ts"), text);
      const diff =
        unifiedDiff("src/a.ts", text, { path: "/a.ts", edits }) +
        unifiedDiff("src/new.ts", "", { path: "/new.ts", edits: [], createText: "made\n" });
      writeFileSync(path.join(folder, "p.patch"), `# what it is\n\n${diff}`);
      execFileSync("git", ["apply", "p.patch"], { cwd: folder });
      expect(readFileSync(path.join(folder, "src/a.ts"), "utf8")).toBe(applyEdits(text, edits));
      expect(readFileSync(path.join(folder, "src/new.ts"), "utf8")).toBe("made\n");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
