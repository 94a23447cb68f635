/**
 * Draws a plan as a tree in SVG: the last step on top, what gives it its rows below. Sizes are told apart by text alone, so that it reads the same in every theme;
 * each step can be reached with the Tab key and says of itself what the picture shows. Knows no editor.
 */
import type { PlanNode } from "../../protocol/src/query-explanation.js";
import { costText, escapeHtml, rowText } from "./page-text.js";

const BOX_WIDTH = 264;
const LINE_HEIGHT = 18;
const PADDING = 10;
const GAP_X = 24;
const GAP_Y = 34;
/** Characters that fit on a line of a box. */
const LINE_LENGTH = 36;
const MAX_DETAIL_LINES = 3;

interface Box {
  readonly node: PlanNode;
  readonly x: number;
  readonly depth: number;
  readonly lines: readonly string[];
  readonly children: readonly Box[];
}

/** @param label What the picture shows, for screen readers: `Plan now`. */
export function drawPlan(plan: PlanNode, label: string): string {
  const state = { leaves: 0 };
  const root = place(plan, 0, state);
  const boxes = flatten(root);
  const heights = rowHeights(boxes);
  const width = Math.max(1, state.leaves) * (BOX_WIDTH + GAP_X) - GAP_X;
  const height = heights.reduce((sum, one) => sum + one + GAP_Y, 0) - GAP_Y;
  const tops = heights.map((_, depth) => heights.slice(0, depth).reduce((sum, one) => sum + one + GAP_Y, 0));
  const steps = boxes.map((box, i) =>
    drawBox(box, tops[box.depth] ?? 0, `Step ${i + 1} of ${boxes.length}`, plan.cost),
  );
  const edges = boxes.flatMap((box) => box.children.map((child) => drawEdge(box, child, tops, heights)));
  const about = `${label}: ${boxes.length} ${boxes.length === 1 ? "step" : "steps"}, cost ${costText(plan.cost)}`;
  return `<svg class="plan" role="group" aria-label="${escapeHtml(about)}" width="${width + 2}" height="${height + 2}" viewBox="-1 -1 ${width + 2} ${height + 2}">${edges.join("")}${steps.join("")}</svg>`;
}

/** Leaves stand side by side, a parent in the middle above its children. */
function place(node: PlanNode, depth: number, state: { leaves: number }): Box {
  const children = node.children.map((child) => place(child, depth + 1, state));
  const first = children[0]?.x ?? state.leaves++ * (BOX_WIDTH + GAP_X);
  const last = children.at(-1)?.x ?? first;
  return { node, x: (first + last) / 2, depth, lines: linesOf(node), children };
}

function flatten(box: Box): readonly Box[] {
  return [box, ...box.children.flatMap(flatten)];
}

function rowHeights(boxes: readonly Box[]): readonly number[] {
  const heights: number[] = [];
  for (const { depth, lines } of boxes) heights[depth] = Math.max(heights[depth] ?? 0, heightOf(lines));
  return heights;
}

/** The name, its lines, and the bar at the foot. */
function heightOf(lines: readonly string[]): number {
  return PADDING * 2 + (lines.length + 1) * LINE_HEIGHT + 6;
}

function linesOf({ target, cost, rows, details }: PlanNode): readonly string[] {
  return [
    ...(target === undefined ? [] : wrapped(target, 2)),
    `cost ${costText(cost)} · ${rowText(rows)}`,
    ...details.flatMap((detail) => wrapped(detail, MAX_DETAIL_LINES)),
  ];
}

/** Broken between words where it can be; what does not fit is in the step's own text. */
function wrapped(text: string, maxLines: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > LINE_LENGTH && lines.length < maxLines - 1) {
    const at = rest.lastIndexOf(" ", LINE_LENGTH);
    const end = at > LINE_LENGTH / 2 ? at : LINE_LENGTH;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest.length > LINE_LENGTH ? `${rest.slice(0, LINE_LENGTH - 1)}…` : rest];
}

function drawBox(box: Box, top: number, ordinal: string, total: number): string {
  const { node, x, lines } = box;
  const height = heightOf(lines);
  const text = lines.map((line, i) => {
    const y = top + PADDING + LINE_HEIGHT * (i + 2) - 5;
    return `<text class="line" x="${x + PADDING}" y="${y}">${escapeHtml(line)}</text>`;
  });
  // What a step adds to the steps below it, as a part of the whole.
  const own = Math.max(0, node.cost - node.children.reduce((sum, child) => sum + child.cost, 0));
  const share = total > 0 ? Math.min(1, own / total) : 0;
  const bar = Math.round(share * (BOX_WIDTH - 2 * PADDING));
  const words = describe(node, ordinal, share);
  return [
    `<g class="step" tabindex="0" role="img" aria-label="${escapeHtml(words)}"><title>${escapeHtml(words)}</title>`,
    `<rect class="box" x="${x}" y="${top}" width="${BOX_WIDTH}" height="${height}" rx="4"/>`,
    `<text class="name" x="${x + PADDING}" y="${top + PADDING + LINE_HEIGHT - 5}">${escapeHtml(node.name)}</text>`,
    ...text,
    `<rect class="track" x="${x + PADDING}" y="${top + height - 9}" width="${BOX_WIDTH - 2 * PADDING}" height="4" rx="2"/>`,
    `<rect class="share" x="${x + PADDING}" y="${top + height - 9}" width="${bar}" height="4" rx="2"/>`,
    "</g>",
  ].join("");
}

function describe({ name, target, cost, rows, details }: PlanNode, ordinal: string, share: number): string {
  const on = target === undefined ? "" : ` on ${target}`;
  const more = details.length === 0 ? "" : `; ${details.join("; ")}`;
  return `${ordinal}: ${name}${on}; cost ${costText(cost)}, ${Math.round(share * 100)} % of it here; gives ${rowText(rows)}${more}`;
}

function drawEdge(parent: Box, child: Box, tops: readonly number[], heights: readonly number[]): string {
  const fromX = parent.x + BOX_WIDTH / 2;
  const fromY = (tops[parent.depth] ?? 0) + heightOf(parent.lines);
  const toX = child.x + BOX_WIDTH / 2;
  const toY = tops[child.depth] ?? 0;
  const middle = (tops[parent.depth] ?? 0) + (heights[parent.depth] ?? 0) + GAP_Y / 2;
  const rows = `<text class="rows" x="${toX + 6}" y="${toY - 8}">${rowText(child.node.rows)} ↑</text>`;
  return `<path class="edge" d="M${fromX} ${fromY}V${middle}H${toX}V${toY}"/>${rows}`;
}
