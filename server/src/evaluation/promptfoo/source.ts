/** What the parts of an import share: the file something stands in, its files, and how that which is not understood is told. */
import type { SuiteFiles } from "../suite-files.js";
import type { SuitePlace, SuiteProblem } from "../suite.js";
import type { ValuePath } from "../shape.js";
import type { YamlSource } from "../yaml-source.js";

export interface ImportSource {
  /** Of the configuration; paths in all its files are relative to it. */
  readonly folder: string;
  readonly files: SuiteFiles;
  place(at: ValuePath): SuitePlace;
  /** Says, at its line, what is left out. The same is said once. */
  warn(at: ValuePath, message: string): void;
  /** Says what keeps the suite from meaning what it says. */
  fail(at: ValuePath, message: string): void;
}

export function importSource(
  file: string,
  yaml: Pick<YamlSource, "place">,
  shared: Pick<ImportSource, "folder" | "files">,
  problems: SuiteProblem[],
): ImportSource {
  const told = new Set<string>();
  const say = (severity: SuiteProblem["severity"], at: ValuePath, message: string): void => {
    const place = yaml.place(at, true);
    const key = `${place.line} ${message}`;
    if (told.has(key)) return;
    told.add(key);
    problems.push({ file, ...place, severity, message });
  };
  return {
    ...shared,
    place: (at) => ({ file, ...yaml.place(at) }),
    warn: (at, message) => say("warning", at, message),
    fail: (at, message) => say("error", at, message),
  };
}

export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The path of a `file://` reference; undefined for anything else. */
export function referenceOf(value: unknown): string | undefined {
  return typeof value === "string" ? /^file:\/\/(.+)$/.exec(value)?.[1] : undefined;
}

/** What follows the last dot, in lower case. */
export function extensionOf(path: string): string {
  return /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
}
