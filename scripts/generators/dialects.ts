/** What Hotpath understands of each library, from the dialects' own data. */
import type { Dialect, DialectStep } from "../../server/src/project/dialects/define-dialect.js";

export function renderDialects(dialects: readonly Dialect[]): string {
  const sections = dialects.map((dialect) => {
    const operations = operationsOf(dialect);
    return [
      `## ${dialect.title}`,
      "",
      `Packages: ${
        dialect.packages
          .filter((name) => !name.endsWith(":"))
          .map((name) => `\`${name}\``)
          .join(", ") || "the global `fetch`"
      }. Kind: ${dialect.kind}.`,
      "",
      `Reads: ${list(operations.filter(({ access }) => access === "read"))}`,
      "",
      `Writes: ${list(operations.filter(({ access }) => access === "write"))}`,
      "",
      `Either, by its SQL: ${list(operations.filter(({ access }) => access === "unknown"))}`,
      "",
      `Source: ${dialect.documentation}.`,
      "",
    ].join("\n");
  });
  return [
    "# Libraries",
    "",
    "<!-- Generated from `server/src/project/dialects/` by `npm run generate`; do not edit. -->",
    "",
    ...sections,
  ].join("\n");
}

interface Named {
  readonly name: string;
  readonly access: string;
}

function operationsOf(dialect: Dialect): Named[] {
  const found = new Map<string, Named>();
  const add = (name: string, step: DialectStep | undefined): void => {
    if (step?.operation !== undefined) found.set(name, { name, access: step.operation.access });
  };
  for (const [state, { members, call }] of Object.entries(dialect.states)) {
    add(`(${state})`, call);
    for (const [name, member] of Object.entries(members ?? {})) add(name, member.call ?? member.get);
  }
  return [...found.values()];
}

function list(operations: readonly Named[]): string {
  return operations.length === 0 ? "none." : `${operations.map(({ name }) => `\`${name}\``).join(", ")}.`;
}
