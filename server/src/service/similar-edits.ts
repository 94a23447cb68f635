/** Several findings fixed in one go, each with its own fix, as far as they do not get in each other's way. */
import type { Finding } from "../analysis/finding.js";
import type { Inspection } from "../analysis/inspection.js";
import type { Fix } from "../fixes/fix.js";
import { together } from "../fixes/together.js";
import { sourcesOf, toChange, toOffer, type FileChange, type FixOffer } from "./fixes.js";
import type { FixPlace } from "./similar-fixes.js";
import type { WorkspaceService } from "./workspace-service.js";

export interface AppliedPlace extends FixPlace {
  readonly finding: Finding;
  readonly offer: FixOffer;
  /** Files its fix touches. */
  readonly files: readonly string[];
}

export interface SimilarEdits {
  /** One entry for each file. */
  readonly changes: readonly FileChange[];
  readonly applied: readonly AppliedPlace[];
  /** Places whose fix would touch what another one's does: they are offered again once these changes are made. */
  readonly waiting: number;
  /** Places without such a fix by now: their code has changed since. */
  readonly gone: number;
}

interface Chosen {
  readonly place: FixPlace;
  readonly finding: Finding;
  readonly fix: Fix;
}

export function similarEdits(
  service: Pick<WorkspaceService, "ask" | "textOf">,
  places: readonly FixPlace[],
): SimilarEdits {
  return service.ask((inspection) => {
    const sources = sourcesOf(service);
    const found = places.flatMap((place): Chosen[] => {
      const finding = inspection.findings(place.path).find(({ fingerprint }) => fingerprint === place.fingerprint);
      const fix = inspection.fixesOf(place.path, place.fingerprint, sources).find(({ id }) => id === place.fix);
      return finding === undefined || fix === undefined ? [] : [{ place, finding, fix }];
    });
    const apart = withoutClashes(inspection, found);
    const { chosen, edits } = together(apart, ({ place }) => place.path);
    return {
      changes: edits.map((edit) => toChange(sources, edit)),
      applied: chosen.map(({ place, finding, fix }) => ({
        ...place,
        finding,
        offer: toOffer(fix),
        files: fix.edits.map(({ path }) => path),
      })),
      waiting: found.length - chosen.length,
      gone: places.length - found.length,
    };
  });
}

/** Each fix names its variables for the code as it is: two in one function could both declare the same name. */
function withoutClashes(inspection: Inspection, found: readonly Chosen[]): readonly Chosen[] {
  const taken = new Set<string>();
  return found.filter(({ place, finding, fix }) => {
    const scope = `${place.path}#${enclosingFunction(inspection, finding)}`;
    const names = declaredNames(fix).map((name) => `${scope} ${name}`);
    if (names.some((name) => taken.has(name))) return false;
    for (const name of names) taken.add(name);
    return true;
  });
}

/** Where the smallest function around a finding begins. */
function enclosingFunction(inspection: Inspection, { path, range: { start } }: Finding): number {
  const facts = inspection.factsOf(path);
  const at = (facts?.lineStarts[start.line - 1] ?? 0) + start.column - 1;
  const around = facts?.functions.filter(({ span }) => span.start <= at && at < span.end) ?? [];
  return Math.max(-1, ...around.map(({ span }) => span.start));
}

/** Imports and whole functions that two fixes bring alike are merged; everything else must be apart. */
function declaredNames({ edits }: Fix): readonly string[] {
  const texts = edits.flatMap((edit) => edit.edits.map(({ newText }) => newText));
  return texts.flatMap((text) =>
    [...text.matchAll(/\b(?:const|let|var)\s+(\{[^}=]*\}|\[[^\]=]*\]|[\w$]+)/g)].flatMap(([, names = ""]) =>
      names.split(/[^\w$]+/).filter((name) => name !== ""),
    ),
  );
}
