/**
 * Calls that only tell others what has happened (queue a job, call a webhook, record a visit) or make a cache forget it: whoever awaits several of them
 * needs nothing from any, and in which order they arrive is seldom anybody's business.
 */
import { NONE } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, Operation } from "../../project/model.js";
import { calledName } from "../loops/iteration.js";
import type { Work } from "./awaited-work.js";

/** `told`: others learn of it; `forgotten`: a cache is made to forget or to read again. */
export type Notice = "told" | "forgotten";

// A line of a log says that what stands before it is done.
const TELLS = /^(trigger|enqueue|notify|publish|emit|broadcast|track|record|send|dispatch)([A-Z]|$)/;
const FORGETS = /^(refresh|invalidate|purge|revalidate|bust|evict)([A-Z]|$)/;

/** What a call gives notice of; undefined for calls that somebody may depend on: their result is used, or they write rows. */
export function noticeOf(view: FileView, site: CallSite, work: Work): Notice | undefined {
  // Clients of other services send all their commands by one method.
  if (site.targets.length === 0 || site.operation !== undefined) return undefined;
  const awaited = view.facts.exprs[site.expr]?.parent ?? NONE;
  const isUsed = view.facts.exprs[awaited]?.parent !== NONE || view.facts.bindings.some(({ init }) => init === awaited);
  if (isUsed || work.operations.some(writesRows)) return undefined;
  const name = calledName(view, site.expr);
  return TELLS.test(name) ? "told" : FORGETS.test(name) ? "forgotten" : undefined;
}

function writesRows({ access, kind }: Operation): boolean {
  return access !== "read" && (kind === "sql" || kind === "document");
}
