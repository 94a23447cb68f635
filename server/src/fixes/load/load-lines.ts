/** The statements that load rows before a loop and put them where each pass finds its own. */
import { type ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { importEdits } from "../imports.js";
import { camelCase, capitalized, freshName, namesIn, pluralOf, singularOf } from "../names.js";
import { arrow, quoted, type Style, styleOf } from "../style.js";
import type { KeyedRead, OtherKey } from "./keyed-read.js";
import type { ListText } from "./list-text.js";
import { loadHelper } from "./load-helper.js";
import { dedented, fitted } from "./moved-text.js";

export interface LoadParts {
  readonly tree: ts.SourceFile;
  readonly node: ts.Expression;
  readonly list: ListText;
  readonly read: KeyedRead;
  readonly tableName: string | undefined;
  /** Condition under which an element's row is wanted; empty for always. */
  readonly filter: string;
  /** No database has to be asked in several queries. */
  readonly isBounded: boolean;
  /** White space before the lines. */
  readonly indent: string;
}

export interface LoadLines {
  readonly lines: readonly string[];
  /** Imports and helpers. */
  readonly edits: readonly TextEdit[];
  /** Expression for what was found for the key of a pass. */
  readonly found: string;
}

interface Names {
  readonly rows: string;
  readonly row: string;
  readonly map: string;
}

export function loadLines(parts: LoadParts): LoadLines {
  const { tree, read } = parts;
  const style = styleOf(tree);
  const names = namesFor(parts);
  const edits: TextEdit[] = [];
  const locals = new Map<string, string>();
  for (const wanted of read.imports ?? []) {
    const given = importEdits(tree, wanted);
    locals.set(wanted.name, given.local);
    edits.push(...given.edits);
  }
  const query = queryLines(parts, names, locals, edits);
  const sources = [read.key, ...(read.others ?? []).map(({ key }) => key)].map(({ source }) => source);
  const key = textOf(read, sources);
  return {
    lines: [
      ...parts.list.lines,
      ...query,
      ...(read.gives === "row" ? mapOfRows(read, names, style) : mapOfLists(parts, names, style)),
    ],
    edits,
    found: `${names.map}.get(${key})`,
  };
}

function namesFor({ tableName, tree, read }: LoadParts): Names {
  const base = camelCase(tableName ?? "row");
  const single = `${singularOf(base) ?? base}${read.value === undefined ? "" : "Count"}`;
  const rows = freshName(tree, [pluralOf(single), `${single}Rows`]);
  const by = read.others === undefined ? capitalized(camelCase(read.column)) : "Keys";
  const map = freshName(tree, [`${read.gives === "row" ? single : pluralOf(single)}By${by}`], new Set([rows]));
  const row =
    read.value !== undefined || namesIn(tree).has(single) || single === rows
      ? freshName(tree, ["row", "found", "loaded"], new Set([rows]))
      : single;
  return { rows, row, map };
}

/** Lines that load the rows. A list of keys that would make the line too long gets a name of its own. */
function queryLines(
  parts: LoadParts,
  { rows }: Names,
  locals: ReadonlyMap<string, string>,
  edits: TextEdit[],
): readonly string[] {
  const { tree, list, read, filter, isBounded, node } = parts;
  if (read.others !== undefined) return severalLines(parts, read.others, rows, locals);
  const style = styleOf(tree);
  const target = read.gives === "result" ? `{ rows: ${rows} }` : rows;
  const inBatches = (read.boundKeys && !isBounded) || read.refusesEmpty === true;
  const helper = inBatches ? loadHelper(tree) : undefined;
  edits.push(...(helper?.edits ?? []));
  const batch = freshName(tree, ["batch", "keys"]);
  const each = `${read.waits === true ? "async " : ""}${arrow(batch, style)}`;
  const call = `const ${target} = await`;
  const text = (keys: string): string =>
    helper === undefined
      ? `${call} ${read.batch(keys, locals)}${style.semicolon}`
      : `${call} ${helper.name}(${keys}, ${each} ${read.batch(batch, locals)})${style.semicolon}`;
  const keys = keysText(list, read, filter, style, inBatches);
  const whole = dedented(text(keys), node);
  const room = style.width - parts.indent.length;
  if (whole.every((line) => line.length <= room)) return whole;
  const isNamed = keys === list.array;
  const { lastName = "key", parameter } = read.key;
  const single = lastName === "id" ? `${parameter}Id` : camelCase(lastName);
  const name = isNamed ? keys : freshName(tree, [pluralOf(single), `${single}List`], new Set([rows]));
  const named = isNamed ? whole : dedented(text(name), node);
  const first = isNamed ? [] : [`const ${name} = ${keys}${style.semicolon}`];
  if (named.every((line) => line.length <= room)) return [...first, ...named];
  if (helper === undefined)
    return [...first, ...(named.length > 1 ? named : named.flatMap((line) => fitted(line, room, style)))];
  const body = dedented(`${read.batch(batch, locals)}${style.trailingComma}`, node).map((line) => `\t${line}`);
  return [...first, `${call} ${helper.name}(${name}, ${each}`, ...body, `)${style.semicolon}`];
}

/** Each list of keys has a name of its own. */
function severalLines(
  { tree, list, read, filter, node }: LoadParts,
  others: readonly OtherKey[],
  rows: string,
  locals: ReadonlyMap<string, string>,
): readonly string[] {
  const style = styleOf(tree);
  const taken = new Set<string>([rows]);
  const lines: string[] = [];
  const names = [read, ...others].map(({ key, column }) => {
    const name = freshName(tree, [pluralOf(camelCase(column)), `${camelCase(column)}List`], taken);
    taken.add(name);
    lines.push(`const ${name} = ${keysText(list, { key }, filter, style, false)}${style.semicolon}`);
    return name;
  });
  const [first = "", ...rest] = names;
  return [...lines, ...dedented(`const ${rows} = await ${read.batch(first, locals, rest)}${style.semicolon}`, node)];
}

/** The list of keys, each of them once where they are likely to repeat. */
export function keysText(
  list: ListText,
  { key }: Pick<KeyedRead, "key">,
  filter: string,
  style: Style,
  unique: boolean,
): string {
  if (filter === "" && key.identity) return list.array;
  const all =
    filter === ""
      ? list.mapped(key.text)
      : `${list.array}.flatMap(${arrow(key.parameter, style)} (${filter} ? [${key.body}] : []))`;
  return unique || key.identity || /^_?id$/.test(key.lastName ?? "") ? all : `[...new Set(${all})]`;
}

function rowKeyOf(read: KeyedRead, row: string): string {
  return textOf(
    read,
    [read.rowKey, ...(read.others ?? []).map(({ column }) => column)].map((column) => `${row}.${column}`),
  );
}

/** What rows are found by, in the row as in the pass. */
function textOf({ asText, others }: KeyedRead, parts: readonly string[]): string {
  if (others !== undefined) return `JSON.stringify([${parts.join(", ")}])`;
  const [only = ""] = parts;
  return asText ? `String(${only})` : only;
}

function mapOfRows(read: KeyedRead, { rows, row, map }: Names, style: Style): readonly string[] {
  const pair = `${arrow(row, style)} [${rowKeyOf(read, row)}, ${read.value?.(row) ?? row}]`;
  return [`const ${map} = new Map(${rows}.map(${pair}))${style.semicolon}`];
}

function mapOfLists({ read, tree }: LoadParts, { rows, row, map }: Names, style: Style): readonly string[] {
  const { semicolon } = style;
  const key = rowKeyOf(read, row);
  const steps = read.rowKey.split(".").map((step) => `[${quoted(step, style)}]`);
  const keyType = read.asText || read.others !== undefined ? "string" : `(typeof ${rows})[number]${steps.join("")}`;
  const types = /\.[cm]?tsx?$/.test(tree.fileName) ? `<${keyType}, (typeof ${rows})[number][]>` : "";
  const group = freshName(tree, ["group"]);
  return [
    `const ${map} = new Map${types}()${semicolon}`,
    `for (const ${row} of ${rows}) {`,
    `\tconst ${group} = ${map}.get(${key})${semicolon}`,
    `\tif (${group} === undefined) ${map}.set(${key}, [${row}])${semicolon}`,
    `\telse ${group}.push(${row})${semicolon}`,
    "}",
  ];
}
