/** The pieces of a file as they stand in the index. */
import { codeUnits } from "../analysis/code-units.js";
import type { Inspection } from "../analysis/inspection.js";
import { contentHash } from "../base/content-hash.js";
import type { IndexedUnit } from "../ranking/code-index.js";
import { passageText } from "../ranking/passage-text.js";
import { wordsOf } from "../ranking/split-identifiers.js";

/** Letters of a function whose words are indexed; those inside it have entries of their own. */
const MAX_INDEXED = 6_000;

/** The smallest function around an offset, or the query there. */
export function smallestAround(units: readonly IndexedUnit[], offset: number): IndexedUnit | undefined {
  const around = units.filter((unit) => unit.start <= offset && offset <= unit.end);
  return around.filter((unit) => unit.kind === "function").at(-1) ?? around.at(-1);
}

/** Empty for a file that is not known. */
export function unitsIn(inspection: Inspection, path: string, text: string): IndexedUnit[] {
  const facts = inspection.factsOf(path);
  const view = inspection.viewOf(path);
  if (facts === undefined || view === undefined) return [];
  return codeUnits(facts, view.calls).map(({ kind, name, span, start, operations }) => {
    const code = text.slice(span.start, span.end);
    const words = wordsOf(`${name} ${operations.join(" ")} ${code.slice(0, MAX_INDEXED)}`);
    return {
      path,
      kind,
      name,
      start: span.start,
      end: span.end,
      at: start,
      key: contentHash(passageText(code)),
      words,
    };
  });
}
