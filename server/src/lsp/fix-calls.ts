/** What of fixes needs memory or the model, on the far side of `AsyncService`: which were applied, and which findings are like one that can be fixed. */
import { lineStartsOf } from "../base/line-index.js";
import type { CodeSearch, FoundCode } from "../service/code-search.js";
import type { FeedbackPort } from "../service/finding-order.js";
import { FixAcceptance, type AppliedFix, type TextChange } from "../service/fix-acceptance.js";
import { fixOffers, type FileChange, type FixAnswer } from "../service/fixes.js";
import { similarEdits, type SimilarEdits } from "../service/similar-edits.js";
import { originOf, similarFixes, targetsIn, type FixPlace, type SimilarFixes } from "../service/similar-fixes.js";
import type { WorkspaceService } from "../service/workspace-service.js";

export interface FixCalls {
  /** A fix is on its way to the user. */
  handedOut(place: FixPlace, answer: FixAnswer): void;
  /** To be called after each refresh. Returns what was applied since. */
  settle(): readonly AppliedFix[];
  similarFixes(place: FixPlace): Promise<SimilarFixes>;
  similarEdits(places: readonly FixPlace[]): SimilarEdits;
  /** Says of found code what can be done about its findings. @param rule Only these, when given. */
  withFixes(found: readonly FoundCode[], rule: string | undefined): Promise<readonly FoundCode[]>;
}

const GONE: SimilarFixes = {
  kind: "refused",
  reason: "The finding is no longer there: the code has changed since it was shown.",
};

export function createFixCalls(service: WorkspaceService, search: CodeSearch, feedback: FeedbackPort): FixCalls {
  const acceptance = new FixAcceptance(service, feedback);
  const note = (place: FixPlace, changes: readonly FileChange[]): void => {
    const finding = service.findings(place.path).find(({ fingerprint }) => fingerprint === place.fingerprint);
    if (finding === undefined) return;
    const targets = service.ask((inspection) => targetsIn(inspection, finding));
    const described = { ...search.surroundingsNow(finding), targets };
    acceptance.note({ ...place, described, changes: changes.map((change) => textChange(service, change)) });
  };
  return {
    handedOut: (place, answer) => {
      if (answer.kind === "changes") note(place, answer.changes);
    },
    settle: () => acceptance.settle(),
    similarFixes: async (place) => {
      const parts = { service, search };
      const origin = acceptance.originOf(place) ?? (await originOf(parts, place));
      return origin === undefined ? GONE : await similarFixes(parts, origin);
    },
    similarEdits: (places) => {
      const edits = similarEdits(service, places);
      for (const { files, ...place } of edits.applied)
        note(
          place,
          edits.changes.filter(({ path }) => files.includes(path)),
        );
      return edits;
    },
    withFixes: async (found, rule) => {
      const told: FoundCode[] = [];
      for (const one of found) {
        // Between two of them somebody who types has their turn.
        await new Promise((resolve) => setImmediate(resolve));
        const fixes = titlesIn(service, search, one, rule);
        told.push(fixes.length === 0 ? one : { ...one, fixes });
      }
      return told;
    },
  };
}

function titlesIn(
  service: WorkspaceService,
  search: CodeSearch,
  { unit }: FoundCode,
  rule: string | undefined,
): readonly string[] {
  const findings = search.findingsIn(unit).filter((finding) => rule === undefined || finding.rule === rule);
  const offers = fixOffers(
    service,
    unit.path,
    findings.map(({ fingerprint }) => fingerprint),
  );
  return [...new Set(findings.flatMap(({ fingerprint }) => offers[fingerprint]?.[0]?.title ?? []))];
}

function textChange(service: Pick<WorkspaceService, "textOf">, change: FileChange): TextChange {
  const { path, createText, whole } = change;
  const before = service.textOf(path);
  if (createText !== undefined || before === undefined || whole === undefined)
    return { path, before, after: createText ?? "" };
  const lines = lineStartsOf(before);
  const offset = ({ line, column }: typeof whole.range.start): number => (lines[line - 1] ?? 0) + column - 1;
  const { start, end } = whole.range;
  return { path, before, after: before.slice(0, offset(start)) + whole.newText + before.slice(offset(end)) };
}
