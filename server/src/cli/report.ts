/** What a check produced, ready to be drawn by any of the formats. Paths are relative to the root with `/` separators. */
import type { Finding } from "../analysis/finding.js";
import type { RuleInfo } from "../analysis/host.js";
import type { Problem } from "../analysis/finding.js";
import type { EndpointCost } from "../../../protocol/src/costs.js";

export interface Report {
  /** Absolute folder all paths are relative to. */
  readonly root: string;
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  readonly rules: readonly RuleInfo[];
  readonly stats: ReportStats;
  /** With `--costs`: entry points, dearest first. */
  readonly endpoints?: readonly EndpointCost[];
  /** Text of a file by absolute path, for code frames; undefined when it cannot be read any more. */
  readonly textOf: (path: string) => string | undefined;
}

export interface ReportStats {
  readonly files: number;
  readonly skipped: number;
  readonly durationMs: number;
  readonly cacheHits: number;
}

/** Path of a file as a reader of the report wants it: relative to the root where it lies inside, else absolute. */
export function relativeTo(root: string, path: string): string {
  const prefix = root.endsWith("/") ? root : `${root}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
