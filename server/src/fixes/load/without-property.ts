/** A property taken out of an object literal, with its comma, and with its line where it has one of its own. */
import type { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";

export function withoutProperty(object: ts.ObjectLiteralExpression, property: ts.ObjectLiteralElementLike): TextEdit {
  const index = object.properties.indexOf(property);
  const next = object.properties[index + 1];
  // Up to the next one, whose comments and white space take this one's place.
  if (next !== undefined) return { start: property.getStart(), end: next.getStart(), newText: "" };
  const before = object.properties[index - 1];
  return { start: before === undefined ? property.getStart() : before.end, end: property.end, newText: "" };
}
