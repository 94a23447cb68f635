/** Completion and hover in suite files, from the description that also validates them. Editors' words stay in `lsp/`. */
import { isRecord, type Field, type Shape } from "./shape.js";
import { fieldsOf, shapeAt, suiteCursorAt, suiteKeyAt } from "./suite-cursor.js";

export interface SuiteCompletion {
  readonly label: string;
  readonly kind: "key" | "value";
  /** Type of the value, in words. */
  readonly detail: string;
  readonly doc: string;
  /** Replaces the word between `start` and `end`. */
  readonly insert: string;
  readonly start: number;
  readonly end: number;
  readonly required: boolean;
}

/** What may be written at an offset, required keys first; nothing where nothing is known. */
export function completeSuite(text: string, offset: number): readonly SuiteCompletion[] {
  const cursor = suiteCursorAt(text, offset);
  if (cursor === undefined) return [];
  const { start, end, path, value } = cursor;
  const shape = shapeAt(path, value);
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const indent = " ".repeat(start - lineStart + 2);
  const keys = Object.entries(fieldsOf(shape))
    .filter(([key]) => !has(value, path, key))
    .map(([key, field]): SuiteCompletion => {
      const insert = cursor.inFlow || hasColon(text, end) ? key : `${key}:${opening(field.shape, indent)}`;
      const about = { detail: typeText(field.shape), doc: field.doc, required: field.required === true };
      return { label: key, kind: "key", ...about, insert: withColon(insert, text, end), start, end };
    })
    .sort((a, b) => Number(b.required) - Number(a.required));
  const values = shape === undefined || hasColon(text, end) ? [] : [...wordsOf(shape), ...namesOf(path, value)];
  const worth = cursor.role === "key" && 0 < keys.length ? [] : values;
  return [
    ...(cursor.role === "key" || /^\s*-\s+$/.test(text.slice(lineStart, start)) ? keys : []),
    ...worth.map((label): SuiteCompletion => {
      return { label, kind: "value", detail: "", doc: "", insert: label, start, end, required: false };
    }),
  ];
}

/** What the key at an offset means, as Markdown. */
export function hoverSuite(
  text: string,
  offset: number,
): { readonly markdown: string; readonly start: number; readonly end: number } | undefined {
  const at = suiteKeyAt(text, offset);
  const key = at?.path.at(-1);
  if (at === undefined || typeof key !== "string") return undefined;
  const fields = fieldsOf(shapeAt(at.path.slice(0, -1), at.value));
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
  return field === undefined ? undefined : { markdown: hoverText(key, field), start: at.start, end: at.end };
}

function hoverText(key: string, { shape, doc, required }: Field): string {
  return `**${key}**: ${typeText(shape)}${required === true ? ", required" : ""}\n\n${doc}`;
}

function has(value: unknown, path: readonly (string | number)[], key: string): boolean {
  let here = value;
  for (const step of path) {
    here = isRecord(here) ? here[String(step)] : Array.isArray(here) ? (here as unknown[])[Number(step)] : undefined;
  }
  return isRecord(here) && Object.hasOwn(here, key);
}

function hasColon(text: string, end: number): boolean {
  return /^\s*:/.test(text.slice(end, end + 40));
}

function withColon(insert: string, text: string, end: number): string {
  return insert.includes(":") || hasColon(text, end) ? insert : `${insert}: `;
}

/** What follows a new key on its line and the next. */
function opening(shape: Shape, indent: string): string {
  switch (shape.kind) {
    case "list":
      return `\n${indent}- `;
    case "record":
    case "map":
    case "choice":
      return `\n${indent}`;
    default:
      return " ";
  }
}

function wordsOf(shape: Shape): readonly string[] {
  switch (shape.kind) {
    case "text":
      return shape.oneOf ?? [];
    case "boolean":
      return ["true", "false"];
    case "either":
      return shape.of.flatMap(wordsOf);
    default:
      return [];
  }
}

/** Names of the suite's own providers, where one is asked for. */
function namesOf(path: readonly (string | number)[], value: unknown): readonly string[] {
  const asks = path.filter((step) => typeof step === "string").at(-1);
  const inCase = path[0] === "cases" && (asks === "providers" || asks === "provider");
  if (!inCase && !(path[0] === "providers" && asks === "fallback")) return [];
  const providers = isRecord(value) ? value["providers"] : undefined;
  return (Array.isArray(providers) ? (providers as unknown[]) : []).flatMap((one) =>
    isRecord(one) && typeof one["id"] === "string" ? [one["id"]] : [],
  );
}

/** A shape in words: `number from 0 to 1`, `list of texts`. */
export function typeText(shape: Shape): string {
  switch (shape.kind) {
    case "text":
      return shape.oneOf === undefined ? "text" : `one of ${shape.oneOf.join(", ")}`;
    case "number": {
      const noun = shape.integer === true ? "whole number" : "number";
      if (shape.min === undefined) return noun;
      return shape.max === undefined ? `${noun}, at least ${shape.min}` : `${noun} from ${shape.min} to ${shape.max}`;
    }
    case "boolean":
      return "true or false";
    case "any":
      return "any value";
    case "list":
      return `list of: ${typeText(shape.of)}`;
    case "map":
      return `mapping to: ${typeText(shape.of)}`;
    case "record":
    case "choice":
      return "mapping";
    case "either":
      return [...new Set(shape.of.map(typeText))].join(", or ");
  }
}
