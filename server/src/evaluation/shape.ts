/**
 * Shapes of plain values: what a suite file may hold, as data. Validation here and the JSON schema editors use (`shape-schema.ts`) are
 * derived from the same description, so they cannot disagree.
 */
import { nearest } from "../base/nearest.js";

export type Shape =
  | { readonly kind: "text"; readonly oneOf?: readonly string[]; readonly pattern?: RegExp; readonly example?: string }
  | { readonly kind: "number"; readonly min?: number; readonly max?: number; readonly integer?: true }
  | { readonly kind: "boolean" }
  /** Whatever YAML can say. */
  | { readonly kind: "any" }
  | { readonly kind: "list"; readonly of: Shape; readonly min?: number }
  /** Free keys, values of one shape. */
  | { readonly kind: "map"; readonly of: Shape }
  | RecordShape
  /** One of several records, told apart by the value of one key. */
  | { readonly kind: "choice"; readonly by: string; readonly of: Readonly<Record<string, RecordShape>> }
  /** One of several shapes of different types, such as a text or a list. */
  | { readonly kind: "either"; readonly of: readonly Shape[] };

export interface RecordShape {
  readonly kind: "record";
  readonly fields: Readonly<Record<string, Field>>;
}

export interface Field {
  readonly shape: Shape;
  readonly required?: true;
  /** One sentence, shown on hover and in the documentation. */
  readonly doc: string;
}

export type ValuePath = readonly (string | number)[];

export interface ShapeFault {
  readonly path: ValuePath;
  readonly message: string;
  /** The fault is the key itself, not its value. */
  readonly atKey?: true;
}

/** Everything in which a value is not of a shape, in the order of the value. */
export function faultsOf(value: unknown, shape: Shape, path: ValuePath = []): ShapeFault[] {
  switch (shape.kind) {
    case "any":
      return [];
    case "text":
      return textFaults(value, shape, path);
    case "number":
      return numberFaults(value, shape, path);
    case "boolean":
      return typeof value === "boolean" ? [] : [wrongType(value, shape, path)];
    case "list":
      if (!Array.isArray(value)) return [wrongType(value, shape, path)];
      if (value.length < (shape.min ?? 0)) return [{ path, message: `needs at least ${shape.min ?? 0} entries` }];
      return value.flatMap((item, index) => faultsOf(item, shape.of, [...path, index]));
    case "map":
      if (!isRecord(value)) return [wrongType(value, shape, path)];
      return Object.entries(value).flatMap(([key, item]) => faultsOf(item, shape.of, [...path, key]));
    case "record":
      return recordFaults(value, shape, path);
    case "choice":
      return choiceFaults(value, shape, path);
    case "either": {
      const fitting = shape.of.find((option) => hasType(value, option));
      return fitting === undefined ? [wrongType(value, shape, path)] : faultsOf(value, fitting, path);
    }
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textFaults(value: unknown, shape: Extract<Shape, { kind: "text" }>, path: ValuePath): ShapeFault[] {
  if (typeof value !== "string") return [wrongType(value, shape, path)];
  if (shape.oneOf !== undefined && !shape.oneOf.includes(value)) return [notOneOf(value, shape.oneOf, path)];
  if (shape.pattern !== undefined && !shape.pattern.test(value)) {
    const hint = shape.example === undefined ? "" : `: write it like ${shape.example}`;
    return [{ path, message: `\`${shorten(value)}\` is not written as it must be${hint}` }];
  }
  return [];
}

function numberFaults(value: unknown, shape: Extract<Shape, { kind: "number" }>, path: ValuePath): ShapeFault[] {
  if (typeof value !== "number" || !Number.isFinite(value)) return [wrongType(value, shape, path)];
  if (shape.integer === true && !Number.isInteger(value))
    return [{ path, message: `must be a whole number, not ${value}` }];
  if (value < (shape.min ?? -Infinity)) return [{ path, message: `must be at least ${shape.min ?? 0}, not ${value}` }];
  if ((shape.max ?? Infinity) < value) return [{ path, message: `must be at most ${shape.max ?? 0}, not ${value}` }];
  return [];
}

function recordFaults(value: unknown, shape: RecordShape, path: ValuePath): ShapeFault[] {
  if (!isRecord(value)) return [wrongType(value, shape, path)];
  const known = Object.keys(shape.fields);
  const missing = known.filter((key) => shape.fields[key]?.required === true && !(key in value));
  return [
    ...missing.map((key) => ({ path, message: `misses \`${key}\`: ${shape.fields[key]?.doc ?? ""}` })),
    ...Object.entries(value).flatMap(([key, item]) => {
      const field = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
      return field === undefined ? [unknownKey(key, known, path)] : faultsOf(item, field.shape, [...path, key]);
    }),
  ];
}

function choiceFaults(value: unknown, shape: Extract<Shape, { kind: "choice" }>, path: ValuePath): ShapeFault[] {
  if (!isRecord(value)) return [wrongType(value, shape, path)];
  const names = Object.keys(shape.of);
  const tag = value[shape.by];
  if (tag === undefined) return [{ path, message: `misses \`${shape.by}\`: one of ${names.join(", ")}` }];
  const chosen = typeof tag === "string" && Object.hasOwn(shape.of, tag) ? shape.of[tag] : undefined;
  return chosen === undefined ? [notOneOf(tag, names, [...path, shape.by])] : recordFaults(value, chosen, path);
}

function unknownKey(key: string, known: readonly string[], path: ValuePath): ShapeFault {
  const guess = nearest(key, known);
  const hint = guess === undefined ? `known are ${known.join(", ")}` : `did you mean \`${guess}\`?`;
  return { path: [...path, key], message: `\`${shorten(key)}\` is not known here: ${hint}`, atKey: true };
}

function notOneOf(value: unknown, names: readonly string[], path: ValuePath): ShapeFault {
  const guess = typeof value === "string" ? nearest(value, names) : undefined;
  const hint = guess === undefined ? `use one of ${names.join(", ")}` : `did you mean \`${guess}\`?`;
  return { path, message: `\`${shorten(String(value))}\` is not known here: ${hint}` };
}

function wrongType(value: unknown, shape: Shape, path: ValuePath): ShapeFault {
  return { path, message: `must be ${nameOf(shape)}, not ${typeName(value)}` };
}

function hasType(value: unknown, shape: Shape): boolean {
  switch (shape.kind) {
    case "any":
      return true;
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "map":
    case "record":
    case "choice":
      return isRecord(value);
    case "either":
      return shape.of.some((option) => hasType(value, option));
  }
}

const NAMES: Readonly<Record<Exclude<Shape["kind"], "either">, string>> = {
  any: "anything",
  text: "a text",
  number: "a number",
  boolean: "true or false",
  list: "a list",
  map: "a mapping",
  record: "a mapping",
  choice: "a mapping",
};

function nameOf(shape: Shape): string {
  return shape.kind === "either" ? shape.of.map(nameOf).join(" or ") : NAMES[shape.kind];
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return `the text \`${shorten(value)}\``;
  return `\`${shorten(JSON.stringify(value))}\``;
}

function shorten(text: string): string {
  return text.length < 40 ? text : `${text.slice(0, 39)}…`;
}
