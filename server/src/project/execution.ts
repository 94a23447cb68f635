/** Whether a lazy builder runs where it stands: awaited, returned, chained with `then`, or given to a promise combinator. */
import { type ExprId, type FileFacts, NONE } from "../facts/model.js";
import { enclosingFunction, exprOf, functionOf, type ProjectFile } from "./project-file.js";

const combinators: ReadonlySet<string> = new Set(["all", "allSettled", "race", "any", "resolve"]);
const transactions: ReadonlySet<string> = new Set(["$transaction"]);

/** More enclosing expressions than this between a builder and its `await` are nobody's code. */
const maxClimb = 12;

/** Whether the value of an expression is awaited, as it is or through conditionals and combinators. */
export function isExecuted(file: ProjectFile, id: ExprId): boolean {
  let child = id;
  for (let climb = 0; climb < maxClimb; climb++) {
    const parent = exprOf(file, child)?.parent ?? NONE;
    const expr = exprOf(file, parent);
    if (expr === undefined) return isReturned(file, child) || iterated(file).has(child);
    switch (expr.kind) {
      case "await":
      case "yield":
        return true;
      case "member":
        return isChained(file, parent, expr.name);
      case "conditional":
        if (expr.test === child) return false;
        break;
      case "logical":
        if (expr.left === child && expr.op === "&&") return false;
        break;
      case "array":
      case "spread":
        if (expr.kind === "array" && !isCombined(file, parent)) return false;
        break;
      case "call":
        return isCombinator(file, parent) && expr.args.includes(child);
      default:
        return isReturned(file, child);
    }
    child = parent;
  }
  return false;
}

/** Whether a function hands a value out, other than into a batch that runs its elements in one round trip: `db.batch(ids.map((id) => …))`. */
function isReturned(file: ProjectFile, id: ExprId): boolean {
  if (!file.returned().has(id)) return false;
  const { passedTo } = functionOf(file, enclosingFunction(file, id)) ?? {};
  const map = passedTo === undefined ? undefined : exprOf(file, passedTo.call);
  const callee = map?.kind === "call" ? exprOf(file, map.callee) : undefined;
  if (passedTo === undefined || callee?.kind !== "member" || !/^(map|flatMap)$/.test(callee.name)) return true;
  let child = passedTo.call;
  for (let climb = 0; climb < maxClimb; climb++) {
    const parent = exprOf(file, child)?.parent ?? NONE;
    const expr = exprOf(file, parent);
    if (expr?.kind === "call") return !(expr.args.includes(child) && isBatch(file, parent));
    if (expr?.kind !== "spread" && expr?.kind !== "array") return true;
    child = parent;
  }
  return true;
}

function isBatch(file: ProjectFile, id: ExprId): boolean {
  const call = exprOf(file, id);
  const callee = call?.kind === "call" ? exprOf(file, call.callee) : undefined;
  return callee?.kind === "member" && (callee.name === "batch" || callee.name === "transaction");
}

const iteratedIn = new WeakMap<FileFacts, ReadonlySet<ExprId>>();

/** Expressions that a `for await` goes through: what they stand for runs there. */
function iterated({ facts }: ProjectFile): ReadonlySet<ExprId> {
  let found = iteratedIn.get(facts);
  if (found === undefined) {
    const loops = facts.regions.flatMap(({ loop }) => (loop?.form === "for-await" ? [loop.over] : []));
    iteratedIn.set(facts, (found = new Set(loops)));
  }
  return found;
}

/** `builder.then(…)`, `.catch(…)`, `.finally(…)`. */
function isChained(file: ProjectFile, member: ExprId, name: string): boolean {
  if (name !== "then" && name !== "catch" && name !== "finally") return false;
  const call = exprOf(file, exprOf(file, member)?.parent ?? NONE);
  return call?.kind === "call" && call.callee === member;
}

/** An array literal whose elements are awaited together: it is an argument of a combinator. */
function isCombined(file: ProjectFile, array: ExprId): boolean {
  const parent = exprOf(file, array)?.parent ?? NONE;
  return exprOf(file, parent)?.kind === "call" && isCombinator(file, parent);
}

function isCombinator(file: ProjectFile, id: ExprId): boolean {
  const call = exprOf(file, id);
  const callee = call?.kind === "call" ? exprOf(file, call.callee) : undefined;
  if (callee?.kind !== "member") return false;
  if (transactions.has(callee.name)) return true;
  const object = exprOf(file, callee.object);
  return combinators.has(callee.name) && object?.kind === "ref" && /^(Promise|Bluebird|BPromise)$/.test(object.name);
}
