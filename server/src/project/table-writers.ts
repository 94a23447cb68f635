/** Every place of the program that writes a table, so that whoever keeps what it holds knows when to throw it away. */
import type { CallGraph } from "./call-graph.js";
import type { CallSite, FilePath, FileRole, FunctionRef, Location, Operation } from "./model.js";

export interface TableWriter {
  readonly at: Location;
  readonly operation: Operation;
  readonly role: FileRole;
  readonly owner: FunctionRef;
}

export interface TableWriters {
  /** Writes of a table, by file and place. Names are compared without case. */
  of(table: string): readonly TableWriter[];
  /** Writes of which nobody can say what they write: statements put together at run time, other than while the program starts. */
  readonly unknown: readonly TableWriter[];
  /** Different tables that are written by name. */
  readonly tableCount: number;
}

/** Roles of files that are not part of the running program, or that change tables only while it is deployed. */
const BESIDE: ReadonlySet<FileRole> = new Set(["test", "example", "declaration", "client-side", "config"]);

/** @param serves Whether a function runs while the program serves; asked of those that write nobody knows what. */
export function findTableWriters(
  graph: CallGraph,
  roleOf: (path: FilePath) => FileRole,
  serves: (ref: FunctionRef) => boolean,
): TableWriters {
  const byTable = new Map<string, TableWriter[]>();
  const unknown: TableWriter[] = [];
  for (const file of [...graph.files.values()].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const role = roleOf(file.path);
    if (BESIDE.has(role)) continue;
    for (const node of file.functions) {
      for (const site of node.calls) {
        const { operation } = site;
        if (operation === undefined || !isWrite(operation)) continue;
        const writer: TableWriter = { at: { file: file.path, span: operation.span }, operation, role, owner: node.ref };
        const key = operation.table?.toLowerCase();
        if (key === undefined && serves(node.ref)) unknown.push(writer);
        else if (key !== undefined) byTable.set(key, [...(byTable.get(key) ?? []), writer]);
      }
    }
  }
  return { of: (table) => byTable.get(table.toLowerCase()) ?? [], unknown, tableCount: byTable.size };
}

function isWrite(operation: Operation): boolean {
  return operation.access !== "read" && (operation.kind === "sql" || operation.kind === "document");
}

/** The same for files whose writes are the same; where they stand is part of it. */
export function writesSignature(calls: readonly CallSite[]): string {
  return calls
    .map(({ operation }) =>
      operation !== undefined && isWrite(operation) ? `${operation.table ?? "?"}@${operation.span.start}` : "",
    )
    .filter((text) => text !== "")
    .join(" ");
}
