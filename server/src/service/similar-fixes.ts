/** The fix of one finding, offered for the others like it: which those are, and the edits of the chosen ones, each its own finding's fix. */
import type { Finding } from "../analysis/finding.js";
import { findingTargets } from "../analysis/finding-targets.js";
import type { Inspection } from "../analysis/inspection.js";
import { likenessOf, type DescribedFinding } from "../ranking/alike.js";
import type { CodeSearch } from "./code-search.js";
import { sourcesOf, toOffer, type FixOffer } from "./fixes.js";
import type { WorkspaceService } from "./workspace-service.js";

/** Which fix of which finding. */
export interface FixPlace {
  readonly path: string;
  readonly fingerprint: string;
  /** Kind of change: `Fix.id`. */
  readonly fix: string;
}

/** The finding somebody starts from: there, or gone since its fix was applied. */
export interface FixOrigin extends FixPlace {
  readonly described: DescribedFinding;
}

export interface SimilarPlace {
  readonly finding: Finding;
  readonly offer: FixOffer;
  /** Why it counts as like the first; empty for the first itself. */
  readonly reasons: readonly string[];
}

export type SimilarFixes =
  /** The finding somebody started from first, if it is still there; the others the most alike first, ties by place. */
  | { readonly kind: "found"; readonly rule: string; readonly places: readonly SimilarPlace[] }
  /** One sentence for the user. */
  | { readonly kind: "refused"; readonly reason: string };

export interface SimilarParts {
  readonly service: Pick<WorkspaceService, "ask" | "textOf" | "findings" | "allFindings">;
  readonly search: Pick<CodeSearch, "surroundingsOf">;
}

/** Findings of one rule that are compared: embedding more would keep somebody waiting. */
const MOST_COMPARED = 500;
/** Places offered at once; nobody reads more. */
const MOST_OFFERED = 100;

/** A finding with what is around it; undefined when it is gone. */
export async function originOf(parts: SimilarParts, place: FixPlace): Promise<FixOrigin | undefined> {
  const finding = parts.service.findings(place.path).find(({ fingerprint }) => fingerprint === place.fingerprint);
  const [described] = finding === undefined ? [] : await describe(parts, [finding]);
  return described === undefined ? undefined : { ...place, described };
}

export async function similarFixes(parts: SimilarParts, origin: FixOrigin): Promise<SimilarFixes> {
  const { rule } = origin.described;
  const own = parts.service.findings(origin.path).find(({ fingerprint }) => fingerprint === origin.fingerprint);
  const others = parts.service
    .allFindings()
    .filter((finding) => finding.rule === rule && finding.fingerprint !== origin.fingerprint)
    .sort(byPlace)
    .slice(0, MOST_COMPARED);
  const described = await describe(parts, others);
  const alike = others
    .flatMap((finding, i) => {
      const other = described[i];
      const likeness = other === undefined ? undefined : likenessOf(origin.described, other);
      return likeness === undefined ? [] : [{ finding, ...likeness }];
    })
    .sort((a, b) => b.score - a.score || byPlace(a.finding, b.finding));
  const places: SimilarPlace[] = [];
  for (const { finding, reasons } of alike) {
    if (MOST_OFFERED <= places.length) break;
    // Between two of them somebody who types has their turn.
    await new Promise((resolve) => setImmediate(resolve));
    const offer = offerFor(parts, finding, origin.fix);
    if (offer !== undefined) places.push({ finding, offer, reasons });
  }
  if (places.length === 0) return { kind: "refused", reason: refusal(rule, others.length, alike.length) };
  const first = own === undefined ? undefined : offerFor(parts, own, origin.fix);
  return {
    kind: "found",
    rule,
    places:
      own === undefined || first === undefined ? places : [{ finding: own, offer: first, reasons: [] }, ...places],
  };
}

function offerFor({ service }: SimilarParts, finding: Finding, fix: string): FixOffer | undefined {
  return service.ask((inspection) => {
    const fixes = inspection.fixesOf(finding.path, finding.fingerprint, sourcesOf(service));
    const found = fixes.find(({ id }) => id === fix);
    return found === undefined ? undefined : toOffer(found);
  });
}

async function describe(parts: SimilarParts, findings: readonly Finding[]): Promise<readonly DescribedFinding[]> {
  const surroundings = await parts.search.surroundingsOf(findings);
  return parts.service.ask((inspection) =>
    findings.flatMap((finding, i) => {
      const around = surroundings[i];
      return around === undefined ? [] : [{ ...around, targets: targetsIn(inspection, finding) }];
    }),
  );
}

export function targetsIn(inspection: Inspection, { path, range }: Finding): DescribedFinding["targets"] {
  const view = inspection.viewOf(path);
  if (view === undefined) return [];
  const { lineStarts } = view.facts;
  const offset = ({ line, column }: Finding["range"]["start"]): number => (lineStarts[line - 1] ?? 0) + column - 1;
  return findingTargets(view, offset(range.start), offset(range.end));
}

function refusal(rule: string, others: number, alike: number): string {
  if (others === 0) return `This is the only finding of ${rule} in the workspace.`;
  const count = others === 1 ? "The one other finding" : `None of the ${others} other findings`;
  if (alike > 0) return `No place like this one can be fixed in the same way: look at each with Find Similar Code.`;
  return others === 1
    ? `${count} of ${rule} is not like this one: Find Similar Code shows what comes nearest.`
    : `${count} of ${rule} is like this one: Find Similar Code shows what comes nearest.`;
}

function byPlace(a: Finding, b: Finding): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  const [one, other] = [a.range.start, b.range.start];
  return one.line - other.line || one.column - other.column;
}
