/** Messages about searching code by what it means, and about the model that does it. Types and method names only. */

/** Client → server request: code that a sentence describes. */
export const searchCodeMethod = "hotpath/searchCode";
/** Client → server request: code that is like the code at a place. */
export const similarCodeMethod = "hotpath/similarCode";
/** Server → client notification, and client → server request without parameters: how the model is doing. */
export const modelStatusMethod = "hotpath/modelStatus";

/** Client → server request: findings in the order they deserve a look, with the reasons. */
export const orderedFindingsMethod = "hotpath/orderedFindings";
/** Client → server request: what the user thinks of a finding. Answers false when it is not there any more. */
export const judgeFindingMethod = "hotpath/judgeFinding";
/** Client → server request without parameters: forget what the user said. Answers how many answers there were. */
export const resetLearningMethod = "hotpath/resetLearning";

export interface OrderedFinding {
  readonly uri: string;
  /** Zero-based. */
  readonly line: number;
  readonly character: number;
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  /** Clauses, most important first. */
  readonly reasons: readonly string[];
  /** Index, in the list, of the finding of the same rule whose code is nearly the same. */
  readonly copyOf?: number;
}

export interface JudgeFindingParams {
  readonly uri: string;
  /** Zero-based. */
  readonly line: number;
  readonly rule: string;
  /** `ignored` when a comment was written that ignores it. */
  readonly verdict: "accepted" | "dismissed" | "ignored";
}

export interface SearchFilterParams {
  /** Path of a folder, or the end of one. */
  readonly folder?: string;
  readonly kind?: "function" | "query";
  /** Rule or family: only code with such a finding. */
  readonly family?: string;
}

export interface SearchCodeParams extends SearchFilterParams {
  readonly text: string;
  readonly limit?: number;
}

export interface SimilarCodeParams extends SearchFilterParams {
  readonly uri: string;
  /** Zero-based, as the Language Server Protocol counts. */
  readonly position: { readonly line: number; readonly character: number };
  /** Code with a finding of this rule comes first. */
  readonly rule?: string;
  readonly limit?: number;
}

export interface FoundCodeMessage {
  readonly uri: string;
  /** Zero-based. */
  readonly line: number;
  readonly name: string;
  readonly kind: "function" | "query";
  /** Rules of the findings inside. */
  readonly rules: readonly string[];
  /** What can be done about them; only told of similar code, and absent where nothing can. */
  readonly fixes?: readonly string[];
  /** Cosine, 0 to 1; undefined where words alone decided. */
  readonly similarity?: number;
}

export interface SearchCodeResult {
  readonly found: readonly FoundCodeMessage[];
  /** Why likeness was not, or not everywhere, taken into account. */
  readonly note?: string;
}

export interface ModelStatusParams {
  readonly state: "idle" | "loading" | "ready" | "failed" | "off" | "indexing";
  /** One line: "all-MiniLM-L6-v2 on cpu". */
  readonly text: string;
  /** Sentences: device, batch size, texts a second, why other providers are not used, what went wrong. */
  readonly detail: string;
  /** While `indexing`. */
  readonly percent?: number;
}
