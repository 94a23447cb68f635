/** What detection cases need of the analyzer. Declares the port; `evaluation-io/` implements it. */

export interface FoundPlace {
  readonly rule: string;
  readonly family: string;
  /** Relative to the project, `/` separators. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

export interface Analyzer {
  /** Stands for the running analyzer in cache keys; undefined where results must not be remembered. */
  readonly identity: string | undefined;
  /** Families of the rules, by rule id. */
  readonly families: ReadonlyMap<string, string>;
  /** Analyzes texts as one small project. @param throwIfStopped Asked often; throws once the work is to stop. */
  analyzeTexts(
    files: readonly ProjectFile[],
    rules: readonly string[],
    throwIfStopped: () => void,
  ): Promise<readonly FoundPlace[]>;
  /** Analyzes a folder on disk as a check would. */
  analyzeFolder(folder: string, rules: readonly string[], throwIfStopped: () => void): Promise<readonly FoundPlace[]>;
}
