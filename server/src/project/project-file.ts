/** One file of the linked project: its facts, where its imports lead, and what was worked out about it so far. */
import {
  type BindingId,
  type ClassFact,
  type ClassId,
  type Expr,
  type ExprId,
  type ExprOf,
  type ExportFact,
  type FileFacts,
  type FunctionFact,
  type FunctionId,
  NONE,
  type TypeDeclarationFact,
  type TypeRef,
} from "../facts/model.js";
import { type FilePath } from "./model.js";
import { type ModuleTarget } from "./module-graph.js";
import { type Cell } from "./value-memo.js";

export interface ProjectFile {
  readonly path: FilePath;
  /** Dependency token: stands for this file in the record of what a value was computed from. */
  readonly token: number;
  /** Stands for every detail of the file, the bodies of its functions included. */
  readonly contentToken: number;
  readonly facts: FileFacts;
  /** Where each entry of `facts.imports` leads. */
  readonly targets: readonly ModuleTarget[];
  /** Names and usage tables, built when first asked for. */
  readonly names: () => FileNames;
  readonly uses: () => FileUses;
  readonly writes: () => FileWrites;
  /** Expressions that are the value of a `return`, or an arrow's body. */
  readonly returned: () => ReadonlySet<ExprId>;
  readonly cells: FileCells;
}

/**
 * What has been resolved in a file, by what the question was about: a type as written, a number made by one of the functions below, or text for
 * members, exports and aliases. One map for all, because most files are asked little.
 */
export type FileCells = Map<TypeRef | number | string, Cell>;

export const exprKey = (id: ExprId): number => id * 3;
export const bindingKey = (id: BindingId): number => id * 3 + 1;
export const returnKey = (id: FunctionId): number => id * 3 + 2;

/** Module-level names of a file. */
export interface FileNames {
  readonly exports: ReadonlyMap<string, ExportFact>;
  /** `export * from` entries, in source order. */
  readonly stars: readonly ExportFact[];
  /** The last declaration of a name at module level (or, failing that, anywhere). */
  readonly bindings: ReadonlyMap<string, BindingId>;
  readonly types: ReadonlyMap<string, TypeDeclarationFact>;
  readonly classes: ReadonlyMap<string, ClassId>;
  /** Index into `facts.imports` by local name. */
  readonly imports: ReadonlyMap<string, number>;
}

/** What is assigned to members of names. */
export interface FileWrites {
  /** `name.key = value` by binding of `name`. */
  readonly memberWrites: ReadonlyMap<BindingId, ReadonlyMap<string, readonly ExprId[]>>;
  /** The same for globals (`globalThis.key = value`), by the global's name. */
  readonly globalWrites: ReadonlyMap<string, ReadonlyMap<string, readonly ExprId[]>>;
}

/** How bindings of a file are used, for questions that follow a value forward. */
export interface FileUses {
  /** Calls and `new` whose callee is the binding itself. */
  readonly calls: ReadonlyMap<BindingId, readonly ExprId[]>;
  /** Calls of a member of the binding: `options.onRow(…)`, by the member's name. */
  readonly memberCalls: ReadonlyMap<BindingId, ReadonlyMap<string, readonly ExprId[]>>;
  /** Places where the binding itself is an argument. */
  readonly passed: ReadonlyMap<BindingId, readonly { readonly call: ExprId; readonly arg: number }[]>;
  /** Every other reference: stored, returned, captured in a literal. */
  readonly mentioned: ReadonlySet<BindingId>;
  /** Initialisers, and the bindings they initialise whole. */
  readonly initialises: ReadonlyMap<ExprId, BindingId>;
}

export function createProjectFile(
  path: FilePath,
  tokens: { readonly token: number; readonly contentToken: number },
  facts: FileFacts,
  targets: readonly ModuleTarget[],
): ProjectFile {
  let names: FileNames | undefined;
  let uses: FileUses | undefined;
  let writes: FileWrites | undefined;
  let returned: ReadonlySet<ExprId> | undefined;
  return {
    path,
    ...tokens,
    facts,
    targets,
    names: () => (names ??= collectNames(facts)),
    uses: () => (uses ??= collectUses(facts)),
    writes: () => (writes ??= collectWrites(facts)),
    returned: () => (returned ??= new Set(facts.functions.flatMap((fn) => fn.returns))),
    cells: new Map(),
  };
}

export function forgetCells(file: ProjectFile): void {
  file.cells.clear();
}

export function exprOf(file: ProjectFile, expr: ExprId): Expr | undefined {
  return expr === NONE ? undefined : file.facts.exprs[expr];
}

export function functionOf(file: ProjectFile, fn: FunctionId): FunctionFact | undefined {
  return fn === NONE ? undefined : file.facts.functions[fn];
}

export function classOf(file: ProjectFile, cls: ClassId): ClassFact | undefined {
  return cls === NONE ? undefined : file.facts.classes[cls];
}

/** The function whose body evaluates an expression. */
export function enclosingFunction(file: ProjectFile, expr: ExprId): FunctionId {
  const region = file.facts.exprs[expr]?.region ?? 0;
  return file.facts.regions[region]?.fn ?? 0;
}

function collectNames(facts: FileFacts): FileNames {
  const exports = new Map<string, ExportFact>();
  const stars: ExportFact[] = [];
  for (const entry of facts.exports) {
    if (entry.name === "*") stars.push(entry);
    else if (!exports.has(entry.name) || entry.typeOnly !== true) exports.set(entry.name, entry);
  }
  const bindings = new Map<string, BindingId>();
  const nested = new Map<string, BindingId>();
  facts.bindings.forEach((binding, id) => {
    if (binding.kind === "type") return;
    (binding.fn === 0 ? bindings : nested).set(binding.name, id);
  });
  for (const [name, id] of nested) if (!bindings.has(name)) bindings.set(name, id);
  return {
    exports,
    stars,
    bindings,
    types: new Map(facts.types.map((type) => [type.name, type])),
    classes: new Map(facts.classes.map((cls, id) => [cls.name, id])),
    imports: new Map(facts.imports.map((entry, index) => [entry.local, index])),
  };
}

function collectWrites(facts: FileFacts): FileWrites {
  const memberWrites = new Map<BindingId, Map<string, ExprId[]>>();
  const globalWrites = new Map<string, Map<string, ExprId[]>>();
  for (const expr of facts.exprs) {
    if (expr.kind === "assign" && expr.value !== NONE)
      recordWrite(facts, expr.target, expr.value, memberWrites, globalWrites);
  }
  return { memberWrites, globalWrites };
}

function collectUses(facts: FileFacts): FileUses {
  const calls = new Map<BindingId, ExprId[]>();
  const passed = new Map<BindingId, { call: ExprId; arg: number }[]>();
  const memberCalls = new Map<BindingId, Map<string, ExprId[]>>();
  const mentioned = new Set<BindingId>();
  for (const [id, expr] of facts.exprs.entries()) {
    if (expr.kind === "call" || expr.kind === "new") {
      const callee = facts.exprs[expr.callee];
      if (callee?.kind === "ref" && callee.binding !== NONE) push(calls, callee.binding, id);
      else if (callee?.kind === "member") recordMemberCall(facts, callee, id, memberCalls);
      expr.args.forEach((arg, index) => {
        const value = facts.exprs[arg];
        if (value?.kind === "ref" && value.binding !== NONE) push(passed, value.binding, { call: id, arg: index });
      });
    } else if (expr.kind === "ref" && expr.binding !== NONE && !isCalleeOrArgument(facts, id)) {
      mentioned.add(expr.binding);
    }
  }
  const initialises = new Map<ExprId, BindingId>();
  facts.bindings.forEach((binding, id) => {
    if (binding.init !== NONE && binding.path === undefined) initialises.set(binding.init, id);
  });
  return { calls, memberCalls, passed, mentioned, initialises };
}

function isCalleeOrArgument(facts: FileFacts, id: ExprId): boolean {
  const parent = facts.exprs[facts.exprs[id]?.parent ?? NONE];
  return parent?.kind === "call" || parent?.kind === "new";
}

function recordMemberCall(
  facts: FileFacts,
  callee: ExprOf<"member">,
  call: ExprId,
  memberCalls: Map<BindingId, Map<string, ExprId[]>>,
): void {
  const object = facts.exprs[callee.object];
  if (object?.kind !== "ref" || object.binding === NONE) return;
  const binding = facts.bindings[object.binding];
  if (binding?.kind === "param" || binding?.import !== undefined)
    push(inner(memberCalls, object.binding), callee.name, call);
}

function recordWrite(
  facts: FileFacts,
  target: ExprId,
  value: ExprId,
  memberWrites: Map<BindingId, Map<string, ExprId[]>>,
  globalWrites: Map<string, Map<string, ExprId[]>>,
): void {
  const member = facts.exprs[target];
  if (member?.kind !== "member") return;
  const object = facts.exprs[member.object];
  if (object?.kind !== "ref") return;
  if (object.binding === NONE) push(inner(globalWrites, object.name), member.name, value);
  else push(inner(memberWrites, object.binding), member.name, value);
}

function inner<K>(map: Map<K, Map<string, ExprId[]>>, key: K): Map<string, ExprId[]> {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = new Map<string, ExprId[]>()));
  return found;
}

function push<K, T>(map: Map<K, T[]>, key: K, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
