/** A shape as JSON schema (draft 7, the one editors understand best). */
import type { Field, RecordShape, Shape } from "./shape.js";

export type JsonSchema = Readonly<Record<string, unknown>>;

export function schemaOf(shape: Shape): JsonSchema {
  switch (shape.kind) {
    case "any":
      return {};
    case "text":
      return {
        type: "string",
        ...(shape.oneOf === undefined ? {} : { enum: shape.oneOf }),
        ...(shape.pattern === undefined ? {} : { pattern: shape.pattern.source }),
      };
    case "number":
      return {
        type: shape.integer === true ? "integer" : "number",
        ...(shape.min === undefined ? {} : { minimum: shape.min }),
        ...(shape.max === undefined ? {} : { maximum: shape.max }),
      };
    case "boolean":
      return { type: "boolean" };
    case "list":
      return { type: "array", items: schemaOf(shape.of), ...(shape.min === undefined ? {} : { minItems: shape.min }) };
    case "map":
      return { type: "object", additionalProperties: schemaOf(shape.of) };
    case "record":
      return recordSchema(shape);
    case "choice":
      return choiceSchema(shape.by, shape.of);
    case "either":
      return { anyOf: shape.of.map(schemaOf) };
  }
}

function recordSchema({ fields }: RecordShape): JsonSchema {
  const required = Object.keys(fields).filter((key) => fields[key]?.required === true);
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, fieldSchema(field)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function fieldSchema({ shape, doc }: Field): JsonSchema {
  return { ...schemaOf(shape), description: doc };
}

/** `if`/`then` for each value, so that an editor complains about the one key that is wrong, not about all alternatives at once. */
function choiceSchema(by: string, of: Readonly<Record<string, RecordShape>>): JsonSchema {
  return {
    type: "object",
    properties: { [by]: { type: "string", enum: Object.keys(of) } },
    required: [by],
    allOf: Object.entries(of).map(([name, record]) => ({
      if: { properties: { [by]: { const: name } }, required: [by] },
      then: recordSchema(record),
    })),
  };
}
