/**
 * Expressions of assertions: numbers, texts, names, comparisons, arithmetic and a few functions. Parsed and walked here; nothing becomes code.
 *
 *   length(output) < 200 and contains(lower(output), "refund") and json.total >= 10
 */
import { lookUp } from "./template.js";

export type ExpressionResult =
  | { readonly kind: "value"; readonly value: unknown }
  /** One sentence. */
  | { readonly kind: "fault"; readonly message: string };

interface Token {
  readonly kind: "number" | "text" | "name" | "sign" | "end";
  readonly text: string;
}

/** Nesting deeper than this is a mistake, and would overflow the stack some day. */
const MAX_DEPTH = 100;
const MAX_LENGTH = 10_000;

class Fault extends Error {}

/** @param names What names in the expression stand for; dots reach into them. */
export function evaluateExpression(source: string, names: Readonly<Record<string, unknown>>): ExpressionResult {
  try {
    if (MAX_LENGTH < source.length) throw new Fault("the expression is too long");
    const reader = { tokens: tokenize(source), at: 0, depth: 0 };
    const value = binary(reader, names, 0);
    const rest = peek(reader);
    if (rest.kind !== "end") throw new Fault(`\`${rest.text}\` is not expected there`);
    return { kind: "value", value };
  } catch (error) {
    if (error instanceof Fault) return { kind: "fault", message: error.message };
    throw error;
  }
}

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

type Names = Readonly<Record<string, unknown>>;

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([A-Za-z_][\w.]*)|(<=|>=|==|!=|[-+*/()<>,]))/y;

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < source.trimEnd().length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (match === null) throw new Fault(`\`${source.slice(at).trim().slice(0, 10)}\` cannot be read`);
    const [, number, double, single, name, sign] = match;
    if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (name !== undefined) tokens.push({ kind: "name", text: name });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else
      tokens.push({
        kind: "text",
        text: (double ?? single ?? "").replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped)),
      });
  }
  tokens.push({ kind: "end", text: "end" });
  return tokens;
}

function peek(reader: Reader): Token {
  return reader.tokens[reader.at] ?? { kind: "end", text: "end" };
}

function take(reader: Reader): Token {
  const token = peek(reader);
  reader.at++;
  return token;
}

/** From loosely to tightly binding. */
const LEVELS: readonly (readonly string[])[] = [
  ["or"],
  ["and"],
  ["==", "!=", "<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/"],
];

function binary(reader: Reader, names: Names, level: number): unknown {
  const signs = LEVELS[level];
  if (signs === undefined) return unary(reader, names);
  let left = binary(reader, names, level + 1);
  while (signs.includes(peek(reader).text) && ["sign", "name"].includes(peek(reader).kind)) {
    const sign = take(reader).text;
    left = apply(sign, left, binary(reader, names, level + 1));
  }
  return left;
}

function unary(reader: Reader, names: Names): unknown {
  if (MAX_DEPTH < ++reader.depth) throw new Fault("the expression is nested too deeply");
  const token = take(reader);
  try {
    if (token.kind === "number") return Number(token.text);
    if (token.kind === "text") return token.text;
    if (token.kind === "sign" && token.text === "-") return -asNumber(unary(reader, names));
    if (token.kind === "sign" && token.text === "(") {
      const value = binary(reader, names, 0);
      expectSign(reader, ")");
      return value;
    }
    if (token.kind !== "name") throw new Fault(`a value is missing before \`${token.text}\``);
    if (token.text === "not") return !isTrue(unary(reader, names));
    if (token.text === "true" || token.text === "false") return token.text === "true";
    return peek(reader).text === "(" && peek(reader).kind === "sign"
      ? call(reader, names, token.text)
      : named(names, token.text);
  } finally {
    reader.depth--;
  }
}

function named(names: Names, path: string): unknown {
  const [first = ""] = path.split(".");
  if (!Object.hasOwn(names, first))
    throw new Fault(`there is nothing called \`${first}\`: known are ${Object.keys(names).join(", ")}`);
  return lookUp(names, path) ?? null;
}

const FUNCTIONS: Readonly<
  Record<string, { readonly takes: number; readonly run: (...values: readonly unknown[]) => unknown }>
> = {
  length: { takes: 1, run: (value) => (Array.isArray(value) ? value.length : something(value).length) },
  words: {
    takes: 1,
    run: (value) =>
      something(value)
        .split(/\s+/)
        .filter((word) => word !== "").length,
  },
  lower: { takes: 1, run: (value) => something(value).toLowerCase() },
  trim: { takes: 1, run: (value) => something(value).trim() },
  number: { takes: 1, run: asNumber },
  min: { takes: 2, run: (one, other) => Math.min(asNumber(one), asNumber(other)) },
  max: { takes: 2, run: (one, other) => Math.max(asNumber(one), asNumber(other)) },
  contains: {
    takes: 2,
    run: (value, part) =>
      Array.isArray(value) ? value.includes(part) : isThere(value) && asText(value).includes(asText(part)),
  },
  starts: { takes: 2, run: (value, part) => isThere(value) && asText(value).startsWith(asText(part)) },
  ends: { takes: 2, run: (value, part) => isThere(value) && asText(value).endsWith(asText(part)) },
};

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/** What is not there has no length: four letters of `null` would be a lie. */
function something(value: unknown): string {
  if (!isThere(value)) throw new Fault("there is nothing where a text is asked for");
  return asText(value);
}

function call(reader: Reader, names: Names, name: string): unknown {
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (known === undefined)
    throw new Fault(`there is no function \`${name}\`: known are ${Object.keys(FUNCTIONS).join(", ")}`);
  expectSign(reader, "(");
  const values: unknown[] = [];
  while (peek(reader).text !== ")" || peek(reader).kind !== "sign") {
    if (0 < values.length) expectSign(reader, ",");
    values.push(binary(reader, names, 0));
  }
  expectSign(reader, ")");
  if (values.length !== known.takes) throw new Fault(`\`${name}\` takes ${known.takes} values, not ${values.length}`);
  return known.run(...values);
}

function expectSign(reader: Reader, sign: string): void {
  const token = take(reader);
  if (token.kind !== "sign" || token.text !== sign) throw new Fault(`\`${sign}\` is missing before \`${token.text}\``);
}

function apply(sign: string, left: unknown, right: unknown): unknown {
  switch (sign) {
    case "or":
      return isTrue(left) || isTrue(right);
    case "and":
      return isTrue(left) && isTrue(right);
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "+":
      return typeof left === "string" || typeof right === "string"
        ? asText(left) + asText(right)
        : asNumber(left) + asNumber(right);
    case "-":
      return asNumber(left) - asNumber(right);
    case "*":
      return asNumber(left) * asNumber(right);
    case "/":
      return asNumber(left) / asNumber(right);
    case "<":
      return asNumber(left) < asNumber(right);
    case "<=":
      return asNumber(left) <= asNumber(right);
    case ">":
      return asNumber(right) < asNumber(left);
    default:
      return asNumber(right) <= asNumber(left);
  }
}

export function isTrue(value: unknown): boolean {
  return value === true || (typeof value === "number" && value !== 0) || (typeof value === "string" && value !== "");
}

function asNumber(value: unknown): number {
  const number =
    typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) throw new Fault(`\`${asText(value).slice(0, 40)}\` is no number`);
  return number;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
