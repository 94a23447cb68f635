/**
 * Filters that a file hands to a repository of the workspace made for every model: `integrationRepository.find({ organizationId })`, where one class holds the
 * library's calls and has no model of its own. Which model is meant is told by the name of the repository, and is left to whoever knows the schema.
 */
import { type ExprId, NONE } from "../facts/model.js";
import type { FileView } from "../project/file-view.js";
import type { CallSite, Operation } from "../project/model.js";
import type { QuerySite } from "./draft.js";

/** Methods whose first argument is the library's own filter, under the library's own name. */
const methods: Readonly<Record<string, RegExp>> = {
  mongoose: /^(?:find|findOne|exists|count|countDocuments|findOneAnd\w+|updateOne|updateMany|deleteOne|deleteMany)$/,
  typeorm: /^(?:find|findBy|findOne|findOneBy|findAndCount|count|countBy)$/,
};

const suffix = /(?:Repository|Repo|Dao|Store|Model)$/;

export function handedFilters(view: FileView): readonly QuerySite[] {
  return view.calls.flatMap((site) => {
    const { facts } = view;
    if (site.operation !== undefined || site.targets.length === 0 || site.confidence === "low") return [];
    const call = facts.exprs[site.expr];
    const callee = call?.kind === "call" ? facts.exprs[call.callee] : undefined;
    if (call?.kind !== "call" || callee?.kind !== "member") return [];
    if (facts.exprs[call.args[0] ?? NONE]?.kind !== "object") return [];
    const within = Object.entries(methods).find(([, names]) => names.test(callee.name));
    const model = within === undefined ? undefined : modelOf(view, site, callee.object);
    const sends = model === undefined ? undefined : sendingOperation(view, site, callee.name);
    if (model === undefined || sends === undefined) return [];
    const operation = { ...sends, table: model, expr: site.expr, span: site.span };
    return [{ site, operation }];
  });
}

/** The library's call of the same name that the method comes to, for whatever model it was given. */
function sendingOperation(view: FileView, { targets }: CallSite, method: string): Operation | undefined {
  for (const target of targets)
    for (const { operation, confidence, params } of view.summaryOf(target).effects) {
      const isOf = methods[operation.dialect]?.test(method) === true && operation.table === undefined;
      if (isOf && params.includes(0) && confidence === "high" && operation.confidence === "high")
        return { ...operation, method };
    }
  return undefined;
}

/** `Integration` of `this.integrationRepository`, or of `this` in a class `IntegrationRepository`. */
function modelOf({ facts }: FileView, { fn }: CallSite, receiver: ExprId): string | undefined {
  const expr = facts.exprs[receiver];
  const own = expr?.kind === "this" || expr?.kind === "super" ? classAround(facts, fn) : undefined;
  const name = expr?.kind === "ref" || expr?.kind === "member" ? expr.name : own;
  const bare = name?.replace(/^_+/, "");
  if (bare === undefined || !suffix.test(bare) || bare.length <= (suffix.exec(bare)?.[0].length ?? 0)) return undefined;
  const model = bare.replace(suffix, "");
  return model.charAt(0).toUpperCase() + model.slice(1);
}

function classAround({ functions, classes }: FileView["facts"], fn: number): string | undefined {
  for (let at = fn, steps = 0; at > 0 && steps < 20; steps++) {
    const fact = functions[at];
    if (fact === undefined) return undefined;
    if (fact.cls !== NONE) return classes[fact.cls]?.name;
    at = fact.parent;
  }
  return undefined;
}
