/** A finding as it leaves the analyzer: evidence with words, severity and place. Plain data; offsets are resolved to 1-based lines and columns. */
import type { MeasuredCost } from "../../../protocol/src/costs.js";
import type { Confidence, FixSafety, RuleFamily, Severity } from "../rules/define-rule.js";

export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface RelatedPlace {
  /** Absolute path with `/` separators. */
  readonly path: string;
  readonly range: Range;
  readonly message: string;
}

export interface Finding {
  readonly rule: string;
  readonly family: RuleFamily;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly message: string;
  /** Absolute path with `/` separators. */
  readonly path: string;
  readonly range: Range;
  readonly related: readonly RelatedPlace[];
  readonly cost: string;
  readonly fixes: readonly { readonly title: string; readonly safety: FixSafety }[];
  /**
   * Stable across unrelated edits: hash of rule, file, enclosing function and the operation's normalised text, with an
   * ordinal for equal ones. Baselines and result ids use it.
   */
  readonly fingerprint: string;
  /** What a profile says of it, when one was imported. */
  readonly measured?: MeasuredCost;
}

/** A file that could not be (fully) read or understood. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}
