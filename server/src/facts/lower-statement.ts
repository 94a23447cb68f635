/** Statements → regions, exits and declarations. */
import { ts } from "../syntax/typescript.js";
import { declare, inRegion, inScope, startOf, type Builder } from "./builder.js";
import { declarePattern, lowerVariables } from "./lower-binding.js";
import { lowerClass } from "./lower-class.js";
import { lowerExpression } from "./lower-expression.js";
import { lowerFunction } from "./lower-function.js";
import { lowerModuleStatement } from "./lower-module.js";
import { lowerType, lowerHeritage, membersOf } from "./lower-type.js";
import { NONE, type BranchFact, type ExprId, type LoopFact, type TypeDeclarationFact } from "./model.js";

/** Statements nested deeper than this are left out; see `lower-expression.ts`. */
const MAX_DEPTH = 400;

export function lowerStatements(b: Builder, statements: readonly ts.Statement[]): void {
  for (const statement of statements) lowerStatement(b, statement);
}

export function lowerStatement(b: Builder, node: ts.Statement, label?: string): void {
  if (b.depth >= MAX_DEPTH) {
    b.problems.push({
      kind: "too-deep",
      message: "part of the code is nested too deeply and was left out",
      span: { start: startOf(b, node), end: node.end },
    });
    return;
  }
  b.depth++;
  lowerOne(b, node, label);
  b.depth--;
}

function lowerOne(b: Builder, node: ts.Statement, label?: string): void {
  if (ts.isExpressionStatement(node)) lowerExpression(b, node.expression, NONE);
  else if (ts.isVariableStatement(node)) {
    const first = b.bindings.length;
    lowerVariables(b, node.declarationList);
    if (isExported(node)) for (let id = first; id < b.bindings.length; id++) exportOwn(b, id, first, node);
  } else if (ts.isReturnStatement(node)) lowerExit(b, node, "return", node.expression);
  else if (ts.isIfStatement(node)) lowerIf(b, node);
  else if (ts.isBlock(node)) inScope(b, false, () => lowerStatements(b, node.statements));
  else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) lowerForOf(b, node, label);
  else if (ts.isForStatement(node)) lowerFor(b, node, label);
  else if (ts.isWhileStatement(node) || ts.isDoStatement(node)) lowerWhile(b, node, label);
  else if (ts.isTryStatement(node)) lowerTry(b, node);
  else if (ts.isThrowStatement(node)) lowerExit(b, node, "throw", node.expression);
  else if (ts.isBreakStatement(node) || ts.isContinueStatement(node))
    lowerExit(b, node, ts.isBreakStatement(node) ? "break" : "continue", undefined, node.label?.text);
  else if (ts.isFunctionDeclaration(node)) lowerFunctionDeclaration(b, node);
  else if (ts.isClassDeclaration(node)) lowerClassDeclaration(b, node);
  else if (ts.isSwitchStatement(node)) lowerSwitch(b, node);
  else if (ts.isLabeledStatement(node)) lowerStatement(b, node.statement, node.label.text);
  else if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) lowerTypeDeclaration(b, node);
  else if (ts.isEnumDeclaration(node)) lowerEnum(b, node);
  else if (ts.isModuleDeclaration(node)) lowerNamespace(b, node);
  else lowerModuleStatement(b, node);
}

export function isExported(node: ts.Statement): boolean {
  return ts.canHaveModifiers(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

function isDefault(node: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true
  );
}

/** Names declared by an exported statement itself; names of functions inside its initialisers are not. */
function exportOwn(b: Builder, id: number, first: number, node: ts.VariableStatement): void {
  const binding = b.bindings[id];
  if (binding === undefined || binding.fn !== b.fn || id < first || binding.region !== b.region) return;
  const declared = node.declarationList.declarations.some(
    (declaration) => declaration.name.pos <= binding.span.start && binding.span.end <= declaration.name.end,
  );
  if (declared) b.exports.push({ name: binding.name, binding: id, expr: NONE, local: binding.name });
}

function lowerExit(
  b: Builder,
  node: ts.Statement,
  kind: "return" | "throw" | "break" | "continue",
  value: ts.Expression | undefined,
  label?: string,
): void {
  const expr = value === undefined ? NONE : lowerExpression(b, value, NONE);
  b.exits.push({
    kind,
    region: b.region,
    expr,
    span: { start: startOf(b, node), end: node.end },
    ...(label === undefined ? {} : { label }),
  });
  if (kind === "return" && expr !== NONE) b.functions[b.fn]?.returns.push(expr);
}

function branch(b: Builder, node: ts.Node, fact: BranchFact, body: () => void): void {
  inRegion(b, { kind: "branch", span: { start: startOf(b, node), end: node.end }, branch: fact }, body);
}

function lowerIf(b: Builder, first: ts.IfStatement): void {
  const outer = b.region;
  let node = first;
  // `else if` chains are flattened, so that a thousand of them do not nest a thousand calls deep.
  for (;;) {
    const current = node;
    const test = lowerExpression(b, current.expression, NONE);
    branch(b, current.thenStatement, { test, arm: "then" }, () => lowerStatement(b, current.thenStatement));
    const other = current.elseStatement;
    if (other === undefined) break;
    if (!ts.isIfStatement(other)) {
      branch(b, other, { test, arm: "else" }, () => lowerStatement(b, other));
      break;
    }
    b.region = inRegion(
      b,
      { kind: "branch", span: { start: startOf(b, other), end: other.end }, branch: { test, arm: "else" } },
      () => undefined,
    );
    node = other;
  }
  b.region = outer;
}

function lowerSwitch(b: Builder, node: ts.SwitchStatement): void {
  const subject = lowerExpression(b, node.expression, NONE);
  inScope(b, false, () => {
    for (const clause of node.caseBlock.clauses) {
      const test = ts.isCaseClause(clause) ? lowerExpression(b, clause.expression, NONE) : subject;
      branch(b, clause, { test, arm: ts.isCaseClause(clause) ? "case" : "default" }, () =>
        lowerStatements(b, clause.statements),
      );
    }
  });
}

function lowerTry(b: Builder, node: ts.TryStatement): void {
  const block = (kind: "try" | "catch" | "finally", at: ts.Node, body: () => void): void => {
    inRegion(b, { kind, span: { start: startOf(b, at), end: at.end } }, () => inScope(b, false, body));
  };
  block("try", node.tryBlock, () => lowerStatements(b, node.tryBlock.statements));
  const { catchClause, finallyBlock } = node;
  if (catchClause !== undefined) {
    block("catch", catchClause, () => {
      if (catchClause.variableDeclaration !== undefined)
        declarePattern(b, catchClause.variableDeclaration.name, { kind: "catch" }, []);
      lowerStatements(b, catchClause.block.statements);
    });
  }
  if (finallyBlock !== undefined) block("finally", finallyBlock, () => lowerStatements(b, finallyBlock.statements));
}

interface LoopDraft {
  readonly form: LoopFact["form"];
  readonly over?: ExprId;
  readonly label: string | undefined;
}

/** Opens the loop's region; `body` fills in what the head declares. */
function loop(
  b: Builder,
  statement: ts.Statement,
  at: { start: number; end: number },
  draft: LoopDraft,
  body: (fact: { bindings: number[]; init: ExprId[]; test: ExprId; step: ExprId }, region: number) => void,
): void {
  const head = { bindings: [] as number[], init: [] as ExprId[], test: NONE, step: NONE };
  const region = inRegion(b, { kind: "loop", span: at }, (id) => inScope(b, false, () => body(head, id)));
  const fact = b.regions[region];
  if (fact === undefined) return;
  const loopFact: LoopFact = {
    form: draft.form,
    statement: { start: startOf(b, statement), end: statement.end },
    over: draft.over ?? NONE,
    ...head,
    ...(draft.label === undefined ? {} : { label: draft.label }),
  };
  b.regions[region] = { ...fact, loop: loopFact };
}

function lowerForOf(b: Builder, node: ts.ForOfStatement | ts.ForInStatement, label: string | undefined): void {
  const over = lowerExpression(b, node.expression, NONE);
  const form = ts.isForInStatement(node) ? "for-in" : node.awaitModifier === undefined ? "for-of" : "for-await";
  const { initializer } = node;
  loop(
    b,
    node,
    { start: startOf(b, node.statement), end: node.statement.end },
    { form, over, label },
    (head, region) => {
      if (ts.isVariableDeclarationList(initializer)) {
        const kind =
          (initializer.flags & ts.NodeFlags.BlockScoped) === 0
            ? "var"
            : (initializer.flags & ts.NodeFlags.Const) !== 0
              ? "const"
              : "let";
        for (const declaration of initializer.declarations)
          head.bindings.push(...declarePattern(b, declaration.name, { kind, loop: region }, []));
      } else {
        const target = lowerExpression(b, initializer, NONE);
        b.pendingWrites.push({ target, assign: over });
      }
      lowerStatement(b, node.statement);
    },
  );
}

function lowerFor(b: Builder, node: ts.ForStatement, label: string | undefined): void {
  inScope(b, false, () => {
    const first = b.bindings.length;
    const init: ExprId[] = [];
    const list = node.initializer;
    if (list !== undefined && ts.isVariableDeclarationList(list)) lowerVariables(b, list);
    else if (list !== undefined) init.push(lowerExpression(b, list, NONE));
    const counters = b.bindings
      .map((binding, id) => ({ binding, id }))
      .slice(first)
      .filter(({ binding }) => binding.region === b.region && binding.fn === b.fn);
    const end = node.statement.end;
    const start = Math.min(
      ...[node.condition, node.incrementor, node.statement]
        .filter((part) => part !== undefined)
        .map((part) => startOf(b, part)),
    );
    loop(b, node, { start, end }, { form: "for", label }, (head, region) => {
      for (const { binding, id } of counters) {
        binding.loop = region;
        head.bindings.push(id);
        if (binding.init !== NONE) init.push(binding.init);
      }
      head.init.push(...init);
      if (node.condition !== undefined) head.test = lowerExpression(b, node.condition, NONE);
      if (node.incrementor !== undefined) head.step = lowerExpression(b, node.incrementor, NONE);
      lowerStatement(b, node.statement);
    });
  });
}

function lowerWhile(b: Builder, node: ts.WhileStatement | ts.DoStatement, label: string | undefined): void {
  const form = ts.isDoStatement(node) ? "do" : "while";
  const parts = [startOf(b, node.expression), startOf(b, node.statement)];
  loop(
    b,
    node,
    { start: Math.min(...parts), end: Math.max(node.expression.end, node.statement.end) },
    { form, label },
    (head) => {
      if (form === "while") head.test = lowerExpression(b, node.expression, NONE);
      lowerStatement(b, node.statement);
      if (form === "do") head.test = lowerExpression(b, node.expression, NONE);
    },
  );
}

function lowerFunctionDeclaration(b: Builder, node: ts.FunctionDeclaration): void {
  // Overload signatures and `declare function` have no body to run.
  if (node.body === undefined) return;
  const name = node.name?.text ?? "default";
  const at = node.name ?? node;
  const binding = declare(b, { name, kind: "function", span: { start: startOf(b, at), end: at.end } });
  const fn = lowerFunction(b, node, { kind: "function", name, binding });
  const draft = b.bindings[binding];
  if (draft !== undefined) draft.function = fn;
  if (isExported(node)) b.exports.push({ name: isDefault(node) ? "default" : name, binding, expr: NONE, local: name });
}

function lowerClassDeclaration(b: Builder, node: ts.ClassDeclaration): void {
  const name = node.name?.text ?? "default";
  const at = node.name ?? node;
  const binding = declare(b, { name, kind: "class", span: { start: startOf(b, at), end: at.end } });
  const cls = lowerClass(b, node, binding, name);
  const draft = b.bindings[binding];
  if (draft !== undefined) draft.cls = cls;
  if (isExported(node)) b.exports.push({ name: isDefault(node) ? "default" : name, binding, expr: NONE, local: name });
}

function lowerTypeDeclaration(b: Builder, node: ts.InterfaceDeclaration | ts.TypeAliasDeclaration): void {
  const name = node.name.text;
  const span = { start: startOf(b, node), end: node.end };
  const typeParams = node.typeParameters?.map((param) => param.name.text);
  const base = { name, span, ...(typeParams === undefined ? {} : { typeParams }) };
  const fact: TypeDeclarationFact = ts.isTypeAliasDeclaration(node)
    ? { ...base, kind: "alias", type: lowerType(node.type) }
    : {
        ...base,
        kind: "interface",
        members: membersOf(node.members),
        extends: node.heritageClauses?.flatMap((clause) => clause.types.map(lowerHeritage)) ?? [],
      };
  b.types.push(fact);
  if (isExported(node))
    b.exports.push({
      name: isDefault(node) ? "default" : name,
      binding: NONE,
      expr: NONE,
      local: name,
      typeOnly: true,
    });
}

function lowerEnum(b: Builder, node: ts.EnumDeclaration): void {
  let next = 0;
  const members = node.members.map((member) => {
    const name = ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : "?";
    const { initializer } = member;
    if (initializer === undefined) return { name, value: next++ };
    if (ts.isStringLiteralLike(initializer)) return { name, value: initializer.text };
    if (!ts.isNumericLiteral(initializer)) return { name };
    next = Number(initializer.text) + 1;
    return { name, value: Number(initializer.text) };
  });
  const id = declare(b, {
    name: node.name.text,
    kind: "enum",
    span: { start: startOf(b, node.name), end: node.name.end },
    members,
  });
  if (isExported(node)) b.exports.push({ name: node.name.text, binding: id, expr: NONE, local: node.name.text });
}

function lowerNamespace(b: Builder, node: ts.ModuleDeclaration): void {
  if (ts.isIdentifier(node.name)) {
    const id = declare(b, {
      name: node.name.text,
      kind: "namespace",
      span: { start: startOf(b, node.name), end: node.name.end },
    });
    if (isExported(node)) b.exports.push({ name: node.name.text, binding: id, expr: NONE, local: node.name.text });
  }
  const { body } = node;
  if (body === undefined || !ts.isModuleBlock(body)) return;
  // Exports inside a namespace are not exports of the file.
  const count = b.exports.length;
  inScope(b, true, () => lowerStatements(b, body.statements));
  b.exports.length = count;
}
