/** What was asked of a planner, and what it answered. Keeps who asked, so that their choices are made again when an answer comes. */
import type { Proof, ProofRequest } from "../advisor/proof.js";
import type { AnalysisOptions } from "./host.js";

/** Answers kept; those given first go first. */
const maxAnswers = 20_000;

export class ProofStore {
  readonly #answers = new Map<string, Proof>();
  /** Requests without an answer, with those who wait for it. */
  readonly #pending = new Map<string, { readonly request: ProofRequest; readonly askers: Set<string> }>();

  /** For one who waits for answers: what is not known yet is noted, and `give` names the asker when it is there. */
  asker(name: string, { noPlanner }: Pick<AnalysisOptions, "noPlanner">): (request: ProofRequest) => Proof | undefined {
    if (noPlanner !== undefined) return () => ({ kind: "unavailable", reason: noPlanner });
    return (request) => this.#proofOf(name, request);
  }

  /** For one who only looks: questions are not noted. */
  known({ noPlanner }: Pick<AnalysisOptions, "noPlanner">): (request: ProofRequest) => Proof | undefined {
    const off: Proof | undefined = noPlanner === undefined ? undefined : { kind: "unavailable", reason: noPlanner };
    return ({ key }) => this.#answers.get(key) ?? off;
  }

  /** The answer, or undefined: then the question is noted. */
  #proofOf(asker: string, request: ProofRequest): Proof | undefined {
    const known = this.#answers.get(request.key);
    if (known !== undefined) return known;
    const pending = this.#pending.get(request.key);
    if (pending === undefined) this.#pending.set(request.key, { request, askers: new Set([asker]) });
    else pending.askers.add(asker);
    return undefined;
  }

  pending(): readonly ProofRequest[] {
    return [...this.#pending.values()].map(({ request }) => request);
  }

  /** Takes answers; gives those who waited for them. */
  give(answers: ReadonlyMap<string, Proof>): ReadonlySet<string> {
    const askers = new Set<string>();
    for (const [key, proof] of answers) {
      for (const asker of this.#pending.get(key)?.askers ?? []) askers.add(asker);
      this.#pending.delete(key);
      this.#answers.set(key, proof);
    }
    for (const key of this.#answers.keys()) {
      if (this.#answers.size <= maxAnswers) break;
      this.#answers.delete(key);
    }
    return askers;
  }
}
