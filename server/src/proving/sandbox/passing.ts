/** Packages that hand a function or a value on as it is: caches that begin empty, and checks of input, which made-up input passes. */
import { outside, phase } from "./stub.js";

/** A module with a few exports of its own; the rest lies outside. */
export function partly(name: string, own: Readonly<Record<string, unknown>>): unknown {
  const rest = outside(name) as object;
  return new Proxy(own, {
    get: (known, key) => {
      if (key === "__esModule") return true;
      return key in known ? (Reflect.get(known, key) as unknown) : (Reflect.get(rest, key) as unknown);
    },
  });
}

const same = (work: unknown): unknown => work;

const react = { cache: same, forwardRef: same, memo: same };
export const reactModule = partly("react", { ...react, default: partly("react", react) });
export const nextCacheModule = partly("next/cache", { unstable_cache: same, cache: same });

/** Checked environments hold what the environment holds. */
export const envModule = partly("env", {
  createEnv: ({ runtimeEnv }: { readonly runtimeEnv?: unknown } = {}): unknown =>
    runtimeEnv ?? (globalThis as unknown as { readonly process: { readonly env: unknown } }).process.env,
});

const CHECKS: Readonly<Record<string, (value: unknown) => unknown>> = {
  parse: (value) => value,
  parseAsync: (value) => Promise.resolve(value),
  safeParse: (data) => ({ success: true, data }),
  safeParseAsync: (data) => Promise.resolve({ success: true, data }),
};

/** `z.object({ … }).parse(input)`: any chain of calls, at whose end the input is what it was. */
function schema(): unknown {
  const made: unknown = new Proxy(
    function zodSchema(): void {
      return undefined;
    },
    {
      get: (_own, key) => {
        if (typeof key === "symbol" || key === "then" || key === "toJSON") return undefined;
        if (Object.hasOwn(CHECKS, key)) return CHECKS[key];
        return key === "shape" || key === "enum" || key === "_def" ? namedParts() : made;
      },
      apply: () => made,
      construct: () => schema() as object,
    },
  );
  return made;
}

function namedParts(): unknown {
  return new Proxy({}, { get: (_own, key) => (typeof key === "symbol" ? undefined : phase.running ? key : schema()) });
}

const z = partly("zod", {});
const all: unknown = new Proxy(
  {},
  {
    get: (_own, key) => {
      if (key === "__esModule") return true;
      if (key === "z" || key === "default") return all;
      if (typeof key === "symbol" || key === "then") return undefined;
      return key === "ZodError" ? (Reflect.get(z as object, key) as unknown) : schema();
    },
  },
);
export const zodModule = all;
