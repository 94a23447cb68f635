/** The first place where two results differ, in words. */
import type { Encoded, Outcome } from "./proof-case.js";

/** Undefined when both ended alike. */
export function outcomeDifference(before: Outcome, after: Outcome): string | undefined {
  if (before.kind === "unprovable" || after.kind === "unprovable") return undefined;
  if (before.kind !== after.kind) {
    const said = (outcome: Outcome): string =>
      outcome.kind === "error" ? `fails with ${render(outcome.value)}` : "gives a result";
    return `before it ${said(before)}, after it ${said(after)}`;
  }
  const what = before.kind === "error" ? "the error" : "the result";
  return (
    valueDifference(before.value, after.value, what) ?? valueDifference(before.effects, after.effects, "the response")
  );
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
