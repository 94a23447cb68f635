/** Assertions of promptfoo that have a counterpart here. */
import { isRecord } from "../shape.js";
import type { Assertion } from "../suite.js";
import { expressionOfJavaScript } from "./javascript.js";
import { listOf } from "./source.js";

type Import = (value: unknown, threshold: number | undefined) => Omit<Assertion, "not" | "weight"> | undefined;

export interface AssertionContext {
  /** What `$ref` can name, under `assertionTemplates`. */
  readonly templates: Readonly<Record<string, unknown>>;
  /** Ids of providers, who may grade. */
  readonly providers: readonly string[];
  readonly warn: (message: string) => void;
}

const withText =
  (type: Assertion["type"], more: Partial<Assertion> = {}): Import =>
  (value) =>
    typeof value === "string" || typeof value === "number" ? { type, value: String(value), ...more } : undefined;

const withTexts =
  (type: Assertion["type"], more: Partial<Assertion> = {}): Import =>
  (value) => {
    const texts = listOf(typeof value === "string" ? splitTexts(value) : value);
    const usable = 0 < texts.length && texts.every((text) => typeof text === "string" || typeof text === "number");
    return usable ? { type, value: texts.map(String), ...more } : undefined;
  };

const withLimit =
  (type: Assertion["type"]): Import =>
  (_, threshold) => ({ type, ...(threshold === undefined ? {} : { threshold }) });

const withGrade =
  (type: Assertion["type"]): Import =>
  (value, threshold) =>
    typeof value === "string" ? { type, value, ...(threshold === undefined ? {} : { threshold }) } : undefined;

const javascript: Import = (value, threshold) => {
  // A threshold holds the number the code gives against it, which an expression says by itself.
  const source = typeof value === "string" && threshold === undefined ? expressionOfJavaScript(value) : undefined;
  return source === undefined ? undefined : { type: "expression", value: source };
};

const KNOWN: Readonly<Record<string, Import>> = {
  equals: (value) =>
    typeof value === "object" && value !== null ? { type: "json", value } : withText("equals")(value, undefined),
  contains: withText("contains"),
  icontains: withText("contains", { ignoreCase: true }),
  "contains-all": withTexts("contains"),
  "icontains-all": withTexts("contains", { ignoreCase: true }),
  "contains-any": withTexts("contains-any"),
  "icontains-any": withTexts("contains-any", { ignoreCase: true }),
  "starts-with": withText("starts-with"),
  regex: withText("regex"),
  "is-json": (value) =>
    value === undefined ? { type: "json" } : isRecord(value) ? { type: "json-schema", value } : undefined,
  latency: withLimit("latency"),
  cost: withLimit("cost"),
  similar: withGrade("similar"),
  "llm-rubric": withGrade("rubric"),
  "model-graded-closedqa": withGrade("rubric"),
  javascript,
};

/** What promptfoo names in a report or a key, and changes nothing about whether an assertion holds. */
const HARMLESS = new Set(["type", "value", "threshold", "weight", "provider", "metric", "$ref", "description"]);

export function importAssertion(given: unknown, context: AssertionContext): Assertion[] {
  const { warn } = context;
  const whole = resolveTemplate(given, context.templates);
  if (!isRecord(whole) || typeof whole["type"] !== "string") {
    warn("this assertion is not understood and left out");
    return [];
  }
  const type = whole["type"];
  const name = type.replace(/^not-/, "");
  const changed = Object.keys(whole).find((key) => !HARMLESS.has(key));
  if (changed !== undefined) {
    warn(`the assertion \`${type}\` of promptfoo is left out: its \`${changed}\` is not understood`);
    return [];
  }
  const threshold = typeof whole["threshold"] === "number" ? whole["threshold"] : undefined;
  const fromFile = typeof whole["value"] === "string" && whole["value"].startsWith("file://");
  const assertion = Object.hasOwn(KNOWN, name) && !fromFile ? KNOWN[name]?.(whole["value"], threshold) : undefined;
  if (assertion === undefined) {
    const code = name === "javascript" || name === "python";
    const why = code ? "code of a suite is never run here; `expression` may do" : "it is left out";
    warn(`the assertion \`${type}\` of promptfoo is not understood: ${why}`);
    return [];
  }
  return [
    {
      ...assertion,
      ...graderOf(whole["provider"], context),
      ...(type.startsWith("not-") ? { not: true } : {}),
      ...(typeof whole["weight"] === "number" ? { weight: whole["weight"] } : {}),
    },
  ];
}

/** What stands beside a `$ref` goes before what the template says. */
function resolveTemplate(given: unknown, templates: AssertionContext["templates"]): unknown {
  if (!isRecord(given) || typeof given["$ref"] !== "string") return given;
  const name = /^#\/assertionTemplates\/(.+)$/.exec(given["$ref"])?.[1];
  const template = name !== undefined && Object.hasOwn(templates, name) ? templates[name] : undefined;
  return isRecord(template) ? { ...template, ...given } : undefined;
}

function graderOf(given: unknown, { providers, warn }: AssertionContext): Pick<Assertion, "provider"> {
  if (given === undefined) return {};
  if (typeof given === "string" && providers.includes(given)) return { provider: given };
  warn("the `provider` that grades is not among the providers: the one that answered grades itself");
  return {};
}

function splitTexts(text: string): string[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}
