/** Texts for fixes, let through only where they are the very texts that were analyzed: an edit is never made for text that has shifted. */
import { sourceHash } from "../base/content-hash.js";
import { extractFacts } from "../facts/extract.js";
import type { FileFacts } from "../facts/model.js";
import { textFacts } from "../facts/text-facts.js";
import type { FixProgram, FixSources } from "../fixes/fix.js";
import { createFixSources, isCode } from "../fixes/sources.js";

/** One request's sources are checked once for each file. */
const checked = new WeakMap<FixSources, FixSources>();

/** What the analyzer holds of a file. */
export interface HeldFile {
  readonly facts: FileFacts;
  /** `sourceHash` of the text they are of, where that is known: facts need not be made again then. */
  readonly hash?: string | undefined;
}

/** @param heldOf Facts follow from a text alone, so equal facts mean that every offset is right. */
export function analyzedSources(
  sources: FixSources,
  heldOf: (path: string) => HeldFile | undefined,
  program: FixProgram,
): FixSources {
  const known = checked.get(sources);
  if (known !== undefined) return known;
  const made = createFixSources(
    (path) => {
      const text = sources.textOf(path);
      const held = heldOf(path);
      // Files that are no part of the program have no facts, and nothing but their text is looked at.
      if (text === undefined || held === undefined || sourceHash(path, text) === held.hash) return text;
      return isAnalyzed(path, text, held.facts) ? text : undefined;
    },
    (path) => sources.exists?.(path) === true,
    () => sources.now?.() ?? 0,
    program,
  );
  checked.set(sources, made);
  return made;
}

function isAnalyzed(path: string, text: string, facts: FileFacts): boolean {
  const now = isCode(path) ? extractFacts(path, text) : textFacts(text);
  if (now.lineStarts.length !== facts.lineStarts.length) return false;
  return JSON.stringify(now) === JSON.stringify(facts);
}
