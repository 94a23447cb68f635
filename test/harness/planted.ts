/** Endpoints with a query for each row, one project for each library, and the fixes the analyzer offers for them. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Files, filesAfter, fixesIn } from "./apply-fix.js";
import type { Finding } from "../../server/src/analysis/finding.js";
import type { Fix } from "../../server/src/fixes/fix.js";
import { ROOT } from "./check-case.js";
import { repositoryRoot } from "./repository.js";

const folder = path.join(repositoryRoot, "test/workspaces/planted");

export interface Planted {
  readonly library: string;
  /** `GET /knex/orders`'s path. */
  readonly route: string;
  readonly files: Files;
  readonly finding: Finding;
  readonly fix: Fix;
  readonly fixedFiles: Files;
  /** Offset of the finding. */
  readonly offset: number;
}

export const libraries: readonly string[] = readdirSync(folder).sort();

/** Every endpoint of a library for which a fix of the family `n-plus-one` is offered. */
export function plantedIn(library: string): readonly Planted[] {
  const files = filesOf(library);
  return fixesIn(files).flatMap(({ finding, fixes: [fix] }) => {
    if (finding.family !== "n-plus-one" || fix === undefined) return [];
    const text = files[finding.path.slice(ROOT.length + 1)] ?? "";
    const lines = text.split("\n");
    const { line, column } = finding.range.start;
    const before = lines.slice(0, line - 1).join("\n");
    const route = [...before.matchAll(/app\.get\("([^"]+)"/g)].at(-1)?.[1] ?? "";
    const offset = before.length + 1 + column - 1;
    return [{ library, route, files, finding, fix, fixedFiles: filesAfter(files, fix), offset }];
  });
}

export function filesOf(library: string): Files {
  const own = path.join(folder, library);
  const names = readdirSync(own, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"));
  const wanted = names.filter((name) => /\.(ts|sql|prisma)$/.test(name) || name === "package.json");
  return Object.fromEntries(wanted.map((name) => [name, readFileSync(path.join(own, name), "utf8")]));
}
