/** What a query asks of each of its tables, in terms of columns of the catalog: the part of it an index can help with. */
import type { Column, Table } from "../catalog/model.js";
import { conjuncts } from "../queries/conditions.js";
import type { Condition, Predicate, QueryValue } from "../queries/model.js";
import type { BoundQuery } from "./bind.js";

export interface Need {
  readonly kind: "equal" | "in" | "range" | "prefix" | "null" | "not-null" | "wildcard" | "insensitive" | "other";
  readonly column: Column;
  /** Function the column goes through first: only an index on the same expression serves it. */
  readonly fn?: string;
  readonly value?: QueryValue;
  /** It follows from a join with rows that are known already. */
  readonly derived?: true;
}

export interface TableNeeds {
  readonly index: number;
  readonly table: Table;
  /** All of these hold. */
  readonly needs: readonly Need[];
  /** Alternatives: of each group one branch holds, and each branch is a conjunction on this table alone. */
  readonly choices: readonly (readonly (readonly Need[])[])[];
  /** There is more that narrows this table, and it was not understood. */
  readonly open: boolean;
}

/** Libraries that leave out rows marked as deleted by themselves. */
const softDeleting = /^(sequelize|typeorm|mikro-orm)$/;

/** Needs of every bound table; a condition on names that are not known leaves all of them open. */
export function tableNeeds(bound: BoundQuery): readonly TableNeeds[] {
  const collected = bound.tables.map(() => ({ needs: [] as Need[], choices: [] as Need[][][], open: false }));
  const openAll = (): void => collected.forEach((one) => (one.open = true));
  if (!bound.query.complete || bound.vague) openAll();
  for (const part of conjuncts(bound.query.where)) collect(bound, part, collected, openAll);
  if (softDeleting.test(bound.query.dialect)) {
    bound.tables.forEach((table, index) => {
      const marker = table?.columns.find(({ name }) => /^deleted_?at$/i.test(name));
      if (marker !== undefined) collected[index]?.needs.push({ kind: "null", column: marker });
    });
  }
  return bound.tables.flatMap((table, index) => {
    const one = collected[index];
    return table === undefined || one === undefined ? [] : [{ index, table, ...one }];
  });
}

type Collected = { needs: Need[]; choices: Need[][][]; open: boolean }[];

function collect(bound: BoundQuery, part: Condition, into: Collected, openAll: () => void): void {
  switch (part.kind) {
    case "unknown":
      openAll();
      return;
    case "not":
    case "optional":
      // It narrows at times, or by what it leaves out: neither is anything to build an index on.
      return;
    case "and":
      for (const inner of part.of) collect(bound, inner, into, openAll);
      return;
    case "or":
      collectChoice(bound, part.of, into);
      return;
    default: {
      const found = needOf(bound, part);
      if (found === "unbound") openAll();
      else if (found !== undefined) into[found.table]?.needs.push(found.need);
    }
  }
}

/** Alternatives count when all of them are about one table and understood; otherwise they serve nobody. */
function collectChoice(bound: BoundQuery, branches: readonly Condition[], into: Collected): void {
  const read = branches.map((branch) =>
    conjuncts(branch).map((part) => (isPredicate(part) ? needOf(bound, part) : undefined)),
  );
  const tables = new Set<number>();
  const choice: Need[][] = [];
  for (const branch of read) {
    const needs: Need[] = [];
    for (const found of branch) {
      if (found === undefined || found === "unbound") return;
      tables.add(found.table);
      needs.push(found.need);
    }
    if (needs.length === 0) return;
    choice.push(needs);
  }
  const [only] = tables;
  if (tables.size === 1 && only !== undefined) into[only]?.choices.push(choice);
}

function isPredicate(part: Condition): part is Predicate {
  return !/^(and|or|not|optional|unknown)$/.test(part.kind);
}

/** `unbound`: on a column the catalog does not know. Undefined: nothing an index helps with. */
function needOf(
  bound: BoundQuery,
  predicate: Predicate,
): { readonly table: number; readonly need: Need } | "unbound" | undefined {
  const target = bound.columnAt(predicate.column);
  if (target === undefined) return "unbound";
  const { table, column } = target;
  const fn = "fn" in predicate ? { fn: predicate.fn } : {};
  const need = (kind: Need["kind"], value?: QueryValue): { table: number; need: Need } => ({
    table,
    need: { kind, column, ...fn, ...(value === undefined ? {} : { value }) },
  });
  switch (predicate.kind) {
    case "equal":
      // A comparison of two columns ties tables together; joins account for it.
      return predicate.value.kind === "column" ? undefined : need("equal", predicate.value);
    case "in":
      return need("in", predicate.value);
    case "range":
      return predicate.value.kind === "column" ? undefined : need("range", predicate.value);
    case "like":
      if (predicate.leading === "wildcard") return need("wildcard");
      if (predicate.insensitive === true) return need("insensitive");
      return need(predicate.leading === "fixed" ? "prefix" : "other");
    case "null":
      return need("null");
    case "not-null":
      return need("not-null");
    case "not-equal":
      return undefined;
    case "special":
      return need("other");
  }
}
