/** What libraries merge by themselves: the installed version by lock file and range, and the arguments that keep them from it. */
import { describe, expect, test } from "vitest";
import { indexVersions, isBelow } from "../server/src/project/installed-versions.js";
import { parseManifests } from "../server/src/project/manifests.js";
import { analyzeFiles, ROOT } from "./harness/check-case.js";
import { linkFiles } from "./harness/link-files.js";

const manifest = (range: string): string => JSON.stringify({ dependencies: { "@prisma/client": range } });

function versionBy(files: Readonly<Record<string, string>>, from = "/w/src/a.ts"): string | undefined {
  const sources = Object.entries(files).map(([name, text]) => ({ path: `/w/${name}`, text }));
  const found = indexVersions(parseManifests(sources))("@prisma/client", from);
  return found === undefined ? undefined : `${found.version}${found.declared === undefined ? "" : " declared"}`;
}

describe("installed versions", () => {
  test("package-lock.json: of the nearest package, else of the root; and of version 1", () => {
    const lock = JSON.stringify({
      packages: {
        "node_modules/@prisma/client": { version: "6.2.1" },
        "apps/api/node_modules/@prisma/client": { version: "4.8.0" },
      },
    });
    const files = { "package.json": manifest("^6.0.0"), "package-lock.json": lock };
    expect(versionBy(files)).toBe("6.2.1");
    expect(versionBy({ ...files, "apps/api/package.json": manifest("^4.0.0") }, "/w/apps/api/a.ts")).toBe("4.8.0");
    const old = JSON.stringify({ dependencies: { "@prisma/client": { version: "2.3.0" } } }, undefined, 2);
    expect(versionBy({ "package.json": manifest("^2.0.0"), "package-lock.json": old })).toBe("2.3.0");
  });

  test("pnpm-lock.yaml: by importer, without importers, and of older formats", () => {
    const lock = [
      "lockfileVersion: '9.0'",
      "importers:",
      "",
      "  .:",
      "    dependencies:",
      "      zod:",
      "        specifier: ^3.0.0",
      "        version: 3.1.0",
      "",
      "  apps/api:",
      "    dependencies:",
      "      '@prisma/client':",
      "        specifier: ^5.0.0",
      "        version: 5.9.1(prisma@5.9.1)",
      "",
      "packages:",
      "",
      "  '@prisma/client@4.0.0':",
      "    resolution: {}",
      "",
    ].join("\n");
    const files = { "apps/api/package.json": manifest("^5.0.0"), "pnpm-lock.yaml": lock };
    expect(versionBy(files, "/w/apps/api/src/a.ts")).toBe("5.9.1");
    expect(versionBy(files, "/w/apps/web/a.ts"), "declared elsewhere").toBe("5.9.1");
    const single = "dependencies:\n  '@prisma/client':\n    specifier: ^4.0.0\n    version: 4.8.1_prisma@4.8.1\n";
    expect(versionBy({ "package.json": manifest("^4.0.0"), "pnpm-lock.yaml": single })).toBe("4.8.1");
  });

  test("yarn.lock: both generations, by the range that is declared; bun.lock", () => {
    const classic = [
      '"@prisma/client@^4.0.0":',
      '  version "4.9.0"',
      "",
      '"@prisma/client@^5.0.0", "@prisma/client@^5.1.0":',
      '  version "5.4.2"',
      "",
    ].join("\n");
    expect(versionBy({ "package.json": manifest("^5.1.0"), "yarn.lock": classic })).toBe("5.4.2");
    expect(versionBy({ "package.json": manifest("^4.0.0"), "yarn.lock": classic })).toBe("4.9.0");
    const berry = '"@prisma/client@npm:^6.0.0":\n  version: 6.1.0\n  resolution: "@prisma/client@npm:6.1.0"\n';
    expect(versionBy({ "package.json": manifest("^6.0.0"), "yarn.lock": berry })).toBe("6.1.0");
    const bun = '{ "packages": { "@prisma/client": ["@prisma/client@6.3.0", "", {}] } }';
    expect(versionBy({ "package.json": manifest("^6.0.0"), "bun.lock": bun })).toBe("6.3.0");
  });

  test("without a lock file the range says; without a number nothing does; broken files are no obstacle", () => {
    expect(versionBy({ "package.json": manifest(">=5.2") })).toBe("5.2 declared");
    expect(versionBy({ "package.json": manifest("workspace:*") })).toBeUndefined();
    expect(versionBy({ "package.json": manifest("^5.0.0"), "package-lock.json": "{ broken" })).toBe("5.0.0 declared");
    expect(versionBy({ "package.json": "{}" })).toBeUndefined();
  });

  test("versions compare by number", () => {
    expect(isBelow("4.9.0", "4.16.0")).toBe(true);
    expect(isBelow("4.16.0", "4.16.0")).toBe(false);
    expect(isBelow("5.0.0-rc.1", "4.16.0")).toBe(false);
    expect(isBelow("5", "5.0.1")).toBe(true);
  });
});

describe("Prisma's findUnique", () => {
  const batched = (call: string, range: string | undefined): string | undefined => {
    const files = linkFiles({
      ...(range === undefined ? {} : { "package.json": manifest(range) }),
      "a.ts": `import { PrismaClient } from "@prisma/client"; const prisma = new PrismaClient();
        export const run = (id: string) => ${call};`,
    });
    return files.linker.link("/case/a.ts").find((site) => site.operation !== undefined)?.operation?.batchedByLibrary;
  };

  test("is merged, and the sentence names the version", () => {
    expect(batched("prisma.user.findUnique({ where: { id } })", "6.2.1")).toBe(
      "Prisma 6.2.1 merges findUnique calls of one tick and one selection into a single query",
    );
    expect(batched("prisma.user.findUnique({ where: { id } }).posts()", undefined)).toContain("since 2.0.0");
    expect(
      batched("prisma.user.findUnique({ where: { a_b: { a: 1, b: id } }, select: { in: true } })", "6.2.1"),
    ).toContain("6.2.1");
  });

  test("is not merged by old versions, by other methods and with operators", () => {
    expect(batched("prisma.user.findUnique({ where: { id } })", "1.34.0")).toBeUndefined();
    expect(batched("prisma.user.findFirst({ where: { id } })", "6.2.1")).toBeUndefined();
    expect(batched("prisma.user.findUnique({ where: { id, OR: [] } })", "6.2.1")).toBeUndefined();
    expect(batched("prisma.user.findUnique({ where: { id, team: { is: { a: 1 } } } })", "6.2.1")).toBeUndefined();
    expect(batched("prisma.user.findUniqueOrThrow({ where: { id } })", "4.13.0")).toBeUndefined();
    expect(batched("prisma.user.findUniqueOrThrow({ where: { id } })", "4.6.1")).toContain("4.6.1");
    expect(batched("prisma.user.findUniqueOrThrow({ where: { id } })", "5.1.1")).toContain("5.1.1");
  });
});

test("a finding says which version would merge the calls if they were started together", () => {
  const host = analyzeFiles({
    "package.json": manifest("6.2.1"),
    "src/a.ts": `import { PrismaClient } from "@prisma/client"; const prisma = new PrismaClient();
      export async function load(ids: string[]) { for (const id of ids) await prisma.user.findUnique({ where: { id } }); }`,
  });
  const [finding] = host.findings(`${ROOT}/src/a.ts`);
  expect(finding?.rule).toBe("query-in-loop");
  expect(finding?.related.map(({ message }) => message)).toContain(
    "Prisma 6.2.1 merges findUnique calls of one tick and one selection into a single query, but these are started one after another",
  );
});
