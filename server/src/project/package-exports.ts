/** Reads the `exports` and `imports` maps of a package: conditions, subpath patterns, fallbacks. */
import { record } from "./manifests.js";

/**
 * Targets for a subpath (`.`, `./client`, or `#name` of an `imports` map), all conditions in the order written. Every condition is taken, not
 * only those of one runtime: the caller keeps the first target whose source is known.
 */
export function exportTargets(map: unknown, subpath: string): readonly string[] {
  if (typeof map === "string" || Array.isArray(map)) return subpath === "." ? conditionTargets(map, "") : [];
  const entries = record(map);
  const keys = Object.keys(entries);
  const bySubpath = keys.some((key) => key.startsWith(".") || key.startsWith("#"));
  if (!bySubpath) return subpath === "." ? conditionTargets(map, "") : [];
  if (subpath in entries) return conditionTargets(entries[subpath], "");
  let best: { readonly key: string; readonly star: string } | undefined;
  for (const key of keys) {
    const star = matchPattern(key, subpath);
    if (star !== undefined && (best === undefined || best.key.length < key.length)) best = { key, star };
  }
  return best === undefined ? [] : conditionTargets(entries[best.key], best.star);
}

/** What the `*` of a pattern stands for, or undefined when the pattern does not match. A pattern without `*` matches itself only. */
export function matchPattern(pattern: string, text: string): string | undefined {
  const at = pattern.indexOf("*");
  if (at < 0) return pattern === text ? "" : undefined;
  const before = pattern.slice(0, at);
  const after = pattern.slice(at + 1);
  if (text.length < before.length + after.length) return undefined;
  return text.startsWith(before) && text.endsWith(after)
    ? text.slice(before.length, text.length - after.length)
    : undefined;
}

function conditionTargets(value: unknown, star: string): readonly string[] {
  if (typeof value === "string") return [value.replaceAll("*", () => star)];
  if (Array.isArray(value)) return value.flatMap((entry: unknown) => conditionTargets(entry, star));
  const entries = Object.entries(record(value));
  // Conditions that point at sources are the ones this analyzer wants.
  const preferred = entries.filter(([name]) => sourceConditions.has(name));
  const others = entries.filter(([name]) => !sourceConditions.has(name));
  return [...preferred, ...others].flatMap(([, target]) => conditionTargets(target, star));
}

const sourceConditions: ReadonlySet<string> = new Set(["source", "development", "@internal", "bun"]);
