/** What a call calls: steps of a dialect, and the values its callee can be. */
import { type ExprId, NONE } from "../facts/model.js";
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
  if (callee.kind === "member") return methodCallee(ctx, valueOf(ctx, file, callee.object), callee.name);
  if (callee.kind === "index") {
    const key = valueOf(ctx, file, callee.index);
    if (key.kind === "literal" && typeof key.value === "string")
      return methodCallee(ctx, valueOf(ctx, file, callee.object), key.value);
  }
  return valueCallee(nameOf(file, target), valueOf(ctx, file, target), "call", ctx);
}

function nameOf(file: ProjectFile, id: ExprId): string {
  const expr = exprOf(file, id);
  return expr?.kind === "ref" || expr?.kind === "member" ? expr.name : "";
}

function methodCallee(ctx: Provenance, receiver: Value, name: string): Callee {
  const parts = methodParts(ctx, receiver, name);
  const lowConfidence = receiver.kind === "union" && receiver.lowConfidence === true;
  return { name, receiver, parts, lowConfidence: lowConfidence || parts.some(isGuessed) };
}

function isGuessed(part: CalleePart): boolean {
  return part.kind === "value" && part.value.kind === "union" && part.value.lowConfidence === true;
}

/** What `receiver.name(...)` can run. */
export function methodParts(ctx: Provenance, receiver: Value, name: string): readonly CalleePart[] {
  switch (receiver.kind) {
    case "union":
      return receiver.of.flatMap((member) => methodParts(ctx, member, name));
    case "dialect":
      return dialectMethod(ctx, receiver, name);
    case "class":
    case "instance": {
      if (findMember(ctx, receiver, name) !== undefined) break;
      const base = externalBase(ctx, receiver);
      if (base !== undefined) return methodParts(ctx, base, name);
      break;
    }
    case "function":
      // `f.call(…)` and `f.apply(…)` run `f`; so does what `f.bind(…)` gives.
      if (name === "call" || name === "apply") return [{ kind: "value", value: receiver }];
      break;
    default:
      break;
  }
  const value = memberValue(ctx, receiver, name);
  return value.kind === "unknown" ? [] : valueParts(ctx, value, "call");
}

function dialectMethod(ctx: Provenance, receiver: DialectValue, name: string): readonly CalleePart[] {
  const member = memberStep(ctx, receiver, name);
  if (member?.call !== undefined) return [{ kind: "step", receiver, step: member.call, name }];
  const value = memberValue(ctx, receiver, name);
  return value.kind === "unknown" ? [] : valueParts(ctx, value, "call", name);
}

function valueCallee(name: string, value: Value, form: "call" | "construct", ctx: Provenance): Callee {
  return {
    name,
    receiver: undefined,
    parts: valueParts(ctx, value, form, name),
    lowConfidence: value.kind === "union" && value.lowConfidence === true,
  };
}

/** A dialect's value that is called takes a step, if its state has one; everything else is called as it is. */
function valueParts(ctx: Provenance, value: Value, form: "call" | "construct", name = ""): readonly CalleePart[] {
  return partsOf(value).map((part): CalleePart => {
    if (part.kind !== "dialect") return { kind: "value", value: part };
    const state = ctx.dialects.stateOf(part);
    const step = form === "call" ? state?.call : state?.construct;
    if (step !== undefined) return { kind: "step", receiver: part, step, name };
    return {
      kind: "value",
      value: part.origin === undefined ? unknown : externalValue(part.origin.module, part.origin.path),
    };
  });
}
