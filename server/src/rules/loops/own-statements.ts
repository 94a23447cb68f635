/** Loops over statements: each is a query of its own, written by somebody else, and they are to run one after another. */
import { NONE } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import type { Iteration } from "./iteration.js";

const STATEMENT =
  /^(sql|ddl|statement|stmt|query|command)(s|es|ies|Text|Texts|Sql|List)?$|^queries$|(Sql|Statement|Statements|Queries)$/;

export function runsStatements(view: FileView, { over, element }: Iteration, site: CallSite): boolean {
  const { exprs, bindings } = view.facts;
  const call = exprs[site.expr];
  const list = over === NONE ? undefined : exprs[over];
  if (call?.kind !== "call" || !(list?.kind === "ref" || list?.kind === "member") || !STATEMENT.test(list.name))
    return false;
  const [text] = call.args;
  const given = text === undefined ? undefined : exprs[text];
  return given?.kind === "ref" && element.has(given.binding) && STATEMENT.test(bindings[given.binding]?.name ?? "");
}
