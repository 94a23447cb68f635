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
  /** What a profile says of it. */
  readonly measured?: {
    /** Of the time of all requests, 0 to 1. */
    readonly share?: number;
    /** The code has changed since. */
    readonly stale?: true;
  };
}

/** What is known of the world around a finding, where anything is. */
export interface Circumstances {
  /** Rows of the largest table it works on. */
  readonly rows?: number | undefined;
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
  /** How much of the time of all requests it was measured to take: the root of the share, so that a twentieth already counts. 0 where nothing was measured. */
  readonly measured: number;
  /** How large its table is: 0 where nobody knows and at ten thousand rows, 1 from ten million on, −1 at ten and below. */
  readonly size: number;
}

const SEVERITY: Readonly<Record<string, number>> = { error: 3, warning: 2, information: 1, hint: 0 };
const MOST_STEPS = 8;
/** Powers of ten: a table of this size says nothing, and so many more or fewer say all there is to say. */
const ROWS = { neutral: 4, reach: 3 } as const;

export function evidenceOf(finding: RankedFinding, { rows }: Circumstances = {}): Evidence {
  const terms = finding.cost.split("+").map((term) => [...new Set(term.match(/\b[A-Z]\b/g) ?? [])].length);
  return {
    severity: SEVERITY[finding.severity] ?? 0,
    confidence: finding.confidence,
    degree: Math.min(3, Math.max(0, ...terms)),
    perRequest: /\brequest\b/.test(finding.cost) ? 1 : 0,
    steps: Math.min(MOST_STEPS, finding.related.length),
    fixable: finding.fixes.length > 0 ? 1 : 0,
    measured: measuredShare(finding),
    size: rows === undefined ? 0 : clamp((Math.log10(Math.max(1, rows)) - ROWS.neutral) / ROWS.reach),
  };
}

/** What was measured of code that has changed since is not held against it. */
function measuredShare({ measured }: RankedFinding): number {
  return measured?.share === undefined || measured.stale === true ? 0 : Math.sqrt(Math.max(0, clamp(measured.share)));
}

function clamp(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(-1, value)) : 0;
}
