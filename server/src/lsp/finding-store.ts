/** The findings the client may see, by file, each list under a result id that changes when the list does. */
import type { Finding } from "../analysis/finding.js";

export interface StoredFindings {
  readonly resultId: string;
  readonly findings: readonly Finding[];
}

export class FindingStore {
  readonly #byPath = new Map<string, StoredFindings>();
  #nextId = 1;

  /** Result id of files without findings that were never heard of. */
  static readonly none: StoredFindings = { resultId: "0", findings: [] };

  replace(path: string, findings: readonly Finding[]): void {
    this.#byPath.set(path, { resultId: String(this.#nextId++), findings });
  }

  of(path: string): StoredFindings {
    return this.#byPath.get(path) ?? FindingStore.none;
  }

  paths(): readonly string[] {
    return [...this.#byPath.keys()];
  }

  all(): readonly Finding[] {
    return [...this.#byPath.values()].flatMap(({ findings }) => findings);
  }

  /** How many findings there are in all. */
  count(): number {
    let count = 0;
    for (const { findings } of this.#byPath.values()) count += findings.length;
    return count;
  }

  clear(): void {
    this.#byPath.clear();
  }
}
