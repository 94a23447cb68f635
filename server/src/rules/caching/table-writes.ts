/** Whether something may change what a read of a table gives. */
import type { FileView } from "../../project/file-view.js";
import type { KeyedRead } from "../../project/keyed-reads.js";
import type { CallSite, FunctionRef, Operation } from "../../project/model.js";
import { keyOfTerm } from "../../project/term.js";
import { calledName } from "../loops/iteration.js";

/** Methods that change things, when nothing else is known of them. */
const WRITES_BY_NAME =
  /^(create|update|upsert|insert|save|delete|remove|destroy|set|add|put|patch|write|persist|flush|sync|apply|assign|attach|detach|mark|increment|decrement|reset|replace|restore|archive|execute|commit|ensure)([A-Z]|$)/;

/** A read that others may be made to differ from. */
export interface Reading {
  readonly operation: Operation;
  /** It reads other tables along, by whatever names. */
  readonly readsAlong: boolean;
}

/** Options and methods that read relations along; a selection inside a selection does too. */
const ALONG = /\b(include|with|relations|populate|eager|withGraphFetched|\w*[jJ]oin\w*)\b|select: \{\}\([^)]*\{\}\(/i;

export function readingOf(read: KeyedRead): Reading {
  return {
    operation: read.operation,
    readsAlong: ALONG.test(`${read.operation.sqlText ?? ""} ${keyOfTerm(read.term)}`),
  };
}

/** Whether a call may change what a read gives, itself or through what it calls. */
export function mayWrite(view: FileView, site: CallSite, read: Reading): boolean {
  if (site.operation !== undefined) return writes(site.operation, read);
  const reached: FunctionRef[] = [...site.targets];
  for (const { ref, runs } of site.callbacks) if (runs !== "deferred") reached.push(ref);
  if (reached.some((ref) => functionMayWrite(view, ref, read))) return true;
  if (site.targets.length > 0 || site.external !== undefined) return false;
  return WRITES_BY_NAME.test(calledName(view, site.expr)) && isAwaited(view, site);
}

export function functionMayWrite(view: FileView, ref: FunctionRef, read: Reading): boolean {
  const summary = view.summaryOf(ref);
  return summary.truncated === true || summary.effects.some(({ operation }) => writes(operation, read));
}

/** Raw statements and other libraries may call the same table by another name. */
function writes(operation: Operation, { operation: read, readsAlong }: Reading): boolean {
  if (operation.access === "read" || (operation.kind !== "sql" && operation.kind !== "document")) return false;
  if (readsAlong || operation.flushes === true || operation.table === undefined || read.table === undefined)
    return true;
  return operation.dialect !== read.dialect || operation.table.toLowerCase() === read.table.toLowerCase();
}

function isAwaited(view: FileView, { expr }: CallSite): boolean {
  const parent = view.facts.exprs[view.facts.exprs[expr]?.parent ?? -1];
  return parent?.kind === "await";
}
