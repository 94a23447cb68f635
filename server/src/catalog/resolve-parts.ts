/** Fills in what a model takes from elsewhere by name: spread sets of columns, base classes. */
import type { TableDraft, TablePart } from "./change.js";
import { unionOf } from "./replay.js";

export type PlacedPart = TablePart & { readonly file: string };

/** Longer chains of base classes are circles. */
const MAX_STEPS = 12;

/** The draft with the columns, keys and indexes of its parts. A part that is nowhere to be found makes the table incomplete only when it could hold an index. */
export function resolveParts(draft: TableDraft, file: string, parts: readonly PlacedPart[]): TableDraft {
  let whole = draft;
  const wanted = [...(draft.spreads ?? []), ...(draft.inherits ?? [])];
  for (let step = 0; step < wanted.length && step < MAX_STEPS; step++) {
    const part = nearestPart(wanted[step] ?? "", file, parts);
    if (part === undefined) continue;
    const { name, kind, location } = whole;
    whole = { ...unionOf(whole, { ...part.draft, name, kind, location }), location };
    for (const next of [...(part.draft.spreads ?? []), ...(part.draft.inherits ?? [])])
      if (!wanted.includes(next)) wanted.push(next);
  }
  return whole;
}

/** Of several with the name, the one whose file is nearest. */
function nearestPart(name: string, file: string, parts: readonly PlacedPart[]): PlacedPart | undefined {
  const named = parts.filter((part) => part.name === name);
  if (named.length < 2) return named[0];
  const shared = (other: string): number => {
    let i = 0;
    while (i < file.length && file[i] === other[i]) i++;
    return i;
  };
  return [...named].sort((a, b) => shared(b.file) - shared(a.file))[0];
}
