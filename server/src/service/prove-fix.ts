/** Proves a fix of a finding: puts together what runs, has it run in a process of its own, and says in words what came out. */
import type { ProveFixResult } from "../../../protocol/src/fix-proof.js";
import type { Finding } from "../analysis/finding.js";
import type { Inspection } from "../analysis/inspection.js";
import { lineStartsOf } from "../base/line-index.js";
import type { Fix } from "../fixes/fix.js";
import { prepareProof, type PreparedProof } from "../fixes/prove/proof-request.js";
import type { ProofReport } from "../proving/proof-case.js";
import type { Prover } from "../proving/create-prover.js";
import { sourcesOf } from "./fixes.js";
import type { WorkspaceService } from "./workspace-service.js";

type Service = Pick<WorkspaceService, "ask" | "textOf">;

export interface FixQuestion {
  readonly path: string;
  readonly fingerprint: string;
  /** The first fix when left out. */
  readonly fix?: string;
}

export interface FixProof {
  readonly result: ProveFixResult;
  /** What was proved, for whoever remembers it; undefined where there was nothing to prove. */
  readonly fix?: Fix;
}

/** Never rejects: what goes wrong is an answer. */
export async function proveFix(service: Service, prover: Prover, question: FixQuestion): Promise<FixProof> {
  const prepared = prepare(service, question);
  if ("reason" in prepared) return { result: answer("", { kind: "unprovable", reason: prepared.reason }) };
  const { fix, proof } = prepared;
  const report: ProofReport =
    "reason" in proof ? { kind: "unprovable", reason: proof.reason } : await prover.prove(proof.request);
  return { result: answer(fix.title, report), fix };
}

function prepare(
  service: Service,
  { path, fingerprint, fix: id }: FixQuestion,
): { readonly fix: Fix; readonly proof: PreparedProof } | { readonly reason: string } {
  return service.ask((inspection) => {
    const finding = inspection.findings(path).find((one) => one.fingerprint === fingerprint);
    const text = service.textOf(path);
    if (finding === undefined || text === undefined) return { reason: "the finding is no longer there" };
    const fixes = inspection.fixesOf(path, fingerprint, sourcesOf(service));
    const fix = id === undefined ? fixes[0] : fixes.find((one) => one.id === id);
    if (fix === undefined) return { reason: "there is no fix to prove" };
    const proof = prepareProof({
      path,
      offset: offsetOf(text, finding),
      edits: fix.edits,
      anyOrder: finding.family === "sequential-await",
      catalog: inspection.catalog,
      sources: {
        textOf: (other) => service.textOf(other),
        resolve: resolverOf(service, inspection),
      },
    });
    return { fix, proof };
  });
}

function offsetOf(text: string, { range: { start } }: Finding): number {
  return (lineStartsOf(text)[start.line - 1] ?? 0) + start.column - 1;
}

/** The file an import of another file means. */
export function resolverOf(
  service: Pick<Service, "textOf">,
  inspection: Pick<Inspection, "resolveImport">,
): (from: string, specifier: string) => string | undefined {
  return (from, specifier) => inspection.resolveImport(from, specifier) ?? beside(service, from, specifier);
}

/** A file the analyzer had no reason to read, found by its relative path. */
function beside(service: Pick<Service, "textOf">, from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  const base = parts.join("/").replace(/\.[cm]?js$/, "");
  const candidates = [`${base}.ts`, `${base}.tsx`, `${base}.js`, `${base}/index.ts`, `${base}/index.js`];
  return candidates.find((path) => service.textOf(path) !== undefined);
}

function answer(title: string, report: ProofReport): ProveFixResult {
  const summary = summaryOf(report);
  const heading = title === "" ? "# Prove fix" : `# ${title}`;
  return {
    kind: report.kind,
    title,
    summary,
    markdown: [heading, `${summary}.`, ...tableOf(report)].join("\n\n") + "\n",
  };
}

function summaryOf(report: ProofReport): string {
  switch (report.kind) {
    case "unprovable":
      return `Cannot prove: ${report.reason}`;
    case "different":
      return `Not the same at ${report.rows} rows: ${report.difference}`;
    case "proved": {
      const last = report.runs.at(-1);
      const counts =
        last === undefined ? "" : `: ${last.before.queryCount} → ${last.after.queryCount} queries at ${last.rows} rows`;
      return `Proved on made-up rows${counts}, same results${report.note === undefined ? "" : ` (${report.note})`}`;
    }
  }
}

function tableOf(report: ProofReport): readonly string[] {
  if (report.kind === "unprovable") return [];
  const rows = report.runs.map(
    ({ rows, before, after }) =>
      `| ${rows} | ${before.queryCount} | ${after.queryCount} | ${before.ms} ms | ${after.ms} ms |`,
  );
  const head = ["| rows | queries before | after | time before | after |", "| ---: | ---: | ---: | ---: | ---: |"];
  const note =
    "Both versions ran on the same made-up rows (keys that repeat, that are empty and, where the schema allows it, that lead nowhere) in PostgreSQL inside a " +
    "process without files or network. There is no network between the program and that database: in production each query saved also saves a round trip. " +
    "It shows that both versions agree on these rows, not that they agree on all.";
  return [[...head, ...rows].join("\n"), note];
}
