/**
 * What is done before anybody asks, for the files that will probably be opened next: their fixes are made, so that the light bulb has them at once, and their code
 * is embedded first. Runs while nobody types, gives up as soon as somebody does, and changes no answer: only when it is there.
 */
import type { Inspection } from "../analysis/inspection.js";
import { contentHash } from "../base/content-hash.js";
import { createCoChange, type CoChange } from "../ranking/co-change.js";
import { nearby, nextFiles, type NextFile } from "../ranking/next-files.js";
import type { History } from "../workspace/git-history.js";
import { fixOffers, type FixOffer } from "./fixes.js";
import type { WorkspaceService } from "./workspace-service.js";

type Offers = Readonly<Record<string, readonly FixOffer[]>>;

export interface LookAheadParts {
  readonly service: Pick<WorkspaceService, "ask" | "textOf" | "findings" | "allFindings" | "isWarm">;
  readonly roots: readonly string[];
  /** Commits of a folder, newest first; none where git must not be asked. */
  readonly history: (folder: string) => Promise<History>;
  /** Milliseconds; told apart for tests, which must not depend on speed. */
  readonly now?: () => number;
}

/** Files guessed: what is embedded first. */
const GUESSED = 20;
/** Files, the current one among them, whose fixes are made ahead. */
const MADE_AHEAD = 6;
/** Findings of one file whose fixes are made ahead; a file with more is read slowly anyway. */
const MOST_FINDINGS = 20;
/** Making the fixes of one finding takes 13 ms in the middle and 73 ms at 95 of 100 (docs/model.md). */
const LONG_MS = 200;
/** Once may be the first time, when code is still being loaded. */
const MOST_LONG = 2;
/** How often it is looked whether the analyzer is awake. */
const WARM_UP_LOOK_MS = 200;

/** A class because it remembers what was made until something changes. */
export class LookAhead {
  readonly #parts: LookAheadParts;
  readonly #made = new Map<string, { readonly hash: string; readonly offers: Map<string, readonly FixOffer[]> }>();
  /** How often in a row the fixes of a rule have taken long: an edit that came meanwhile would have had to wait for them. */
  readonly #slow = new Map<string, number>();
  #together: Promise<CoChange> | undefined;
  /** Raised by whatever makes work in progress superfluous. */
  #generation = 0;

  constructor(parts: LookAheadParts) {
    this.#parts = parts;
  }

  /** Something changed: what was made may be wrong now. */
  forget(): void {
    this.#generation++;
    this.#made.clear();
  }

  /**
   * Guesses what comes after the files opened so far, the latest first, and makes fixes ahead. Returns the guess; undefined when it was given up.
   */
  async prepare(recent: readonly string[]): Promise<readonly NextFile[] | undefined> {
    const [current] = recent;
    if (current === undefined) return [];
    const generation = ++this.#generation;
    const isOver = (): boolean => generation !== this.#generation;
    const together = await this.#coChange();
    while (!isOver() && !this.#parts.service.isWarm()) await pause(WARM_UP_LOOK_MS);
    if (isOver()) return undefined;
    const guessed = this.#guess(current, recent.slice(1), together);
    const wanted = [current, ...guessed.map(({ path }) => path)].filter(
      (path) => this.#parts.service.findings(path).length > 0,
    );
    for (const path of wanted.slice(0, MADE_AHEAD))
      for (const { fingerprint, rule } of this.#parts.service.findings(path).slice(0, MOST_FINDINGS)) {
        if (MOST_LONG <= (this.#slow.get(rule) ?? 0)) continue;
        // One finding at a time: an edit that comes meanwhile waits for no more than that.
        await pause(0);
        if (isOver()) return undefined;
        const started = this.#now();
        this.#make(path, [fingerprint]);
        const tookLong = LONG_MS < this.#now() - started;
        this.#slow.set(rule, tookLong ? (this.#slow.get(rule) ?? 0) + 1 : 0);
      }
    return guessed;
  }

  /** What is offered for these findings, made now where it is not there yet. */
  offers(path: string, fingerprints: readonly string[]): Offers {
    const made = this.#make(path, fingerprints);
    return Object.fromEntries(
      fingerprints.flatMap((one) => {
        const offers = made.get(one) ?? [];
        return offers.length === 0 ? [] : [[one, offers]];
      }),
    );
  }

  #make(path: string, fingerprints: readonly string[]): ReadonlyMap<string, readonly FixOffer[]> {
    const { service } = this.#parts;
    const hash = contentHash(service.textOf(path) ?? "");
    const known = this.#made.get(path);
    const made = known?.hash === hash ? known.offers : new Map<string, readonly FixOffer[]>();
    const missing = fingerprints.filter((one) => !made.has(one));
    const offers = missing.length === 0 ? {} : fixOffers(service, path, missing);
    for (const one of missing) made.set(one, offers[one] ?? []);
    this.#made.set(path, { hash, offers: made });
    return made;
  }

  #guess(current: string, recent: readonly string[], together: CoChange): readonly NextFile[] {
    const { service } = this.#parts;
    const evidence = service
      .allFindings()
      .flatMap(({ path, related }) => {
        if (path === current) return related.map((place) => place.path);
        return related.some((place) => place.path === current) ? [path] : [];
      })
      .filter((path) => path !== current);
    return service.ask((inspection) => {
      const known = new Set(inspection.files);
      const share = [...together.of(current)].filter(([path]) => known.has(path));
      return nextFiles(
        {
          current,
          recent: recent.filter((path) => path !== current),
          imports: importsOf(inspection, current),
          importers: inspection.importersOf(current),
          evidence: [...new Set(evidence)],
          together: new Map(share),
          ...nearby(current, inspection.files),
        },
        GUESSED,
      );
    });
  }

  #now(): number {
    return this.#parts.now?.() ?? performance.now();
  }

  /** Read once: what is committed meanwhile changes little. */
  #coChange(): Promise<CoChange> {
    return (this.#together ??= this.#readHistory());
  }

  async #readHistory(): Promise<CoChange> {
    const together = createCoChange();
    for (const root of this.#parts.roots) {
      const commits = await this.#parts.history(root);
      for (const { files } of [...commits].reverse()) together.add({ files: files.map((file) => `${root}/${file}`) });
    }
    return together;
  }
}

function importsOf(inspection: Inspection, path: string): readonly string[] {
  const modules = new Set(inspection.factsOf(path)?.imports.map(({ module }) => module) ?? []);
  return [...new Set([...modules].flatMap((module) => inspection.resolveImport(path, module) ?? []))];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
