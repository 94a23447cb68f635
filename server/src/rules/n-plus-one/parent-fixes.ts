/** What can be done about a read with Prisma whose calls start together: it is asked in a way that Prisma merges. The evidence, in the words of the builder. */
import { columnOf, findTable } from "../../catalog/lookup.js";
import type { CodeName, Relation, Table } from "../../catalog/model.js";
import { argumentsOf } from "../../facts/expressions.js";
import type { BindingId, FunctionId } from "../../facts/model.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import { askParent, type ParentRelation } from "../../fixes/load/ask-parent.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, FunctionRef, Operation } from "../../project/model.js";
import { tableAnswers } from "./table-answers.js";

export interface MergeableRead {
  readonly operation: Operation;
  /** The call that starts with others of its kind: the query itself, or the call of the function that runs it. */
  readonly site: CallSite;
  readonly through: FunctionRef | undefined;
  /** Calls between that function and the query. */
  readonly pathLength: number;
  /** What differs from call to call. */
  readonly element: ReadonlySet<BindingId>;
}

/** For calls that start in one tick: of resolvers of one level, or of callbacks whose promises are awaited together. */
export function mergedReadFixes(read: MergeableRead, view: FileView, sources: FixSources): readonly Fix[] {
  const { operation, site, through, pathLength, element } = read;
  if (operation.dialect !== "prisma" || operation.transaction === true || pathLength > 0) return [];
  if (waitsBefore(view, site)) return [];
  if (through === undefined) return asked(operation, view, namesOf(view, element), sources);
  const callee = sources.program?.viewOf(through.file);
  if (callee === undefined || site.targets.length > 1 || site.confidence === "low") return [];
  const given = argumentsOf(view.facts, site.expr);
  const names = new Set<string>();
  for (const { name, fn, param, path } of callee.facts.bindings) {
    const argument = fn !== through.fn || param === undefined || path !== undefined ? undefined : given[param];
    if (argument !== undefined && view.flow.dependsOn(argument, element)) names.add(name);
  }
  return asked(operation, callee, names, sources);
}

function asked(
  operation: Operation,
  view: FileView,
  varying: ReadonlySet<string>,
  sources: FixSources,
): readonly Fix[] {
  const table = tableAnswers(view, operation);
  const fix = askParent(
    {
      path: view.path,
      query: operation.span,
      tableName: operation.table,
      varying,
      parentOf: (column) => parentOf(view, operation, column),
      isUnique: (column) => table.isUnique([column]) === true,
    },
    sources,
  );
  return fix === undefined ? [] : [fix];
}

/** What comes after an `await` comes in another tick. */
function waitsBefore({ facts }: FileView, site: CallSite): boolean {
  return facts.exprs.some(
    (expr) =>
      expr.kind === "await" &&
      expr.end <= site.span.start &&
      facts.regions[expr.region]?.fn === (site.fn satisfies FunctionId),
  );
}

function namesOf({ facts }: FileView, element: ReadonlySet<BindingId>): ReadonlySet<string> {
  const names = new Set<string>();
  // What is taken out of an element is called after its property: only the element itself says which.
  for (const id of element) {
    const binding = facts.bindings[id];
    if (binding !== undefined && binding.path === undefined) names.add(binding.name);
  }
  return names;
}

/** By a key that the database enforces, so that no row is without the one it is read through. */
function parentOf(view: FileView, { table: name }: Operation, column: string): ParentRelation | undefined {
  const find = (model: string | undefined, near: string): Table | undefined =>
    model === undefined ? undefined : findTable(view.catalog, model, { near, dialect: "prisma" });
  const table = find(name, view.path);
  const own = table === undefined ? undefined : (relationColumn(table, column) ?? columnOf(table, column)?.name);
  if (table === undefined || own === undefined) return undefined;
  const isEnforced = table.foreignKeys.some(
    ({ enforced, columns }) => enforced && columns.length === 1 && columns[0] === own,
  );
  if (!isEnforced) return undefined;
  for (const child of modelsOf(table))
    for (const relation of Object.values(child.relations)) {
      const [reference] = relation.references;
      if (relation.many || relation.columns.length !== 1 || relation.columns[0] !== own || reference === undefined)
        continue;
      const parent = find(relation.target, child.file);
      const model = parent === undefined ? undefined : modelsOf(parent).find((one) => one.name === relation.target);
      const field = model === undefined ? undefined : fieldTo(model, child.name, relation);
      const key = model === undefined ? undefined : fieldOf(model, reference);
      if (model === undefined || field === undefined || key === undefined) continue;
      return { client: model.name.charAt(0).toLowerCase() + model.name.slice(1), field, key };
    }
  return undefined;
}

/** `team` of `where: { team: { id } }` stands for the column that holds the team's key. */
function relationColumn(table: Table, field: string): string | undefined {
  for (const { relations } of modelsOf(table)) {
    const relation = Object.hasOwn(relations, field) ? relations[field] : undefined;
    if (relation !== undefined && !relation.many && relation.columns.length === 1) return relation.columns[0];
  }
  return undefined;
}

function modelsOf({ names }: Table): readonly CodeName[] {
  return names.filter(({ source }) => source === "prisma");
}

/** The one list of a model that holds the other side of a relation. */
function fieldTo({ relations }: CodeName, target: string, { label }: Relation): string | undefined {
  const fields = Object.entries(relations).filter(
    ([, one]) => one.many && one.target === target && one.label === label,
  );
  const [only, ...others] = fields;
  return others.length > 0 ? undefined : only?.[0];
}

function fieldOf({ fields }: CodeName, column: string): string {
  return Object.entries(fields).find(([, one]) => one === column)?.[0] ?? column;
}
