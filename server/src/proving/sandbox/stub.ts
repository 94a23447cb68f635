/**
 * What stands for everything outside: packages nobody replaced, clients of other systems, environment. A module may hold and combine such values while it
 * loads, because most of what modules set up has nothing to do with the function that is run. When that function calls one, the proof ends.
 */

/** The proof cannot go on: a sentence for the user. It is remembered too, because code catches errors. */
export class CannotProve extends Error {
  override readonly name = "CannotProve";
}

export interface Phase {
  running: boolean;
  /** First reason a proof ended, whoever caught the error. */
  reason: string | undefined;
}

/** State of this sandbox; one sandbox serves one run. */
export const phase: Phase = { running: false, reason: undefined };

export function cannot(reason: string): CannotProve {
  phase.reason ??= reason;
  return new CannotProve(reason);
}

const names = new WeakMap<object, string>();

export function outsideName(value: unknown): string | undefined {
  return (typeof value === "object" && value !== null) || typeof value === "function" ? names.get(value) : undefined;
}

/** Words of logging and measuring: they give nothing back that matters, and a fix keeps them. */
const HARMLESS =
  /(^|\.)(log|logger|console|debug|info|warn|trace|verbose|metrics?|counter|histogram|span|sentry|captureException|captureMessage)(\.|$|\()/i;

/** @param name What a message calls it: `stripe.charges.create`. */
export function outside(name: string): unknown {
  const children = new Map<string, unknown>();
  const child = (key: string, make: () => unknown): unknown => {
    const known = children.get(key) ?? make();
    children.set(key, known);
    return known;
  };
  // An ordinary function, so that the stub can be called, constructed and extended.
  const target = function outsideValue(): void {
    return undefined;
  };
  const use = (): unknown => {
    if (phase.running && !HARMLESS.test(name)) throw cannot(`it calls \`${name}\`, which lies outside`);
    return HARMLESS.test(name) ? undefined : child("()", () => outside(`${name}()`));
  };
  const proxy: unknown = new Proxy(target, {
    get: (own, key) => {
      if (key === Symbol.toPrimitive) {
        return () => {
          if (phase.running) throw cannot(`it needs the value of \`${name}\`, which lies outside`);
          return "";
        };
      }
      if (key === Symbol.iterator) return () => [][Symbol.iterator]();
      if (typeof key === "symbol" || key === "then" || key === "__esModule") return undefined;
      if (key === "prototype") return own.prototype as unknown;
      return child(key, () => outside(name === "" ? key : `${name}.${key}`));
    },
    set: () => true,
    has: (own, key) => key in own || (typeof key === "string" && key !== "then"),
    apply: use,
    construct: (_own, _args, newTarget: { readonly prototype: object } & object) =>
      newTarget === proxy ? (use() as object) : (Object.create(newTarget.prototype) as object),
  });
  names.set(proxy as object, name);
  return proxy;
}
