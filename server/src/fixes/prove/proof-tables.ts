/** The tables a program can reach, as the made-up database has them. */
import type { Catalog, Column, Table } from "../../catalog/model.js";
import type { ProofTable } from "../../proving/proof-case.js";

/**
 * Tables named anywhere in the texts, and those that relations named there lead to: a proof makes those that are asked for.
 * @param texts The first is of the file that is changed.
 * @param near The file whose database is meant.
 */
export function proofTables(
  catalog: Catalog,
  texts: readonly string[],
  near: string,
): { readonly tables: readonly ProofTable[]; readonly first: readonly string[] } {
  const words = wordsOf(texts);
  const known = nearestByName(catalog, near);
  const wanted = new Set(known.filter((table) => namesOf(table).some((name) => words.has(name))));
  for (let before = -1; before < wanted.size;) {
    before = wanted.size;
    for (const table of [...wanted]) {
      for (const { relations } of table.names) {
        for (const [field, { target }] of Object.entries(relations)) {
          const other = words.has(field) ? known.find((one) => namesOf(one).includes(target)) : undefined;
          if (other !== undefined) wanted.add(other);
        }
      }
    }
  }
  const own = wordsOf(texts.slice(0, 1));
  const isOwn = (table: Table): boolean => namesOf(table).some((name) => own.has(name));
  const chosen = [...wanted].sort((a, b) => Number(isOwn(b)) - Number(isOwn(a))).slice(0, MAX_TABLES);
  const all = new Set(chosen);
  return {
    tables: chosen.map((table) => toProof(table, all)),
    first: chosen
      .filter(isOwn)
      .slice(0, MAX_FIRST)
      .map(({ name }) => name),
  };
}

function wordsOf(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.join("\n").match(/[A-Za-z_$][\w$]*/g) ?? []);
}

/** More than any schema that is looked at by hand; what is not asked for costs nothing but its description. */
const MAX_TABLES = 300;
/** Tables filled before anything asks for them. */
const MAX_FIRST = 8;

function nearestByName(catalog: Catalog, near: string): readonly Table[] {
  const byName = new Map<string, Table>();
  for (const table of catalog.tables) {
    if (table.kind !== "table" && table.kind !== "collection") continue;
    const other = byName.get(table.name);
    if (other === undefined || shared(other.database, near) < shared(table.database, near))
      byName.set(table.name, table);
  }
  return [...byName.values()];
}

function shared(folder: string, path: string): number {
  let length = 0;
  while (length < folder.length && folder[length] === path[length]) length++;
  return length;
}

function namesOf(table: Table): readonly string[] {
  return [table.name, ...table.names.flatMap(({ name }) => [name, name.charAt(0).toLowerCase() + name.slice(1)])];
}

function toProof(table: Table, wanted: ReadonlySet<Table>): ProofTable {
  const references = [...declared(table, wanted), ...guessed(table, wanted)];
  return {
    name: table.name,
    ...(table.schema === undefined ? {} : { schema: table.schema }),
    columns: oncePerName(table.columns).map(({ name, type, nullable, values }) => ({
      name,
      type: type === "unknown" ? (typeAcross(name, references, wanted) ?? type) : type,
      nullable: nullable && table.primaryKey?.columns.includes(name) !== true,
      ...(values === undefined ? {} : { values }),
    })),
    primaryKey: table.primaryKey?.columns ?? [],
    uniques: [
      ...table.uniques.map(({ columns }) => columns),
      ...table.indexes.flatMap(({ unique, parts, where }) => {
        const columns = parts.flatMap(({ column }) => column ?? []);
        return unique && where === undefined && columns.length === parts.length ? [columns] : [];
      }),
    ],
    references,
    models: table.names.map(({ source, name, fields, relations }) => ({ source, name, fields, relations })),
  };
}

/** A key of which only the relation is declared has the type of what it leads to. */
function typeAcross(
  name: string,
  references: ProofTable["references"],
  wanted: ReadonlySet<Table>,
): string | undefined {
  const reference = references.find(({ columns }) => columns.includes(name));
  const target = [...wanted].find((one) => one.name === reference?.table);
  const to = reference?.to[reference.columns.indexOf(name)];
  const found = target?.columns.find((column) => column.name === to)?.type;
  return found === "unknown" ? undefined : found;
}

/** Sources that disagree may leave a column twice. */
function oncePerName(columns: readonly Column[]): readonly Column[] {
  return [...new Map(columns.map((column) => [column.name, column])).values()];
}

function declared(table: Table, wanted: ReadonlySet<Table>): ProofTable["references"] {
  return table.foreignKeys.flatMap(({ columns, references, enforced }) => {
    const target = [...wanted].find(({ id, name }) => id === references.id || name === references.table);
    const to = 0 < references.columns.length ? references.columns : (target?.primaryKey?.columns ?? []);
    return target === undefined ? [] : [{ columns, table: target.name, to, enforced }];
  });
}

/** `user_id` means a user whether or not the schema says so. */
function guessed(table: Table, wanted: ReadonlySet<Table>): ProofTable["references"] {
  const taken = new Set(table.foreignKeys.flatMap(({ columns }) => columns));
  return table.columns.flatMap(({ name }) => {
    const word = /^(.+?)_?[iI]d$/.exec(name)?.[1]?.toLowerCase().replaceAll("_", "");
    if (word === undefined || taken.has(name)) return [];
    const target = [...wanted].find((one) =>
      namesOf(one).some((other) => [word, `${word}s`, `${word}es`].includes(other.toLowerCase().replaceAll("_", ""))),
    );
    const [key] = target?.primaryKey?.columns ?? [];
    return target === undefined || key === undefined
      ? []
      : [{ columns: [name], table: target.name, to: [key], enforced: false }];
  });
}
