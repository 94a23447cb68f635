/** A call that holds the event loop, turned into its form that is waited for. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { nodeAt } from "../nodes.js";
import { asyncForm } from "./async-api.js";
import { allowAwait } from "./make-async.js";

export interface BlockingCall {
  readonly path: string;
  readonly call: Span;
  /** `node:fs#readFileSync`. */
  readonly api: string;
  readonly isCalledByFramework: (offset: number) => boolean;
  /** The function around changes nothing that outlives it, so nobody can come between. */
  readonly keepsToItself: boolean;
  /** It reads the same each time. */
  readonly alwaysTheSame: boolean;
}

export function asyncVariant(sources: FixSources, blocking: BlockingCall): readonly Fix[] {
  const { path } = blocking;
  const tree = sources.treeOf(path);
  const call = tree === undefined ? undefined : nodeAt(tree, blocking.call, ts.isCallExpression);
  const form = call === undefined ? undefined : asyncForm(call, blocking.api);
  if (tree === undefined || call === undefined || form === undefined || isParameterDefault(call)) return [];
  const functions = allowAwait(call, blocking.isCalledByFramework);
  if (functions === undefined) return [];
  const { keepsToItself, alwaysTheSame } = blocking;
  const safe = form.pure && functions.count === 0 && keepsToItself && !alwaysTheSame;
  const more =
    functions.count === 0
      ? ""
      : `, and make ${functions.count === 1 ? "its function" : `${functions.count} functions`} async`;
  return [
    {
      id: "async-variant",
      title: `Wait for \`${form.name}\` instead${more}`,
      safety: safe ? "safe" : "review",
      edits: [{ path, edits: merged([...functions.edits, ...form.edits, ...awaitEdits(call, form.behind)]) }],
      ...(safe ? {} : { note: alwaysTheSame ? CONSTANT : (form.note ?? noteFor(functions.count)) }),
    },
  ];
}

/** The better cure is another one. */
const CONSTANT =
  "It is the same each time: to read it once, when the module loads, would cost requests nothing at all.";

function noteFor(count: number): string {
  return count === 0
    ? "Other requests get a turn while it waits: look whether they change what this code goes on with."
    : "Whoever calls it gets a promise; Express 4 passes no error of an async handler on by itself.";
}

/** A parameter's default is evaluated where nothing can be awaited. */
function isParameterDefault(node: ts.Node): boolean {
  for (let at = node; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isParameter(at)) return true;
    if (ts.isBlock(at)) return false;
  }
  return false;
}

function awaitEdits(call: ts.CallExpression, behind: string | undefined): readonly TextEdit[] {
  const { parent } = call;
  const inside =
    behind !== undefined ||
    ((ts.isPropertyAccessExpression(parent) ||
      ts.isElementAccessExpression(parent) ||
      ts.isNonNullExpression(parent)) &&
      parent.expression === call);
  const insert = (at: number, newText: string): TextEdit => ({ start: at, end: at, newText });
  if (!inside) return [insert(call.getStart(), "await ")];
  return [insert(call.getStart(), "(await "), insert(call.end, `)${behind ?? ""}`)];
}

/** `await` goes before what replaces the callee from the same place on. */
function merged(edits: readonly TextEdit[]): readonly TextEdit[] {
  const inserted = edits.filter((edit) => edit.start === edit.end);
  const replacing = edits.filter((edit) => edit.start !== edit.end);
  return [...inserted, ...replacing];
}
