/**
 * Lists of everything that one owner has, from tables that grow for as long as the program is used: events, messages, orders, revisions.
 *
 * That rows come with time is taken from what the table is called, or from an order by the time at which they were made: whoever lists the newest first
 * expects more of them to come.
 */
import { NONE, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { Condition, QueryModel } from "../../queries/model.js";
import { keepsMostRows, type ListRead } from "./list-read.js";

/** Columns that say whose a row is: what many people add to, and what one person does. */
const SHARED =
  /^(workspace|team|organi[sz]ation|org|tenant|company|project|program|space|environment|channel|conversation|chat|thread|board|store|shop|site|website|app|feature|document|group|folder|collection)(_?id|_?uuid)?$/i;
const PERSONAL =
  /^(user|owner|author|creator|member|account|customer|client|subscriber|partner|(created|owned)_?by|[a-z]+_?user)(_?id|_?uuid)?$|^uid$/i;

/** The column by which a list is narrowed, where it names an owner, nothing else narrows the list and the table grows. */
export function growingOwner(view: FileView, { query, operation }: ListRead): string | undefined {
  const owner = ownerOf(query.where);
  if (owner === undefined || !allOptionsInSight(view, operation.expr, query)) return undefined;
  // What one person has stays small more often than not, unless they list it by time.
  const table = operation.table ?? "";
  const grows = SHARED.test(owner) && GROWS.test(table);
  return grows || (listsByTime(query) && !SET_UP_BY_HAND.test(table)) ? owner : undefined;
}

function ownerOf(condition: Condition): string | undefined {
  if (condition.kind === "equal")
    return condition.value.kind === "parameter" &&
      (SHARED.test(condition.column.name) || PERSONAL.test(condition.column.name))
      ? condition.column.name
      : undefined;
  if (condition.kind !== "and") return undefined;
  const [first, ...others] = condition.of.filter((part) => !keepsMostRows(part)).map(ownerOf);
  return others.every((one) => one !== undefined) ? first : undefined;
}

/** What the use of a program leaves behind. */
const GROWS =
  /(event|log|audit|history|histories|activity|activities|notification|message|comment|revision|version|visit|view|click|session|transaction|payment|payout|invoice|order|commission|booking|reservation|submission|response|answer|result|execution|run|job|delivery|deliveries|email|contact|subscriber|customer|lead|ticket|issue|task|post|photo|image|asset|file|upload|document|bookmark|link|trace|score|measurement|metric|entry|entries|record|sale|purchase|request)s?$/i;

/** What people set up one by one; they list it by time too. */
const SET_UP_BY_HAND =
  /(domain|token|key|secret|credential|preset|webhook|hook|integration|connection|connector|group|membership|member|team|workspace|organi[sz]ation|template|workflow|rule|tag|label|invite|invitation|folder|role|policy|policies|provider|source|channel|device|account|dashboard|widget|theme|brand|address|segment|automation|agent|model|schedule|environment)s?$/i;

/** `createdAt`, `updated_at`, `sentAt`, `timestamp`. */
const MOMENT =
  /^(created|updated|inserted|modified|sent|received|occurred|published|posted|last\w+)_?(at|on|date|time)?$|timestamp|^(date|time)$/i;

function listsByTime({ orderBy, orderUnknown }: QueryModel): boolean {
  return orderUnknown !== true && MOMENT.test(orderBy[0]?.column.name ?? "");
}

/** The options of the call are written out, so that none of them can be a limit. */
function allOptionsInSight(view: FileView, id: ExprId, { sql }: QueryModel): boolean {
  const { exprs, bindings } = view.facts;
  const call = exprs[id];
  if (sql !== undefined || call?.kind !== "call") return true;
  return call.args.every((arg) => {
    const given = exprs[arg];
    const options = given?.kind === "ref" ? exprs[bindings[given.binding]?.init ?? NONE] : given;
    return options?.kind !== "object" || options.props.every(({ kind }) => kind !== "spread" && kind !== "computed");
  });
}
