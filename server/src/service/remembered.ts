/**
 * Results of an earlier run, for as long as the analyzer is not ready: they answer for findings, and in files edited meanwhile they move along with the text.
 * What an edit brings is known when the analyzer is.
 */
import type { Finding, Problem } from "../analysis/finding.js";
import { moveFindings } from "./moved-findings.js";
import type { SavedResults } from "./saved-results.js";

/** A class because it has a lifetime: it holds what was told of each file. */
export class Remembered {
  readonly problems: readonly Problem[];
  readonly #byPath = new Map<string, readonly Finding[]>();
  readonly #edited = new Set<string>();
  /** Resolves when they are no longer believed. */
  readonly ended: Promise<void>;
  #wasCalled = false;
  #end: () => void = () => undefined;

  constructor({ findings, problems }: SavedResults) {
    this.problems = problems;
    for (const finding of findings)
      this.#byPath.set(finding.path, [...(this.#byPath.get(finding.path) ?? []), finding]);
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** Files whose text is another than the results are of. */
  get edited(): ReadonlySet<string> {
    return this.#edited;
  }

  /** @param before The file's text until now; undefined where nobody knows it any more. */
  edit(path: string, before: string | undefined, after: string | undefined): void {
    this.#edited.add(path);
    const known = this.findings(path);
    const isKnown = before !== undefined && after !== undefined;
    this.#byPath.set(path, isKnown ? moveFindings(known, before, after) : []);
  }

  paths(): Iterable<string> {
    return this.#byPath.keys();
  }

  findings(path: string): readonly Finding[] {
    return this.#byPath.get(path) ?? [];
  }

  all(): readonly Finding[] {
    return [...this.#byPath.values()].flat();
  }

  hasTold(path: string, findings: readonly Finding[]): boolean {
    return JSON.stringify(this.findings(path)) === JSON.stringify(findings);
  }

  /** True once: whoever asks first brings the analyzer up to date. */
  isFirstCall(): boolean {
    const isFirst = !this.#wasCalled;
    this.#wasCalled = true;
    return isFirst;
  }

  end(): void {
    this.#end();
  }
}
