/** What the planners of all kinds are given, and what they give back. */
import type { Analyzer } from "./detect/analyzer.js";
import type { RunSettings } from "./settings.js";
import type { Suite, SuitePlace } from "./suite.js";
import type { SuiteFiles } from "./suite-files.js";
import type { WorkItem } from "./work.js";

/** A work item without what all kinds have in common; `plan.ts` adds that. */
export interface ItemDraft extends Pick<WorkItem, "observe" | "judge" | "admit"> {
  /** Tells items of one case apart; it becomes part of the id, so it must be the same in every run. */
  readonly suffix?: string;
  readonly title?: string;
  /** The case itself by default. */
  readonly place?: SuitePlace;
  readonly cacheKey: string | undefined;
  readonly alone?: boolean;
  /** True by default. */
  readonly judgesAtOnce?: boolean;
  readonly variant?: string;
  /** The same for all variants of one question. */
  readonly pair?: string;
}

export interface PlanContext {
  readonly suite: Suite;
  readonly settings: RunSettings;
  readonly files: SuiteFiles;
  readonly analyzer: Analyzer;
  /** Tells a mistake that keeps the suite from running. */
  readonly fault: (place: SuitePlace, message: string) => void;
}
