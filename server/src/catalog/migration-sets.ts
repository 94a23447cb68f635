/** Which schema files belong together and in which order they are applied. Told from their paths, as the migration tools do. */
import { directoryOf } from "../project/path-text.js";
import type { SchemaFile } from "./change.js";

export interface MigrationSet {
  readonly folder: string;
  /** In the order they are applied. */
  readonly files: readonly SchemaFile[];
  /** False for a single file that holds a schema by itself. */
  readonly ordered: boolean;
  /** The tool keeps a journal, as Drizzle does, and applies everything in one transaction. */
  readonly hasJournal?: true;
}

/** `V1__a`, `V1.2__b`, `0001_c`, `20240101120000_d`, `1-e`, `001.f`, `Migration20240101`, and Flyway's repeatable `R__g`. */
const NUMBERED = /^(?:[vV]?\d+(?:[._]\d+)*(?=\D|$)|[A-Za-z]{1,40}[_-]?\d{6,}|R__)/;
/** One folder per migration: the folder's name carries the order. */
const INNER_NAME = /^(?:migration|up|index|main)\.\w+$/;
const REVERSE =
  /(?:^|[._-])(?:down|undo|rollback|revert)\.\w+$|^U\d+[._\d]*__|(?:^|\/)(?:down|rollbacks?|undo)\/[^/]+$/i;

/** Files that take changes back: never applied. */
export function isReverse(path: string): boolean {
  return REVERSE.test(path.slice(-200));
}

export function migrationSets(files: readonly SchemaFile[]): readonly MigrationSet[] {
  const folders = new Map<string, SchemaFile[]>();
  const journals = new Map<string, readonly string[]>();
  const single: SchemaFile[] = [];
  for (const file of files) {
    if (file.journal !== undefined) {
      journals.set(directoryOf(directoryOf(file.path)), file.journal);
      continue;
    }
    const folder = setFolder(file.path);
    if (folder === undefined) single.push(file);
    else folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const sets = [...folders].map(([folder, members]): MigrationSet => {
    const files = inOrder(folder, members, journals.get(folder));
    return { folder, files, ordered: true, ...(journals.has(folder) ? { hasJournal: true as const } : {}) };
  });
  return [...sets, ...single.map((file) => ({ folder: directoryOf(file.path), files: [file], ordered: false }))];
}

/** The folder whose members are applied in order; undefined for a file that stands for itself. */
function setFolder(path: string): string | undefined {
  const folder = directoryOf(path);
  const name = path.slice(folder.length + 1);
  if (!NUMBERED.test(name)) {
    const own = folder.slice(folder.lastIndexOf("/") + 1);
    return INNER_NAME.test(name) && NUMBERED.test(own) ? directoryOf(folder) : undefined;
  }
  // migrations/2024/001_a.sql: the year is part of the order.
  const parent = folder.slice(folder.lastIndexOf("/") + 1);
  return /^[\d.]+$|^v?\d+(?:\.\d+)+$/i.test(parent) ? directoryOf(folder) : folder;
}

function inOrder(
  folder: string,
  files: readonly SchemaFile[],
  journal: readonly string[] | undefined,
): readonly SchemaFile[] {
  const keyed = files.map((file) => ({ file, name: file.path.slice(folder.length + 1) }));
  if (journal !== undefined) {
    // Drizzle applies what its journal lists, and nothing else.
    const place = new Map(journal.map((name, i) => [name, i]));
    const listed = keyed.flatMap(({ file, name }) => {
      const at = place.get(name.replace(/\.\w+$/, "")) ?? place.get(directoryOf(name));
      return at === undefined ? [] : [{ file, at }];
    });
    if (listed.length > 0) return listed.sort((a, b) => a.at - b.at).map(({ file }) => file);
  }
  return keyed.sort((a, b) => compareVersions(undecorated(a.name), undecorated(b.name))).map(({ file }) => file);
}

/** `Migration20240101` and `InitialSetup20231201` are ordered by their dates. */
function undecorated(name: string): string {
  return name.replace(/^[A-Za-z]{2,40}[_-]?(?=\d{6,})/, "");
}

/** Versions by the values of their numbers (`2` before `2.1` before `10`), folder by folder; repeatable migrations last; everything else as text. */
export function compareVersions(a: string, b: string): number {
  const repeatable = Number(a.startsWith("R__")) - Number(b.startsWith("R__"));
  if (repeatable !== 0) return repeatable;
  const left = a.split("/");
  const right = b.split("/");
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareNames(left[i] ?? "", right[i] ?? "");
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareNames(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareDigits(left[i] ?? "", right[i] ?? "");
    if (order !== 0) return order;
  }
  const longer = left.length === 0 || right.length === 0 ? 0 : left.length - right.length;
  return longer !== 0 ? longer : a < b ? -1 : a > b ? 1 : 0;
}

/** `V2.1__name` → 2, 1. */
function numbersOf(name: string): readonly string[] {
  return /^[vV]?(\d+(?:[._]\d+)*)/.exec(name)?.[1]?.split(/[._]/) ?? [];
}

/** Digits of any length, without rounding. */
function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+(?=\d)/, "");
  const right = b.replace(/^0+(?=\d)/, "");
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}
