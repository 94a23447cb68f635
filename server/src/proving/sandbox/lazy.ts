/** A query that runs when somebody waits for it, as the builders of most libraries do. */

export abstract class Lazy<T> implements PromiseLike<T> {
  #promise: Promise<T> | undefined;

  /** Performs the query; called at most once. */
  protected abstract run(): Promise<T>;

  #started(): Promise<T> {
    this.#promise ??= this.run();
    return this.#promise;
  }

  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#started().then(onValue, onError);
  }

  catch<B = never>(onError?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#started().catch(onError);
  }

  finally(onEnd?: (() => void) | null): Promise<T> {
    return this.#started().finally(onEnd);
  }
}

export class LazyQuery<T> extends Lazy<T> {
  readonly #perform: () => Promise<T>;
  constructor(perform: () => Promise<T>) {
    super();
    this.#perform = perform;
  }

  protected run(): Promise<T> {
    return this.#perform();
  }
}

/** An object that ends the proof when anything is asked of it that it does not have. */
export function strict<T extends object>(value: T, name: string, refuse: (what: string) => Error): T {
  return new Proxy(value, {
    get: (own, key) => {
      if (typeof key === "symbol" || key in own || key === "then" || key === "toJSON") {
        const found: unknown = Reflect.get(own, key, own);
        return typeof found === "function" ? (found as (...args: unknown[]) => unknown).bind(own) : found;
      }
      throw refuse(`${name}.${key}`);
    },
  });
}
