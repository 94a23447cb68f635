/**
 * Proves every fix about queries that is on offer in a checkout, and tells of each what came out. The checkout's functions are run, in processes without
 * files or network. `npx tsx scripts/try-proofs.ts FOLDER [--save FILE]`; a saved file in place of the folder asks the same again without the analysis,
 * and sizes after it (`10,100`) in one process for all proofs, to see quickly what a change of the prover does.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Catalog } from "../server/src/catalog/model.js";
import { lineStartsOf } from "../server/src/base/line-index.js";
import type { FileEdit } from "../server/src/fixes/fix.js";
import type { Translated } from "../server/src/fixes/prove/program.js";
import { prepareProof } from "../server/src/fixes/prove/proof-request.js";
import type { ProofReport } from "../server/src/proving/proof-case.js";
import { createService } from "../server/src/service/create-service.js";
import { sourcesOf } from "../server/src/service/fixes.js";
import { resolverOf } from "../server/src/service/prove-fix.js";
import { drain } from "../server/src/service/slices.js";
import { bundledProver, keptProver } from "../test/harness/bundled-prover.js";

const FAMILIES = /^(n-plus-one|sequential-await|unbounded-query|uncached-hot-path)$/;

interface Question {
  readonly rule: string;
  readonly title: string;
  readonly path: string;
  readonly line: number;
  readonly offset: number;
  readonly edits: readonly FileEdit[];
}

interface Saved {
  readonly catalog: Catalog;
  readonly questions: readonly Question[];
  /** File of each import, by importing file and specifier. */
  readonly imports: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

async function main(): Promise<void> {
  const [given, flag, target] = process.argv.slice(2);
  if (given === undefined) throw new Error("usage: try-proofs FOLDER [--save FILE]");
  const saved = given.endsWith(".json") ? (JSON.parse(readFileSync(given, "utf8")) as Saved) : await ask(given);
  if (flag === "--save" && target !== undefined) {
    writeFileSync(target, JSON.stringify(saved));
    return;
  }
  // Sizes after the file make it quick: one process proves all.
  const sizes = flag === undefined ? [] : flag.split(",").map(Number);
  const prover = await (0 < sizes.length ? keptProver() : bundledProver());
  const translated = new Map<string, Translated>();
  for (const question of saved.questions) {
    const started = performance.now();
    const prepared = prepareProof({
      ...question,
      catalog: saved.catalog,
      anyOrder: question.rule.includes("await"),
      ...(sizes.length === 0 ? {} : { trials: sizes.map((rows) => ({ rows, seed: 1 })) }),
      sources: { translated, textOf, resolve: (from, specifier) => saved.imports[from]?.[specifier] },
    });
    const report: ProofReport =
      "reason" in prepared ? { kind: "unprovable", reason: prepared.reason } : await prover.prove(prepared.request);
    const said = report.kind === "unprovable" ? report.reason : report.kind === "different" ? report.difference : "";
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log([report.kind, question.rule, `${question.path}:${question.line}`, `${seconds} s`, said].join("\t"));
  }
  process.exit(0);
}

const texts = new Map<string, string | undefined>();

function textOf(file: string): string | undefined {
  if (!texts.has(file)) texts.set(file, read(file));
  return texts.get(file);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

async function ask(folder: string): Promise<Saved> {
  const root = path.resolve(folder);
  const service = await createService({
    roots: [root],
    cacheFolder: undefined,
    workers: 0,
    overrides: { noPlanner: "not asked for" },
  });
  await drain(service.scan());
  service.refresh();
  const saved = service.ask((inspection): Saved => {
    const imports: Record<string, Record<string, string>> = {};
    const sources = sourcesOf(service);
    const resolve = resolverOf(service, inspection);
    const questions = service
      .allFindings()
      .filter(({ family }) => FAMILIES.test(family))
      .flatMap((finding) => {
        const { path: file, rule, fingerprint, range } = finding;
        return inspection.fixesOf(file, fingerprint, sources).map(({ title, edits }): Question => {
          const text = service.textOf(file) ?? "";
          const offset = (lineStartsOf(text)[range.start.line - 1] ?? 0) + range.start.column - 1;
          const files = [file, ...edits.map((edit) => edit.path)];
          const remember = (from: string, specifier: string): string | undefined => {
            const found = resolve(from, specifier);
            if (found !== undefined) (imports[from] ??= {})[specifier] = found;
            return found;
          };
          prepareProof({
            path: file,
            offset,
            edits,
            catalog: inspection.catalog,
            sources: { textOf: (one) => service.textOf(one), resolve: remember },
          });
          walk(files, (one) => service.textOf(one), remember);
          return { rule, title, path: file, line: range.start.line, offset, edits };
        });
      });
    return { catalog: inspection.catalog, questions, imports };
  });
  await service.close();
  return saved;
}

/** Remembers what every file within reach imports, more than a proof asks for today. */
function walk(
  files: readonly string[],
  textIn: (file: string) => string | undefined,
  resolve: (from: string, specifier: string) => string | undefined,
): void {
  const seen = new Set(files);
  for (const file of seen) {
    if (2_000 < seen.size) return;
    const text = textIn(file) ?? "";
    for (const [, specifier = ""] of text.matchAll(/(?:from|import|require\()\s*["']([^"'\n]+)["']/g)) {
      const target = resolve(file, specifier);
      if (target !== undefined) seen.add(target);
    }
  }
}

void main();
