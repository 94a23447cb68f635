/**
 * YAML text as a value with positions. Never throws: what cannot be read is a problem with its line. Aliases are limited, because a
 * few lines of them can stand for gigabytes.
 */
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
} from "yaml";
import type { SuiteProblem } from "./suite.js";
import type { ValuePath } from "./shape.js";

export interface YamlSource {
  readonly value: unknown;
  readonly problems: readonly SuiteProblem[];
  /** 1-based place of the value, or of its key; of the nearest thing around it when it is not written itself. */
  place(path: ValuePath, atKey?: boolean): { readonly line: number; readonly column: number };
}

/** Characters; a suite is written by hand, its data belongs into files of its own. */
const MAX_LENGTH = 8 * 2 ** 20;
/** How much aliases may multiply, as the YAML library counts it. */
const MAX_ALIAS_COUNT = 100;
const MAX_PROBLEMS = 10;

export function readYaml(file: string, text: string): YamlSource {
  const problem = (message: string, line = 1, column = 1): SuiteProblem => ({
    file,
    line,
    column,
    severity: "error",
    message,
  });
  const unreadable = (problems: readonly SuiteProblem[]): YamlSource => ({
    value: undefined,
    problems,
    place: () => ({ line: 1, column: 1 }),
  });
  if (MAX_LENGTH < text.length) {
    return unreadable([problem("the suite is over 8 MiB: keep its data in files of their own")]);
  }
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: "silent" });
    const problems = document.errors.slice(0, MAX_PROBLEMS).map(({ message, pos }) => {
      const { line, col } = lines.linePos(pos[0]);
      return problem(`not valid YAML: ${firstLine(message)}`, Math.max(1, line), Math.max(1, col));
    });
    if (0 < problems.length) return unreadable(problems);
    const place = (path: ValuePath, atKey = false): { line: number; column: number } => {
      const { line, col } = lines.linePos(offsetOf(document, path, atKey));
      return { line: Math.max(1, line), column: Math.max(1, col) };
    };
    return { value: document.toJS({ maxAliasCount: MAX_ALIAS_COUNT }) as unknown, problems: [], place };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (/alias count/i.test(said)) {
      return unreadable([
        problem("its aliases stand for far more than is written: write the values out", aliasLine(text)),
      ]);
    }
    if (error instanceof RangeError) return unreadable([problem("it is nested too deeply")]);
    return unreadable([problem(`not valid YAML: ${firstLine(said)}`)]);
  }
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

/** The first line that uses an alias. */
function aliasLine(text: string): number {
  return Math.max(1, text.split("\n").findIndex((line) => /(?:^|[\s,[{:-])\*\w/.test(line)) + 1);
}

/** Follows a path as far as nodes exist. */
function offsetOf(document: Document, path: ValuePath, atKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    const collection = isAlias(node) ? node.resolve(document) : node;
    if (!isCollection(collection)) return offset;
    if (isMap(collection)) {
      const pair = collection.items.find((item) => isPair(item) && keyText(item.key) === String(step));
      if (pair === undefined) return offset;
      const key = startOf(pair.key) ?? offset;
      const last = depth === path.length - 1;
      // A mapping or list starts on the line below its key, and the key is what a reader looks for.
      const own = isScalar(pair.value) ? startOf(pair.value) : undefined;
      offset = last && atKey ? key : (own ?? key);
      node = pair.value;
    } else {
      const item: unknown = collection.items[Number(step)];
      if (item === undefined) return offset;
      offset = startOf(item) ?? offset;
      node = item;
    }
  }
  return offset;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : "";
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
