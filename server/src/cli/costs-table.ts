/** `hotpath check --costs`: the entry points as a table, dearest first. */
import type { EndpointCost } from "../../../protocol/src/costs.js";
import type { Palette } from "./palette.js";

/** Wider labels are cut. */
const MAX_LABEL = 48;
const MAX_COST = 70;

/** @param shorten Turns an absolute path into the one to show. */
export function costsTable(
  endpoints: readonly EndpointCost[],
  shorten: (path: string) => string,
  palette: Palette,
): string {
  if (endpoints.length === 0) return "No entry point with a cost was found.\n";
  const rows = endpoints.map((one) => ({
    label: cut(one.label === "" ? one.handler : one.label, MAX_LABEL),
    cost: cut(one.cost, MAX_COST),
    note: noteOf(one),
    place: `${shorten(one.file)}:${one.range.start.line}`,
  }));
  const width = (key: "label" | "cost"): number => Math.max(...rows.map((row) => row[key].length));
  const [labelWidth, costWidth] = [width("label"), width("cost")];
  const lines = rows.map(
    (row) =>
      `${palette.bold(row.label.padEnd(labelWidth))}  ${row.cost.padEnd(costWidth)}  ${palette.dim(row.place)}${row.note === "" ? "" : `  ${palette.dim(row.note)}`}`,
  );
  const open = endpoints.filter((one) => 0 < one.unknown.length).length;
  const foot = `${endpoints.length} entry points; ${open} with a part that cannot be seen (?)`;
  return `${lines.join("\n")}\n${foot}\n`;
}

function noteOf({ measured, unknown, guessed }: EndpointCost): string {
  const parts = [
    ...(measured === undefined ? [] : [measured.text]),
    ...(unknown.length === 0 ? [] : [`? ${unknown.map(({ text }) => text).join(", ")}`]),
    ...(guessed === true ? ["some calls guessed"] : []),
  ];
  return cut(parts.join("; "), 100);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
