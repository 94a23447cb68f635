/** Fills in what a model takes from elsewhere by name: spread sets of columns, base classes, relations stated beside the table, a creator's prefix. */
import type { TableDraft, TablePart } from "./change.js";
import { renamed } from "./align-names.js";
import type { CodeName } from "./model.js";
import { unionOf } from "./replay.js";

export type PlacedPart = TablePart & { readonly file: string };

/** Longer chains of base classes are circles. */
const MAX_STEPS = 12;

/** The draft with the columns, keys and indexes of its parts. */
export function resolveParts(draft: TableDraft, file: string, parts: readonly PlacedPart[]): TableDraft {
  let whole = named(draft, file, parts);
  const wanted = [...(draft.spreads ?? []), ...(draft.inherits ?? [])];
  for (let step = 0; step < wanted.length && step < MAX_STEPS; step++) {
    const part = nearestPart(wanted[step] ?? "", file, parts, (one) => one.relations === undefined);
    if (part === undefined) continue;
    whole = taken(whole, part);
    for (const next of [...(part.draft.spreads ?? []), ...(part.draft.inherits ?? [])])
      if (!wanted.includes(next)) wanted.push(next);
  }
  const relations =
    draft.as === undefined ? undefined : nearestPart(draft.as.name, file, parts, (one) => one.relations !== undefined);
  return inColumns(relations === undefined ? whole : taken(whole, relations));
}

function taken(whole: TableDraft, part: PlacedPart): TableDraft {
  const { name, kind, location, as } = whole;
  const joined = { ...unionOf(whole, { ...part.draft, name, kind, location }), location };
  if (as === undefined) return joined;
  const names: CodeName = {
    ...as,
    fields: { ...part.fields, ...as.fields },
    relations: { ...part.relations, ...as.relations },
  };
  return { ...joined, as: names };
}

function named(draft: TableDraft, file: string, parts: readonly PlacedPart[]): TableDraft {
  const { creator } = draft;
  const part =
    creator === undefined ? undefined : nearestPart(creator, file, parts, (one) => one.renames !== undefined);
  return part?.renames === undefined ? draft : { ...draft, name: part.renames.replace("\0", draft.name) };
}

/** Keys and indexes that were written with names of fields, in names of columns. */
function inColumns(draft: TableDraft): TableDraft {
  const columns = new Set(draft.columns.map(({ name }) => name));
  const fields = Object.entries(draft.as?.fields ?? {}).filter(
    ([field, column]) => !columns.has(field) && field !== column,
  );
  return fields.length === 0 ? draft : renamed(draft, new Map(fields));
}

/** Of several with the name, the one whose file is nearest. */
function nearestPart(
  name: string,
  file: string,
  parts: readonly PlacedPart[],
  suits: (part: PlacedPart) => boolean,
): PlacedPart | undefined {
  const found = parts.filter((part) => part.name === name && suits(part));
  if (found.length < 2) return found[0];
  const shared = (other: string): number => {
    let i = 0;
    while (i < file.length && file[i] === other[i]) i++;
    return i;
  };
  return [...found].sort((a, b) => shared(b.file) - shared(a.file))[0];
}
