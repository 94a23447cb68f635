/** The growing tables of one file while its tree is walked, and where in the program the walk is. */
import { ts } from "../syntax/typescript.js";
import {
  NONE,
  type BindingFact,
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
  type TypeDeclarationFact,
} from "./model.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type BindingDraft = Mutable<Omit<BindingFact, "writes">> & { writes: ExprId[] };
export type FunctionDraft = Mutable<Omit<FunctionFact, "returns">> & { returns: ExprId[] };
export type ClassMemberDraft = Mutable<Omit<ClassMemberFact, "assigned">> & { assigned: ExprId[] };
export type ClassDraft = Mutable<Omit<ClassFact, "members">> & { members: ClassMemberDraft[] };

export interface Scope {
  readonly parent: Scope | undefined;
  /** `var` declarations belong to the nearest one. */
  readonly isFunction: boolean;
  readonly names: Map<string, number>;
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
  /** Names to be resolved once all declarations are known: expression and the scope it stands in, alternating. */
  readonly pendingRefs: ExprId[];
  readonly pendingScopes: Scope[];
  /** Assignments to a bare name, to be added to its binding's writes. */
  readonly pendingWrites: { readonly target: ExprId; readonly assign: ExprId }[];
  readonly pendingThisWrites: {
    readonly cls: number;
    readonly name: string;
    readonly value: ExprId;
    readonly span: { start: number; end: number };
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
    scope: { parent: undefined, isFunction: true, names: new Map() },
    region: NONE,
    fn: 0,
    thisClass: NONE,
    depth: 0,
  };
}

export function startOf(b: Builder, node: ts.Node): number {
  return node.getStart(b.tree);
}

/** Runs `body` in a scope of its own. */
export function inScope(b: Builder, isFunction: boolean, body: () => void): void {
  const outer = b.scope;
  b.scope = { parent: outer, isFunction, names: new Map() };
  body();
  b.scope = outer;
}

/** Runs `body` in a new region below the present one and returns the region's index. */
export function inRegion(
  b: Builder,
  fact: Pick<RegionFact, "kind" | "span" | "loop" | "branch">,
  body: (region: number) => void,
): number {
  const outer = b.region;
  const id = b.regions.length;
  b.regions.push({ parent: outer, fn: b.fn, ...fact });
  b.region = id;
  body(id);
  b.region = outer;
  return id;
}

/** Adds a binding and makes its name known in the scope it belongs to. */
export function declare(
  b: Builder,
  draft: Partial<BindingDraft> & Pick<BindingDraft, "name" | "kind" | "span">,
): number {
  const id = b.bindings.length;
  b.bindings.push({ fn: b.fn, region: b.region, init: NONE, writes: [], ...draft });
  let scope = b.scope;
  if (draft.kind === "var") while (!scope.isFunction && scope.parent !== undefined) scope = scope.parent;
  const known = scope.names.get(draft.name);
  // An implementation wins over a type of the same name, and a redeclared `var` stays the first one's.
  if (known === undefined || b.bindings[known]?.kind === "type") scope.names.set(draft.name, id);
  return id;
}

export function lookup(scope: Scope, name: string): number {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = at.names.get(name);
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
