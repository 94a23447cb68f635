/** Statements → regions, exits and declarations. */
import { ts } from "../syntax/typescript.js";
import { enterRegion, enterScope, noteTooDeep, startOf, type Builder } from "./builder.js";
import { declarePattern, lowerVariables } from "./lower-binding.js";
import {
  lowerClassDeclaration,
  lowerEnum,
  lowerFunctionDeclaration,
  lowerNamespace,
  lowerTypeDeclaration,
} from "./lower-declaration.js";
import { lowerExpression, MAX_DEPTH } from "./lower-expression.js";
import { has } from "./lower-function.js";
import { lowerFor, lowerForOf, lowerWhile } from "./lower-loop.js";
import { lowerModuleStatement } from "./lower-module.js";
import { NONE, type BranchFact, type ExitFact } from "./model.js";

/** Longer chains of `else if` nest no further, so that walking outwards from any of them stays cheap. */
const MAX_ELSE_CHAIN = 100;

export function lowerStatements(b: Builder, statements: readonly ts.Statement[]): void {
  for (const statement of statements) lowerStatement(b, statement);
}

export function lowerStatement(b: Builder, node: ts.Statement, label?: string): void {
  if (b.depth >= MAX_DEPTH) {
    noteTooDeep(b, { start: startOf(b, node), end: node.end });
    return;
  }
  b.depth++;
  if (!lowerSimple(b, node) && !lowerControl(b, node, label)) lowerDeclaration(b, node);
  b.depth--;
}

/** Statements that run once, one after the other. */
function lowerSimple(b: Builder, node: ts.Statement): boolean {
  switch (node.kind) {
    case ts.SyntaxKind.ExpressionStatement:
      lowerExpression(b, (node as ts.ExpressionStatement).expression, NONE);
      return true;
    case ts.SyntaxKind.VariableStatement:
      lowerVariableStatement(b, node as ts.VariableStatement);
      return true;
    case ts.SyntaxKind.ReturnStatement:
      lowerExit(b, node, "return", (node as ts.ReturnStatement).expression, undefined);
      return true;
    case ts.SyntaxKind.ThrowStatement:
      lowerExit(b, node, "throw", (node as ts.ThrowStatement).expression, undefined);
      return true;
    case ts.SyntaxKind.BreakStatement:
      lowerExit(b, node, "break", undefined, (node as ts.BreakStatement).label);
      return true;
    case ts.SyntaxKind.ContinueStatement:
      lowerExit(b, node, "continue", undefined, (node as ts.ContinueStatement).label);
      return true;
    default:
      return false;
  }
}

function lowerControl(b: Builder, node: ts.Statement, label: string | undefined): boolean {
  switch (node.kind) {
    case ts.SyntaxKind.IfStatement:
      lowerIf(b, node as ts.IfStatement);
      return true;
    case ts.SyntaxKind.Block:
      lowerBlock(b, node as ts.Block);
      return true;
    case ts.SyntaxKind.ForOfStatement:
    case ts.SyntaxKind.ForInStatement:
      lowerForOf(b, node as ts.ForOfStatement | ts.ForInStatement, label);
      return true;
    case ts.SyntaxKind.ForStatement:
      lowerFor(b, node as ts.ForStatement, label);
      return true;
    case ts.SyntaxKind.WhileStatement:
    case ts.SyntaxKind.DoStatement:
      lowerWhile(b, node as ts.WhileStatement | ts.DoStatement, label);
      return true;
    case ts.SyntaxKind.TryStatement:
      lowerTry(b, node as ts.TryStatement);
      return true;
    case ts.SyntaxKind.SwitchStatement:
      lowerSwitch(b, node as ts.SwitchStatement);
      return true;
    case ts.SyntaxKind.LabeledStatement:
      lowerStatement(b, (node as ts.LabeledStatement).statement, (node as ts.LabeledStatement).label.text);
      return true;
    case ts.SyntaxKind.WithStatement:
      lowerExpression(b, (node as ts.WithStatement).expression, NONE);
      lowerStatement(b, (node as ts.WithStatement).statement);
      return true;
    default:
      return false;
  }
}

function lowerDeclaration(b: Builder, node: ts.Statement): void {
  switch (node.kind) {
    case ts.SyntaxKind.FunctionDeclaration: {
      lowerFunctionDeclaration(b, node as ts.FunctionDeclaration);
      return;
    }
    case ts.SyntaxKind.ClassDeclaration: {
      lowerClassDeclaration(b, node as ts.ClassDeclaration);
      return;
    }
    case ts.SyntaxKind.InterfaceDeclaration:
    case ts.SyntaxKind.TypeAliasDeclaration: {
      lowerTypeDeclaration(b, node as ts.InterfaceDeclaration | ts.TypeAliasDeclaration);
      return;
    }
    case ts.SyntaxKind.EnumDeclaration: {
      lowerEnum(b, node as ts.EnumDeclaration);
      return;
    }
    case ts.SyntaxKind.ModuleDeclaration: {
      lowerNamespace(b, node as ts.ModuleDeclaration);
      return;
    }
    default:
      lowerModuleStatement(b, node);
  }
}

function lowerVariableStatement(b: Builder, node: ts.VariableStatement): void {
  const declared = lowerVariables(b, node.declarationList);
  if (!has(node, ts.SyntaxKind.ExportKeyword)) return;
  for (const binding of declared) {
    const name = b.bindings[binding]?.name ?? "";
    b.exports.push({ name, binding, expr: NONE, local: name });
  }
}

function lowerExit(
  b: Builder,
  node: ts.Statement,
  kind: ExitFact["kind"],
  value: ts.Expression | undefined,
  label: ts.Identifier | undefined,
): void {
  const expr = value === undefined ? NONE : lowerExpression(b, value, NONE);
  const exit: ExitFact = { kind, region: b.region, expr, span: { start: startOf(b, node), end: node.end } };
  b.exits.push(label === undefined ? exit : { ...exit, label: label.text });
  if (kind === "return" && expr !== NONE) b.functions[b.fn]?.returns.push(expr);
}

function lowerBlock(b: Builder, node: ts.Block): void {
  const outer = enterScope(b, false);
  lowerStatements(b, node.statements);
  b.scope = outer;
}

function enterBranch(b: Builder, node: ts.Node, branch: BranchFact): number {
  return enterRegion(b, "branch", { start: startOf(b, node), end: node.end }, branch);
}

function lowerIf(b: Builder, first: ts.IfStatement): void {
  const around = b.region;
  let node = first;
  // `else if` chains are flattened, so that a thousand of them do not nest a thousand calls deep.
  for (let chain = 0; ; chain++) {
    const test = lowerExpression(b, node.expression, NONE);
    const outer = enterBranch(b, node.thenStatement, { test, arm: "then" });
    lowerStatement(b, node.thenStatement);
    b.region = outer;
    const other = node.elseStatement;
    if (other === undefined) break;
    if (!ts.isIfStatement(other)) {
      enterBranch(b, other, { test, arm: "else" });
      lowerStatement(b, other);
      break;
    }
    if (chain < MAX_ELSE_CHAIN) enterBranch(b, other, { test, arm: "else" });
    node = other;
  }
  b.region = around;
}

function lowerSwitch(b: Builder, node: ts.SwitchStatement): void {
  const subject = lowerExpression(b, node.expression, NONE);
  const scope = enterScope(b, false);
  for (const clause of node.caseBlock.clauses) {
    const isCase = ts.isCaseClause(clause);
    const test = isCase ? lowerExpression(b, clause.expression, NONE) : subject;
    const outer = enterBranch(b, clause, { test, arm: isCase ? "case" : "default" });
    lowerStatements(b, clause.statements);
    b.region = outer;
  }
  b.scope = scope;
}

function lowerTry(b: Builder, node: ts.TryStatement): void {
  const { tryBlock, catchClause, finallyBlock } = node;
  lowerBlockRegion(b, "try", tryBlock);
  if (catchClause !== undefined) {
    const outer = enterRegion(b, "catch", { start: startOf(b, catchClause), end: catchClause.end });
    const scope = enterScope(b, false);
    if (catchClause.variableDeclaration !== undefined)
      declarePattern(b, catchClause.variableDeclaration.name, { kind: "catch" }, [], []);
    lowerStatements(b, catchClause.block.statements);
    b.scope = scope;
    b.region = outer;
  }
  if (finallyBlock !== undefined) lowerBlockRegion(b, "finally", finallyBlock);
}

function lowerBlockRegion(b: Builder, kind: "try" | "finally", block: ts.Block): void {
  const outer = enterRegion(b, kind, { start: startOf(b, block), end: block.end });
  lowerBlock(b, block);
  b.region = outer;
}
