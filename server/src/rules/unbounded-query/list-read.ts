/** The evidence the unbounded-query rules share: a read of many rows, on the way of somebody who waits for it. */
import type { Span } from "../../base/span.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, EntryKind, Operation } from "../../project/model.js";
import type { Condition, QueryModel } from "../../queries/model.js";
import { queriesOf } from "../../queries/queries-of.js";
import { runtimeOf, type Runtime } from "../runtime-code.js";

export interface ListRead {
  readonly at: Span;
  readonly site: CallSite;
  readonly operation: Operation;
  readonly query: QueryModel;
  readonly runtime: Runtime;
}

/** Whoever asks through these waits for the answer; jobs may well read everything. */
const WAITED_FOR: ReadonlySet<EntryKind> = new Set([
  "http-route",
  "server-action",
  "page",
  "rpc-procedure",
  "graphql-resolver",
]);

/** Reads of many rows on a request path whose limit, if any, is in sight. */
export function* listReads(view: FileView): Generator<ListRead> {
  const seen = new Set<CallSite>();
  for (const { query, site } of queriesOf(view)) {
    // Relations read along follow the query that reads them; their rows hang on its own.
    if (seen.has(site)) continue;
    seen.add(site);
    const { operation } = site;
    if (operation === undefined || query.access !== "read" || query.aggregate === true || query.keyed === true)
      continue;
    if (operation.access !== "read" || operation.rows !== "many" || operation.confidence === "low") continue;
    const runtime = runtimeOf(view, site.fn);
    const entry = runtime?.reach.entry?.point;
    if (runtime === undefined || entry === undefined || !WAITED_FOR.has(entry.kind)) continue;
    yield { at: operation.span, site, operation, query, runtime };
  }
}

export function tableText({ operation, query }: ListRead): string {
  const name = operation.table ?? query.tables[0]?.name;
  return name === undefined ? "rows" : `\`${name}\` rows`;
}

/** Columns that are empty in most rows. */
const MOSTLY_EMPTY = /delet|archiv|remov|revok|expir|disabl|cancel|trash|blocked|banned/i;

/**
 * Whether a condition keeps most rows: none at all, or only tests that all but a few rows pass (`deleted_at is null`, `archived = false`). Anything
 * compared with a value narrows.
 */
export function keepsMostRows(condition: Condition): boolean {
  switch (condition.kind) {
    case "and":
      return condition.of.every(keepsMostRows);
    case "or":
      return 0 < condition.of.length && condition.of.every(keepsMostRows);
    case "optional":
      // Without it everything is read.
      return true;
    case "null":
      return MOSTLY_EMPTY.test(condition.column.name);
    case "not-equal":
      return true;
    case "equal":
      return condition.value.kind === "literal" && condition.value.value === false;
    default:
      return false;
  }
}
