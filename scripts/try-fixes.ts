/**
 * Applies every fix on offer in a checkout, one at a time and in memory, and tells what becomes of each: whether its finding is gone, whether anything is found
 * that was not there before. Nothing is written into the checkout. `npx tsx scripts/try-fixes.ts FOLDER [--rule RULES] [--diff FILE]`
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Finding } from "../server/src/analysis/finding.js";
import { applyEdits } from "../server/src/fixes/edits.js";
import type { Fix, FixSources } from "../server/src/fixes/fix.js";
import { unifiedDiff } from "../server/src/fixes/unified-diff.js";
import { createService } from "../server/src/service/create-service.js";
import { sourcesOf } from "../server/src/service/fixes.js";
import { drain } from "../server/src/service/slices.js";
import type { WorkspaceService } from "../server/src/service/workspace-service.js";

interface Outcome {
  readonly finding: Finding;
  readonly fix: Fix;
  readonly gone: boolean;
  readonly fresh: readonly string[];
  readonly diff: string;
}

async function main(): Promise<void> {
  const [folder, ...flags] = process.argv.slice(2);
  if (folder === undefined) throw new Error("usage: try-fixes FOLDER [--rule RULE] [--diff FILE]");
  const valueOf = (name: string): string | undefined =>
    flags.includes(name) ? flags[flags.indexOf(name) + 1] : undefined;
  const rule = valueOf("--rule");
  const service = await createService({
    roots: [path.resolve(folder)],
    cacheFolder: undefined,
    workers: 0,
    overrides: { noPlanner: "not asked for", ...(rule === undefined ? {} : { rules: rule.split(",") }) },
  });
  await drain(service.scan());
  service.refresh();
  const outcomes = tryAll(service, path.resolve(folder));
  print(service.allFindings(), outcomes);
  const file = valueOf("--diff");
  if (file !== undefined) writeFileSync(file, outcomes.map(describe).join("\n"));
  await service.close();
}

function tryAll(service: WorkspaceService, root: string): readonly Outcome[] {
  const offers = service.ask((inspection) => {
    const sources = sourcesOf(service);
    return service
      .allFindings()
      .flatMap((finding) =>
        inspection.fixesOf(finding.path, finding.fingerprint, sources).map((fix) => ({ finding, fix, sources })),
      );
  });
  return offers.map(({ finding, fix, sources }) => tryOne(service, root, finding, fix, sources));
}

function tryOne(service: WorkspaceService, root: string, finding: Finding, fix: Fix, sources: FixSources): Outcome {
  const before = new Map(service.allFindings().map((one) => [keyOf(one), one]));
  for (const { path: file, edits, createText } of fix.edits)
    service.setOverlay(file, createText ?? applyEdits(sources.textOf(file) ?? "", edits));
  service.refresh();
  const after = service.allFindings();
  const outcome: Outcome = {
    finding,
    fix,
    gone: !after.some((one) => one.fingerprint === finding.fingerprint),
    fresh: after.filter((one) => !before.has(keyOf(one))).map((one) => `${one.rule}: ${one.message}`),
    diff: fix.edits
      .map((edit) => unifiedDiff(path.relative(root, edit.path), sources.textOf(edit.path) ?? "", edit))
      .join(""),
  };
  for (const { path: file } of fix.edits) service.setOverlay(file, undefined);
  service.refresh();
  return outcome;
}

function keyOf({ rule, path: file, message }: Finding): string {
  return `${rule} ${file} ${message}`;
}

function print(findings: readonly Finding[], outcomes: readonly Outcome[]): void {
  const rules = [...new Set(findings.map((one) => one.rule))].sort();
  for (const rule of rules) {
    const own = outcomes.filter(({ finding }) => finding.rule === rule);
    const count = (test: (one: Outcome) => boolean): number => own.filter(test).length;
    const fixable = new Set(own.map(({ finding }) => finding.fingerprint)).size;
    const total = findings.filter((one) => one.rule === rule).length;
    console.log(
      `${rule.padEnd(28)} ${String(fixable).padStart(4)} of ${String(total).padEnd(4)} fixable, ${own.length} fixes (${count(({ fix }) => fix.safety === "safe")} safe), ${count(({ gone }) => !gone)} left their finding, ${count(({ fresh }) => fresh.length > 0)} brought others`,
    );
  }
}

function describe({ finding, fix, gone, fresh, diff }: Outcome): string {
  const faults = [...(gone ? [] : ["STILL FOUND"]), ...fresh.map((one) => `NEW ${one}`)];
  return [`=== ${finding.rule} [${fix.safety}] ${fix.title}`, `    ${finding.message}`, ...faults, diff].join("\n");
}

void main();
