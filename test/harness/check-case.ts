/** Runs a case through the real analyzer: facts, links, summaries, rules. The one place of the tests that knows how. */
import { createHost } from "../../server/src/analysis/create-host.js";
import { isSchemaPath } from "../../server/src/catalog/catalog-store.js";
import { loadPostgres } from "../../server/src/syntax/postgres.js";
import type { Finding } from "../../server/src/analysis/finding.js";
import type { AnalysisHost, AnalysisOptions } from "../../server/src/analysis/host.js";
import type { Case, CaseBlock, Mark } from "../../server/src/evaluation/case-file.js";

export const ROOT = "/case";

// Cases may hold SQL, and running one is synchronous.
await loadPostgres();

/** Libraries a case may import without saying so in a package.json of its own. */
const MANIFEST = JSON.stringify({
  name: "case",
  dependencies: Object.fromEntries(
    [
      "@prisma/client",
      "typeorm",
      "drizzle-orm",
      "knex",
      "kysely",
      "sequelize",
      "mongoose",
      "pg",
      "mysql2",
      "express",
      "@nestjs/common",
      "bullmq",
      "bcrypt",
      "axios",
      "next",
      "@trpc/server",
    ].map((name) => [name, "*"]),
  ),
});

const OPTIONS: AnalysisOptions = {
  roots: [ROOT],
  rules: [],
  severities: {},
  quietPaths: [],
  smallLoopBound: 10,
  queryFunctions: [],
};

/** A host with these files, refreshed. Paths are relative to the case's root. */
export function analyzeFiles(
  files: Readonly<Record<string, string>>,
  options: Partial<AnalysisOptions> = {},
): AnalysisHost {
  const host = createHost();
  host.configure({ ...OPTIONS, ...options });
  const names = Object.keys(files);
  const manifests = names
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({ path: `${ROOT}/${name}`, text: files[name] ?? "" }));
  host.setManifests(
    names.includes("package.json") ? manifests : [...manifests, { path: `${ROOT}/package.json`, text: MANIFEST }],
  );
  host.apply(
    names
      .filter((name) => /\.[cm]?[jt]sx?$/.test(name) || isSchemaPath(name) || isSchemaPath(`/${name}`))
      .map((name) => ({ path: `${ROOT}/${name}`, text: files[name] ?? "" })),
  );
  host.refresh();
  return host;
}

export interface CaseResult {
  readonly block: CaseBlock;
  readonly found: readonly Mark[];
}

/** What the analyzer says about each block of a case. */
export function runCase(one: Case): readonly CaseResult[] {
  const host = analyzeFiles(Object.fromEntries(one.blocks.map((block) => [block.path, block.text])));
  return one.blocks.map((block) => ({ block, found: host.findings(`${ROOT}/${block.path}`).map(toMark) }));
}

function toMark({ range, rule, severity, message }: Finding): Mark {
  const oneLine = range.start.line === range.end.line;
  return {
    line: range.start.line - 1,
    start: range.start.column - 1,
    end: oneLine ? range.end.column - 1 : range.start.column + 2,
    kind: "finding",
    rule,
    ...(severity === "warning" ? {} : { severity }),
    message,
  };
}

/** Sentences for everything in which a case's marks and the findings differ; empty when they agree. */
export function differences(one: Case, results: readonly CaseResult[]): string[] {
  return results.flatMap(({ block, found }) => {
    const expected = block.marks.filter((mark) => mark.kind === "finding");
    const missing = expected.filter((mark) => !found.some((other) => agrees(mark, other)));
    const extra = found.filter((mark) => !expected.some((other) => agrees(other, mark)));
    const say = (what: string, mark: Mark): string =>
      `${what} at ${block.path}:${mark.line + 1}:${mark.start + 1} (case at line ${one.line}): ${mark.rule ?? ""}${mark.severity === undefined ? "" : ` (${mark.severity})`}${mark.message === undefined ? "" : `: ${mark.message}`}`;
    return [...missing.map((mark) => say("not found", mark)), ...extra.map((mark) => say("not marked", mark))];
  });
}

/** A comment mark cannot reach the first two columns, so a finding that starts there is marked from the third. */
function agrees(expected: Mark, found: Mark): boolean {
  const sameStart = expected.start === Math.max(found.start, 2) || expected.start === found.start;
  return (
    expected.line === found.line &&
    sameStart &&
    expected.rule === found.rule &&
    expected.severity === found.severity &&
    (expected.message === undefined || expected.message === found.message)
  );
}
