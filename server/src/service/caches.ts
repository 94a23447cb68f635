/** What a service keeps between runs, opened when first needed: facts, plans and results in the tiered cache, and the maker of facts that uses them. */
import { noCache, type TieredCache } from "../cache/cache.js";
import { openCache } from "../cache/open-cache.js";
import { programIdentity } from "../workspace/build-identity.js";
import { factStoreOver, noStore, type FactStore } from "../workspace/fact-store.js";
import { createFactMaker, type FactMaker } from "./fact-maker.js";
import { resultKey, type ResultInputs } from "./saved-results.js";
import type { ServiceOptions } from "./workspace-service.js";

/** A class because it has a lifetime. */
export class Caches {
  readonly #options: ServiceOptions;
  #cache: TieredCache | undefined;
  #store: FactStore | undefined;
  #maker: FactMaker | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  get cache(): TieredCache {
    const { cacheFolder: folder, sharedCache: shared, cacheLimits } = this.#options;
    this.#cache ??= openCache({
      folder,
      shared,
      ...cacheLimits,
      log: (line) => void process.stderr.write(`hotpath: ${line}\n`),
    });
    return this.#cache;
  }

  get store(): FactStore {
    const { build, sharedCache } = this.#options;
    this.#store ??= this.cache === noCache ? noStore : factStoreOver(this.cache, build, sharedCache);
    return this.#store;
  }

  get maker(): FactMaker {
    const { extractWorkerFile: workerFile, workers } = this.#options;
    this.#maker ??= createFactMaker({ store: this.store, workerFile, workers });
    return this.#maker;
  }

  /** Undefined where results cannot be saved. */
  resultKey(inputs: Omit<ResultInputs, "build">): string | undefined {
    if (this.cache === noCache) return undefined;
    const build = this.#options.build ?? programIdentity();
    return build === undefined ? undefined : resultKey({ build, ...inputs });
  }

  async close(): Promise<void> {
    await this.#cache?.close();
  }
}
