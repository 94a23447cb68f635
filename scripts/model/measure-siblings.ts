/**
 * Given one defect, how soon its siblings come: functions with a finding of the same rule, among all functions of the workspace, by words, vectors and both.
 *
 *     npx tsx scripts/model/measure-siblings.ts FOLDER …
 *
 * The analyzer's findings stand for the defects; a rule with fewer than two functions says nothing. What stands inside or around the function is no candidate.
 */
import path from "node:path";
import { createEmbedder } from "../../server/src/model/create-embedder.js";
import { codeUnits } from "../../server/src/analysis/code-units.js";
import { best, CANDIDATES, fuse, type Hit } from "../../server/src/ranking/fuse.js";
import { passageText } from "../../server/src/ranking/passage-text.js";
import { wordsOf } from "../../server/src/ranking/split-identifiers.js";
import { cosine } from "../../server/src/ranking/vectors.js";
import { WordIndex } from "../../server/src/ranking/word-index.js";
import { createService } from "../../server/src/service/create-service.js";
import { drain } from "../../server/src/service/slices.js";

interface Unit {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly code: string;
  readonly rules: ReadonlySet<string>;
}

const repository = path.resolve(__dirname, "../..");

async function unitsOf(folder: string): Promise<Unit[]> {
  const service = await createService({ roots: [folder], cacheFolder: undefined, overrides: {}, workers: 0 });
  await drain(service.scan());
  service.refresh();
  const units = service.ask((inspection) =>
    inspection.files.flatMap((file) => {
      const facts = inspection.factsOf(file);
      const view = inspection.viewOf(file);
      const text = service.textOf(file);
      if (facts === undefined || view === undefined || text === undefined) return [];
      const findings = inspection.findings(file).map(({ rule, range }) => ({
        rule,
        at: (facts.lineStarts[range.start.line - 1] ?? 0) + range.start.column - 1,
      }));
      const functions = codeUnits(facts, view.calls).filter((unit) => unit.kind === "function");
      return functions.map(({ span }): Unit => {
        const inside = (at: number): boolean => span.start <= at && at < span.end;
        // A finding belongs to the innermost function around it.
        const own = findings.filter(
          ({ at }) =>
            inside(at) &&
            !functions.some((other) => span.start < other.span.start && other.span.start <= at && at < other.span.end),
        );
        return {
          path: file,
          ...span,
          code: text.slice(span.start, span.end),
          rules: new Set(own.map(({ rule }) => rule)),
        };
      });
    }),
  );
  await service.close();
  return units;
}

async function measure(folder: string): Promise<void> {
  const units = await unitsOf(folder);
  const embedder = createEmbedder({
    processFile: path.join(repository, "server/src/embedder-process.ts"),
    execArgv: ["--import", "tsx"],
    modelFolder: path.join(repository, "server/model"),
    provider: "cpu",
  });
  const answer = await embedder.embed(
    units.map(({ code }) => passageText(code)),
    "passage",
    "background",
  );
  await embedder.close();
  if (answer.kind !== "vectors") throw new Error(answer.reason);
  const { vectors } = answer;
  const index = new WordIndex();
  for (const { code } of units) index.add(wordsOf(code));
  const ranks: Record<"BM25" | "model" | "fused", number[]> = { BM25: [], model: [], fused: [] };
  for (const [i, unit] of units.entries()) {
    for (const rule of unit.rules) {
      const apart = (document: number): boolean => {
        const other = units[document];
        return (
          other !== undefined &&
          document !== i &&
          (other.path !== unit.path || other.end <= unit.start || unit.end <= other.start)
        );
      };
      if (!units.some((other, document) => apart(document) && other.rules.has(rule))) continue;
      const own = vectors[i] ?? new Float32Array();
      const words = new Map([...index.search(wordsOf(unit.code))].filter(([document]) => apart(document)));
      const likeness = new Map(
        vectors
          .map((vector, document) => [document, cosine(own, vector)] as const)
          .filter(([document]) => apart(document)),
      );
      const documents = new Set([...best(words, CANDIDATES), ...best(likeness, CANDIDATES)].map((hit) => hit.document));
      const candidates = [...documents].map((document) => ({
        document,
        words: words.get(document) ?? 0,
        vector: likeness.get(document),
      }));
      const first = (hits: readonly Hit[]): number =>
        1 + hits.findIndex(({ document }) => units[document]?.rules.has(rule) === true);
      ranks.BM25.push(first(best(words, units.length)));
      ranks.model.push(first(best(likeness, units.length)));
      ranks.fused.push(first(fuse(candidates)));
    }
  }
  console.log(`${path.basename(folder)}: ${units.length} functions, ${ranks.BM25.length} defects with siblings`);
  for (const [name, found] of Object.entries(ranks)) {
    const share = (limit: number): string =>
      (found.filter((rank) => 0 < rank && rank <= limit).length / found.length).toFixed(3);
    const mrr = found.reduce((sum, rank) => sum + (rank === 0 ? 0 : 1 / rank), 0) / found.length;
    console.log(
      `  ${name.padEnd(8)} MRR ${mrr.toFixed(3)}  first sibling among the first 1 ${share(1)}, 5 ${share(5)}, 10 ${share(10)}`,
    );
  }
}

async function main(): Promise<void> {
  for (const folder of process.argv.slice(2)) await measure(path.resolve(folder));
}

void main();
