/**
 * Runs the rules over files. In two steps: what a file has to say by itself, then what is told of it, which also depends on the workload of all files. The
 * second step is cheap, so that an edit which only changes what other files' queries share does not run their rules again.
 */
import type { AdviceKind } from "../advisor/advise.js";
import { recordedOf, type RecordedOf } from "../advisor/recorded.js";
import type { Catalog } from "../catalog/model.js";
import type { FileFacts } from "../facts/model.js";
import { unexpected } from "../base/unexpected.js";
import type { FileView } from "../project/file-view.js";
import type { Rule, SchemaView, Severity } from "../rules/define-rule.js";
import { demandsOf, noDemands } from "../rules/missing-index/demands-of.js";
import type { Finding } from "./finding.js";
import type { AnalysisHost, AnalysisOptions } from "./host.js";
import { ProofStore } from "./proof-store.js";
import { inOrder, runRules } from "./run-rules.js";
import { schemaView } from "./schema-view.js";
import { statisticsOf } from "./statistics-of.js";
import { WorkloadStore } from "./workload-store.js";

export interface CheckPorts {
  readonly viewOf: (path: string) => FileView | undefined;
  readonly factsOf: (path: string) => FileFacts | undefined;
  readonly relative: (path: string) => string;
  readonly severityOf: (rule: Rule) => Severity | undefined;
  readonly catalog: () => Catalog;
}

type Timings = Record<string, number>;

/** A class because it has a lifetime and owns state that only it may change. */
export class FileChecks {
  readonly #ports: CheckPorts;
  readonly #proofs = new ProofStore();
  readonly #workload = new WorkloadStore();
  #options: AnalysisOptions;
  #statements: { readonly catalog: Catalog; readonly of: unknown; readonly recordedOf: RecordedOf } | undefined;
  #alone: readonly Rule[] = [];
  #together: readonly Rule[] = [];

  constructor(options: AnalysisOptions, ports: CheckPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  configure(options: AnalysisOptions, rules: readonly Rule[]): void {
    this.#options = options;
    this.#alone = rules.filter((rule) => rule.readsWorkload !== true);
    this.#together = rules.filter((rule) => rule.readsWorkload === true);
    this.#workload.touchAll();
  }

  forget(path: string): void {
    this.#workload.set(path, noDemands);
  }

  /** Findings of the rules that look at one file; what its queries want of the schema is noted. */
  checkAlone(path: string, ruleMs: Timings): readonly Finding[] {
    const view = this.#ports.viewOf(path);
    if (view === undefined) {
      unexpected(`no view of ${path}`);
      return [];
    }
    const findings = this.#run(view, this.#alone, ruleMs);
    timedInto(ruleMs, "workload", () =>
      this.#workload.set(path, this.#together.length === 0 ? noDemands : demandsOf(view, this.schemaView())),
    );
    return findings;
  }

  /** Chooses indexes again for tables whose queries have changed. Gives the files whose findings read differently. */
  updateWorkload(ruleMs: Timings): ReadonlySet<string> {
    return timedInto(ruleMs, "workload", () =>
      this.#workload.update({
        statisticsOf: (table) => statisticsOf(table, this.#options),
        proofOf: (table, request) => this.#proofs.asker(table, this.#options)(request),
        recordedOf: this.#recorded(),
      }),
    );
  }

  /** What the indexes begin with that are told at queries; see `WorkloadStore.beginnings`. */
  proposedIndexes(): ReadonlySet<string> {
    const enabled = new Set(this.#together.map(({ id }) => id));
    return this.#workload.beginnings((kind) => enabled.has(TOLD_BY[kind]));
  }

  /** What is known of how often queries run, for the catalog as it is. */
  #recorded(): RecordedOf {
    const { statements = [] } = this.#options;
    if (statements.length === 0) return () => undefined;
    const catalog = this.#ports.catalog();
    if (this.#statements?.catalog !== catalog || this.#statements.of !== statements)
      this.#statements = { catalog, of: statements, recordedOf: recordedOf(catalog, statements) };
    return this.#statements.recordedOf;
  }

  /** Findings of the rules about the workload. */
  checkTogether(path: string, ruleMs: Timings): readonly Finding[] {
    const view = this.#workload.lackedIn(path).length === 0 ? undefined : this.#ports.viewOf(path);
    return view === undefined ? [] : this.#run(view, this.#together, ruleMs);
  }

  #run(view: FileView, rules: readonly Rule[], ruleMs: Timings): readonly Finding[] {
    const { factsOf, relative, severityOf } = this.#ports;
    return runRules(view, {
      rules,
      schema: this.schemaView(),
      severityOf,
      factsOf,
      relative,
      timed: (rule, ms) => (ruleMs[rule] = (ruleMs[rule] ?? 0) + ms),
    });
  }

  schemaView(): SchemaView {
    return schemaView(this.#options, this.#proofs, this.#workload);
  }

  pendingProofs(): ReturnType<AnalysisHost["pendingProofs"]> {
    return this.#proofs.pending();
  }

  giveProofs(answers: Parameters<AnalysisHost["giveProofs"]>[0]): void {
    for (const table of this.#proofs.give(answers)) this.#workload.touch(table);
  }
}

const TOLD_BY: Readonly<Record<AdviceKind, string>> = {
  filter: "unindexed-filter",
  expression: "unindexed-filter",
  join: "unindexed-join",
  wildcard: "leading-wildcard",
  sort: "unindexed-sort",
};

/** Findings of one file from all who have some, by place. */
export function merged(...lists: readonly (readonly Finding[])[]): readonly Finding[] {
  const some = lists.filter((list) => list.length > 0);
  return some.length < 2 ? (some[0] ?? []) : inOrder(some.flat());
}

function timedInto<T>(into: Timings, key: string, run: () => T): T {
  const started = performance.now();
  try {
    return run();
  } finally {
    into[key] = (into[key] ?? 0) + performance.now() - started;
  }
}
