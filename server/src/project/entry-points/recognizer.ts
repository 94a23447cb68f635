/** What a recogniser of entry points gets to see, and what it says. */
import type { ExprId, FileFacts, FunctionId } from "../../facts/model.js";
import type { CallSite, EntryKind, FilePath, FunctionRef, Value } from "../model.js";

export interface EntryContext {
  readonly path: FilePath;
  readonly facts: FileFacts;
  readonly calls: readonly CallSite[];
  readonly callAt: (expr: ExprId) => CallSite | undefined;
  readonly valueOf: (expr: ExprId) => Value;
  /** Value of a reference within another file, to follow handler objects. */
  readonly membersOf: (value: Value) => readonly { readonly name: string; readonly ref: FunctionRef }[];
}

export interface FoundEntry {
  readonly ref: FunctionRef;
  readonly kind: EntryKind;
  readonly framework: string;
  readonly label: string;
  /** Expression or function that registers it, for its location. */
  readonly at: { readonly expr: ExprId } | { readonly fn: FunctionId };
  readonly confidence: "high" | "low";
}

/** Functions an expression stands for: written there, referenced, or a member of an object or class. */
export function functionsOf(context: EntryContext, expr: ExprId): readonly FunctionRef[] {
  const written = context.facts.exprs[expr];
  if (written?.kind === "function") return [{ file: context.path, fn: written.fn }];
  if (written?.kind === "array") return written.elements.flatMap((element) => functionsOf(context, element));
  // `handler.bind(this)`, `asyncHandler(async (req, res) => …)`.
  if (written?.kind === "call") {
    const inner = written.args.flatMap((arg) => functionsOf(context, arg));
    if (inner.length > 0) return inner;
  }
  return refsOf(context.valueOf(expr));
}

export function refsOf(value: Value): readonly FunctionRef[] {
  if (value.kind === "function") return [value.ref];
  if (value.kind === "union") return value.of.flatMap(refsOf);
  return [];
}

/** Text of a string argument, for labels. */
export function stringAt(facts: FileFacts, expr: ExprId | undefined): string | undefined {
  const found = expr === undefined ? undefined : facts.exprs[expr];
  if (found?.kind === "literal" && typeof found.value === "string") return found.value;
  if (found?.kind === "template" && found.exprs.length === 0) return found.parts[0];
  return undefined;
}
