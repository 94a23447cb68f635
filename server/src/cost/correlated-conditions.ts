/**
 * Conditions of one function that do not go their ways independently: `if (a) … if (!a) …`, or `kind === "x"` and, later, `kind === "y"`. Each way they can go
 * together is told, so that a range holds no run that cannot happen. Only conditions on values that stay what they are while the function runs are related.
 */
import { isFilledLater } from "../facts/steady.js";
import { type BranchFact, type ExprId, type FileFacts, NONE, type RegionId } from "../facts/model.js";
import { oncePerFile } from "../facts/once-per-file.js";

/** Of some branches, whether they are taken. */
export type Decisions = ReadonlyMap<RegionId, boolean>;

/** More ways than this are not told apart: the range is wider then, and still right. */
const MAX_WAYS = 24;
const MAX_STEPS = 4;
const OTHER = "(other)";

type Formula =
  | { readonly kind: "holds"; readonly atom: string; readonly value: string }
  | { readonly kind: "not"; readonly of: Formula }
  | { readonly kind: "and" | "or"; readonly left: Formula; readonly right: Formula }
  | { readonly kind: "open" };

interface Branch {
  readonly region: RegionId;
  readonly arm: BranchFact["arm"];
  readonly test: ExprId;
  readonly formula: Formula;
}

const open: Formula = { kind: "open" };

/**
 * @param matters Whether anything in a branch costs something or leaves.
 * @returns Nothing where all conditions are independent.
 */
export function decisionsOf(
  facts: FileFacts,
  fn: number,
  matters: (region: RegionId) => boolean,
): readonly Decisions[] {
  const branches = facts.regions.flatMap((region, id): Branch[] => {
    const { branch } = region;
    if (region.fn !== fn || branch === undefined || !/^(then|else|and|or)$/.test(branch.arm)) return [];
    return [{ region: id, ...branch, formula: formulaOf(facts, branch.test) }];
  });
  const atoms = relatedAtoms(branches.filter(({ region }) => matters(region)));
  if (atoms.length === 0) return [];
  const ways = atoms.reduce<readonly ReadonlyMap<string, string>[]>(
    (sofar, { atom, values }) => sofar.flatMap((way) => values.map((value) => new Map([...way, [atom, value]]))),
    [new Map()],
  );
  return ways.map((way) => decided(branches, way));
}

function decided(branches: readonly Branch[], way: ReadonlyMap<string, string>): Decisions {
  return new Map(
    branches.flatMap(({ region, arm, formula }) => {
      const value = valueOf(formula, way);
      return value === undefined ? [] : [[region, arm === "then" || arm === "and" ? value : !value] as const];
    }),
  );
}

/** Atoms that more than one condition asks about, with the values they are compared with; those asked about most come first. */
function relatedAtoms(branches: readonly Branch[]): readonly { readonly atom: string; readonly values: string[] }[] {
  const uses = new Map<string, { readonly tests: Set<ExprId>; readonly values: Set<string> }>();
  const visit = (formula: Formula, test: ExprId): void => {
    if (formula.kind === "not") visit(formula.of, test);
    else if (formula.kind === "and" || formula.kind === "or") {
      visit(formula.left, test);
      visit(formula.right, test);
    } else if (formula.kind === "holds") {
      const known = uses.get(formula.atom) ?? { tests: new Set(), values: new Set() };
      uses.set(formula.atom, known);
      known.tests.add(test);
      known.values.add(formula.value);
    }
  };
  for (const { formula, test } of branches) visit(formula, test);
  const related = [...uses].filter(([, { tests }]) => 1 < tests.size).sort((a, b) => b[1].tests.size - a[1].tests.size);
  const kept: { readonly atom: string; readonly values: string[] }[] = [];
  let ways = 1;
  for (const [atom, { values }] of related) {
    const all = [...values, OTHER];
    if (MAX_WAYS < ways * all.length) continue;
    ways *= all.length;
    kept.push({ atom, values: all });
  }
  return kept;
}

/** Undefined where the way says nothing of it. */
function valueOf(formula: Formula, way: ReadonlyMap<string, string>): boolean | undefined {
  switch (formula.kind) {
    case "open":
      return undefined;
    case "holds": {
      const value = way.get(formula.atom);
      return value === undefined ? undefined : value === formula.value;
    }
    case "not": {
      const value = valueOf(formula.of, way);
      return value === undefined ? undefined : !value;
    }
    case "and":
    case "or": {
      const decides = formula.kind === "or";
      const [left, right] = [valueOf(formula.left, way), valueOf(formula.right, way)];
      if (left === decides || right === decides) return decides;
      return left === undefined || right === undefined ? undefined : !decides;
    }
  }
}

function formulaOf(facts: FileFacts, test: ExprId): Formula {
  const expr = facts.exprs[test];
  if (expr === undefined) return open;
  if (expr.kind === "unary" && expr.op === "!") return { kind: "not", of: formulaOf(facts, expr.value) };
  if (expr.kind === "logical" && expr.op !== "??")
    return {
      kind: expr.op === "&&" ? "and" : "or",
      left: formulaOf(facts, expr.left),
      right: formulaOf(facts, expr.right),
    };
  if (expr.kind === "binary") return comparison(facts, expr.op, expr.left, expr.right);
  const path = steadyPath(facts, test);
  return path === undefined ? open : { kind: "holds", atom: path, value: "true" };
}

function comparison(facts: FileFacts, op: string, left: ExprId, right: ExprId): Formula {
  if (!/^[!=]==?$/.test(op)) return open;
  const [path, value] = [steadyPath(facts, left), constantOf(facts, right)];
  if (path === undefined || value === undefined) return open;
  const holds: Formula = { kind: "holds", atom: `${path} is`, value };
  return op.startsWith("!") ? { kind: "not", of: holds } : holds;
}

function constantOf(facts: FileFacts, id: ExprId): string | undefined {
  const expr = facts.exprs[id];
  if (expr?.kind === "literal") return JSON.stringify(expr.value);
  const object = expr?.kind === "member" ? facts.exprs[expr.object] : undefined;
  if (expr?.kind !== "member" || object?.kind !== "ref") return undefined;
  return facts.bindings[object.binding]?.kind === "enum" || facts.bindings[object.binding]?.kind === "import"
    ? `${object.name}.${expr.name}`
    : undefined;
}

/** A name, or a property below one, that is the same wherever the function asks for it; undefined for all others. */
function steadyPath(facts: FileFacts, id: ExprId): string | undefined {
  const steps: string[] = [];
  let expr = facts.exprs[id];
  while (expr?.kind === "member" && steps.length < MAX_STEPS) {
    steps.unshift(expr.name);
    expr = facts.exprs[expr.object];
  }
  if (expr?.kind !== "ref" || expr.binding === NONE) return undefined;
  const binding = facts.bindings[expr.binding];
  if (binding === undefined || !/^(const|let|var|param)$/.test(binding.kind) || 0 < binding.writes.length)
    return undefined;
  // Whoever gets the object may change what it holds.
  if (0 < steps.length && (isFilledLater(facts, expr.binding) || handedOut(facts).has(expr.binding))) return undefined;
  return [`${expr.binding}`, ...steps].join(".");
}

/** Names that are given to a call as they are, or whose methods are called. */
const handedOut = oncePerFile((facts): ReadonlySet<number> => {
  const found = new Set<number>();
  const note = (id: ExprId): void => {
    const expr = facts.exprs[id];
    if (expr?.kind === "ref") found.add(expr.binding);
  };
  for (const expr of facts.exprs) {
    if (expr.kind !== "call" && expr.kind !== "new") continue;
    for (const arg of expr.args) note(arg);
    const callee = facts.exprs[expr.callee];
    if (callee?.kind === "member") note(callee.object);
  }
  return found;
});
