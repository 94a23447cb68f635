/** What a service keeps between runs, opened when first needed: facts and results on disk, and the maker of facts that uses them. */
import { programIdentity } from "../workspace/build-identity.js";
import { noStore, openFactStore, type FactStore } from "../workspace/fact-store.js";
import { createFactMaker, type FactMaker } from "./fact-maker.js";
import { resultKey, type ResultInputs } from "./saved-results.js";
import type { ServiceOptions } from "./workspace-service.js";

/** A class because it has a lifetime. */
export class Caches {
  readonly #options: ServiceOptions;
  #store: FactStore | undefined;
  #maker: FactMaker | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  get store(): FactStore {
    const { cacheFolder } = this.#options;
    this.#store ??=
      cacheFolder === undefined
        ? noStore
        : openFactStore(cacheFolder, (line) => void process.stderr.write(`hotpath: ${line}\n`));
    return this.#store;
  }

  get maker(): FactMaker {
    const { extractWorkerFile: workerFile, workers } = this.#options;
    this.#maker ??= createFactMaker({ store: this.store, workerFile, workers });
    return this.#maker;
  }

  /** Undefined where results cannot be saved. */
  resultKey(inputs: Omit<ResultInputs, "build">): string | undefined {
    const build = this.#options.build ?? programIdentity();
    return build === undefined || this.store === noStore ? undefined : resultKey({ build, ...inputs });
  }

  async close(): Promise<void> {
    await this.#store?.close();
  }
}
