/**
 * Conditions of promptfoo written in JavaScript, as expressions of ours: comparisons, arithmetic, and the handful of methods people test a reply with.
 * Nothing is run. Whatever is not certain to mean the same is not translated.
 *
 *   output.includes("refund") && JSON.parse(output).total >= 10   →   (contains(output, "refund") and (json.total >= 10))
 */

/** @returns Undefined for code that says more than an expression can. */
export function expressionOfJavaScript(code: string): string | undefined {
  const source = code
    .trim()
    .replace(/^return\s+/, "")
    .replace(/;$/, "");
  if (MAX_LENGTH < source.length) return undefined;
  const tokens = tokenize(source);
  if (tokens === undefined) return undefined;
  try {
    const reader = { tokens, at: 0, depth: 0 };
    const { text } = binary(reader, 0);
    return reader.at === tokens.length ? text : undefined;
  } catch (error) {
    if (error instanceof Untranslatable) return undefined;
    throw error;
  }
}

const MAX_LENGTH = 2000;
const MAX_DEPTH = 50;

class Untranslatable extends Error {}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
  depth: number;
}

interface Translated {
  readonly text: string;
  /** A value whose properties can be named: the reply as JSON, or the variables. */
  readonly reaches?: true;
}

const TOKEN =
  /\s*(\d+(?:\.\d+)?|"(?:[^"\\\n]|\\["'\\n])*"|'(?:[^'\\\n]|\\["'\\n])*'|[A-Za-z_$][\w$]*|===|!==|==|!=|<=|>=|&&|\|\||[-+*/<>!()[\].,])/y;

function tokenize(source: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (match?.[1] === undefined) return undefined;
    tokens.push(match[1]);
  }
  return tokens;
}

/** From loosely to tightly binding, with what each is called in an expression. */
const LEVELS: readonly Readonly<Record<string, string>>[] = [
  { "||": "or" },
  { "&&": "and" },
  { "===": "==", "!==": "!=", "==": "==", "!=": "!=" },
  { "<": "<", "<=": "<=", ">": ">", ">=": ">=" },
  { "+": "+", "-": "-" },
  { "*": "*", "/": "/" },
];

function binary(reader: Reader, level: number): Translated {
  const signs = LEVELS[level];
  if (signs === undefined) return unary(reader);
  let left = binary(reader, level + 1);
  for (let sign = peek(reader); sign !== undefined && Object.hasOwn(signs, sign); sign = peek(reader)) {
    reader.at++;
    left = { text: `(${left.text} ${signs[sign] ?? sign} ${binary(reader, level + 1).text})` };
  }
  return left;
}

function unary(reader: Reader): Translated {
  if (MAX_DEPTH < ++reader.depth) throw new Untranslatable();
  try {
    const sign = peek(reader);
    if (sign === "!" || sign === "-") {
      reader.at++;
      const { text } = unary(reader);
      return { text: sign === "!" ? `not ${text}` : `-${text}` };
    }
    return members(reader, primary(reader));
  } finally {
    reader.depth--;
  }
}

function primary(reader: Reader): Translated {
  const token = take(reader);
  if (token === "(") {
    const inside = binary(reader, 0);
    expect(reader, ")");
    return { text: inside.text };
  }
  if (/^\d/.test(token) || token === "true" || token === "false") return { text: token };
  if (/^["']/.test(token)) return { text: literalOf(token) };
  if (token === "output") return { text: "output" };
  if (token === "JSON") {
    for (const wanted of [".", "parse", "(", "output", ")"]) expect(reader, wanted);
    return { text: "json", reaches: true };
  }
  if (token === "context") {
    for (const wanted of [".", "vars"]) expect(reader, wanted);
    return { text: "vars", reaches: true };
  }
  if (token === "Math") {
    expect(reader, ".");
    const name = take(reader);
    if (name !== "min" && name !== "max") throw new Untranslatable();
    return { text: callOf(name, argumentsOf(reader, 2)) };
  }
  if (token === "Number" || token === "parseFloat") return { text: callOf("number", argumentsOf(reader, 1)) };
  throw new Untranslatable();
}

/** Methods, with the function that does the same and how many values they take. */
const METHODS: Readonly<Record<string, { readonly name: string; readonly takes: number }>> = {
  includes: { name: "contains", takes: 1 },
  startsWith: { name: "starts", takes: 1 },
  endsWith: { name: "ends", takes: 1 },
  toLowerCase: { name: "lower", takes: 0 },
  trim: { name: "trim", takes: 0 },
};

function members(reader: Reader, first: Translated): Translated {
  let value = first;
  for (;;) {
    if (peek(reader) === "[" && value.reaches === true) {
      reader.at++;
      const index = take(reader);
      if (!/^\d+$/.test(index)) throw new Untranslatable();
      expect(reader, "]");
      value = { text: `${value.text}.${index}`, reaches: true };
      continue;
    }
    if (peek(reader) !== ".") return value;
    reader.at++;
    value = memberOf(reader, value, take(reader));
  }
}

function memberOf(reader: Reader, value: Translated, name: string): Translated {
  if (name === "length") return { text: callOf("length", [value.text]) };
  if (peek(reader) === "(") {
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (method === undefined) throw new Untranslatable();
    return { text: callOf(method.name, [value.text, ...argumentsOf(reader, method.takes)]) };
  }
  if (value.reaches !== true || !/^\w+$/.test(name)) throw new Untranslatable();
  return { text: `${value.text}.${name}`, reaches: true };
}

function argumentsOf(reader: Reader, count: number): string[] {
  expect(reader, "(");
  const values: string[] = [];
  while (values.length < count) {
    if (0 < values.length) expect(reader, ",");
    values.push(binary(reader, 0).text);
  }
  expect(reader, ")");
  return values;
}

function callOf(name: string, values: readonly string[]): string {
  return `${name}(${values.join(", ")})`;
}

/** The same text between double quotes; of escapes only those are read that mean the same in an expression. */
function literalOf(token: string): string {
  const inside = token.slice(1, -1).replaceAll(/\\'/g, "'");
  return `"${inside.replaceAll(/\\.|"/g, (found) => (found === '"' ? '\\"' : found))}"`;
}

function peek(reader: Reader): string | undefined {
  return reader.tokens[reader.at];
}

function take(reader: Reader): string {
  const token = reader.tokens[reader.at++];
  if (token === undefined) throw new Untranslatable();
  return token;
}

function expect(reader: Reader, wanted: string): void {
  if (take(reader) !== wanted) throw new Untranslatable();
}
