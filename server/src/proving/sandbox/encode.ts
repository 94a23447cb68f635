/** A value of the program as JSON that two runs can be compared by. */
import type { Encoded } from "../proof-case.js";
import { ObjectId } from "./mongoose/object-id.js";
import { outsideName } from "./stub.js";

const MAX_DEPTH = 40;

export function encode(value: unknown, depth = 0, around: readonly object[] = []): Encoded {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { $: "number", v: String(value) };
    case "bigint":
      return { $: "bigint", v: String(value) };
    case "undefined":
      return { $: "undefined" };
    case "symbol":
      return { $: "symbol" };
    case "function":
    case "object":
      return value === null ? null : encodeObject(value, depth, around);
  }
}

function encodeObject(value: object, depth: number, around: readonly object[]): Encoded {
  const name = outsideName(value);
  if (name !== undefined) return { $: "outside", v: name };
  if (value instanceof Promise) return { $: "promise" };
  if (typeof value === "function") return { $: "function" };
  if (MAX_DEPTH < depth) return { $: "deep" };
  if (around.includes(value)) return { $: "cycle" };
  const inside = [...around, value];
  const one = (item: unknown): Encoded => encode(item, depth + 1, inside);
  if (Array.isArray(value)) return Array.from(value as readonly unknown[], one);
  if (value instanceof Date) return { $: "date", v: Number.isNaN(value.getTime()) ? "invalid" : value.toISOString() };
  if (value instanceof Map) return { $: "map", v: [...value].map(([key, item]) => [one(key), one(item)]) };
  if (value instanceof Set) return { $: "set", v: [...value].map(one) };
  if (value instanceof Error) return encodeError(value);
  if (value instanceof ObjectId) return { $: "ObjectId", v: value.toHexString() };
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, one(item)]])),
  );
}

/** Where an error came from differs between two versions of a function; what it is and says must not. */
function encodeError(error: Error): Encoded {
  const code: unknown = "code" in error ? error.code : undefined;
  return {
    $: "error",
    name: error.name,
    message: error.message,
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
  };
}
