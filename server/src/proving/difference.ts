/** The first place where two results differ, in words. */
import type { Encoded, Outcome, OutsideCall } from "./proof-case.js";

/** Undefined when both ended alike. @param anyOrder Calls to the outside may come in another order. */
export function outcomeDifference(before: Outcome, after: Outcome, anyOrder: boolean): string | undefined {
  if (before.kind === "unprovable" || after.kind === "unprovable") return undefined;
  if (before.kind !== after.kind) {
    const said = (outcome: Outcome): string =>
      outcome.kind === "error" ? `fails with ${render(outcome.value)}` : "gives a result";
    return `before it ${said(before)}, after it ${said(after)}`;
  }
  const what = before.kind === "error" ? "the error" : "the result";
  return (
    valueDifference(before.value, after.value, what) ??
    valueDifference(before.effects, after.effects, "the response") ??
    callDifference(inOrder(before.outside.calls, anyOrder), inOrder(after.outside.calls, anyOrder))
  );
}

function inOrder(calls: readonly OutsideCall[], anyOrder: boolean): readonly OutsideCall[] {
  if (!anyOrder) return calls;
  return calls
    .map((call) => [JSON.stringify(call), call] as const)
    .sort(([a], [b]) => (a < b ? -1 : a === b ? 0 : 1))
    .map(([, call]) => call);
}

/** What reaches the outside must be the same too: the same calls with the same arguments. */
function callDifference(before: readonly OutsideCall[], after: readonly OutsideCall[]): string | undefined {
  for (let index = 0; index < Math.max(before.length, after.length); index++) {
    const [one, other] = [before[index], after[index]];
    if (one === undefined) return `after it also calls \`${other?.name ?? ""}\``;
    if (other === undefined) return `after it no longer calls \`${one.name}\``;
    if (one.name !== other.name) return `it calls \`${one.name}\` before where it calls \`${other.name}\` after`;
    const found = valueDifference(one.given, other.given, `what \`${one.name}\` is given`);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function valueDifference(before: Encoded, after: Encoded, path: string): string | undefined {
  if (Object.is(before, after)) return undefined;
  if (Array.isArray(before) && Array.isArray(after)) {
    const [one, other] = [before as readonly Encoded[], after as readonly Encoded[]];
    for (let index = 0; index < Math.min(one.length, other.length); index++) {
      const found = valueDifference(one[index] ?? null, other[index] ?? null, `${path}[${index}]`);
      if (found !== undefined) return found;
    }
    return one.length === other.length
      ? undefined
      : `${path} has ${one.length} elements before and ${other.length} after`;
  }
  if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const at = key === "v" && "$" in before ? path : `${path}.${key}`;
      const found = valueDifference(before[key] ?? MISSING, after[key] ?? MISSING, at);
      if (found !== undefined) return found;
    }
    // Key order shows in what is sent.
    return undefined;
  }
  return `${path} is ${render(before)} before and ${render(after)} after`;
}

const MISSING: Encoded = { $: "missing" };

function isRecord(value: Encoded): value is Readonly<Record<string, Encoded>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function plain(value: Encoded | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function render(value: Encoded): string {
  if (isRecord(value) && typeof value["$"] === "string") {
    const kind = value["$"];
    if (kind === "error") return `\`${plain(value["name"])}: ${plain(value["message"])}\``;
    if (kind === "undefined" || kind === "missing") return kind;
    if ("v" in value && typeof value["v"] === "string") return value["v"];
    return kind;
  }
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
