/**
 * The statements of one run, one after the other, as a server runs them that commits each by itself: one that fails undoes itself alone, and what comes after it
 * goes on. In a transaction of the program, which is a savepoint here, one that fails ends it. Beneath all lies the transaction that is undone after the run.
 */
import type { PGlite, QueryOptions, Results } from "@electric-sql/pglite";

/** Where the program begins and ends its transactions; see `sandbox/database.ts`. */
const BEGINS = /^SAVEPOINT hotpath_\d+$/;
const COMMITS = /^RELEASE SAVEPOINT (hotpath_\d+)$/;
const GOES_BACK = /^ROLLBACK TO SAVEPOINT hotpath_\d+$/;
/** Changes nothing that could be lost. */
const READS = /^\s*select\b/i;
const POINT = "proof_statement";

/** A class because it has a lifetime and owns the order of what is run. */
export class Statements {
  readonly #database: PGlite;
  readonly #options: QueryOptions;
  #last: Promise<unknown> = Promise.resolve();
  #depth = 0;
  #hasPoint = false;
  /** Something has changed since the point to which a failure goes back. */
  #isBehind = true;

  constructor(database: PGlite, options: QueryOptions) {
    this.#database = database;
    this.#options = options;
  }

  run<T>(text: string, values: unknown[]): Promise<Results<T>> {
    const result = this.#last.then(() => this.#one<T>(text, values));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #one<T>(text: string, values: unknown[]): Promise<Results<T>> {
    if (this.#depth === 0) await this.#keep();
    try {
      const result = await this.#database.query<T>(text, values, this.#options);
      this.#note(text);
      return result;
    } catch (error) {
      const failed = COMMITS.exec(text)?.[1];
      if (failed === undefined) {
        if (this.#depth === 0) await this.#database.exec(`ROLLBACK TO SAVEPOINT ${POINT}`);
        throw error;
      }
      // PostgreSQL takes the end of a transaction that has failed for its undoing, and says nothing.
      await this.#database.exec(`ROLLBACK TO SAVEPOINT ${failed}`);
      this.#depth--;
      return { rows: [], fields: [], affectedRows: 0 };
    }
  }

  #note(text: string): void {
    if (BEGINS.test(text)) this.#depth++;
    else if (GOES_BACK.test(text)) this.#depth--;
    else if (COMMITS.test(text)) {
      this.#depth--;
      this.#isBehind = true;
    } else if (!READS.test(text)) this.#isBehind = true;
  }

  async #keep(): Promise<void> {
    if (!this.#isBehind) return;
    await this.#database.exec(this.#hasPoint ? `RELEASE SAVEPOINT ${POINT}; SAVEPOINT ${POINT}` : `SAVEPOINT ${POINT}`);
    this.#hasPoint = true;
    this.#isBehind = false;
  }
}
