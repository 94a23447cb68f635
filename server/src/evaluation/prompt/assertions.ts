/** What must hold of a reply. Each assertion answers with a score and, when it does not hold, with what was expected and what came. */
import { Validator, type Schema } from "@cfworker/json-schema";
import type { CaseMessage } from "../../../../protocol/src/evaluation.js";
import type { Assertion } from "../suite.js";
import { CaseError } from "../work.js";
import { evaluateExpression, isTrue } from "./expression.js";
import { jsonOf } from "./json-text.js";
import type { ModelReply } from "./provider.js";
import type { Similarity } from "./similarity.js";
import { renderTemplate, type Variables } from "./template.js";

export interface AssertionPorts {
  /** Whether a regular expression matches; undefined when it takes too long to say. */
  readonly matches: (source: string, flags: string, text: string) => boolean | undefined;
  readonly similarity: Similarity;
  /** Lets a model grade a reply. */
  readonly grade: (rubric: string, reply: string, assertion: Assertion, signal: AbortSignal) => Promise<Grade>;
}

export interface Grade {
  /** 0 to 1. */
  readonly score: number;
  readonly reason: string;
}

export interface Asserted {
  readonly holds: boolean;
  readonly score: number;
  readonly message: CaseMessage | undefined;
}

/** Limits where an assertion does not say: what a model may take, how alike is alike, what a grade must reach. */
const DEFAULTS = { latencyMs: 2000, similarity: 0.8, grade: 0.5 } as const;
const SHOWN = 2000;

export async function checkAssertion(
  assertion: Assertion,
  reply: ModelReply,
  cost: number | undefined,
  variables: Variables,
  ports: AssertionPorts,
  signal: AbortSignal,
): Promise<Asserted> {
  const found = await measure(assertion, reply, cost, variables, ports, signal);
  const holds = assertion.not === true ? !found.holds : found.holds;
  const score = assertion.not === true ? 1 - found.score : found.score;
  const negation = assertion.not === true ? "not " : "";
  const say = assertion.not === true ? "what must not be so is so" : found.say;
  return {
    holds,
    score,
    message: holds
      ? undefined
      : {
          text: `${negation}${assertion.type}: ${say}`,
          expected: `${negation}${found.expected}`,
          actual: found.actual ?? shown(reply.text),
        },
  };
}

interface Measured {
  readonly holds: boolean;
  readonly score: number;
  readonly say: string;
  readonly expected: string;
  /** The reply itself by default. */
  readonly actual?: string;
}

async function measure(
  assertion: Assertion,
  reply: ModelReply,
  cost: number | undefined,
  variables: Variables,
  ports: AssertionPorts,
  signal: AbortSignal,
): Promise<Measured> {
  const wanted = valueText(assertion, variables);
  const fold = (text: string): string => (assertion.ignoreCase === true ? text.toLowerCase() : text);
  const text = fold(reply.text);
  const yesOrNo = (holds: boolean, say: string, expected = wanted): Measured => ({
    holds,
    score: holds ? 1 : 0,
    say,
    expected,
  });
  switch (assertion.type) {
    case "equals":
      return yesOrNo(text.trim() === fold(wanted).trim(), "the reply is another one");
    case "contains":
      return containsAll(assertion, text, fold, variables);
    case "contains-any":
      return containsAny(assertion, text, fold, variables);
    case "starts-with":
      return yesOrNo(text.trimStart().startsWith(fold(wanted)), "the reply begins differently");
    case "regex": {
      const matched = ports.matches(wanted, assertion.ignoreCase === true ? "iu" : "u", reply.text);
      if (matched === undefined)
        throw new CaseError(`the regular expression \`${wanted}\` takes too long on this reply: make it simpler`);
      return yesOrNo(matched, "the reply does not match", `/${wanted}/`);
    }
    case "json":
      return jsonEquals(assertion, reply);
    case "json-schema":
      return jsonSchema(assertion, reply);
    case "expression":
      return expression(wanted, reply, cost, variables);
    case "similar": {
      const score = await ports.similarity.compare(reply.text, wanted, signal);
      const limit = assertion.threshold ?? DEFAULTS.similarity;
      return {
        holds: limit <= score,
        score,
        say: `similarity ${score.toFixed(3)} is under ${limit} (by ${ports.similarity.name})`,
        expected: wanted,
      };
    }
    case "latency":
      return atMost(
        "the reply took",
        reply.latencyMs,
        assertion.threshold ?? numberOf(assertion) ?? DEFAULTS.latencyMs,
        "ms",
      );
    case "cost":
      if (cost === undefined)
        throw new CaseError("the cost is not known: give the provider a `price`, and use one that counts tokens");
      return atMost("the reply cost", cost, assertion.threshold ?? numberOf(assertion) ?? 0, "");
    case "rubric": {
      const grade = await ports.grade(wanted, reply.text, assertion, signal);
      const limit = assertion.threshold ?? DEFAULTS.grade;
      return {
        holds: limit <= grade.score,
        score: grade.score,
        say: grade.reason,
        expected: `a grade of at least ${limit} for: ${wanted}`,
        actual: `${grade.score}: ${shown(reply.text)}`,
      };
    }
  }
}

function valueText({ value }: Assertion, variables: Variables): string {
  const text = typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
  return renderTemplate(text, variables).text;
}

function numberOf({ value }: Assertion): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** One text, or each of a list. */
function wantedTexts(assertion: Assertion, variables: Variables): readonly string[] {
  const values: readonly unknown[] = Array.isArray(assertion.value) ? assertion.value : [assertion.value];
  return values.map((value) => valueText({ ...assertion, value }, variables));
}

/** A list of texts must all be there; the score is the share that is. */
function containsAll(
  assertion: Assertion,
  text: string,
  fold: (text: string) => string,
  variables: Variables,
): Measured {
  const wanted = wantedTexts(assertion, variables);
  const missing = wanted.filter((part) => !text.includes(fold(part)));
  const score = wanted.length === 0 ? 1 : 1 - missing.length / wanted.length;
  // The opposite of containing all is containing none.
  const holds = assertion.not === true ? missing.length < wanted.length : missing.length === 0;
  return {
    holds,
    score,
    say: `the reply does not hold ${missing.map((part) => `\`${part}\``).join(", ")}`,
    expected: wanted.join(", "),
  };
}

function containsAny(
  assertion: Assertion,
  text: string,
  fold: (text: string) => string,
  variables: Variables,
): Measured {
  const wanted = wantedTexts(assertion, variables);
  const holds = wanted.some((part) => text.includes(fold(part)));
  return { holds, score: holds ? 1 : 0, say: "the reply holds none of them", expected: `one of ${wanted.join(", ")}` };
}

function jsonEquals(assertion: Assertion, reply: ModelReply): Measured {
  const value = jsonOf(reply.text);
  if (value === undefined) return { holds: false, score: 0, say: "the reply is no JSON", expected: "JSON" };
  if (assertion.value === undefined) return { holds: true, score: 1, say: "the reply is JSON", expected: "JSON" };
  const holds = canonical(value) === canonical(assertion.value);
  return {
    holds,
    score: holds ? 1 : 0,
    say: "the JSON is another one",
    expected: JSON.stringify(assertion.value, undefined, 2),
  };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function jsonSchema(assertion: Assertion, reply: ModelReply): Measured {
  const expected = JSON.stringify(assertion.value, undefined, 2);
  const value = jsonOf(reply.text);
  if (value === undefined) return { holds: false, score: 0, say: "the reply is no JSON", expected };
  try {
    const { valid, errors } = new Validator(assertion.value as Schema, "7", false).validate(value);
    const reasons = errors
      .filter(({ keyword }) => keyword !== "properties")
      .map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
    return {
      holds: valid,
      score: valid ? 1 : 0,
      say: reasons.slice(0, 3).join("; ") || "the JSON does not fit",
      expected,
    };
  } catch (error) {
    throw new CaseError(`the JSON schema cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function expression(source: string, reply: ModelReply, cost: number | undefined, variables: Variables): Measured {
  const { text: output, latencyMs, inputTokens = null, outputTokens = null } = reply;
  const names = {
    output,
    latencyMs,
    inputTokens,
    outputTokens,
    cost: cost ?? null,
    json: jsonOf(output) ?? null,
    vars: variables,
  };
  const result = evaluateExpression(source, names);
  if (result.kind === "fault")
    throw new CaseError(`the expression \`${source}\` cannot be evaluated: ${result.message}`);
  const score =
    typeof result.value === "number" ? Math.min(1, Math.max(0, result.value)) : isTrue(result.value) ? 1 : 0;
  return { holds: isTrue(result.value), score, say: `it is ${JSON.stringify(result.value)}`, expected: source };
}

function atMost(what: string, actual: number, limit: number, unit: string): Measured {
  const rounded = Math.round(actual * 1e6) / 1e6;
  const holds = actual <= limit;
  return {
    holds,
    score: holds ? 1 : 0,
    say: `${what} ${rounded} ${unit}`.trim(),
    expected: `at most ${limit} ${unit}`.trim(),
    actual: `${rounded} ${unit}`.trim(),
  };
}

export function shown(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}
