/** What a finding says for itself, as numbers: the only thing its place in the order depends on, beside what the user did with others like it. */

/** The parts of a finding that are read. */
export interface RankedFinding {
  readonly rule: string;
  readonly family: string;
  readonly severity: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** `1 + N queries per request`. */
  readonly cost: string;
  readonly related: readonly unknown[];
  readonly fixes: readonly unknown[];
}

export interface Evidence {
  /** 3 error, 2 warning, 1 information, 0 hint. */
  readonly severity: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** How fast the cost grows: the number of factors that are not constant, such as 2 for `N × M`. */
  readonly degree: number;
  /** Whether the cost is one of every request, not of work behind it. */
  readonly perRequest: number;
  /** Steps from where it begins to where it happens, up to 8: what is further away is harder to see by reading. */
  readonly steps: number;
  /** Whether there is a fix. */
  readonly fixable: number;
}

const SEVERITY: Readonly<Record<string, number>> = { error: 3, warning: 2, information: 1, hint: 0 };
const MOST_STEPS = 8;

export function evidenceOf(finding: RankedFinding): Evidence {
  const terms = finding.cost.split("+").map((term) => [...new Set(term.match(/\b[A-Z]\b/g) ?? [])].length);
  return {
    severity: SEVERITY[finding.severity] ?? 0,
    confidence: finding.confidence,
    degree: Math.min(3, Math.max(0, ...terms)),
    perRequest: /\brequest\b/.test(finding.cost) ? 1 : 0,
    steps: Math.min(MOST_STEPS, finding.related.length),
    fixable: finding.fixes.length > 0 ? 1 : 0,
  };
}
