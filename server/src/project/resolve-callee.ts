/** What a call calls: steps of a dialect, and the values its callee can be. */
import { type ExprId, type ExprOf, NONE } from "../facts/model.js";
import { memberStep } from "./dialect-engine.js";
import { type DialectStep } from "./dialects/define-dialect.js";
import { type DialectValue, type Value } from "./model.js";
import { exprOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { externalBase, findMember, superclassOf, thisValue } from "./resolve-class.js";
import { memberValue } from "./resolve-member.js";
import { externalValue, partsOf, unknown } from "./value.js";

export type CalleePart =
  | { readonly kind: "step"; readonly receiver: DialectValue; readonly step: DialectStep; readonly name: string }
  | { readonly kind: "value"; readonly value: Value };

export interface Callee {
  /** Name of the member called, or of the function; "" when there is none. */
  readonly name: string;
  /** The object a method is called on; undefined for plain calls. */
  readonly receiver: Value | undefined;
  readonly parts: readonly CalleePart[];
  readonly lowConfidence: boolean;
}

const nothing: Callee = { name: "", receiver: undefined, parts: [], lowConfidence: false };

/** What an expression of kind `call`, `new` or tagged `template` calls. */
export function calleeOf(ctx: Provenance, file: ProjectFile, id: ExprId): Callee {
  const expr = exprOf(file, id);
  const target =
    expr?.kind === "call" || expr?.kind === "new" ? expr.callee : expr?.kind === "template" ? expr.tag : NONE;
  const callee = exprOf(file, target);
  if (expr === undefined || callee === undefined) return nothing;
  if (expr.kind === "new") return valueCallee(nameOf(file, target), valueOf(ctx, file, target), "construct", ctx);
  if (callee.kind === "super") {
    const self = thisValue(file, id);
    const parent = self.kind === "instance" ? superclassOf(ctx, file, self.cls) : unknown;
    return { ...nothing, name: "super", parts: [{ kind: "value", value: parent }] };
  }
  if (callee.kind === "member") {
    const found = methodCallee(ctx, valueOf(ctx, file, callee.object), callee.name);
    return found.parts.length === 0 && found.receiver?.kind === "unknown"
      ? modelCallee(ctx, file, callee, found)
      : found;
  }
  if (callee.kind === "index") {
    const key = valueOf(ctx, file, callee.index);
    if (key.kind === "literal" && typeof key.value === "string")
      return methodCallee(ctx, valueOf(ctx, file, callee.object), key.value);
  }
  const form = expr.kind === "template" ? "tag" : "call";
  return valueCallee(nameOf(file, target), valueOf(ctx, file, target), form, ctx);
}

type CallForm = "call" | "construct" | "tag";

function nameOf(file: ProjectFile, id: ExprId): string {
  const expr = exprOf(file, id);
  return expr?.kind === "ref" || expr?.kind === "member" ? expr.name : "";
}

/** The last resort for `User.findByPk(…)` when nobody can say where `User` comes from. */
function modelCallee(
  ctx: Provenance,
  file: ProjectFile,
  { object, name }: ExprOf<"member">,
  otherwise: Callee,
): Callee {
  const model = ctx.dialects.modelFor(nameOf(file, object), name);
  return model === undefined ? otherwise : methodCallee(ctx, model, name);
}

function methodCallee(ctx: Provenance, receiver: Value, name: string): Callee {
  const found: CalleePart[] = [];
  const guessed = addMethod(ctx, receiver, name, found);
  return { name, receiver, parts: found, lowConfidence: guessed };
}

/** Adds what `receiver.name(...)` can run; says whether it is a guess among several. */
function addMethod(ctx: Provenance, receiver: Value, name: string, to: CalleePart[]): boolean {
  switch (receiver.kind) {
    case "union": {
      let guessed = receiver.lowConfidence === true;
      for (const member of receiver.of) if (addMethod(ctx, member, name, to)) guessed = true;
      return guessed;
    }
    case "dialect":
      to.push(...dialectMethod(ctx, receiver, name));
      return false;
    case "class":
    case "instance": {
      if (findMember(ctx, receiver, name) !== undefined) break;
      const base = externalBase(ctx, receiver);
      if (base !== undefined) return addMethod(ctx, base, name, to);
      break;
    }
    case "function":
      // `f.call(…)` and `f.apply(…)` run `f`; so does what `f.bind(…)` gives.
      if (name !== "call" && name !== "apply") break;
      to.push({ kind: "value", value: receiver });
      return false;
    default:
      break;
  }
  const value = memberValue(ctx, receiver, name);
  if (value.kind !== "unknown") to.push(...valueParts(ctx, value, "call"));
  return value.kind === "union" && value.lowConfidence === true;
}

function dialectMethod(ctx: Provenance, receiver: DialectValue, name: string): readonly CalleePart[] {
  const member = memberStep(ctx, receiver, name);
  if (member?.call !== undefined) return [{ kind: "step", receiver, step: member.call, name }];
  const value = memberValue(ctx, receiver, name);
  return value.kind === "unknown" ? [] : valueParts(ctx, value, "call", name);
}

function valueCallee(name: string, value: Value, form: CallForm, ctx: Provenance): Callee {
  return {
    name,
    receiver: undefined,
    parts: valueParts(ctx, value, form, name),
    lowConfidence: value.kind === "union" && value.lowConfidence === true,
  };
}

/** A dialect's value that is called takes a step, if its state has one; everything else is called as it is. */
function valueParts(ctx: Provenance, value: Value, form: CallForm, name = ""): readonly CalleePart[] {
  return partsOf(value).map((part): CalleePart => {
    if (part.kind !== "dialect") return { kind: "value", value: part };
    const state = ctx.dialects.stateOf(part);
    const step = form === "construct" ? state?.construct : form === "tag" ? (state?.tag ?? state?.call) : state?.call;
    if (step !== undefined) return { kind: "step", receiver: part, step, name: name === "" ? "" : calledName(part) };
    return {
      kind: "value",
      value: part.origin === undefined ? unknown : externalValue(part.origin.module, part.origin.path),
    };
  });
}

/** What a client that is called itself is called by: its export's name, else its package's. */
function calledName({ dialect, origin }: DialectValue): string {
  const last = origin?.path[origin.path.length - 1];
  if (origin === undefined || last === undefined || last === "()" || last === "prototype") return dialect;
  return last === "default" ? origin.module.slice(origin.module.lastIndexOf("/") + 1) : last;
}
