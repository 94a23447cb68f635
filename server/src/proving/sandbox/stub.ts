/**
 * What stands for everything outside: packages nobody replaced, clients of other systems, environment. A module may hold and combine such values while it
 * loads, because most of what modules set up has nothing to do with the function that is run. What that function calls there is written down with its
 * arguments, so that two versions can be compared by it, and answered with another value of this kind: it is equal in both versions and says nothing of itself.
 * Where the program needs to know more, a key or a text, it is given one that its name promises.
 */
import type { Encoded, OutsideCall } from "../proof-case.js";

/** The proof cannot go on: a sentence for the user. It is remembered too, because code catches errors. */
export class CannotProve extends Error {
  override readonly name = "CannotProve";
}

export interface Phase {
  running: boolean;
  /** First reason a proof ended, whoever caught the error. */
  reason: string | undefined;
  readonly calls: OutsideCall[];
  readonly answered: Set<string>;
  needed: string | undefined;
  reached: boolean;
  /** How values become JSON; set from outside, because they may be values of this kind. */
  encode: (value: unknown) => Encoded;
  /** A value that a name promises: the last word and the one before it. Undefined where it promises nothing. */
  promised: (name: string, owner: string) => unknown;
  /** Every name of the environment has a value; otherwise none has. */
  configured: boolean;
  /** How many elements a list nobody knows has. */
  listLength: number;
}

/** State of this sandbox; one sandbox serves one run. */
export const phase: Phase = {
  running: false,
  reason: undefined,
  calls: [],
  answered: new Set(),
  needed: undefined,
  reached: false,
  encode: () => null,
  promised: () => undefined,
  configured: true,
  listLength: 3,
};

export function cannot(reason: string): CannotProve {
  phase.reason ??= reason;
  return new CannotProve(reason);
}

interface Known {
  readonly name: string;
  /** Tells results of calls with other arguments apart. */
  readonly of: string;
  readonly scalar: (kind: "number" | "string" | "default") => unknown;
}

const known = new WeakMap<object, Known>();

function knownOf(value: unknown): Known | undefined {
  return (typeof value === "object" && value !== null) || typeof value === "function" ? known.get(value) : undefined;
}

/** What a value of the outside is called, with what it was asked for; undefined for all others. */
export function outsideName(value: unknown): string | undefined {
  const found = knownOf(value);
  return found === undefined ? undefined : `${found.name}${found.of}`;
}

/** What a database or a text gets in place of a value of the outside. */
export function plainOf(value: unknown): unknown {
  const found = knownOf(value);
  return found === undefined ? value : found.scalar("default");
}

/** Words of logging and measuring: they give nothing back that matters. */
const HARMLESS =
  /(^|\.)(log|logger|console|debug|info|warn|trace|verbose|metrics?|counter|histogram|span|sentry|captureException|captureMessage)(\.|$|\()/i;

/** Functions that keep what they are given for later; every other one that is given a function runs it. */
const KEEPS =
  /(^|\.)(on|once|off|addListener|addEventListener|subscribe|register|use|schedule|setInterval|defer|after|waitUntil)$/;

const LIST_METHODS = new Set([
  "map",
  "filter",
  "forEach",
  "flatMap",
  "reduce",
  "some",
  "every",
  "find",
  "findIndex",
  "length",
  "slice",
  "entries",
  "at",
  "join",
  "includes",
  "concat",
  "indexOf",
  "sort",
]);

interface Kind {
  /** It came out of a call or stands for an argument: a value, and no part of a library. */
  readonly isValue: boolean;
  readonly of: string;
}

/** @param name What a message calls it: `stripe.charges.create`. */
export function outside(name: string, { isValue, of }: Kind = { isValue: false, of: "" }): unknown {
  const children = new Map<PropertyKey, unknown>();
  const child = (key: string, make: () => unknown): unknown => {
    if (!children.has(key)) children.set(key, make());
    return children.get(key);
  };
  // An ordinary function, so that the stub can be called, constructed and extended.
  const target = function outsideValue(): void {
    return undefined;
  };
  target.prototype = inherited(name);
  const scalar = (kind: "number" | "string" | "default"): unknown => {
    if (!phase.running) return "";
    phase.needed ??= name;
    const promised = promisedFor(name, kind === "number");
    return kind === "string" ? String(promised) : promised;
  };
  const list = (): unknown[] => {
    phase.needed ??= name;
    return Array.from({ length: phase.listLength }, (_, index) => outside(`${name}[${index}]`, { isValue: true, of }));
  };
  const proxy: unknown = new Proxy(target, {
    get: (own, key) => {
      if (children.has(key)) return children.get(key);
      if (key === Symbol.toPrimitive) return scalar;
      if (key === Symbol.iterator) return () => (phase.running ? list() : [])[Symbol.iterator]();
      if (typeof key === "symbol" || key === "then" || key === "__esModule" || key === "toJSON") return undefined;
      if (key === "prototype") return own.prototype as unknown;
      if (phase.running && isValue) {
        if (LIST_METHODS.has(key)) {
          const other = (given: readonly unknown[]): unknown =>
            called(`${name}.${key}`, given, (make) => child(`${key}()`, make));
          return listMember(child("[]", list) as unknown[], key, other);
        }
        if (key === "toString" || key === "valueOf") return () => scalar(key === "toString" ? "string" : "default");
        const promised = phase.promised(key, lastWord(name));
        if (promised !== undefined) return child(key, () => promised);
      }
      return child(key, () => outside(key === "default" ? name : `${name}.${key}`, { isValue, of }));
    },
    set: (_own, key, value) => {
      children.set(key, value);
      return true;
    },
    has: (own, key) => key in own || (typeof key === "string" && key !== "then"),
    apply: (_own, _self, given: readonly unknown[]) => called(name, given, (make) => child("()", make)),
    construct: (_own, given: readonly unknown[], newTarget: { readonly prototype: object } & object) =>
      newTarget === proxy
        ? ((called(`new ${name}`, given, (make) => child("new", make)) ?? outside(`new ${name}`)) as object)
        : (Object.create(newTarget.prototype) as object),
  });
  known.set(proxy as object, { name, of, scalar });
  return proxy;
}

/** A value that lies outside: what somebody hands in, or gives back. */
export function outsideValue(name: string): unknown {
  return outside(name, { isValue: true, of: "" });
}

/** Methods of lists are also names of other things: `page.find(".title")` is none of a list's. */
function listMember(list: unknown[], key: string, other: (given: readonly unknown[]) => unknown): unknown {
  const found: unknown = Reflect.get(list, key);
  if (typeof found !== "function") return found;
  return (...given: readonly unknown[]): unknown =>
    WITH_FUNCTION.has(key) && typeof given[0] !== "function"
      ? other(given)
      : (Reflect.apply(found, list, given) as unknown);
}

const WITH_FUNCTION = new Set(["map", "filter", "forEach", "flatMap", "reduce", "some", "every", "find", "findIndex"]);

/** Methods that a class of the workspace has from one of the outside. */
function inherited(name: string): object {
  return new Proxy(
    {},
    {
      get: (own, key, receiver) =>
        typeof key === "symbol" || key in own || key === "then" || key === "toJSON"
          ? (Reflect.get(own, key, receiver) as unknown)
          : outside(`${name}.${key}`),
      has: (own, key) => key in own,
    },
  );
}

/** A call that leaves the program. Functions handed along are run once, as wrappers do it; what they give is the answer then. */
function called(name: string, given: readonly unknown[], once: (make: () => unknown) => unknown): unknown {
  if (!phase.running) return once(() => outside(`${name}()`));
  const args = given.map((one) => phase.encode(one));
  const written = JSON.stringify(args);
  phase.calls.push({ name, given: written.length < LONG ? args : [{ $: "long", v: hashOf(written) }] });
  const work = given.findLast((one) => typeof one === "function" && knownOf(one) === undefined && !isClass(one));
  if (work !== undefined && !KEEPS.test(name)) {
    phase.answered.add(name);
    return (work as (...args: readonly unknown[]) => unknown)(outsideValue(`${name}'s argument`));
  }
  if (name.startsWith("console.")) return undefined;
  if (!HARMLESS.test(name)) phase.answered.add(name);
  const of = args.length === 0 ? "" : written.length < LONG ? written : hashOf(written);
  return outside(`${name}()`, { isValue: true, of });
}

function isClass(value: unknown): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

/** Characters of arguments that are kept as they are; a thousand calls with a thousand rows each would fill the memory. */
const LONG = 2_000;

function hashOf(text: string): string {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return `${(sum >>> 0).toString(16)} ${text.length}`;
}

function lastWord(name: string): string {
  return /([\w$]+)[^\w$]*$/.exec(name)?.[1] ?? name;
}

function promisedFor(name: string, isNumber: boolean): unknown {
  const words = name.match(/[\w$]+/g) ?? [name];
  const last = words.at(-1) ?? "";
  // As libraries of dates call what gives one.
  if (/^(sub|add|startOf|endOf)(Milli|Sec|Min|Hour|Day|Week|Month|Quarter|Year|Business)/.test(last)) {
    return new Date("2026-01-10T00:00:00.000Z");
  }
  const promised = phase.promised(last, words.at(-2) ?? "");
  if (promised !== undefined && (!isNumber || typeof promised === "number")) return promised;
  return isNumber ? 1 : `${lastWord(name)} 1`;
}
