/** A call that holds the event loop, turned into its form that is waited for. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { FileEdit, Fix, FixSources, TextEdit } from "../fix.js";
import { nodeAt } from "../nodes.js";
import { asyncForm } from "./async-api.js";
import { allowAwait, type AsyncQuestion } from "./make-async.js";

export interface BlockingCall {
  readonly path: string;
  readonly call: Span;
  /** `node:fs#readFileSync`. */
  readonly api: string;
  /** What is known of the functions that may have to become async. */
  readonly functions: Pick<AsyncQuestion, "isCalledByFramework" | "usesOf">;
  /** The function around changes nothing that outlives it, so nobody can come between. */
  readonly keepsToItself: boolean;
  /** It changes what its module or its object keeps. */
  readonly changesShared: boolean;
  /** It reads the same each time. */
  readonly alwaysTheSame: boolean;
}

export function asyncVariant(sources: FixSources, blocking: BlockingCall): readonly Fix[] {
  const { path } = blocking;
  const tree = sources.treeOf(path);
  const call = tree === undefined ? undefined : nodeAt(tree, blocking.call, ts.isCallExpression);
  const form = call === undefined ? undefined : asyncForm(call, blocking.api);
  if (tree === undefined || call === undefined || form === undefined) return [];
  const functions = allowAwait(call, { sources, ...blocking.functions });
  if (functions === undefined || (functions.count > 0 && blocking.changesShared)) return [];
  const { keepsToItself, alwaysTheSame } = blocking;
  const safe = form.pure && functions.count === 0 && keepsToItself && !alwaysTheSame;
  const more =
    functions.count === 0
      ? ""
      : `, and make ${functions.count === 1 ? "its function" : `${functions.count} functions`} async`;
  const others = functions.edits.filter((one) => one.path !== path).length;
  const where = others === 0 ? "" : ` in ${others + 1} files`;
  return [
    {
      id: "async-variant",
      title: `Wait for \`${form.name}\` instead${more}${where}`,
      safety: safe ? "safe" : "review",
      edits: withOwn(functions.edits, path, [...form.edits, ...awaitEdits(call, form.behind)]),
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
    : "Whoever calls it gets a promise, and others get a turn while it waits; Express 4 passes no error of an async handler on by itself.";
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

/** The call's own edits behind those of the functions of its file. */
function withOwn(edits: readonly FileEdit[], path: string, own: readonly TextEdit[]): readonly FileEdit[] {
  const here = edits.find((one) => one.path === path)?.edits ?? [];
  return [{ path, edits: merged([...here, ...own]) }, ...edits.filter((one) => one.path !== path)];
}

/** `await` goes before what replaces the callee from the same place on. */
function merged(edits: readonly TextEdit[]): readonly TextEdit[] {
  const inserted = edits.filter((edit) => edit.start === edit.end);
  const replacing = edits.filter((edit) => edit.start !== edit.end);
  return [...inserted, ...replacing];
}
