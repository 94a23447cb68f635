/** The growing tables of one file while its tree is walked, and where in the program the walk is. */
import type { Span } from "../base/span.js";
import { ts } from "../syntax/typescript.js";
import {
  NONE,
  type BindingFact,
  type BindingId,
  type BranchFact,
  type ClassFact,
  type ClassMemberFact,
  type ExitFact,
  type ExportFact,
  type Expr,
  type ExprId,
  type FileProblem,
  type FunctionFact,
  type ImportFact,
  type RegionFact,
  type RegionId,
  type TypeDeclarationFact,
} from "./model.js";

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type BindingDraft = Mutable<Omit<BindingFact, "writes">> & { writes: ExprId[] };
export type FunctionDraft = Mutable<Omit<FunctionFact, "returns">> & { returns: ExprId[] };
export type ClassMemberDraft = Mutable<Omit<ClassMemberFact, "assigned">> & { assigned: ExprId[] };
export type ClassDraft = Mutable<Omit<ClassFact, "members">> & { members: ClassMemberDraft[] };

export interface Scope {
  readonly parent: Scope | undefined;
  /** `var` declarations belong to the nearest one. */
  readonly isFunction: boolean;
  /** Made with the first name: most blocks declare none. */
  names: Map<string, number> | undefined;
}

export interface Builder {
  readonly tree: ts.SourceFile;
  readonly text: string;
  readonly exprs: Expr[];
  readonly functions: FunctionDraft[];
  readonly regions: RegionFact[];
  readonly bindings: BindingDraft[];
  readonly classes: ClassDraft[];
  readonly types: TypeDeclarationFact[];
  readonly imports: ImportFact[];
  readonly exports: ExportFact[];
  readonly exits: ExitFact[];
  readonly problems: FileProblem[];
  /** Names to be resolved once all declarations are known, and at the same index the scope each stands in. */
  readonly pendingRefs: ExprId[];
  readonly pendingScopes: Scope[];
  /** Assignments to a bare name, to be added to its binding's writes. */
  readonly pendingWrites: { readonly target: ExprId; readonly assign: ExprId }[];
  readonly pendingThisWrites: {
    readonly cls: number;
    readonly name: string;
    readonly value: ExprId;
    readonly span: Span;
  }[];
  readonly pendingExports: { readonly name: string; readonly local: string; readonly typeOnly: boolean }[];
  scope: Scope;
  region: number;
  fn: number;
  /** Class whose `this` is in force, or NONE. */
  thisClass: number;
  depth: number;
}

export function createBuilder(tree: ts.SourceFile, text: string): Builder {
  return {
    tree,
    text,
    exprs: [],
    functions: [],
    regions: [],
    bindings: [],
    classes: [],
    types: [],
    imports: [],
    exports: [],
    exits: [],
    problems: [],
    pendingRefs: [],
    pendingScopes: [],
    pendingWrites: [],
    pendingThisWrites: [],
    pendingExports: [],
    scope: { parent: undefined, isFunction: true, names: undefined },
    region: NONE,
    fn: 0,
    thisClass: NONE,
    depth: 0,
  };
}

/** One problem for the whole file: the rest of it is as good as ever. */
export function noteTooDeep(b: Builder, { start, end }: Span): void {
  if (b.problems.some((problem) => problem.kind === "too-deep")) return;
  const message = "part of the code is nested too deeply and was left out";
  b.problems.push({ kind: "too-deep", message, span: { start, end } });
}

export function startOf(b: Builder, node: ts.Node): number {
  return node.getStart(b.tree);
}

/** Opens a scope. Returns the one around it, to be put back at the end. */
export function enterScope(b: Builder, isFunction: boolean): Scope {
  const outer = b.scope;
  b.scope = { parent: outer, isFunction, names: undefined };
  return outer;
}

/** Opens a region below the present one. Returns the one around it, to be put back at the end; the new one is `b.region`. */
export function enterRegion(b: Builder, kind: RegionFact["kind"], span: Span, branch?: BranchFact): RegionId {
  const outer = b.region;
  b.region = b.regions.length;
  const region: RegionFact = { kind, parent: outer, fn: b.fn, span };
  b.regions.push(branch === undefined ? region : { ...region, branch });
  return outer;
}

/** Adds a binding and makes its name known in the scope it belongs to. A `var` declared again is the binding it was. */
export function declare(
  b: Builder,
  draft: Partial<BindingDraft> & Pick<BindingDraft, "name" | "kind" | "span">,
): BindingId {
  let scope = b.scope;
  if (draft.kind === "var") while (!scope.isFunction && scope.parent !== undefined) scope = scope.parent;
  const names = (scope.names ??= new Map<string, BindingId>());
  const known = names.get(draft.name);
  if (draft.kind === "var" && known !== undefined) return declareAgain(b, known, draft);
  const id = b.bindings.length;
  b.bindings.push({ fn: b.fn, region: b.region, init: NONE, writes: [], ...draft });
  if (known === undefined) names.set(draft.name, id);
  return id;
}

function declareAgain(b: Builder, known: BindingId, { init }: Partial<BindingDraft>): BindingId {
  if (init !== undefined && init !== NONE) b.bindings[known]?.writes.push(init);
  return known;
}

export function lookup(scope: Scope, name: string): number {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = at.names?.get(name);
    if (found !== undefined) return found;
  }
  return NONE;
}

/** Name of a property as written, when it does not depend on anything computed. */
export function propertyName(name: ts.PropertyName | ts.BindingName | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name) || ts.isPrivateIdentifier(name))
    return name.text;
  if (ts.isComputedPropertyName(name)) {
    const { expression } = name;
    return ts.isStringLiteralLike(expression) || ts.isNumericLiteral(expression) ? expression.text : undefined;
  }
  return undefined;
}
