/** `@@index([…])` in a model of a Prisma schema. */
import { prismaBlockAt, type PrismaBlock } from "../../syntax/prisma-schema.js";
import type { TextEdit } from "../fix.js";
import { indentAt } from "../style.js";
import type { ModelPlace, WantedIndex, WantedPart } from "./wanted-index.js";

/** Undefined for what Prisma cannot express: expressions, partial indexes, columns without a field. */
export function prismaIndexes(text: string, model: ModelPlace, wanted: readonly WantedIndex[]): TextEdit | undefined {
  const block = prismaBlockAt(text, model.location.span.start);
  const lines = wanted.map((index) => attributeFor(index, model));
  if (block === undefined || !lines.every((line) => line !== undefined)) return undefined;
  return insertion(text, block, lines);
}

function attributeFor(wanted: WantedIndex, model: ModelPlace): string | undefined {
  const fields = wanted.parts.map((part) => fieldText(part, model));
  if (wanted.where !== undefined || !fields.every((field) => field !== undefined)) return undefined;
  const type = wanted.method === "gin" ? ", type: Gin" : "";
  const map = wanted.name === prismaName(wanted) ? "" : `, map: "${wanted.name}"`;
  return `@@index([${fields.join(", ")}]${type}${map})`;
}

/** The name Prisma gives an index by itself. */
export function prismaName({ table, parts }: Pick<WantedIndex, "table" | "parts">): string {
  const suffix = "_idx";
  const columns = parts.map(({ column }) => column ?? "").join("_");
  return `${`${table}_${columns}`.slice(0, 63 - suffix.length)}${suffix}`;
}

function fieldText({ column, descending, operatorClass }: WantedPart, model: ModelPlace): string | undefined {
  const field = column === undefined ? undefined : model.fieldOf(column);
  if (field === undefined) return undefined;
  const options = [
    ...(operatorClass === undefined ? [] : [`ops: raw("${operatorClass}")`]),
    ...(descending ? ["sort: Desc"] : []),
  ];
  return options.length === 0 ? field : `${field}(${options.join(", ")})`;
}

/** Beside the model's other attributes, or at its end with a blank line before. */
function insertion(text: string, block: PrismaBlock, lines: readonly string[]): TextEdit | undefined {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const written = (indent: string): string => lines.map((line) => `${indent}${line}`).join(newline);
  const last = block.attributes.filter(({ name }) => name === "index").at(-1) ?? block.attributes.at(-1);
  if (last !== undefined)
    return { start: last.end, end: last.end, newText: `${newline}${written(indentAt(text, last.start))}` };
  const close = block.end - 1;
  const field = block.fields.at(-1);
  if (text.charAt(close) !== "}" || field === undefined) return undefined;
  const start = text.lastIndexOf("\n", close) + 1;
  if (text.slice(start, close).trim() !== "") return undefined;
  const indent = indentAt(text, field.nameSpan.start);
  return { start, end: start, newText: `${newline}${written(indent)}${newline}` };
}
