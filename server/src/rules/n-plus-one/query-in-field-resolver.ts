/**
 * Finds GraphQL field resolvers that read the database for each parent object.
 *
 * A field's resolver runs once for every object whose field is asked for, so a read that hangs on the parent is one read per row of whatever list the query
 * returns. There is no loop to be seen: the executor is the loop. Root fields have no parent and are left alone.
 */
import type { Span } from "../../base/span.js";
import { NONE, type BindingId, type FunctionId, type TypeRef } from "../../facts/model.js";
import { decoratorName, regionChain } from "../../facts/regions.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import { requestLoader } from "../../fixes/loaders/request-loader.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, EntryPoint, FunctionRef } from "../../project/model.js";
import { defineRule, type Description } from "../define-rule.js";
import { functionText } from "../function-text.js";
import { iterationsAround } from "../loops/iteration.js";
import { mergedReadFixes } from "./parent-fixes.js";
import { tableAnswers } from "./table-answers.js";
import { candidatesOf, dependsOnElement, isDatabase, rankOf, runsIn, type Candidate } from "./repeated-operation.js";

interface ReadPerParent {
  readonly at: Span;
  readonly entry: EntryPoint;
  readonly site: CallSite;
  readonly parent: string;
  readonly element: ReadonlySet<BindingId>;
  readonly best: Candidate;
  readonly through: FunctionRef | undefined;
  readonly sure: boolean;
  readonly cached: boolean;
  /** The parent is asked first whether it has brought the field along. */
  readonly fallback: boolean;
  /** A query declared beside it returns a list, so that there are many parents. */
  readonly listed: boolean;
}

export const queryInFieldResolver = defineRule({
  id: "query-in-field-resolver",
  family: "n-plus-one",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "review",
  docs: {
    what: "A GraphQL field's resolver reads the database with a key of its parent object.",
    why: "The executor calls it for every object of a list: a query that returns 100 orders runs the resolver of `order.customer` 100 times.",
    instead:
      "Collect the keys of one tick with a DataLoader (`loader.load(parent.customerId)`) that reads them with one query, or load the relation with the list.",
    limits:
      "Root fields have no parent. Loaders, and reads that the library merges by itself (Prisma's `findUnique` in one tick), are left alone; whether a query ever returns many parents is not known.",
  },
  *check(view) {
    if (view.role !== "source") return;
    for (const entry of view.entries) {
      if (entry.kind !== "graphql-resolver" || entry.ref.file !== view.path) continue;
      const parent = parentOf(view, entry);
      if (parent === undefined) continue;
      for (const site of view.calls) {
        const found = examine(view, entry, parent, site);
        if (found !== undefined) yield found;
      }
    }
  },
  describe,
  fixes: (evidence, view, sources) => {
    const loader = loaderFix(evidence, view, sources);
    return loader.length > 0 ? loader : mergeable(evidence, view, sources);
  },
});

/** A loader for each request, where the project uses DataLoader and the resolver asks the database itself. */
function loaderFix({ best, through }: ReadPerParent, view: FileView, sources: FixSources): readonly Fix[] {
  const packages = sources.program?.packagesAround(view.path) ?? [];
  if (through !== undefined || !packages.some(({ atRunTime }) => atRunTime.includes("dataloader"))) return [];
  const { operation } = best;
  const fix = requestLoader(
    {
      path: view.path,
      query: operation.span,
      dialect: operation.dialect,
      method: operation.method,
      tableName: operation.table,
      table: tableAnswers(view, operation),
    },
    sources,
  );
  return fix === undefined ? [] : [fix];
}

/** Resolvers of one level start in one tick. */
function mergeable({ entry, best, site, element }: ReadPerParent, view: FileView, sources: FixSources): readonly Fix[] {
  if (site.fn !== entry.ref.fn) return [];
  const { operation, effect, target } = best;
  return mergedReadFixes(
    { operation, site, through: target, pathLength: effect?.path.length ?? 0, element },
    view,
    sources,
  );
}

interface Parent {
  readonly name: string;
  readonly bindings: ReadonlySet<BindingId>;
}

const PARENT_DECORATOR = /^(Parent|Root)$/;
const FIELD_DECORATOR = /^(ResolveField|FieldResolver|ResolveProperty)$/;
const ROOT_TYPE = /^(Query|Mutation|Subscription)\./;
/** First parameters by other names are taken for options rather than for a parent. */
const PARENT_NAME = /^(_?(parent|root|source|obj|self)|\{\})$/;

/** The parameter that holds the parent object, with all that is taken out of it. */
function parentOf(view: FileView, { ref, framework, label }: EntryPoint): Parent | undefined {
  const { facts } = view;
  const fn = facts.functions[ref.fn];
  if (fn === undefined) return undefined;
  const decorated = fn.params.findIndex((param) =>
    (param.decorators ?? []).some((id) => PARENT_DECORATOR.test(decoratorName(view.facts, id))),
  );
  const isField = memberDecorators(view, ref.fn).some((name) => FIELD_DECORATOR.test(name));
  if (0 <= decorated && isField) return at(view, ref.fn, decorated);
  if (framework === "nestjs" || ROOT_TYPE.test(label)) return undefined;
  const [first] = fn.params;
  const name = first === undefined ? "" : (facts.bindings[first.binding]?.name ?? "{}");
  // Maps name their types, so that any first parameter is the parent; builders' `resolve` functions do not.
  return framework === "graphql" || PARENT_NAME.test(name) ? at(view, ref.fn, 0) : undefined;
}

function at(view: FileView, fn: FunctionId, param: number): Parent | undefined {
  const bindings = new Set<BindingId>();
  let name = "the parent";
  view.facts.bindings.forEach((binding, id) => {
    if (binding.fn !== fn || binding.param !== param) return;
    bindings.add(id);
    if (binding.path === undefined) name = `\`${binding.name}\``;
  });
  return bindings.size === 0 ? undefined : { name, bindings };
}

function memberDecorators(view: FileView, fn: FunctionId): readonly string[] {
  const cls = view.facts.classes[view.facts.functions[fn]?.cls ?? NONE];
  const member = cls?.members.find((one) => one.fn === fn);
  return (member?.decorators ?? []).map((id) => decoratorName(view.facts, id));
}

function examine(view: FileView, entry: EntryPoint, parent: Parent, site: CallSite): ReadPerParent | undefined {
  if (!runsIn(view, site, entry.ref.fn)) return undefined;
  // Inside a loop the rules about loops have their say.
  if (0 < iterationsAround(view, site).length) return undefined;
  const [best] = candidatesOf(view, site)
    .filter((one) => isDatabase(one.operation) && one.operation.access === "read" && one.operation.inProcess !== true)
    .filter((one) => !isMerged(site, one) && dependsOnElement(view, site, one, parent.bindings))
    .sort((a, b) => rankOf(a) - rankOf(b));
  if (best === undefined) return undefined;
  return {
    at: best.target === undefined ? best.operation.span : site.span,
    entry,
    site,
    parent: parent.name,
    element: parent.bindings,
    best,
    through: best.target,
    sure:
      site.confidence === "high" &&
      best.operation.confidence === "high" &&
      (best.effect?.confidence ?? "high") === "high",
    cached: best.effect?.cached === true || view.isCacheGuarded(site),
    fallback: isFallback(view, site, parent),
    listed: returnsList(view, entry.ref.fn),
  };
}

/** `if (order.items) return order.items`, `if (!order.items) …`: lists may load the relation themselves. */
function isFallback(view: FileView, site: CallSite, parent: Parent): boolean {
  const { facts } = view;
  const asks = (test: number): boolean => test !== NONE && view.flow.dependsOn(test, parent.bindings);
  const chain = [...regionChain(facts, site.region)];
  if (chain.some(({ region }) => region.branch !== undefined && asks(region.branch.test))) return true;
  return facts.exits.some((exit) => {
    const branch = facts.regions[exit.region]?.branch;
    return (
      exit.kind === "return" &&
      exit.span.start < site.span.start &&
      facts.regions[exit.region]?.fn === site.fn &&
      branch !== undefined &&
      asks(branch.test)
    );
  });
}

/** Whether the resolver's class has a `@Query()` or another field that gives a list of objects. */
function returnsList(view: FileView, fn: FunctionId): boolean {
  const { facts } = view;
  const cls = facts.classes[facts.functions[fn]?.cls ?? NONE];
  return (cls?.members ?? []).some((member) => {
    const names = member.decorators.map((id) => decoratorName(view.facts, id));
    if (!names.includes("Query")) return false;
    return (
      isListType(facts.functions[member.fn]?.returnType) || member.decorators.some((id) => namesListType(view, id))
    );
  });
}

function isListType(type: TypeRef | undefined): boolean {
  if (type === undefined) return false;
  if (type.name === "[]" || /Array$|Connection|Page|Paginated|List$/.test(type.name)) return true;
  return type.name === "Promise" && isListType(type.args?.[0]);
}

/** `@Query(() => [Order])`. */
function namesListType(view: FileView, id: number): boolean {
  const call = view.facts.exprs[id];
  const [first] = call?.kind === "call" ? call.args : [];
  const arrow = view.facts.exprs[first ?? NONE];
  if (arrow?.kind !== "function") return false;
  return (view.facts.functions[arrow.fn]?.returns ?? []).some((value) => view.facts.exprs[value]?.kind === "array");
}

/** Resolvers of one level start in one tick, so what the library merges there is merged. */
function isMerged(site: CallSite, { effect, operation }: Candidate): boolean {
  if (operation.transaction === true) return false;
  return effect === undefined ? site.operation?.batchedByLibrary !== undefined : effect.prompt === true;
}

function describe(
  { entry, parent, best, through, sure, cached, fallback, listed }: ReadPerParent,
  view: FileView,
): Description {
  const { operation, effect } = best;
  const confidence = cached ? 0.5 : sure && listed && !fallback ? 0.8 : sure ? 0.65 : 0.55;
  const table = operation.table === undefined ? "" : `\`${operation.table}\` `;
  const who = through === undefined ? "" : `${functionText(view, through)} runs `;
  return {
    message: `${who}one ${table}query for each object whose field \`${entry.label}\` is asked for, by a key of ${parent}`,
    severity: confidence < 0.8 ? "information" : "warning",
    confidence,
    cost: "N queries per request, N = parents in the result",
    related: [
      { at: entry.at, message: `the resolver of ${entry.label}` },
      ...(effect === undefined
        ? []
        : [
            ...effect.path.map((step) => ({ at: step, message: "which calls on from here" })),
            { at: effect.at, message: `the ${table}query: ${operation.dialect} ${operation.method}` },
          ]),
    ],
  };
}
