/** Loops → regions that run many times, with what they run over and what their heads declare. */
import type { Span } from "../base/span.js";
import { ts } from "../syntax/typescript.js";
import { enterRegion, enterScope, startOf, type Builder } from "./builder.js";
import { declarePattern, lowerVariables, variableKind } from "./lower-binding.js";
import { lowerExpression } from "./lower-expression.js";
import { lowerStatement } from "./lower-statement.js";
import { NONE, type BindingId, type ExprId, type LoopFact } from "./model.js";

/** What a loop's head holds, filled in while it is lowered. */
interface Head {
  readonly form: LoopFact["form"];
  readonly over: ExprId;
  readonly bindings: BindingId[];
  readonly init: ExprId[];
  test: ExprId;
  step: ExprId;
}

function headOf(form: LoopFact["form"], over: ExprId): Head {
  return { form, over, bindings: [], init: [], test: NONE, step: NONE };
}

/** Opens the loop's region; `body` lowers what runs each time and completes the head. */
function lowerLoop(
  b: Builder,
  node: ts.IterationStatement,
  span: Span,
  label: string | undefined,
  head: Head,
  body: (region: number) => void,
): void {
  const outer = enterRegion(b, "loop", span);
  const region = b.region;
  const scope = enterScope(b, false);
  body(region);
  b.scope = scope;
  b.region = outer;
  const statement = { start: startOf(b, node), end: node.end };
  const loop: LoopFact = label === undefined ? { ...head, statement } : { ...head, statement, label };
  b.regions[region] = { kind: "loop", parent: outer, fn: b.fn, span, loop };
}

export function lowerForOf(b: Builder, node: ts.ForOfStatement | ts.ForInStatement, label: string | undefined): void {
  const over = lowerExpression(b, node.expression, NONE);
  const form = ts.isForInStatement(node) ? "for-in" : node.awaitModifier === undefined ? "for-of" : "for-await";
  const { initializer, statement } = node;
  const head = headOf(form, over);
  lowerLoop(b, node, { start: startOf(b, statement), end: statement.end }, label, head, (region) => {
    if (ts.isVariableDeclarationList(initializer)) {
      const kind = variableKind(initializer);
      for (const declaration of initializer.declarations)
        declarePattern(b, declaration.name, { kind, loop: region }, [], head.bindings);
      for (const binding of head.bindings) noteElement(b, binding, region, over);
    } else b.pendingWrites.push({ target: lowerExpression(b, initializer, NONE), assign: over });
    lowerStatement(b, statement);
  });
}

/** A `var` that was there before the loop takes an element like any other assignment. */
function noteElement(b: Builder, id: BindingId, region: number, over: ExprId): void {
  const binding = b.bindings[id];
  if (binding !== undefined && binding.loop !== region) binding.writes.push(over);
}

export function lowerFor(b: Builder, node: ts.ForStatement, label: string | undefined): void {
  const { initializer, condition, incrementor, statement } = node;
  const head = headOf("for", NONE);
  const scope = enterScope(b, false);
  if (initializer !== undefined && ts.isVariableDeclarationList(initializer)) {
    head.bindings.push(...lowerVariables(b, initializer));
    for (const id of head.bindings) {
      const init = b.bindings[id]?.init ?? NONE;
      if (init !== NONE) head.init.push(init);
    }
  } else if (initializer !== undefined) head.init.push(lowerExpression(b, initializer, NONE));
  const first = condition ?? incrementor ?? statement;
  lowerLoop(b, node, { start: startOf(b, first), end: statement.end }, label, head, (region) => {
    for (const id of head.bindings) {
      const binding = b.bindings[id];
      if (binding !== undefined) binding.loop ??= region;
    }
    if (condition !== undefined) head.test = lowerExpression(b, condition, NONE);
    if (incrementor !== undefined) head.step = lowerExpression(b, incrementor, NONE);
    lowerStatement(b, statement);
  });
  b.scope = scope;
}

export function lowerWhile(b: Builder, node: ts.WhileStatement | ts.DoStatement, label: string | undefined): void {
  const { expression, statement } = node;
  const isDo = ts.isDoStatement(node);
  const [first, last] = isDo ? [statement, expression] : [expression, statement];
  const head = headOf(isDo ? "do" : "while", NONE);
  lowerLoop(b, node, { start: startOf(b, first), end: last.end }, label, head, () => {
    if (!isDo) head.test = lowerExpression(b, expression, NONE);
    lowerStatement(b, statement);
    if (isDo) head.test = lowerExpression(b, expression, NONE);
  });
}
