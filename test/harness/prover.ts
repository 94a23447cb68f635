/** Proofs of changes made by hand, for tests. */
import path from "node:path";
import type { Prover } from "../../server/src/proving/create-prover.js";
import { type PreparedProof, type ProofQuestion, prepareProof } from "../../server/src/fixes/prove/proof-request.js";
import type { ProofReport } from "../../server/src/proving/proof-case.js";
import { catalogOf } from "./catalog-lines.js";

export interface ProofTrial {
  /** Files by name; schema files are read into the catalog. */
  readonly files: Readonly<Record<string, string>>;
  readonly path: string;
  /** Text the finding stands at. */
  readonly at: string;
  /** What replaces what in the file. */
  readonly replace: readonly (readonly [string, string])[];
  readonly sizes?: readonly number[];
  readonly seed?: number;
}

/** Proves a change made by replacing pieces of text. */
export async function tryProof(prover: Prover, trial: ProofTrial): Promise<ProofReport> {
  const text = trial.files[trial.path] ?? "";
  const edits = trial.replace.map(([before, after]) => {
    const start = text.indexOf(before);
    if (start < 0) throw new Error(`${before} is not in ${trial.path}`);
    return { start, end: start + before.length, newText: after };
  });
  const prepared = proofOf(trial.files, {
    path: `/case/${trial.path}`,
    offset: text.indexOf(trial.at),
    edits: [{ path: `/case/${trial.path}`, edits }],
    ...(trial.sizes === undefined ? {} : { trials: trial.sizes.map((rows) => ({ rows, seed: 1 })) }),
  });
  return "reason" in prepared ? { kind: "unprovable", reason: prepared.reason } : prover.prove(prepared.request);
}

/** What a proof of a fix runs, for files below `/case`. */
export function proofOf(
  files: Readonly<Record<string, string>>,
  question: Omit<ProofQuestion, "catalog" | "sources">,
): PreparedProof {
  const texts = new Map(Object.entries(files).map(([name, one]) => [`/case/${name}`, one]));
  return prepareProof({
    ...question,
    catalog: catalogOf(files),
    sources: {
      textOf: (file) => texts.get(file),
      resolve: (from, specifier) => {
        const base = path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, "");
        return specifier.startsWith(".")
          ? [`${base}.ts`, `${base}/index.ts`].find((file) => texts.has(file))
          : undefined;
      },
    },
  });
}
