/** Fixes for those who apply them: what is offered for a finding, the changes of one fix, and of all safe ones together. */
import type { Finding, Problem, Range } from "../analysis/finding.js";
import { contentHash } from "../base/content-hash.js";
import { lineStartsOf, positionAt } from "../base/line-index.js";
import { applyEdits, inOrder } from "../fixes/edits.js";
import type { AppliedSafety, FileEdit, Fix, FixSources } from "../fixes/fix.js";
import { withoutOrphans } from "../fixes/orphaned-imports.js";
import { createFixSources, isCode } from "../fixes/sources.js";
import { together } from "../fixes/together.js";
import { isFile } from "../workspace/read-source.js";
import type { WorkspaceService } from "./workspace-service.js";

export interface FixOffer {
  readonly id: string;
  readonly title: string;
  readonly safety: AppliedSafety;
  readonly note?: string;
}

/** Changes of one file. */
export interface FileChange {
  readonly path: string;
  /** In source order, not overlapping; places of the text before any of them. */
  readonly edits: readonly { readonly range: Range; readonly newText: string }[];
  /** All of them as one, from the first to the last: for those who are asked about each edit, and must not take half of a fix. */
  readonly whole?: { readonly range: Range; readonly newText: string };
  /** The file is made with this text. */
  readonly createText?: string;
  /** `contentHash` of the text the edits are for; empty for a file that is made. */
  readonly hash: string;
}

export type FixAnswer =
  | { readonly kind: "changes"; readonly offer: FixOffer; readonly changes: readonly FileChange[] }
  /** One sentence for the user. */
  | { readonly kind: "refused"; readonly reason: string };

/** Which safe fixes are meant: all of a rule or family, or of every rule; in one file, or everywhere. */
export interface FixAllScope {
  readonly rule?: string;
  readonly path?: string;
}

export interface FixAllAnswer {
  readonly changes: readonly FileChange[];
  /** Findings these changes fix. */
  readonly fixed: readonly FixedFinding[];
  /** Findings whose fix touches the same text as another one's: they are offered again once these changes are made. */
  readonly waiting: number;
}

export interface FixedFinding {
  readonly rule: string;
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly title: string;
  /** What to look at before accepting it. */
  readonly note?: string;
}

type Service = Pick<WorkspaceService, "ask" | "textOf" | "allFindings">;

/** What is offered for each finding of a file, by fingerprint, the best first. */
export function fixOffers(
  service: Service,
  path: string,
  fingerprints: readonly string[],
): Readonly<Record<string, readonly FixOffer[]>> {
  return service.ask((inspection) => {
    const sources = sourcesOf(service);
    const offers = fingerprints.map((one) => [one, inspection.fixesOf(path, one, sources).map(toOffer)] as const);
    return Object.fromEntries(offers.filter(([, fixes]) => fixes.length > 0));
  });
}

/** All findings, each saying how it can be fixed. */
export function withFixes(service: Service): readonly Finding[] {
  const findings = service.allFindings();
  return service.ask((inspection) => {
    const sources = sourcesOf(service);
    const isNamed = namedFixes((path) => sources.textOf(path));
    return findings.map((finding) => {
      if (!isNamed(finding)) return finding;
      const fixes = inspection.fixesOf(finding.path, finding.fingerprint, sources);
      return fixes.length === 0
        ? finding
        : { ...finding, fixes: fixes.map(({ title, safety }) => ({ title, safety })) };
    });
  });
}

/**
 * Characters of one file that are read to name the fixes of its findings: code is parsed with each of them, other text only copied. Files that people write
 * stay far below; the largest seen is a Prisma schema of 270,000 characters with 120 findings.
 */
const MOST_PARSED = 100_000_000;
const MOST_COPIED = 1_000_000_000;
/** However large a file is. */
const LEAST_NAMED = 20;

/** Says of each finding, asked in their order, whether a report that names all fixes also names its own. */
function namedFixes(textOf: (path: string) => string | undefined): (finding: Finding) => boolean {
  const counts = new Map<string, number>();
  return ({ path }) => {
    const count = (counts.get(path) ?? 0) + 1;
    counts.set(path, count);
    return count <= LEAST_NAMED || count * (textOf(path)?.length ?? 0) <= (isCode(path) ? MOST_PARSED : MOST_COPIED);
  };
}

/** What such a report leaves out, as sentences. */
export function unnamedFixes(findings: readonly Finding[], textOf: (path: string) => string | undefined): Problem[] {
  const isNamed = namedFixes(textOf);
  const left = new Map<string, number>();
  for (const finding of findings) if (!isNamed(finding)) left.set(finding.path, (left.get(finding.path) ?? 0) + 1);
  return [...left].map(([path, count]) => ({
    path,
    message: `fixes of its last ${count} findings are not named here: trying each in so large a file takes too long; an editor offers them one at a time`,
  }));
}

/** The changes of one fix, for the text as it is now. */
export function fixChanges(service: Service, path: string, fingerprint: string, id: string): FixAnswer {
  return service.ask((inspection) => {
    const sources = sourcesOf(service);
    if (!inspection.findings(path).some((one) => one.fingerprint === fingerprint))
      return refused("The finding is no longer there: the code has changed since it was shown.");
    const fix = inspection.fixesOf(path, fingerprint, sources).find((one) => one.id === id);
    if (fix === undefined)
      return refused("This fix does not fit the code any more: it has changed since the fix was offered.");
    return { kind: "changes", offer: toOffer(fix), changes: fix.edits.map((edit) => toChange(sources, edit)) };
  });
}

/** One round of all safe fixes: of those that touch the same text, the first by position. */
export function fixAll(service: Service, { rule, path }: FixAllScope): FixAllAnswer {
  const isMeant = (finding: Finding): boolean =>
    (path === undefined || finding.path === path) &&
    (rule === undefined || finding.rule === rule || finding.family === rule);
  const { edits, sources, fixed, waiting } = fixRound(service, isMeant, ({ safety }) => safety === "safe");
  return { changes: edits.map((edit) => toChange(sources, edit)), fixed, waiting: waiting.length };
}

export interface FixRound {
  /** One entry for each file. */
  readonly edits: readonly FileEdit[];
  readonly sources: FixSources;
  readonly fixed: readonly FixedFinding[];
  /** Their fix touches the same text as another one's. */
  readonly waiting: readonly FixedFinding[];
}

/** The first wanted fix of each of these findings, as far as they can be applied together. */
export function fixRound(
  service: Service,
  isMeant: (finding: Finding) => boolean,
  isWanted: (fix: Fix) => boolean,
): FixRound {
  const findings = service.allFindings().filter(isMeant);
  return service.ask((inspection) => {
    const sources = sourcesOf(service);
    const fixes = findings.flatMap((finding) => {
      const fix = inspection.fixesOf(finding.path, finding.fingerprint, sources).find(isWanted);
      return fix === undefined ? [] : [{ fix, finding }];
    });
    const { chosen, waiting, edits } = together(fixes, ({ finding }) => finding.path);
    return {
      edits: withoutOrphans(sources, edits),
      sources,
      fixed: chosen.map(toFixed),
      waiting: waiting.map(toFixed),
    };
  });
}

function toFixed({ fix, finding }: { readonly fix: Fix; readonly finding: Finding }): FixedFinding {
  const { rule, path, range } = finding;
  return {
    rule,
    path,
    line: range.start.line,
    title: fix.title,
    ...(fix.note === undefined ? {} : { note: fix.note }),
  };
}

/** The texts the service has, for makers of fixes. */
export function sourcesOf(service: Pick<WorkspaceService, "textOf">): FixSources {
  return createFixSources(
    (path) => service.textOf(path),
    (path) => service.textOf(path) !== undefined || isFile(path),
    () => Date.now(),
  );
}

export function toOffer({ id, title, safety, note }: Fix): FixOffer {
  return { id, title, safety, ...(note === undefined ? {} : { note }) };
}

export function toChange(sources: FixSources, { path, edits, createText }: FileEdit): FileChange {
  if (createText !== undefined) return { path, edits: [], createText, hash: "" };
  const text = sources.textOf(path) ?? "";
  const lines = lineStartsOf(text);
  const place = (offset: number): Range["start"] => {
    const { line, column } = positionAt(lines, offset);
    return { line: line + 1, column: column + 1 };
  };
  const start = Math.min(...edits.map((edit) => edit.start));
  const end = Math.max(...edits.map((edit) => edit.end));
  const shifted = edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  return {
    path,
    whole: {
      range: { start: place(start), end: place(end) },
      newText: applyEdits(text.slice(start, end), shifted),
    },
    edits: inOrder(edits).map(({ start, end, newText }) => ({
      range: { start: place(start), end: place(end) },
      newText,
    })),
    hash: contentHash(text),
  };
}

function refused(reason: string): FixAnswer {
  return { kind: "refused", reason };
}
