/** What a hover says over a handler, its registration, or the name of any function: what one run costs. */
import { isFree, settled } from "../cost/cost.js";
import type { CostTable } from "../cost/cost-table.js";
import { renderCost } from "../cost/render-cost.js";
import type { Span } from "../base/span.js";
import type { FileView } from "../project/file-view.js";
import type { HoverText } from "./hover.js";

/** Undefined where no function is named, or it costs nothing. */
export function costHover(view: FileView, costs: CostTable, offset: number): HoverText | undefined {
  const entry = view.entries.find(({ at }) => at.file === view.path && contains(at.span, offset));
  const fn = view.facts.functions.findIndex((one, id) => 0 < id && one.name !== "" && contains(one.nameSpan, offset));
  const ref = entry?.ref ?? (fn < 0 ? undefined : { file: view.path, fn });
  const span = entry?.at.span ?? view.facts.functions[fn]?.nameSpan;
  if (ref === undefined || span === undefined) return undefined;
  const cost = settled(costs.of(ref));
  if (isFree(cost)) return undefined;
  const own = view.entries.find((one) => one.ref.file === ref.file && one.ref.fn === ref.fn);
  const what = own === undefined ? "one call costs" : `\`${own.label}\` costs`;
  const open = cost.unseen.map(({ kind, text }) => `- ${NOTES[kind]} \`${text}\``);
  const lines = [
    `**Hotpath** ${what} \`${renderCost(cost)}\` (estimated)`,
    ...(open.length === 0 ? [] : [["Not counted (`?`):", "", ...open].join("\n")]),
    ...(cost.guessed === true ? ["Some calls were followed by a guess among implementations."] : []),
  ];
  return { markdown: lines.join("\n\n"), start: span.start, end: span.end };
}

const NOTES = { call: "cannot be seen into:", recursion: "calls itself:", loop: "runs who knows how often:" } as const;

function contains({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}
