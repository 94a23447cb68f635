/** The findings of a workspace in the order they deserve a look, and what the user says of them. */
import type { Finding } from "../analysis/finding.js";
import type { Circumstances } from "../ranking/evidence.js";
import { groupAlike } from "../ranking/group-alike.js";
import { opinionOn, type Feedback, type Surroundings, type Verdict } from "../ranking/neighbours.js";
import { rank, type Ranked } from "../ranking/rank.js";
import type { CodeSearch } from "./code-search.js";
import type { WorkspaceService } from "./workspace-service.js";

/** Where answers are kept. */
export interface FeedbackPort {
  all(): readonly Feedback[];
  add(feedback: Feedback): void;
  /** Takes an answer back. */
  remove(rule: string, fingerprint: string): void;
  /** Returns how many answers were forgotten. */
  reset(): number;
}

export interface OrderParts {
  readonly service: Pick<WorkspaceService, "allFindings" | "findings">;
  readonly search: Pick<CodeSearch, "surroundings">;
  readonly feedback: FeedbackPort;
  /** Findings with what was measured of them; missing: nothing was. */
  readonly measured?: (findings: readonly Finding[]) => readonly Finding[];
  /** What else is known of these findings. */
  readonly around?: (findings: readonly Finding[]) => (finding: Finding) => Circumstances;
}

export interface OrderedFinding extends Ranked<Finding> {
  /** Index, in the list, of the finding it is a near copy of. */
  readonly copyOf?: number;
}

/** The most important findings, near copies marked. The set of them does not depend on the model, only the marks do. */
export async function topFindings(parts: OrderParts, limit: number): Promise<readonly OrderedFinding[]> {
  const ranked = (await orderFindings(parts)).slice(0, limit);
  const describe = await parts.search.surroundings();
  const leaders = groupAlike(ranked.map(({ finding }) => describe(finding)));
  return ranked.map((one, index) => {
    const leader = leaders[index];
    return leader === undefined || leader === index ? one : { ...one, copyOf: leader };
  });
}

/** A finding by what an editor knows of it. */
export interface FindingPlace {
  readonly path: string;
  readonly rule: string;
  /** 1-based. */
  readonly line: number;
}

/** All findings, the most important first. Where the user has judged nothing, no model is asked. */
export async function orderFindings(parts: OrderParts): Promise<readonly Ranked<Finding>[]> {
  const { service, search, feedback, measured = (found: readonly Finding[]) => found } = parts;
  const given = feedback.all();
  const findings = measured(service.allFindings());
  const around = parts.around?.(findings);
  if (given.length === 0) return rank(findings, undefined, around);
  const describe = await search.surroundings();
  return rank(findings, (finding) => opinionOn(describe(finding), given), around);
}

/** Takes an answer. False when the finding is not there any more. */
export async function judge(parts: OrderParts, place: FindingPlace, verdict: Verdict): Promise<boolean> {
  const finding = parts.service
    .findings(place.path)
    .find(({ rule, range }) => rule === place.rule && range.start.line === place.line);
  if (finding === undefined) return false;
  const surroundings: Surroundings = (await parts.search.surroundings())(finding);
  parts.feedback.add({ ...surroundings, fingerprint: finding.fingerprint, verdict });
  return true;
}
