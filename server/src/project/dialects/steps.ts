/** Short ways to write the members of a dialect: many names that behave alike. Used while the data is put together, nowhere else. */
import type { DialectMember, DialectStep, OperationSpec } from "./define-dialect.js";

type Members = Readonly<Record<string, DialectMember>>;

/** The same member under each of the names (space separated). */
export function each(names: string, member: DialectMember): Members {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, member]));
}

/** Calls that perform the operation and leave the dialect. */
export function calls(names: string, operation: OperationSpec, more: Omit<DialectStep, "operation"> = {}): Members {
  return each(names, { call: { operation, ...more } });
}

/** Calls that lead to another state without performing anything. */
export function leads(names: string, to: string, more: Omit<DialectStep, "to"> = {}): Members {
  return each(names, { call: { to, ...more } });
}

export const readOne: OperationSpec = { access: "read", rows: "one", when: "call" };
export const readMany: OperationSpec = { access: "read", rows: "many", when: "call" };
export const write: OperationSpec = { access: "write", rows: "none", when: "call" };
export const bulkWrite: OperationSpec = { ...write, bulk: true };
export const bulkRead: OperationSpec = { ...readMany, bulk: true };

/** The same operation, performed only when the builder it stands for is awaited. */
export function lazily(operation: OperationSpec): OperationSpec {
  return { ...operation, when: "await" };
}

/** The same operation with its filter in this argument. */
export function filtered(operation: OperationSpec, filter: number): OperationSpec {
  return { ...operation, filter };
}
