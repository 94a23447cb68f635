/** What rules asked a planner, and what it answered. Keeps who asked, so that their findings are looked at again when an answer comes. */
import type { Proof, ProofRequest } from "../advisor/proof.js";
import type { SchemaView } from "../rules/define-rule.js";
import type { AnalysisOptions } from "./host.js";

/** Answers kept; those given first go first. */
const maxAnswers = 20_000;

export class ProofStore {
  readonly #answers = new Map<string, Proof>();
  /** Requests without an answer, with the files whose rules wait for it. */
  readonly #pending = new Map<string, { readonly request: ProofRequest; readonly askers: Set<string> }>();

  /** What the rules of one file see. */
  viewFor(asker: string, { tableRows = {}, noPlanner }: AnalysisOptions): SchemaView {
    return {
      rowsOf: ({ name, schema }) => tableRows[schema === undefined ? name : `${schema}.${name}`] ?? tableRows[name],
      proofOf: (request) =>
        noPlanner === undefined ? this.#proofOf(asker, request) : { kind: "unavailable", reason: noPlanner },
    };
  }

  /** What is known by now, for somebody who only looks: questions are not noted. */
  known(options: AnalysisOptions): SchemaView {
    const { noPlanner } = options;
    const off: Proof | undefined = noPlanner === undefined ? undefined : { kind: "unavailable", reason: noPlanner };
    return { ...this.viewFor("", options), proofOf: ({ key }) => this.#answers.get(key) ?? off };
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

  /** Takes answers; gives the files that waited for them. */
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
