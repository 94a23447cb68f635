/** Loads the program's modules: its own files when they are asked for, stand-ins for packages, and nothing of the outside. */
import { decorate } from "./decorators.js";
import { library } from "./libraries.js";
import { cannot, outside, phase } from "./stub.js";

type Body = (exports: object, require: unknown, module: object) => void;
type Constructor = new (...args: readonly unknown[]) => object;

export interface Target {
  readonly run: (receiver: unknown, args: readonly unknown[]) => unknown;
  /** The class of a method. */
  readonly owner: Constructor | undefined;
  readonly isStatic: boolean;
}

export interface Loader {
  load(path: string): unknown;
  target(): Target | undefined;
  /** Why the first module that did not load did not. */
  failure(): string | undefined;
  /** An instance of a class of the workspace. */
  instance(module: string, name: string, args: readonly unknown[]): unknown;
}

export function createLoader(
  imports: Readonly<Record<string, Readonly<Record<string, string>>>>,
  bodies: Readonly<Record<string, Body>>,
): Loader {
  const loaded = new Map<string, { exports: object }>();
  const state: { target: Target | undefined; failed: string | undefined } = { target: undefined, failed: undefined };

  const mark = (value: unknown, method?: string, isStatic = false): unknown => {
    state.target ??= targetOf(value, method, isStatic);
    return value;
  };
  Object.defineProperty(globalThis, "__hotpathTarget", { value: mark, configurable: true });
  Object.defineProperty(globalThis, "__hotpathReached", {
    value: () => {
      phase.reached ||= phase.running;
    },
    configurable: true,
  });

  const load = (path: string): object => {
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const body = bodies[path];
    // Left out, or not to be parsed: only a program that uses it cannot be proved.
    if (body === undefined) return outside(path.split("/").at(-1) ?? path) as object;
    const module = { exports: {} };
    loaded.set(path, module);
    const require = (specifier: string): unknown => {
      const own = imports[path]?.[specifier];
      if (own === undefined) return library(specifier);
      // `lib:` names the package whose generated client a file would be.
      return own.startsWith("lib:") ? library(own.slice("lib:".length)) : load(own);
    };
    const reason = phase.reason;
    try {
      body.call(helpers, module.exports, require, module);
    } catch (error) {
      // What a module sets up has often nothing to do with the function that is run: what it did not get to lies outside.
      phase.reason = reason;
      state.failed ??= error instanceof Error ? error.message : String(error);
      leaveOut(module.exports, path);
    }
    return module.exports;
  };

  return {
    load,
    target: () => state.target,
    failure: () => state.failed,
    instance: (path, name, args) => {
      const found: unknown = Reflect.get(load(path), name);
      return typeof found === "function" ? (Reflect.construct(found, args) as unknown) : outside(name);
    },
  };
}

/** Exports that are missing are found in what lies outside. Objects that were handed out already learn it too. */
function leaveOut(exports: object, path: string): void {
  const name = path.split("/").at(-1) ?? path;
  const rest = new Proxy(
    {},
    {
      get: (_own, key) =>
        typeof key === "symbol" || key === "then" || key === "__esModule" ? undefined : outside(`${name}.${key}`),
    },
  );
  Object.setPrototypeOf(exports, rest);
}

function targetOf(value: unknown, method: string | undefined, isStatic: boolean): Target | undefined {
  if (typeof value !== "function") return undefined;
  if (method === undefined) {
    return {
      run: (receiver, args) => Reflect.apply(value, receiver, args) as unknown,
      owner: undefined,
      isStatic: false,
    };
  }
  return {
    owner: value as unknown as Constructor,
    isStatic,
    run: (receiver, args) => {
      const found: unknown = Reflect.get(receiver as object, method);
      if (typeof found !== "function") throw cannot(`\`${method}\` is no method`);
      return Reflect.apply(found, receiver, args) as unknown;
    },
  };
}

/** `this` of a module: TypeScript's helpers look here first. Decorators belong to frameworks, which are not there. */
const helpers = {
  // Copying what a package exports would lose what a stand-in makes when it is asked.
  __importStar: (module: unknown): unknown => module,
  __decorate: decorate,
  __metadata: (): unknown => () => undefined,
  __param: (): unknown => () => undefined,
};
