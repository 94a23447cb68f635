/** An index that is not there yet, and how it would be written. */
import type { IndexPart, Table } from "../catalog/model.js";

export interface Candidate {
  readonly table: Table;
  readonly parts: readonly IndexPart[];
  readonly method: "btree" | "gin";
  readonly where?: string;
}

/** `orders (user_id, created_at desc)` */
export function candidateText({ table, parts, method }: Candidate): string {
  const using = method === "gin" ? " using gin" : "";
  return `${table.name}${using} (${parts.map(partText).join(", ")})`;
}

function partText(part: IndexPart): string {
  const what = part.column ?? part.expression ?? "";
  const opclass = part.operatorClass === undefined ? "" : ` ${part.operatorClass}`;
  return `${what}${opclass}${part.descending === true ? " desc" : ""}`;
}

/** The statement that makes it, for PostgreSQL. `table` replaces the table's own name. */
export function candidateSql({ table, parts, method, where }: Candidate, name = quote(table.name)): string {
  const columns = parts.map((part) => {
    const what = part.column === undefined ? `(${part.expression ?? ""})` : quote(part.column);
    const opclass = part.operatorClass === undefined ? "" : ` ${part.operatorClass}`;
    return `${what}${opclass}${part.descending === true ? " DESC" : ""}`;
  });
  const using = method === "gin" ? " USING gin" : "";
  return `CREATE INDEX ON ${name}${using} (${columns.join(", ")})${where === undefined ? "" : ` WHERE ${where}`}`;
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
