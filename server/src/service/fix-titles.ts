/** What can be fixed, remembered with the results it belongs to: making every fix only to name it would take as long as the analysis. */
import type { Finding } from "../analysis/finding.js";
import { contentHash } from "../base/content-hash.js";
import type { CacheKind } from "../cache/cache.js";
import { withFixes } from "./fixes.js";
import type { WorkspaceService } from "./workspace-service.js";

/** By fingerprint; findings without a fix are left out. */
type FixTitles = Readonly<Record<string, Finding["fixes"]>>;

/** Nobody types while a report is made. */
const BUDGET_MS = 500;

const titlesKind: CacheKind<FixTitles> = {
  name: "fix-titles",
  version: "1",
  nearFirst: true,
  unheld: true,
  encode: (titles) => Buffer.from(JSON.stringify(titles)),
  decode: (bytes) => {
    try {
      const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
      return isTitles(value) ? value : undefined;
    } catch {
      return undefined;
    }
  },
};

/** All findings, each saying how it can be fixed. */
export async function findingsWithFixes(service: WorkspaceService): Promise<readonly Finding[]> {
  const key = service.resultKey();
  if (key === undefined) return withFixes(service);
  const findings = service.allFindings();
  // What a planner has said is part of the findings, and of no file.
  const id = contentHash(`${key} ${findings.map(({ fingerprint, severity }) => fingerprint + severity).join(" ")}`);
  const [kept] = await service.cache.getMany(titlesKind, [id], BUDGET_MS);
  if (kept !== undefined) return findings.map((finding) => ({ ...finding, fixes: kept[finding.fingerprint] ?? [] }));
  const found = withFixes(service);
  const titles = found.filter(({ fixes }) => fixes.length > 0).map(({ fingerprint, fixes }) => [fingerprint, fixes]);
  service.cache.put(titlesKind, id, Object.fromEntries(titles) as FixTitles);
  return found;
}

function isTitles(value: unknown): value is FixTitles {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((fixes) => Array.isArray(fixes) && fixes.every(isFix))
  );
}

function isFix(fix: unknown): boolean {
  return (
    typeof fix === "object" &&
    fix !== null &&
    "title" in fix &&
    typeof fix.title === "string" &&
    "safety" in fix &&
    typeof fix.safety === "string"
  );
}
