/** Explains the queries at a place: what is known of them, then the planner's plans, which take their time. */
import type { QueryExplanation } from "../../../protocol/src/query-explanation.js";
import { draftExplanation } from "../analysis/explain-query/draft-explanation.js";
import type { QueryPlace } from "../analysis/explain-query/queries-at.js";
import type { WorkspaceService } from "./workspace-service.js";

/** Undefined where there is no query. Never rejects for want of a planner: the explanation says why it has no plan. */
export async function explainQuery(
  service: Pick<WorkspaceService, "ask" | "plansOf">,
  path: string,
  place: QueryPlace,
): Promise<QueryExplanation | undefined> {
  const draft = service.ask((inspection) => draftExplanation(inspection, path, place));
  if (draft === undefined) return undefined;
  const proofs = await service.plansOf(draft.requests);
  const answers = draft.requests.flatMap(({ key }, i) => {
    const proof = proofs[i];
    return proof === undefined ? [] : [[key, proof] as const];
  });
  return draft.finish(new Map(answers));
}
