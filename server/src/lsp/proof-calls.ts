/** Calls about proofs of fixes, on the far side of `AsyncService`: they take their time in another process, and what was proved is remembered here. */
import type { ProveFixResult } from "../../../protocol/src/fix-proof.js";
import type { FixOffer } from "../service/fixes.js";
import { ProvedFixes } from "../service/proved-fixes.js";
import { proveFix, type FixQuestion } from "../service/prove-fix.js";
import { proverAt } from "../service/prover-at.js";
import type { ServiceOptions, WorkspaceService } from "../service/workspace-service.js";

export interface ProofCalls {
  proveFix(question: FixQuestion): Promise<ProveFixResult>;
  ranked(
    path: string,
    offers: Readonly<Record<string, readonly FixOffer[]>>,
  ): Readonly<Record<string, readonly FixOffer[]>>;
}

/** @param folder The built files; undefined for sources under test, which prove nothing. */
export function createProofCalls(
  service: WorkspaceService,
  options: ServiceOptions,
  folder: string | undefined,
): ProofCalls {
  const proved = new ProvedFixes((path) => service.textOf(path));
  const prover = folder === undefined ? undefined : proverAt(folder, options);
  return {
    proveFix: async (question) => {
      if (prover === undefined) return refused("this build has no prover");
      const { result, fix } = await proveFix(service, prover, question);
      if (result.kind === "proved" && fix !== undefined)
        proved.keep(question.path, question.fingerprint, fix, result.summary);
      return result;
    },
    ranked: (path, offers) => proved.ranked(path, offers),
  };
}

function refused(reason: string): ProveFixResult {
  return { kind: "unprovable", title: "", summary: `Cannot prove: ${reason}`, markdown: `Cannot prove: ${reason}.\n` };
}
