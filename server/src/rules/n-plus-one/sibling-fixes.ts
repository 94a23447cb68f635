/** What can be done about a query that a function runs, called once per element: the evidence, in the words of the builder of siblings. */
import { NONE } from "../../facts/model.js";
import type { Span } from "../../base/span.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import { loadThroughCall } from "../../fixes/sibling/load-through-call.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, FunctionRef } from "../../project/model.js";
import type { RepeatedOperation } from "./repeated-operation.js";
import { tableAnswers } from "./table-answers.js";

/** Undefined unless the function called runs that one query itself. */
export function siblingFix(
  { operation, operationAt, path, moreCount, through, site }: RepeatedOperation,
  view: FileView,
  sources: FixSources,
  loop: Span,
  isArray: boolean,
): Fix | undefined {
  const calleeView = through === undefined ? undefined : sources.program?.viewOf(through.file);
  if (through === undefined || calleeView === undefined || moreCount > 0 || path.length > 0) return undefined;
  // Which function runs must be sure: a sibling of one implementation is none of the others'.
  if (site.targets.length > 1 || site.confidence === "low" || operationAt.file !== through.file) return undefined;
  return loadThroughCall(
    {
      path: view.path,
      call: site.span,
      loop,
      isArray,
      isOwner: isOwner(view, site, through),
      calleePath: through.file,
      query: operation.span,
      dialect: operation.dialect,
      method: operation.method,
      tableName: operation.table,
      table: tableAnswers(calleeView, operation),
    },
    sources,
  );
}

/** Whether what the method is called on is declared to be of a class that has it, or is the object or class itself: not of an interface. */
function isOwner(view: FileView, site: CallSite, { file }: FunctionRef): boolean {
  const expr = view.facts.exprs[site.expr];
  const callee = expr?.kind === "call" ? view.facts.exprs[expr.callee] : undefined;
  if (callee?.kind !== "member" || callee.object === NONE) return false;
  const object = view.facts.exprs[callee.object];
  if (object?.kind === "this" || object?.kind === "super") return true;
  const value = view.valueOf(callee.object);
  // A method may be inherited from a class of another file.
  return value.kind === "instance" || ((value.kind === "class" || value.kind === "object") && value.file === file);
}
