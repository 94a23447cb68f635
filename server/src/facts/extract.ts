/** Text of one file → its facts, in one walk over its tree. */
import { lineStartsOf } from "../base/line-index.js";
import { parse, syntaxErrorsOf } from "../syntax/typescript.js";
import { createBuilder, lookup, type Builder, type Mutable } from "./builder.js";
import { directivesOf, openFunction, runInFunction } from "./lower-function.js";
import { lowerStatements } from "./lower-statement.js";
import { EXTRACTOR_VERSION, NONE, type Expr, type ExprOf, type FileFacts, type FileProblem } from "./model.js";
import { extractSuppressions } from "./suppressions.js";

/** A file in the middle of being typed has a few; more of them say nothing new. */
const MAX_SYNTAX_ERRORS = 10;

/** Never throws: what cannot be understood is missing from the facts and named in `problems`. */
export function extractFacts(path: string, text: string): FileFacts {
  const lineStarts = lineStartsOf(text);
  const parsed = parse(path, text);
  if (parsed.kind === "failed")
    return emptyFacts(lineStarts, { kind: "too-deep", message: parsed.reason, span: { start: 0, end: 0 } });
  const b = createBuilder(parsed.tree, text);
  const whole = { start: 0, end: text.length };
  openFunction(b, whole, { start: 0, end: 0 }, { kind: "module", name: "" });
  try {
    runInFunction(b, 0, false, () => {
      lowerStatements(b, parsed.tree.statements);
      resolveExports(b);
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return emptyFacts(lineStarts, {
      kind: "too-deep",
      message: "the code is nested too deeply to be read",
      span: { start: 0, end: 0 },
    });
  }
  resolveNames(b);
  const problems = [...b.problems, ...syntaxErrorsOf(parsed.tree).slice(0, MAX_SYNTAX_ERRORS).map(toProblem)];
  return {
    extractorVersion: EXTRACTOR_VERSION,
    lineStarts,
    exprs: b.exprs,
    functions: b.functions,
    regions: b.regions,
    bindings: b.bindings,
    classes: b.classes,
    types: b.types,
    imports: b.imports,
    exports: b.exports,
    exits: b.exits,
    suppressions: extractSuppressions(text, lineStarts, b.exprs),
    directives: directivesOf(parsed.tree.statements),
    problems,
  };
}

function toProblem({
  message,
  start,
  end,
}: {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}): FileProblem {
  return { kind: "syntax-error", message, span: { start, end } };
}

function resolveExports(b: Builder): void {
  for (const { name, local, typeOnly } of b.pendingExports) {
    b.exports.push({
      name,
      binding: lookup(b.scope, local),
      expr: NONE,
      local,
      ...(typeOnly ? { typeOnly: true as const } : {}),
    });
  }
}

function resolveNames(b: Builder): void {
  for (let i = 0; i < b.pendingRefs.length; i++) {
    const expr = b.exprs[b.pendingRefs[i] ?? NONE] as Mutable<ExprOf<"ref">> | undefined;
    const scope = b.pendingScopes[i];
    if (expr !== undefined && scope !== undefined) expr.binding = lookup(scope, expr.name);
  }
  for (const { target, assign } of b.pendingWrites) noteWrite(b, b.exprs[target], assign);
  for (const { cls, name, value, span } of b.pendingThisWrites) {
    const draft = b.classes[cls];
    if (draft === undefined) continue;
    let member = draft.members.find((one) => one.name === name && one.static !== true);
    if (member === undefined) {
      member = { name, kind: "property", fn: NONE, init: NONE, span, decorators: [], assigned: [] };
      draft.members.push(member);
    }
    member.assigned.push(value);
  }
}

/** Destructuring assignments write every name of their target. */
function noteWrite(b: Builder, target: Expr | undefined, assign: number): void {
  if (target?.kind === "ref") b.bindings[target.binding]?.writes.push(assign);
  else if (target?.kind === "array") for (const element of target.elements) noteWrite(b, b.exprs[element], assign);
  else if (target?.kind === "object") for (const prop of target.props) noteWrite(b, b.exprs[prop.value], assign);
  else if (target?.kind === "spread") noteWrite(b, b.exprs[target.value], assign);
  // A default: `[a = 1] = xs`.
  else if (target?.kind === "assign") noteWrite(b, b.exprs[target.target], assign);
}

function emptyFacts(lineStarts: readonly number[], problem: FileProblem): FileFacts {
  const whole = { start: 0, end: 0 };
  return {
    extractorVersion: EXTRACTOR_VERSION,
    lineStarts,
    exprs: [],
    functions: [
      {
        kind: "module",
        name: "",
        span: whole,
        nameSpan: whole,
        parent: NONE,
        definedIn: NONE,
        body: 0,
        expr: NONE,
        binding: NONE,
        cls: NONE,
        params: [],
        returns: [],
      },
    ],
    regions: [{ kind: "function", parent: NONE, fn: 0, span: whole }],
    bindings: [],
    classes: [],
    types: [],
    imports: [],
    exports: [],
    exits: [],
    suppressions: [],
    directives: [],
    problems: [problem],
  };
}
