/** Assertions of promptfoo that have a counterpart here. */
import { isRecord } from "./shape.js";
import type { Assertion } from "./suite.js";

type Import = (value: unknown, threshold: number | undefined) => Omit<Assertion, "not" | "weight"> | undefined;

const withText =
  (type: Assertion["type"], more: Partial<Assertion> = {}): Import =>
  (value) =>
    typeof value === "string" || typeof value === "number" ? { type, value: String(value), ...more } : undefined;

const withLimit =
  (type: Assertion["type"]): Import =>
  (_, threshold) => ({ type, ...(threshold === undefined ? {} : { threshold }) });

const KNOWN: Readonly<Record<string, Import>> = {
  equals: (value) => (typeof value === "object" ? { type: "json", value } : withText("equals")(value, undefined)),
  contains: withText("contains"),
  icontains: withText("contains", { ignoreCase: true }),
  "contains-all": (value) => (Array.isArray(value) ? { type: "contains", value } : undefined),
  "icontains-all": (value) => (Array.isArray(value) ? { type: "contains", value, ignoreCase: true } : undefined),
  "starts-with": withText("starts-with"),
  regex: withText("regex"),
  "is-json": (value) =>
    value === undefined ? { type: "json" } : isRecord(value) ? { type: "json-schema", value } : undefined,
  latency: withLimit("latency"),
  cost: withLimit("cost"),
  similar: (value, threshold) =>
    typeof value === "string"
      ? { type: "similar", value, ...(threshold === undefined ? {} : { threshold }) }
      : undefined,
  "llm-rubric": (value, threshold) =>
    typeof value === "string"
      ? { type: "rubric", value, ...(threshold === undefined ? {} : { threshold }) }
      : undefined,
};

export function importAssertion(given: unknown, warn: (message: string) => void): Assertion[] {
  if (!isRecord(given) || typeof given["type"] !== "string") {
    warn("this assertion is not understood and left out");
    return [];
  }
  const name = given["type"].replace(/^not-/, "");
  const threshold = typeof given["threshold"] === "number" ? given["threshold"] : undefined;
  const assertion = Object.hasOwn(KNOWN, name) ? KNOWN[name]?.(given["value"], threshold) : undefined;
  const fromFile = typeof given["value"] === "string" && given["value"].startsWith("file://");
  if (assertion === undefined || fromFile) {
    const why =
      name === "javascript" || name === "python"
        ? "code of a suite is never run here; `expression` may do"
        : "it is left out";
    warn(`the assertion \`${given["type"]}\` of promptfoo is not understood: ${why}`);
    return [];
  }
  return [
    {
      ...assertion,
      ...(given["type"].startsWith("not-") ? { not: true } : {}),
      ...(typeof given["weight"] === "number" ? { weight: given["weight"] } : {}),
    },
  ];
}
