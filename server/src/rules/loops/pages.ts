/** Counting loops that read one page after another: `for (let i = 0; i < pages; i++) query.range(i * 100, (i + 1) * 100)`. */
import { exprsWithin } from "../../facts/regions.js";
import { NONE } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { calledName, type Iteration } from "./iteration.js";

const TAKES_PAGE = /^(range|offset|skip|page)$/;

export function readsPages(view: FileView, iteration: Iteration, site: CallSite): boolean {
  const { loop, over, element } = iteration;
  if (loop?.form !== "for" || over !== NONE || element.size === 0) return false;
  // Without a condition it ends when the answer is empty.
  if (loop.test === NONE) return true;
  for (const { id, expr } of exprsWithin(view.facts, site.expr)) {
    const pages =
      expr.kind === "call" && TAKES_PAGE.test(calledName(view, id))
        ? expr.args
        : expr.kind === "object"
          ? expr.props.filter(({ name }) => TAKES_PAGE.test(name ?? "")).map(({ value }) => value)
          : [];
    if (pages.some((page) => view.flow.dependsOn(page, element))) return true;
  }
  return false;
}
