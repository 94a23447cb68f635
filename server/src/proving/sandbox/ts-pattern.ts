/** What stands for `ts-pattern`: values, objects and lists of patterns, `P.any` and `P.union`. */
import { cannot } from "./stub.js";

class Pattern {
  readonly test: (value: unknown) => boolean;
  constructor(test: (value: unknown) => boolean) {
    this.test = test;
  }
}

function fits(pattern: unknown, value: unknown): boolean {
  if (pattern instanceof Pattern) return pattern.test(value);
  if (Array.isArray(pattern)) {
    const list = pattern as readonly unknown[];
    return Array.isArray(value) && list.length === value.length && list.every((one, at) => fits(one, value[at]));
  }
  if (typeof pattern === "object" && pattern !== null) {
    if (typeof value !== "object" || value === null) return false;
    return Object.entries(pattern).every(([key, one]) => fits(one, (value as Record<string, unknown>)[key]));
  }
  return Object.is(pattern, value);
}

const typed = (name: string): Pattern => new Pattern((value) => typeof value === name);

const P: unknown = new Proxy(
  {
    any: new Pattern(() => true),
    _: new Pattern(() => true),
    string: typed("string"),
    number: typed("number"),
    boolean: typed("boolean"),
    nullish: new Pattern((value) => value === null || value === undefined),
    union: (...all: readonly unknown[]) => new Pattern((value) => all.some((one) => fits(one, value))),
    not: (one: unknown) => new Pattern((value) => !fits(one, value)),
    when: (test: (value: unknown) => unknown) => new Pattern((value) => Boolean(test(value))),
  },
  {
    get: (own, key) => {
      if (key in own || typeof key === "symbol") return Reflect.get(own, key) as unknown;
      throw cannot(`it uses \`P.${key}\` of ts-pattern, which has no stand-in`);
    },
  },
);

type Handler = (value: unknown) => unknown;

class Match {
  readonly #value: unknown;
  #found: { readonly result: unknown } | undefined;
  constructor(value: unknown) {
    this.#value = value;
  }
  with(...given: readonly unknown[]): this {
    const patterns = given.slice(0, -1);
    if (this.#found === undefined && patterns.some((one) => fits(one, this.#value)))
      this.#found = { result: (given.at(-1) as Handler)(this.#value) };
    return this;
  }
  when(test: (value: unknown) => unknown, handler: Handler): this {
    if (this.#found === undefined && Boolean(test(this.#value))) this.#found = { result: handler(this.#value) };
    return this;
  }
  otherwise(handler: Handler): unknown {
    return this.#found === undefined ? handler(this.#value) : this.#found.result;
  }
  exhaustive(): unknown {
    if (this.#found === undefined)
      throw new Error(`Pattern matching error: no pattern matches value ${JSON.stringify(this.#value)}`);
    return this.#found.result;
  }
  run(): unknown {
    return this.exhaustive();
  }
  returnType(): this {
    return this;
  }
}

export const tsPatternModule = {
  __esModule: true,
  match: (value: unknown): Match => new Match(value),
  isMatching: (pattern: unknown, value: unknown): boolean => fits(pattern, value),
  P,
  Pattern: P,
};
