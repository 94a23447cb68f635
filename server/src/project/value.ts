/** Building and comparing values. The rules that hold everywhere: unknown adds nothing to a union, and a union of one is that one. */
import { type DialectValue, type Value } from "./model.js";

export const unknown: Value = { kind: "unknown" };

/** Unions wider than this say nothing useful; further members are dropped. */
export const maxUnion = 8;

/** Of longer chains of calls and names on a package's export only the beginning and the end are kept: where it comes from, and what is called. */
const maxExternalPath = 10;
const keptAtEnd = 4;

export function isUnknown(value: Value): boolean {
  return value.kind === "unknown";
}

/** Whether nothing can be looked up in or called on a value: unknown, or a plain literal. */
export function isOpaque(value: Value): boolean {
  return value.kind === "unknown" || value.kind === "literal";
}

export function unionOf(values: readonly Value[], lowConfidence = false): Value {
  // Mostly there is one value, or none that is known; a union says by itself whether it is a guess.
  const only = values.length < 2 ? values[0] : onlyKnown(values);
  if (only !== undefined && only.kind !== "union") return only;
  const members: Value[] = [];
  const places = new Map<string, number>();
  let guessed = lowConfidence;
  for (const value of values) {
    if (value.kind === "union" && value.lowConfidence === true) guessed = true;
    for (const member of value.kind === "union" ? value.of : [value]) {
      if (member.kind === "unknown" || maxUnion <= members.length) continue;
      const key = identityOf(member);
      const place = places.get(key);
      if (place === undefined) {
        places.set(key, members.length);
        members.push(member);
      } else if (isGuess(members[place]) && !isGuess(member)) members[place] = member;
    }
  }
  const lasting = members.some((member) => member.kind !== "literal")
    ? members.filter((m) => m.kind !== "literal")
    : members;
  const [first] = lasting;
  if (first === undefined) return unknown;
  if (lasting.length === 1) return first;
  return guessed ? { kind: "union", of: lasting, lowConfidence: true } : { kind: "union", of: lasting };
}

/** The one value that is known; `unknown` when none is, undefined when several are. */
function onlyKnown(values: readonly Value[]): Value | undefined {
  let only: Value = unknown;
  for (const value of values) {
    if (value.kind === "unknown") continue;
    if (only !== unknown) return undefined;
    only = value;
  }
  return only;
}

function isGuess(value: Value | undefined): boolean {
  return value?.kind === "dialect" && value.lowConfidence === true;
}

/** Applies a step to a value, or to every member of a union. */
export function mapValue(value: Value, step: (member: Value) => Value): Value {
  if (value.kind !== "union") return step(value);
  return unionOf(value.of.map(step), value.lowConfidence === true);
}

export function partsOf(value: Value): readonly Value[] {
  return value.kind === "union" ? value.of : [value];
}

export function arrayOf(value: Value): Value {
  return { kind: "array", of: value };
}

/** An element of a value that is iterated. Builders and models iterate to themselves, so that one row keeps its dialect. */
export function elementOf(value: Value): Value {
  return mapValue(value, (member) => {
    if (member.kind === "array") return member.of;
    if (member.kind !== "dialect") return unknown;
    if (member.pending === undefined) return member;
    const rows = rowsOf(member);
    return rows.kind === "array" ? rows.of : rows;
  });
}

/** What a builder gives when it has run: rows with methods of their own, or plain data. */
export function rowsOf({ dialect, table, model, pending, lowConfidence, transaction }: DialectValue): Value {
  if (pending?.rows === undefined) return unknown;
  const row: Value =
    model === undefined
      ? {
          kind: "dialect",
          dialect,
          state: pending.rows,
          ...(table === undefined ? {} : { table }),
          ...(lowConfidence === undefined ? {} : { lowConfidence }),
          ...(transaction === undefined ? {} : { transaction }),
        }
      : { kind: "instance", ...model };
  return pending.spec.rows === "many" ? arrayOf(row) : row;
}

/** An export of a package, spelled canonically; see `Value`. */
export function externalValue(module: string, path: readonly string[]): Value {
  if (maxExternalPath < path.length) {
    return {
      kind: "external",
      module,
      path: [...path.slice(0, maxExternalPath - keptAtEnd), ...path.slice(-keptAtEnd)],
    };
  }
  const canonical = path[0] === "default" && 1 < path.length && path[1] !== "()" ? path.slice(1) : path;
  return { kind: "external", module, path: canonical };
}

/** Identity of a value for removing doubles: which thing it is, not how it was reached. */
export function identityOf(value: Value): string {
  switch (value.kind) {
    case "unknown":
      return "?";
    case "external":
    case "external-instance":
      return `${value.kind} ${value.module}#${value.path.join(".")}`;
    case "namespace":
      return `namespace ${value.file}`;
    case "function":
      return `function ${value.ref.file}#${value.ref.fn}`;
    case "class":
    case "instance":
      return `${value.kind} ${value.file}#${value.cls}`;
    case "object":
      return `object ${value.file}#${value.expr}`;
    case "shape":
      return `shape ${value.file}#${value.type.name}${value.type.text ?? ""}${Object.keys(value.type.members ?? {}).join()}${
        value.args === undefined ? "" : `<${Object.values(value.args).map(identityOf).join()}>`
      }`;
    case "dialect":
      return dialectIdentity(value);
    case "array":
      return `array ${identityOf(value.of)}`;
    case "literal":
      return `literal ${typeof value.value} ${value.value}`;
    case "union":
      return value.of.map(identityOf).join("|");
  }
}

function dialectIdentity(value: DialectValue): string {
  return `dialect ${value.dialect}.${value.state} ${value.table ?? ""}${value.transaction === true ? " tx" : ""}${value.pending === undefined ? "" : ` ${value.pending.method}`}`;
}

/** Of two opinions about one value the one that says more; the first when they say equally much. */
export function better(value: Value, other: Value): Value {
  return weight(value) < weight(other) ? other : value;
}

/** How much can be concluded from a value. */
export function weight(value: Value): number {
  switch (value.kind) {
    case "unknown":
      return 0;
    case "literal":
      return 1;
    case "external":
      return value.module === "global:" ? 2 : 4;
    case "shape":
      return 3;
    case "external-instance":
      return 5;
    case "array":
      return value.of.kind === "unknown" ? 2 : 6;
    case "union":
      return value.lowConfidence === true ? 4 : Math.max(...value.of.map(weight));
    case "object":
    case "function":
    case "class":
    case "instance":
    case "namespace":
      return 6;
    case "dialect":
      return value.lowConfidence === true ? 3 : 7;
  }
}
