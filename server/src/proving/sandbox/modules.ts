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
  fetch: (path: string) => void,
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
    fetch(path);
    const body = bodies[path];
    // Left out, or not to be parsed: only a program that uses it cannot be proved.
    if (body === undefined) return outside(path.split("/").at(-1) ?? path) as object;
    const module = { exports: {} };
    loaded.set(path, module);
    const require = (specifier: string): unknown => {
      const own = imports[path]?.[specifier];
      if (own === undefined) return library(specifier);
      // `lib:` names the package whose generated client a file would be.
      return own.startsWith("lib:") ? library(own.slice("lib:".length)) : lazily(() => load(own));
    };
    const reason = phase.reason;
    loading.depth++;
    try {
      body.call(helpers, module.exports, require, module);
    } catch (error) {
      // What a module sets up has often nothing to do with the function that is run: what it did not get to lies outside.
      phase.reason = reason;
      state.failed ??= error instanceof Error ? error.message : String(error);
      leaveOut(module.exports, path);
    } finally {
      loading.depth--;
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

/**
 * A module that is loaded when something of it is needed. Most of what a file imports has nothing to do with the function that is run, and files that import
 * each other in a circle find each other complete.
 */
function lazily(load: () => object): unknown {
  const exports = (): object => load();
  const target = function lazyModule(): void {
    return undefined;
  };
  const made = new Proxy(target, {
    get: (_own, key) => Reflect.get(exports(), key) as unknown,
    set: (_own, key, value) => Reflect.set(exports(), key, value),
    has: (_own, key) => Reflect.has(withStars(exports()), key),
    ownKeys: (own) => [...new Set([...Reflect.ownKeys(withStars(exports())), ...Reflect.ownKeys(own)])],
    getOwnPropertyDescriptor: (own, key) => {
      const fixed = Reflect.getOwnPropertyDescriptor(own, key);
      if (fixed?.configurable === false) return fixed;
      const found = Reflect.getOwnPropertyDescriptor(exports(), key);
      return found === undefined ? undefined : { ...found, configurable: true };
    },
    apply: (_own, self, args: unknown[]) => {
      const called = exports() as (...given: unknown[]) => unknown;
      return Reflect.apply(called, self, args);
    },
    construct: (_own, args: unknown[]): object => Reflect.construct<unknown[], object>(exports() as Constructor, args),
  });
  lazy.add(made);
  return made;
}

/** Modules whose exports another one hands on. */
const stars = new WeakMap<object, object[]>();
const NEVER = new Set(["then", "default", "__esModule", "toJSON"]);

/** Modules whose exports are all known, and how many modules are on their way. */
const complete = new WeakSet();
const loading = { depth: 0 };

/** Names of everything a module exports. */
function withStars(exports: object): object {
  if (complete.has(exports)) return exports;
  if (loading.depth === 0) complete.add(exports);
  for (const star of stars.get(exports) ?? []) {
    if (!lazy.has(star)) continue;
    for (const key of Object.keys(star)) {
      if (key === "default" || Object.hasOwn(exports, key)) continue;
      const get = (): unknown => Reflect.get(star, key) as unknown;
      Object.defineProperty(exports, key, { enumerable: true, configurable: true, get });
    }
  }
  return exports;
}

const lazy = new WeakSet();

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
  // What other modules give stays.
  const before: unknown = Object.getPrototypeOf(exports);
  if (before === Object.prototype) Object.setPrototypeOf(exports, rest);
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
  __importDefault: (module: unknown): unknown => ({
    get default(): unknown {
      const loaded = module as { readonly __esModule?: unknown; readonly default?: unknown };
      return loaded.__esModule === true ? loaded.default : module;
    },
  }),
  __exportStar: (module: object, exports: object): void => {
    const known = stars.get(exports);
    if (known !== undefined) {
      known.push(module);
      return;
    }
    const own = [module];
    stars.set(exports, own);
    // Looked up one after another when something is asked for: files that export each other's things may not be loaded yet.
    const found = (key: string): unknown => {
      const owner = own.find((star) => lazy.has(star) && Reflect.has(star, key));
      if (owner !== undefined) {
        // Looked for once.
        const get = (): unknown => Reflect.get(owner, key) as unknown;
        Object.defineProperty(exports, key, { enumerable: true, configurable: true, get });
        return get();
      }
      // A package, or what is left of a module that did not load.
      for (const star of own) {
        const value: unknown = Reflect.get(star, key);
        if (value !== undefined) return value;
      }
      return undefined;
    };
    Object.setPrototypeOf(
      exports,
      new Proxy({}, { get: (_own, key) => (typeof key === "symbol" || NEVER.has(key) ? undefined : found(key)) }),
    );
  },
  __decorate: decorate,
  __metadata: (): unknown => () => undefined,
  __param: (): unknown => () => undefined,
};
