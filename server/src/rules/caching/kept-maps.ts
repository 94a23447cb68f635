/** Maps and sets of a file that live as long as the process, and everything that is done with them. */
import { NONE, type BindingId, type ClassFact, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";

export interface KeptMap {
  readonly name: string;
  /** `cache`: of a library, which bounds it. */
  readonly kind: "map" | "cache";
  /** `new Map()`. */
  readonly made: ExprId;
  /** Methods called on it, with the call. */
  readonly calls: readonly { readonly method: string; readonly call: ExprId }[];
  /** It is handed on, returned, iterated or exported: others may do what this file does not. */
  readonly escapes: boolean;
}

const memo = new WeakMap<FileView, readonly KeptMap[]>();

/** Maps of the module, of static fields, and of fields of classes that the dependency injection makes once. */
export function keptMaps(view: FileView): readonly KeptMap[] {
  let found = memo.get(view);
  if (found === undefined) memo.set(view, (found = [...ofModule(view), ...ofClasses(view)]));
  return found;
}

/** Libraries whose caches nobody outside the process can see. */
const CACHES = /^(lru-cache|quick-lru|node-cache|@isaacs\/ttlcache|tiny-lru)$/;
/** Options by which a cache tells others what it drops. */
const TELLS = /^(dispose|disposeAfter|onEviction|fetchMethod|memoMethod)$/;

function kindOf(view: FileView, id: ExprId): KeptMap["kind"] | undefined {
  const { exprs, bindings, imports } = view.facts;
  const made = exprs[id];
  const callee = made?.kind === "new" ? exprs[made.callee] : undefined;
  if (made?.kind !== "new" || callee?.kind !== "ref") return undefined;
  if (callee.binding === NONE) return callee.name === "Map" ? "map" : undefined;
  const from = imports[bindings[callee.binding]?.import ?? NONE];
  if (from === undefined || !CACHES.test(from.module)) return undefined;
  const [options] = made.args.map((arg) => exprs[arg]);
  if (options === undefined || options.kind === "literal") return "cache";
  return options.kind === "object" && !options.props.some(({ name }) => name === undefined || TELLS.test(name))
    ? "cache"
    : undefined;
}

function ofModule(view: FileView): KeptMap[] {
  const { facts } = view;
  return facts.bindings.flatMap((binding, id) => {
    const kind = kindOf(view, binding.init);
    if (binding.fn !== 0 || binding.kind !== "const" || binding.path !== undefined || kind === undefined) return [];
    const uses = facts.exprs.flatMap((expr, use) => (expr.kind === "ref" && expr.binding === id ? [use] : []));
    return [usesOf(view, { name: binding.name, kind, made: binding.init }, uses, isExported(view, id))];
  });
}

function isExported(view: FileView, id: BindingId): boolean {
  const name = view.facts.bindings[id]?.name;
  return view.facts.exports.some(
    (entry) => entry.binding === id || (entry.module === undefined && entry.local === name),
  );
}

function ofClasses(view: FileView): KeptMap[] {
  return view.facts.classes.flatMap((cls) =>
    cls.members.flatMap((member) => {
      const kind = member.kind === "property" && member.assigned.length === 0 ? kindOf(view, member.init) : undefined;
      if (member.kind !== "property" || kind === undefined) return [];
      if (member.static !== true && !isMadeOnce(view, cls)) return [];
      const uses = view.facts.exprs.flatMap((expr, use) => {
        const object = expr.kind === "member" && expr.name === member.name ? view.facts.exprs[expr.object] : undefined;
        const isOwn = object?.kind === "this" || (object?.kind === "ref" && object.name === cls.name);
        return isOwn ? [use] : [];
      });
      return [usesOf(view, { name: member.name, kind, made: member.init }, uses, false)];
    }),
  );
}

/** `@Injectable()` without a scope of its own. */
function isMadeOnce(view: FileView, cls: ClassFact): boolean {
  return cls.decorators.some((id) => {
    const call = view.facts.exprs[id];
    const callee = call?.kind === "call" ? view.facts.exprs[call.callee] : undefined;
    return call?.kind === "call" && callee?.kind === "ref" && callee.name === "Injectable" && call.args.length === 0;
  });
}

function usesOf(
  view: FileView,
  map: Pick<KeptMap, "name" | "kind" | "made">,
  uses: readonly ExprId[],
  isOpen: boolean,
): KeptMap {
  const { exprs } = view.facts;
  const calls: { method: string; call: ExprId }[] = [];
  let escapes = isOpen;
  for (const use of uses) {
    const member = exprs[use]?.parent ?? NONE;
    const access = exprs[member];
    const call = exprs[access?.parent ?? NONE];
    if (access?.kind === "member" && access.object === use && call?.kind === "call" && call.callee === member)
      calls.push({ method: access.name, call: access.parent });
    else if (access?.kind === "member" && access.object === use) calls.push({ method: access.name, call: member });
    else escapes = true;
  }
  return { ...map, calls, escapes };
}
