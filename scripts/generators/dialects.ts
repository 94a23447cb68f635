/** What Hotpath understands of each library, from the dialects' own data. */
import type { Dialect, DialectStep, OperationSpec } from "../../server/src/project/dialects/define-dialect.js";

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
      `Either: ${list(operations.filter(({ access }) => access === "unknown"))}`,
      "",
      ...batchingOf(operations),
      ...(dialect.inProcess === true
        ? ["Inside the process, without a round trip: repeating it is a hint at most.", ""]
        : []),
      `Source: ${dialect.documentation}.`,
      "",
    ].join("\n");
  });
  return [
    "# Libraries",
    "",
    "<!-- Generated from `server/src/project/dialects/` by `npm run generate`; do not edit. -->",
    "",
    "What each library looks like to its caller. Functions of your own are followed into; where that is not possible, `queries` in `hotpath.config.json` declares",
    "them ([settings](settings.md)). Kinds `sql` and `document` are databases, whose repetition can be a warning; `http` and `inference` are information at most,",
    "`cache`, `queue` and `rpc` hints.",
    "",
    ...sections,
  ].join("\n");
}

/** What takes many at once, and what the library merges by itself. */
function batchingOf(operations: readonly Named[]): readonly string[] {
  const bulk = operations.filter(({ spec }) => spec.bulk === true);
  const merged = new Map<string, Named[]>();
  for (const operation of operations) {
    const { batched } = operation.spec;
    if (batched === undefined) continue;
    const [from, before] = batched.except ?? [];
    const gap = from === undefined ? "" : `, not from ${from} to before ${before ?? ""}`;
    const key = `${batched.text} (since ${batched.since}${gap})`;
    merged.set(key, [...(merged.get(key) ?? []), operation]);
  }
  return [
    ...(bulk.length === 0 ? [] : [`Takes many at once: ${list(bulk)}`, ""]),
    ...[...merged].flatMap(([text, of]) => [`Merged by the library, which ${text}: ${list(of)}`, ""]),
  ];
}

interface Named {
  readonly name: string;
  readonly access: string;
  readonly spec: OperationSpec;
}

function operationsOf(dialect: Dialect): Named[] {
  const found = new Map<string, Named>();
  const addSpec = (name: string, spec: OperationSpec): void =>
    void found.set(name, { name, access: spec.access, spec });
  const add = (name: string, step: DialectStep | undefined): void => {
    if (step?.operation !== undefined) addSpec(name, step.operation);
    for (const [command, spec] of Object.entries(step?.commands?.named ?? {})) addSpec(command, spec);
  };
  for (const [state, { members, call, tag }] of Object.entries(dialect.states)) {
    add(`(${state})`, call);
    add("(template)", tag);
    for (const [name, member] of Object.entries(members ?? {})) add(name, member.call ?? member.get);
  }
  return [...found.values()];
}

function list(operations: readonly Named[]): string {
  return operations.length === 0 ? "none." : `${operations.map(({ name }) => `\`${name}\``).join(", ")}.`;
}
