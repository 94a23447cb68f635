/** A time limit for an outgoing request, where its options stand. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { addProperty } from "../load/keyed-read.js";
import { bare, nodeAt } from "../nodes.js";

export interface RequestToLimit {
  readonly path: string;
  readonly call: Span;
  /** Position of the argument that holds options, where a new one would go. */
  readonly position: number;
  /** The property that limits: `signal: AbortSignal.timeout(10_000)`. */
  readonly property: string;
}

export function addLimit(sources: FixSources, { path, call, position, property }: RequestToLimit): readonly Fix[] {
  const tree = sources.treeOf(path);
  const node = tree === undefined ? undefined : nodeAt(tree, call, ts.isCallExpression);
  if (tree === undefined || node === undefined) return [];
  const edit = editOf(node, position, property);
  if (edit === undefined) return [];
  return [
    {
      id: "add-timeout",
      title: "Give the request 10 seconds",
      safety: "review",
      edits: [{ path, edits: [edit] }],
      note: "How long is right depends on the other side, and a request that takes longer fails from now on.",
    },
  ];
}

function editOf(call: ts.CallExpression, position: number, property: string): TextEdit | undefined {
  const args = call.arguments;
  if (args.slice(0, position + 1).some((arg) => ts.isSpreadElement(arg))) return undefined;
  const options = args[position];
  if (options === undefined) {
    const last = args.at(-1);
    if (last === undefined) return undefined;
    // A body that is left out is undefined.
    const gap = "undefined, ".repeat(position - args.length);
    return { start: last.end, end: last.end, newText: `, ${gap}{ ${property} }` };
  }
  const value = bare(options);
  if (ts.isObjectLiteralExpression(value)) return addProperty(value, property);
  if (!ts.isIdentifier(value)) return undefined;
  return { start: options.getStart(), end: options.end, newText: `{ ...${value.text}, ${property} }` };
}
