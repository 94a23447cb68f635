/** Rows of variables: written in the suite, or in a JSONL, JSON, YAML or CSV file. */
import { dirname, resolve } from "node:path/posix";
import type { PlanContext } from "../plan-context.js";
import { isRecord } from "../shape.js";
import type { PromptCase } from "../suite.js";
import { readYaml } from "../yaml-source.js";
import { readCsv } from "./csv.js";
import type { Variables } from "./template.js";

export async function variablesOf(one: PromptCase, context: PlanContext): Promise<readonly Variables[]> {
  if (typeof one.variables !== "string") return one.variables;
  const file = resolve(dirname(one.place.file), one.variables);
  const read = await context.files.read(file);
  if (read.kind === "unreadable") {
    context.fault(one.place, `the variables \`${one.variables}\` cannot be read: ${read.reason}`);
    return [];
  }
  const rows = rowsOf(file, read.text);
  if (typeof rows === "string") {
    context.fault(one.place, `the variables \`${one.variables}\` cannot be read: ${rows}`);
    return [];
  }
  return rows;
}

/** Rows, or a sentence that says what is wrong. */
function rowsOf(file: string, text: string): readonly Variables[] | string {
  if (file.endsWith(".csv")) return readCsv(text);
  if (file.endsWith(".jsonl") || file.endsWith(".ndjson")) return linesOf(text);
  const source = readYaml(file, text);
  const [problem] = source.problems;
  if (problem !== undefined) return `line ${problem.line}: ${problem.message}`;
  if (!Array.isArray(source.value) || !source.value.every(isRecord)) return "it must hold a list of mappings";
  return source.value;
}

function linesOf(text: string): readonly Variables[] | string {
  const rows: Variables[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    try {
      const row: unknown = JSON.parse(line);
      if (!isRecord(row)) return `line ${index + 1} is no mapping`;
      rows.push(row);
    } catch {
      return `line ${index + 1} is no JSON`;
    }
  }
  return rows;
}
