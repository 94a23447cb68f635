/** A naming strategy of an ORM turns `userId` into `user_id` without saying so in the model. What the database calls it, migrations know. */
import type { TableDraft } from "./change.js";
import { isModel, type Declared } from "./merge.js";
import type { ForeignKey, Index, Key } from "./model.js";

/** The drafts of one table, with columns of models renamed to what migrations call them. */
export function alignNames(group: readonly Declared[]): readonly TableDraft[] {
  const known = new Map<string, string>();
  for (const { draft, source } of group)
    if (!isModel(source)) for (const { name } of draft.columns) known.set(folded(name), name);
  if (known.size === 0) return group.map(({ draft }) => draft);
  return group.map(({ draft, source }) => {
    if (!isModel(source)) return draft;
    const renames = new Map<string, string>();
    for (const { name } of draft.columns) {
      const real = known.get(folded(name));
      if (real !== undefined && real !== name) renames.set(name, real);
    }
    return renames.size === 0 ? draft : renamed(draft, renames);
  });
}

function folded(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

export function renamed(draft: TableDraft, renames: ReadonlyMap<string, string>): TableDraft {
  const column = (name: string): string => renames.get(name) ?? name;
  const inKey = <T extends Key | ForeignKey>(key: T): T => ({ ...key, columns: key.columns.map(column) });
  const inIndex = (index: Index): Index => ({
    ...index,
    parts: index.parts.map((part) => (part.column === undefined ? part : { ...part, column: column(part.column) })),
  });
  const { as } = draft;
  const fields =
    as === undefined ? {} : Object.fromEntries(Object.entries(as.fields).map(([field, name]) => [field, column(name)]));
  return {
    ...draft,
    columns: draft.columns.map((one) => ({ ...one, name: column(one.name) })),
    ...(draft.primaryKey === undefined ? {} : { primaryKey: inKey(draft.primaryKey) }),
    uniques: draft.uniques.map(inKey),
    foreignKeys: draft.foreignKeys.map(inKey),
    indexes: draft.indexes.map(inIndex),
    ...(as === undefined ? {} : { as: { ...as, fields } }),
  };
}
