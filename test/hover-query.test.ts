/** What a hover says of a query: how it was understood and what serves it. */
import { expect, test } from "vitest";
import { analyzeFiles, ROOT } from "./harness/check-case.js";

const code = `import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
export async function load(email: string, userId: number) {
  await prisma.user.findFirst({ where: { email } });
  await prisma.session.findMany({ where: { userId }, include: { user: true } });
  await prisma.user.findMany({ where: { ...where(), email } });
}
`;

function hover(callee: string): string | undefined {
  const host = analyzeFiles(
    {
      "prisma/schema.prisma": `datasource db {
  provider = "postgresql"
}
model User {
  id       Int       @id
  email    String    @unique
  sessions Session[]
}
model Session {
  id     Int  @id
  userId Int
  user   User @relation(fields: [userId], references: [id])
}
`,
      "src/load.ts": code,
    },
    { rules: ["n-plus-one"] },
  );
  return host.hover(`${ROOT}/src/load.ts`, code.indexOf(callee) + callee.length - 1)?.markdown;
}

test("each query of a call, with the index that finds its rows", () => {
  expect(hover("user.findFirst")).toContain(
    "- `read user where email = ? limit 1`: served by a unique key (`email`) of `User`",
  );
  const session = hover("session.findMany");
  expect(session).toContain("- `read session where userId = ?`: no index serves it; `Session (userId)` would");
  expect(session).toContain("- `read user load session.user`: served by the primary key (`id`) of `User`");
  expect(hover("user.findMany")).toContain("served by a unique key (`email`)");
});
