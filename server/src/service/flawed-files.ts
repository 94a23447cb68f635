/** Files with findings, and those of them whose importers are parsed already. */
export class FlawedFiles {
  readonly #flawed = new Set<string>();
  readonly #settled = new Set<string>();

  note(path: string, hasFindings: boolean): void {
    if (hasFindings) this.#flawed.add(path);
    else this.#flawed.delete(path);
  }

  /** Importers have to be looked for again. */
  unsettle(): void {
    this.#settled.clear();
  }

  /** Those whose importers have not been asked for yet; from now on they have. */
  takeFresh(): readonly string[] {
    const fresh = [...this.#flawed].filter((path) => !this.#settled.has(path));
    for (const path of fresh) this.#settled.add(path);
    return fresh;
  }
}
