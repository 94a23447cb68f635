/** Reads an object of query options as far as the code spells it out: literals, spreads, variables that get more members later, conditionals. */
import { type ExprId, NONE } from "../facts/model.js";
import { constantString, exprAt, isConditionalWithin, resolved, resolvedAs, type Scope } from "./scope.js";

export interface ObjectEntry {
  /** Undefined for a computed key; `key` is its expression then. */
  readonly name?: string;
  readonly key?: ExprId;
  readonly value: ExprId;
  /** It is there only under a condition. */
  readonly optional: boolean;
}

export interface ReadObject {
  readonly entries: readonly ObjectEntry[];
  /** Whether there may be more entries than these. */
  readonly open: boolean;
}

/** Spreads and conditionals are followed this deep. */
const maxDepth = 6;

const nothing: ReadObject = { entries: [], open: false };
const anything: ReadObject = { entries: [], open: true };

/** What is known of an object; `undefined` values and absent arguments are objects without entries. */
export function readObject(scope: Scope, id: ExprId, depth = 0): ReadObject {
  if (id === NONE) return nothing;
  const at = resolved(scope, id);
  const expr = exprAt(scope, at);
  if (expr === undefined || maxDepth < depth) return anything;
  const more = laterMembers(scope, id, depth);
  switch (expr.kind) {
    case "object":
      return join([...expr.props.map((prop) => readProp(scope, prop, depth)), more]);
    case "conditional": {
      const [whenTrue, whenFalse] = [expr.whenTrue, expr.whenFalse].map((one) => readObject(scope, one, depth + 1));
      return whenTrue === undefined || whenFalse === undefined ? anything : join([either(whenTrue, whenFalse), more]);
    }
    case "logical": {
      // `filter && { … }` and `filter || {}`: the object is there, or nothing is.
      if (expr.op === "&&") return join([optional(readObject(scope, expr.right, depth + 1)), more]);
      const left = readObject(scope, expr.left, depth + 1);
      return join([either(left, readObject(scope, expr.right, depth + 1)), more]);
    }
    case "literal":
      return expr.value === null ? nothing : anything;
    case "ref":
      return expr.name === "undefined" ? nothing : anything;
    default:
      return anything;
  }
}

type Prop = Extract<NonNullable<ReturnType<typeof exprAt>>, { kind: "object" }>["props"][number];

function readProp(scope: Scope, prop: Prop, depth: number): ReadObject {
  if (prop.kind === "spread") {
    const spread = resolvedAs(scope, prop.value, "spread");
    return readObject(scope, spread === undefined ? prop.value : spread.value, depth + 1);
  }
  if (prop.kind === "method" || prop.kind === "getter" || prop.kind === "setter") return nothing;
  const name = prop.name ?? (prop.key === undefined ? undefined : constantString(scope, prop.key));
  const entry = { ...(name === undefined ? {} : { name }), ...(prop.key === undefined ? {} : { key: prop.key }) };
  return { entries: [{ ...entry, value: prop.value, optional: false }], open: false };
}

/** Members given to a variable after it was declared; handing it to a function leaves it open. */
function laterMembers(scope: Scope, id: ExprId, depth: number): ReadObject {
  const expr = exprAt(scope, id);
  if (expr?.kind !== "ref" || depth > 2) return nothing;
  const found: ReadObject[] = [];
  for (const write of scope.memberWrites.get(expr.binding) ?? []) {
    const assign = exprAt(scope, write);
    const target = assign?.kind === "assign" ? exprAt(scope, assign.target) : undefined;
    if (assign?.kind !== "assign") continue;
    const isOwn = target?.kind === "member" && exprAt(scope, target.object)?.kind === "ref";
    if (!isOwn) {
      found.push(anything);
      continue;
    }
    const conditional = isConditionalWithin(scope, write, id);
    found.push({ entries: [{ name: target.name, value: assign.value, optional: conditional }], open: false });
  }
  if ((scope.chainsFrom.get(expr.binding) ?? []).length > 0) found.push(anything);
  return found.length === 0 ? nothing : join(found);
}

/** Later entries win over earlier ones of the same name, unless they may be absent. */
function join(parts: readonly ReadObject[]): ReadObject {
  const entries: ObjectEntry[] = [];
  for (const part of parts) {
    for (const entry of part.entries) {
      const known = entries.findIndex((one) => one.name !== undefined && one.name === entry.name);
      if (known >= 0 && !entry.optional) entries.splice(known, 1);
      entries.push(entry);
    }
  }
  return { entries, open: parts.some((part) => part.open) };
}

function optional(part: ReadObject): ReadObject {
  return { entries: part.entries.map((entry) => ({ ...entry, optional: true })), open: part.open };
}

/** Entries that both have are there; the others may be. */
function either(a: ReadObject, b: ReadObject): ReadObject {
  const inBoth = (entry: ObjectEntry, other: ReadObject): boolean =>
    entry.name !== undefined && other.entries.some((one) => one.name === entry.name && !one.optional);
  const merged = [
    ...a.entries.map((entry) => (inBoth(entry, b) ? entry : { ...entry, optional: true })),
    ...b.entries.filter((entry) => !inBoth(entry, a)).map((entry) => ({ ...entry, optional: true })),
  ];
  return { entries: merged, open: a.open || b.open };
}

/** The entry of a name; undefined where there is none. */
export function entryOf(object: ReadObject, name: string): ObjectEntry | undefined {
  return object.entries.find((entry) => entry.name === name);
}
