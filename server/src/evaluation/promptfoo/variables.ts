/** Variables of a test of promptfoo: values, lists of texts that stand for one row each, and files. */
import { resolve } from "node:path/posix";
import type { Variables } from "../prompt/template.js";
import { isRecord, type ValuePath } from "../shape.js";
import { readYaml } from "../yaml-source.js";
import { extensionOf, referenceOf, type ImportSource } from "./source.js";

/** Rows are all combinations of lists; more are a mistake. */
const MAX_ROWS = 100_000;

export async function importVariables(
  shared: unknown,
  own: unknown,
  at: ValuePath,
  source: ImportSource,
): Promise<readonly Variables[]> {
  if (own !== undefined && !isRecord(own)) source.warn(at, "these `vars` are not understood and left out");
  let rows: Variables[] = [{}];
  const all = { ...(isRecord(shared) ? shared : {}), ...(isRecord(own) ? own : {}) };
  for (const [name, value] of Object.entries(all)) {
    const values = await valuesOf(value, [...at, name], source);
    if (MAX_ROWS < rows.length * values.length) {
      source.fail(at, `these \`vars\` stand for more than ${MAX_ROWS.toLocaleString("en")} rows`);
      return [];
    }
    if (0 < values.length) rows = rows.flatMap((row) => values.map((one) => ({ ...row, [name]: one })));
  }
  return rows;
}

/** One value for each row; nothing for what is left out. */
async function valuesOf(value: unknown, at: ValuePath, source: ImportSource): Promise<readonly unknown[]> {
  const path = referenceOf(value);
  if (path === undefined) return Array.isArray(value) && typeof value[0] === "string" ? (value as unknown[]) : [value];
  const found = await source.files.match(resolve(source.folder, path));
  if (found.length === 0) source.fail(at, `the variable \`${path}\` cannot be read: there is no such file`);
  const values: unknown[] = [];
  for (const file of found) {
    const kind = extensionOf(file);
    if (!["txt", "md", "json", "yaml", "yml", "csv", "html", "xml"].includes(kind)) {
      source.warn(at, `\`${path}\` is not understood: variables are read from files of text`);
      return [];
    }
    const read = await source.files.read(file);
    if (read.kind === "unreadable") source.fail(at, `the variable \`${path}\` cannot be read: ${read.reason}`);
    else if (kind === "yaml" || kind === "yml") values.push(readYaml(file, read.text).value);
    else values.push(read.text.trim());
  }
  return values;
}
