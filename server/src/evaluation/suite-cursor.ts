/** Where in a suite a cursor stands, also while the line it stands on is half written. */
import { isMap, isPair, isScalar, isSeq, parseDocument, type Document } from "yaml";
import { isRecord, type Field, type Shape, type ValuePath } from "./shape.js";
import { suiteShape } from "./suite-shape.js";

export interface SuiteCursor {
  /** Of the mapping or list item around a key; of the value itself otherwise. */
  readonly path: ValuePath;
  readonly role: "key" | "value";
  /** What the suite holds beside the word at the cursor, as far as it can be read. */
  readonly value: unknown;
  /** The word at the cursor, UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  /** Between braces or brackets, where everything stays on one line. */
  readonly inFlow: boolean;
}

/** Stands for the word at the cursor, so that the text around it parses as it will once the word is written. */
const MARK = "hotpath_cursor_mark";
/** Characters; a longer text would make each keystroke wait. */
const MAX_LENGTH = 2 ** 20;

/** Undefined in comments and where the text around cannot be read. */
export function suiteCursorAt(text: string, offset: number): SuiteCursor | undefined {
  if (MAX_LENGTH < text.length) return undefined;
  const start = offset - (/[\w$./-]*$/.exec(text.slice(0, offset))?.[0].length ?? 0);
  const end = offset + (/^[\w$./-]*/.exec(text.slice(offset))?.[0].length ?? 0);
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  if (/(^|\s)#/.test(line)) return undefined;
  const rest = text.slice(end);
  const hasColon = /^\s*:/.test(rest);
  // At the start of a line a bare word would continue the scalar above; with a colon it is a key of its own.
  const forms = /^[\s-]*$/.test(line) && !hasColon ? [`${MARK}:`, MARK] : [MARK];
  for (const form of forms) {
    const document = parse(text.slice(0, start) + form + rest);
    const found = document === undefined ? undefined : findMark(document.contents, [], false);
    if (document !== undefined && found !== undefined) return { ...found, value: plain(document), start, end };
  }
  return undefined;
}

/** Path of the key at an offset, with the key's own place; undefined elsewhere. */
export function suiteKeyAt(
  text: string,
  offset: number,
): { readonly path: ValuePath; readonly value: unknown; readonly start: number; readonly end: number } | undefined {
  const document = MAX_LENGTH < text.length ? undefined : parse(text);
  const found = document === undefined ? undefined : findKey(document.contents, offset, []);
  return document === undefined || found === undefined ? undefined : { ...found, value: plain(document) };
}

/** The fields a mapping may have, and the shape of a value: a suite's description followed along a path. Undefined where the path leaves it. */
export function shapeAt(path: ValuePath, value: unknown): Shape | undefined {
  let shape: Shape | undefined = suiteShape;
  let here = value;
  for (const step of path) {
    shape = shape === undefined ? undefined : stepInto(shape, step, here);
    here = isRecord(here) ? here[String(step)] : Array.isArray(here) ? (here as unknown[])[Number(step)] : undefined;
  }
  return shape === undefined ? undefined : narrowed(shape, here);
}

/** The fields of a mapping of that shape, and those of all alternatives where the choice is not made yet. */
export function fieldsOf(shape: Shape | undefined): Readonly<Record<string, Field>> {
  switch (shape?.kind) {
    case "record":
      return shape.fields;
    case "choice":
      return Object.assign({}, ...Object.values(shape.of).map(({ fields }) => fields)) as Record<string, Field>;
    case "either":
      return Object.assign({}, ...shape.of.map(fieldsOf)) as Record<string, Field>;
    default:
      return {};
  }
}

function stepInto(shape: Shape, step: string | number, here: unknown): Shape | undefined {
  const at = narrowed(shape, here);
  switch (at.kind) {
    case "record":
      return Object.hasOwn(at.fields, step) ? at.fields[step]?.shape : undefined;
    case "choice":
      return step === at.by ? { kind: "text", oneOf: Object.keys(at.of) } : fieldsOf(at)[step]?.shape;
    case "map":
    case "list":
      return at.of;
    case "either": {
      const kind = typeof step === "number" ? "list" : "map";
      for (const option of at.of) {
        if ((option.kind === "list") !== (kind === "list")) continue;
        const inner = stepInto(option, step, here);
        if (inner !== undefined) return inner;
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

/** The record that was chosen, once the key that chooses is there. */
function narrowed(shape: Shape, here: unknown): Shape {
  if (shape.kind !== "choice" || !isRecord(here)) return shape;
  const tag = here[shape.by];
  return typeof tag === "string" && Object.hasOwn(shape.of, tag) ? (shape.of[tag] ?? shape) : shape;
}

function parse(text: string): Document | undefined {
  try {
    return parseDocument(text, { prettyErrors: false, logLevel: "silent", merge: true });
  } catch {
    // The library gives up on some texts that nest too deeply; there is nothing to help with then.
    return undefined;
  }
}

function plain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch {
    return undefined;
  }
}

type Found = Pick<SuiteCursor, "path" | "role" | "inFlow">;

function findMark(node: unknown, path: ValuePath, inFlow: boolean): Found | undefined {
  if (isScalar(node)) return node.value === MARK ? { path, role: "value", inFlow } : undefined;
  if (isSeq(node)) {
    const flow = inFlow || node.flow === true;
    return first(node.items, (item, index) => findMark(item, [...path, index], flow));
  }
  if (!isMap(node)) return undefined;
  const flow = inFlow || node.flow === true;
  return first(node.items, (pair) => {
    if (!isPair(pair)) return undefined;
    const key = isScalar(pair.key) ? String(pair.key.value) : "";
    if (key === MARK) return { path, role: "key", inFlow: flow };
    return findMark(pair.value, [...path, key], flow);
  });
}

function findKey(
  node: unknown,
  offset: number,
  path: ValuePath,
): { readonly path: ValuePath; readonly start: number; readonly end: number } | undefined {
  if (isSeq(node)) return first(node.items, (item, index) => findKey(item, offset, [...path, index]));
  if (!isMap(node)) return undefined;
  return first(node.items, (pair) => {
    if (!isPair(pair) || !isScalar(pair.key)) return undefined;
    const inner = [...path, String(pair.key.value)];
    const [start, end] = pair.key.range ?? [0, 0];
    if (start <= offset && offset <= end && start < end) return { path: inner, start, end };
    return findKey(pair.value, offset, inner);
  });
}

function first<T, R>(items: readonly T[], find: (item: T, index: number) => R | undefined): R | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
