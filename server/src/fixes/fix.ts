/**
 * What a fix is, and what the makers of fixes may look at. Types only: every layer may speak of fixes, `fixes/` alone makes them.
 *
 * How a rule gets a fix: `Rule.fixes(evidence, view, sources, schema)` translates its evidence into plain spans, names and answers of the catalog and
 * calls a builder in `fixes/<concept>.ts`, which looks at the tree and returns edits. Both are pure. A builder returns nothing wherever anything is
 * unclear: no fix is better than one that changes what the code does. Helpers for builders: `edits.ts` (applying and comparing edits), `style.ts` (indent,
 * quotes, semicolons and line ends of the file), `names.ts` (names that are free), `imports.ts` (imports added or merged), `nodes.ts` (nodes at spans).
 *
 * Fixes are computed on demand (`AnalysisHost.fixesOf`), never while somebody types. The host drops a fix whose edits overlap each other, lie outside the
 * text, or would leave the file with more syntax errors than it had.
 */
import type { FileFacts } from "../facts/model.js";
import type { FileView } from "../project/file-view.js";
import type { PackageManifest } from "../project/manifests.js";
import type { FilePath } from "../project/model.js";
import type { ts } from "../syntax/typescript.js";

/** Replaces the half-open range of UTF-16 offsets of the current text; an insertion has `start === end`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

export interface FileEdit {
  /** Absolute, `/` separators. */
  readonly path: FilePath;
  /** In any order; they must not overlap. Two insertions at one place keep their order. */
  readonly edits: readonly TextEdit[];
  /** The file does not exist: it is made with this text, and `edits` is empty. */
  readonly createText?: string;
}

/**
 * `safe`: the same results, order and errors for every input, so it may be applied unseen (*Fix all*, on save, `--fix`).
 * `review`: a person should read it first: it is shown as a diff and applied one at a time.
 */
export type AppliedSafety = "safe" | "review";

export interface Fix {
  /** Kind of change, kebab-case: `load-before-loop`. Unique among the fixes of one finding: with the finding's fingerprint it names the fix. */
  readonly id: string;
  /** Imperative, as an editor's menu shows it: ``Load every `customer` with one query before the loop``. */
  readonly title: string;
  readonly safety: AppliedSafety;
  readonly edits: readonly FileEdit[];
  /** What to look at before accepting it, one sentence; shown beside the preview of a `review` fix. */
  readonly note?: string;
}

/** The texts fixes are made of. Offsets of facts, evidence and trees are all offsets of these texts. */
export interface FixSources {
  /** The current text; undefined where the file cannot be read or is not the text that was analyzed. */
  textOf(path: FilePath): string | undefined;
  /** Its tree with parents, parsed once; undefined for what is no TypeScript or JavaScript and for text nested too deeply. Only `fixes/` looks into it. */
  treeOf(path: FilePath): ts.SourceFile | undefined;
  /** Whether a file of this name is there, for fixes that create one. */
  exists?(path: FilePath): boolean;
  /** The present, in milliseconds, for names that carry the time; without it they follow the newest that is there. */
  now?(): number;
  /** The rest of the program, for fixes that reach into other files; without it they stay in their own. */
  readonly program?: FixProgram;
}

/** What fixes may know of the program beside their rule's view of one file. Rules translate it into spans and names; builders get those. */
export interface FixProgram {
  /** Every analyzed file of code. */
  files(): readonly FilePath[];
  /** Cheaper than a view, for looking through many files. */
  factsOf(path: FilePath): FileFacts | undefined;
  viewOf(path: FilePath): FileView | undefined;
  /** The file of the workspace that an import means; undefined for packages and for what is not there. */
  fileOf(from: FilePath, specifier: string): FilePath | undefined;
  /** The `package.json` files around a file, the nearest first. */
  packagesAround(path: FilePath): readonly PackageManifest[];
}
