/** Which fixes were proved, as long as the text they are for stays as it was. Those come first in the list of a finding. */
import { contentHash } from "../base/content-hash.js";
import type { Fix } from "../fixes/fix.js";
import type { FixOffer } from "./fixes.js";

/** A class because it has a lifetime: that of one opened workspace. */
export class ProvedFixes {
  readonly #known = new Map<string, string>();
  readonly #textOf: (path: string) => string | undefined;

  constructor(textOf: (path: string) => string | undefined) {
    this.#textOf = textOf;
  }

  keep(path: string, fingerprint: string, fix: Fix, summary: string): void {
    this.#known.set(this.#key(path, fingerprint, fix.id), summary);
  }

  /** Proved fixes before others, each saying so. */
  ranked(
    path: string,
    offers: Readonly<Record<string, readonly FixOffer[]>>,
  ): Readonly<Record<string, readonly FixOffer[]>> {
    return Object.fromEntries(
      Object.entries(offers).map(([fingerprint, fixes]) => {
        const proved = fixes.flatMap((fix) => {
          const summary = this.#known.get(this.#key(path, fingerprint, fix.id));
          return summary === undefined ? [] : [{ ...fix, title: `${fix.title} (proved)`, note: summary }];
        });
        const ids = new Set(proved.map(({ id }) => id));
        return [fingerprint, [...proved, ...fixes.filter(({ id }) => !ids.has(id))]];
      }),
    );
  }

  #key(path: string, fingerprint: string, id: string): string {
    return [path, fingerprint, id, contentHash(this.#textOf(path) ?? "")].join("\0");
  }
}
