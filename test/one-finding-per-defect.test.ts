/** What several rules see is told once. */
import { expect, test } from "vitest";
import { analyzeFiles } from "./harness/check-case.js";

test("a tree that is written while it is walked is reported where it is written", () => {
  const host = analyzeFiles({
    "src/folders.ts": `import { PrismaClient } from "@prisma/client";
const db = new PrismaClient();
interface Folder { name: string; children: Folder[] }
export async function save(folders: Folder[], parentId: string | null) {
  for (const folder of folders) {
    const made = await db.folder.create({ data: { name: folder.name, parentId } });
    await save(folder.children, made.id);
  }
}
`,
  });
  expect(host.allFindings().map(({ rule, range }) => `${range.start.line} ${rule}`)).toEqual(["6 write-in-loop"]);
});
