/** Whether a lazy builder runs where it stands: awaited, returned, chained with `then`, or given to a promise combinator. */
import { type ExprId, NONE } from "../facts/model.js";
import { exprOf, type ProjectFile } from "./project-file.js";

const combinators: ReadonlySet<string> = new Set(["all", "allSettled", "race", "any", "resolve"]);
const batches: ReadonlySet<string> = new Set(["$transaction", "batch"]);

/** More enclosing expressions than this between a builder and its `await` are nobody's code. */
const maxClimb = 12;

/** Whether the value of an expression is awaited, as it is or through conditionals and combinators. */
export function isExecuted(file: ProjectFile, id: ExprId): boolean {
  let child = id;
  for (let climb = 0; climb < maxClimb; climb++) {
    const parent = exprOf(file, child)?.parent ?? NONE;
    const expr = exprOf(file, parent);
    if (expr === undefined) return file.returned().has(child);
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
      case "function":
        return file.returned().has(child);
      default:
        return file.returned().has(child);
    }
    child = parent;
  }
  return false;
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
  if (batches.has(callee.name)) return true;
  const object = exprOf(file, callee.object);
  return combinators.has(callee.name) && object?.kind === "ref" && /^(Promise|Bluebird|BPromise)$/.test(object.name);
}
