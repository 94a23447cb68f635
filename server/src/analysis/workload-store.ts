/**
 * The workload of a workspace: which queries lack an index, table by table, and what was chosen for them. Kept up to date with the least work: an edit makes
 * the choice again only for the tables its file asks about, and other files are told only when their findings read differently.
 */
import type { AdviceKind } from "../advisor/advise.js";
import type { Demand } from "../advisor/demand.js";
import { toldOnce, type LackedQuery } from "../advisor/lacked-query.js";
import type { RecordedOf } from "../advisor/recorded.js";
import type { Proof, ProofRequest } from "../advisor/proof.js";
import { type ChoiceMemo, selectIndexes } from "../advisor/select.js";
import type { TableStatistics } from "../advisor/statistics.js";
import type { Table } from "../catalog/model.js";
import type { FileDemands } from "../rules/missing-index/demands-of.js";

export interface WorkloadOptions {
  readonly statisticsOf: (table: Table) => TableStatistics | undefined;
  /** @param tableId Who asks: an answer makes the choice for that table again. */
  readonly proofOf: (tableId: string, request: ProofRequest) => Proof | undefined;
  readonly recordedOf: RecordedOf;
}

interface TableState {
  readonly lacked: readonly LackedQuery[];
  /** What each file's findings are made of, to tell whether they read differently. */
  readonly prints: ReadonlyMap<string, string>;
}

/** A class because it has a lifetime and owns state that only it may change. */
export class WorkloadStore {
  readonly #files = new Map<string, FileDemands>();
  /** Files by table. */
  readonly #askers = new Map<string, Set<string>>();
  readonly #tables = new Map<string, TableState>();
  readonly #dirty = new Set<string>();
  /** The last choice of each table. */
  readonly #memos = new Map<string, ChoiceMemo>();
  #byFile: Map<string, readonly LackedQuery[]> | undefined;

  set(path: string, demands: FileDemands): void {
    const known = this.#files.get(path);
    if (known !== undefined && isSame(known, demands)) return;
    for (const table of tablesOf(known)) {
      this.#askers.get(table)?.delete(path);
      this.#dirty.add(table);
    }
    if (demands.demands.length === 0 && demands.writes.size === 0) this.#files.delete(path);
    else this.#files.set(path, demands);
    for (const table of tablesOf(demands)) {
      const askers = this.#askers.get(table) ?? new Set();
      this.#askers.set(table, askers.add(path));
      this.#dirty.add(table);
    }
  }

  /** Something other than a file's queries has changed for a table: what the planner said, or what is known of its rows. */
  touch(table: string): void {
    if (this.#askers.has(table)) this.#dirty.add(table);
  }

  touchAll(): void {
    for (const table of this.#askers.keys()) this.#dirty.add(table);
  }

  /** Makes the choices again that may differ. Gives the files whose findings do. */
  update(options: WorkloadOptions): ReadonlySet<string> {
    const changed = new Set<string>();
    for (const id of this.#dirty) {
      const before = this.#tables.get(id);
      const lacked = this.#choose(id, options);
      const prints = printsOf(lacked);
      for (const path of new Set([...(before?.prints.keys() ?? []), ...prints.keys()]))
        if (before?.prints.get(path) !== prints.get(path)) changed.add(path);
      if (lacked.length === 0) this.#tables.delete(id);
      else this.#tables.set(id, { lacked, prints });
      this.#dirty.delete(id);
      this.#byFile = undefined;
    }
    return changed;
  }

  #choose(id: string, { statisticsOf, proofOf, recordedOf }: WorkloadOptions): readonly LackedQuery[] {
    const demands: Demand[] = [];
    let writes = 0;
    for (const path of [...(this.#askers.get(id) ?? [])].sort()) {
      const file = this.#files.get(path);
      const own = (file?.demands ?? []).filter(({ advice }) => advice.table.id === id);
      demands.push(...own.map((demand) => withRecorded(demand, recordedOf)));
      writes += file?.writes.get(id) ?? 0;
    }
    const [first] = demands;
    if (first === undefined) return [];
    const statistics = statisticsOf(first.advice.table);
    const proofs = (request: ProofRequest): Proof | undefined => proofOf(id, request);
    const memo = this.#memos.get(id) ?? {};
    this.#memos.set(id, memo);
    return toldOnce(selectIndexes({ demands, writes, statistics, proofOf: proofs, memo }), statistics);
  }

  /**
   * What the told indexes begin with, as `beginning()` writes it: whoever reports the same lack where the table is declared would report it twice.
   *
   * @param isTold Whether a rule tells advice of a kind.
   */
  beginnings(isTold: (kind: AdviceKind) => boolean): ReadonlySet<string> {
    const found = new Set<string>();
    for (const { lacked } of this.#tables.values())
      for (const { demand, candidates, toldAt } of lacked) {
        if (toldAt !== undefined || !isTold(demand.advice.kind)) continue;
        for (const { table, parts, method, where } of candidates) {
          const column = parts[0]?.column;
          if (column !== undefined && method === "btree" && where === undefined) found.add(beginning(table.id, column));
        }
      }
    return found;
  }

  /** Queries of one file, in source order. */
  lackedIn(path: string): readonly LackedQuery[] {
    this.#byFile ??= grouped([...this.#tables.values()].flatMap(({ lacked }) => lacked));
    return this.#byFile.get(path) ?? [];
  }
}

/** An index's table and first column as one text. */
export function beginning(tableId: string, column: string): string {
  return `${tableId}\0${column}`;
}

/** Whether a file asks what it asked before, of the same tables, at the same places. */
function isSame(a: FileDemands, b: FileDemands): boolean {
  if (
    a.demands.length !== b.demands.length ||
    a.demands.some((one, i) => one.advice.table !== b.demands[i]?.advice.table)
  )
    return false;
  return printOf(a) === printOf(b);
}

function printOf({ demands, writes }: FileDemands): string {
  // Columns are those of the table, and tables are the same: names are enough.
  // A query's own `table` is a number.
  const skips = (key: string, value: unknown): boolean => isTold.has(key) && typeof value === "object";
  return JSON.stringify([demands, [...writes]], (key, value: unknown) => (skips(key, value) ? undefined : value));
}

/** Told by the identity of the table, which holds them. */
const isTold = new Set(["table", "location", "later", "partial"]);

function withRecorded(demand: Demand, recordedOf: RecordedOf): Demand {
  const recorded = recordedOf(demand);
  return recorded === undefined ? demand : { ...demand, recorded };
}

function tablesOf(file: FileDemands | undefined): ReadonlySet<string> {
  if (file === undefined) return new Set();
  return new Set([...file.demands.map(({ advice }) => advice.table.id), ...file.writes.keys()]);
}

function grouped(all: readonly LackedQuery[]): Map<string, readonly LackedQuery[]> {
  const groups = new Map<string, LackedQuery[]>();
  for (const one of all) {
    const { file } = one.demand.at;
    const group = groups.get(file);
    if (group === undefined) groups.set(file, [one]);
    else group.push(one);
  }
  for (const group of groups.values())
    group.sort(
      (a, b) => a.demand.at.span.start - b.demand.at.span.start || a.demand.advice.index - b.demand.advice.index,
    );
  return groups;
}

function printsOf(lacked: readonly LackedQuery[]): ReadonlyMap<string, string> {
  const prints = new Map<string, string>();
  for (const { demand, candidates, judged, toldAt, others, statistics } of lacked) {
    const parts = candidates.map((candidate) => candidate.parts);
    const told = judged.kind === "confirmed" ? [judged.proof.before.cost, judged.proof.after.cost] : judged;
    const print = JSON.stringify([
      demand.at.span,
      demand.unit,
      demand.recorded,
      parts,
      told,
      toldAt,
      others,
      statistics?.rows,
    ]);
    prints.set(demand.at.file, `${prints.get(demand.at.file) ?? ""}${print}`);
  }
  return prints;
}
