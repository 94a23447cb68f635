/** Messages about one fix applied to the places that are like it. Types and method names only. */

/** Client → server request: which findings are like this one and have the same kind of fix. */
export const similarFixesMethod = "hotpath/similarFixes";
/** Client → server request: the edit that fixes the chosen ones, each with its own fix. */
export const similarEditsMethod = "hotpath/similarEdits";
/** Server → client notification: a fix that was chosen has been applied, and its finding is gone. */
export const fixAppliedMethod = "hotpath/fixApplied";

/** Which fix of which finding. */
export interface FixPlaceParams {
  readonly uri: string;
  /** Of the finding. */
  readonly fingerprint: string;
  /** Kind of change: `load-before-loop`. */
  readonly fix: string;
}

export interface SimilarFixMessage extends FixPlaceParams {
  /** Zero-based. */
  readonly line: number;
  readonly character: number;
  readonly message: string;
  /** What its fix does. */
  readonly title: string;
  readonly safety: "safe" | "review";
  /** Why it counts as like the first; empty for the first itself. */
  readonly reasons: readonly string[];
}

export type SimilarFixesResult =
  /** The finding somebody started from first, if it is still there; then the most alike first. */
  | { readonly kind: "found"; readonly rule: string; readonly places: readonly SimilarFixMessage[] }
  /** One sentence. */
  | { readonly kind: "refused"; readonly reason: string };

export interface SimilarEditsParams {
  readonly places: readonly FixPlaceParams[];
}

export type SimilarEditsResult =
  | {
      readonly kind: "edit";
      /** A `WorkspaceEdit` of the Language Server Protocol. */
      readonly edit: unknown;
      readonly applied: number;
      /** Their fix would touch what another one's does: to be asked for again afterwards. */
      readonly waiting: number;
      /** Their code has changed since. */
      readonly gone: number;
    }
  | { readonly kind: "refused"; readonly reason: string };

export interface FixAppliedParams extends FixPlaceParams {
  readonly rule: string;
}
