/** Calls that run a regular expression written in the same file on a text: `re.test(text)`, `text.match(re)`. */
import { NONE, type ExprId, type FileFacts } from "../facts/model.js";

export interface RegexpUse {
  readonly text: ExprId;
  readonly source: string;
  readonly flags: string;
  /** Where the expression is written. */
  readonly declared: ExprId;
}

/** The expression that a call runs and the text it runs on; undefined for other calls and for expressions that vary. */
export function regexpUse(facts: FileFacts, id: ExprId): RegexpUse | undefined {
  const call = facts.exprs[id];
  const callee = call?.kind === "call" ? facts.exprs[call.callee] : undefined;
  if (call?.kind !== "call" || callee?.kind !== "member") return undefined;
  const [first] = call.args;
  if (first === undefined) return undefined;
  switch (callee.name) {
    case "test":
    case "exec":
      return withPattern(facts, callee.object, first);
    case "match":
    case "matchAll":
    case "replace":
    case "replaceAll":
    case "search":
    case "split":
      return withPattern(facts, first, callee.object);
    default:
      return undefined;
  }
}

function withPattern(facts: FileFacts, id: ExprId, text: ExprId): RegexpUse | undefined {
  const expr = facts.exprs[id];
  if (expr?.kind !== "ref") return patternAt(facts, id, text);
  const binding = facts.bindings[expr.binding];
  return binding?.kind === "const" && binding.path === undefined ? patternAt(facts, binding.init, text) : undefined;
}

function patternAt(facts: FileFacts, declared: ExprId, text: ExprId): RegexpUse | undefined {
  const expr = facts.exprs[declared];
  if (expr?.kind === "regexp") return { source: expr.source, flags: expr.flags, declared, text };
  if (expr?.kind !== "new" && expr?.kind !== "call") return undefined;
  const callee = facts.exprs[expr.callee];
  if (callee?.kind !== "ref" || callee.name !== "RegExp" || callee.binding !== NONE) return undefined;
  const [source, flags] = expr.args.map((arg) => facts.exprs[arg]);
  if (source?.kind !== "literal" || typeof source.value !== "string") return undefined;
  if (flags === undefined) return { source: source.value, flags: "", declared, text };
  return flags.kind === "literal" && typeof flags.value === "string"
    ? { source: source.value, flags: flags.value, declared, text }
    : undefined;
}

/** Whether an expression can be steep at all: two repetitions, one in the other or one after the other, or a choice in a repetition. */
export function mayBeSteep(source: string): boolean {
  return (source.match(/[*+|]|\{\d/g)?.length ?? 0) >= 2 && /[*+]|\{\d+,/.test(source);
}
