/** Links one file: what each of its calls runs, performs and blocks, and what becomes of the functions it is given. */
import { type ExprId, NONE } from "../facts/model.js";
import { type DeclaredQueries } from "./declared-queries.js";
import { blockingOperation } from "./link-blocking.js";
import { callbackUses } from "./link-callbacks.js";
import { madeClient } from "./link-client.js";
import { madeThing } from "./link-construction.js";
import { operationOf, pendingOperation } from "./link-operation.js";
import { type CallbackUse, type CallSite, type FunctionRef, type Operation } from "./model.js";
import { enclosingFunction, exprOf, functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { type Callee, calleeOf } from "./resolve-callee.js";
import { constructorsOf } from "./resolve-construction.js";
import { isDistinctive } from "./distinctive-names.js";
import { isExecuted } from "./execution.js";
import { partsOf } from "./value.js";

const noTargets: readonly FunctionRef[] = [];
const noCallbacks: readonly CallbackUse[] = [];

/** Every call of a file, in source order, and every builder that is awaited without a call. */
export function linkCalls(ctx: Provenance, file: ProjectFile, declared: DeclaredQueries): readonly CallSite[] {
  const calls: CallSite[] = [];
  const { exprs } = file.facts;
  for (let id = 0; id < exprs.length; id++) {
    const expr = exprs[id];
    if (expr === undefined) continue;
    switch (expr.kind) {
      case "call":
      case "new":
        calls.push(linkCall(ctx, file, id, declared));
        break;
      case "template":
        if (expr.tag !== NONE) calls.push(linkCall(ctx, file, id, declared));
        break;
      case "ref":
      case "member": {
        const operation = isExecuted(file, id) ? awaitedBuilder(ctx, file, id) : undefined;
        if (operation !== undefined) calls.push({ ...siteAt(file, id), operation });
        break;
      }
      default:
        break;
    }
  }
  return calls.sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
}

function awaitedBuilder(ctx: Provenance, file: ProjectFile, id: ExprId): Operation | undefined {
  for (const value of partsOf(valueOf(ctx, file, id))) {
    if (value.kind === "dialect" && value.pending !== undefined)
      return pendingOperation(ctx, file, id, value, value.pending);
  }
  return undefined;
}

function linkCall(ctx: Provenance, file: ProjectFile, id: ExprId, declared: DeclaredQueries): CallSite {
  const callee = calleeOf(ctx, file, id);
  const operation = operationOf(ctx, file, id, callee, declared);
  const external = externalOf(callee);
  const found = targetsOf(ctx, file, id, callee);
  const blocking = external === undefined ? undefined : blockingOperation(file, id, external);
  const callbacks = callbackUses(ctx, file, id, callee, external);
  const call = siteAt(file, id);
  call.targets = found.targets;
  call.callbacks = callbacks;
  if (found.guessed) call.confidence = "low";
  if (external !== undefined) call.external = external;
  if (operation !== undefined) call.operation = operation;
  if (blocking !== undefined) call.blocking = blocking;
  const makes = madeClient(ctx, file, id, callee, external);
  if (makes !== undefined) call.makes = makes;
  const builds = madeThing(file, id, external);
  if (builds !== undefined) call.builds = builds;
  return call;
}

type Draft = { -readonly [K in keyof CallSite]: CallSite[K] };

function siteAt(file: ProjectFile, id: ExprId): Draft {
  const expr = exprOf(file, id);
  return {
    expr: id,
    region: expr?.region ?? 0,
    fn: enclosingFunction(file, id),
    span: { start: expr?.start ?? 0, end: expr?.end ?? 0 },
    targets: noTargets,
    confidence: "high",
    callbacks: noCallbacks,
  };
}

function externalOf(callee: Callee): { readonly module: string; readonly path: readonly string[] } | undefined {
  for (const part of callee.parts) {
    if (part.kind === "value" && part.value.kind === "external") {
      const { module, path } = part.value;
      return { module, path: path.length === 0 ? ["default"] : path };
    }
    if (part.kind === "step" && part.receiver.origin !== undefined) {
      const { module, path } = part.receiver.origin;
      return { module, path: part.name === "" ? path : [...path, part.name] };
    }
  }
  return undefined;
}

interface Targets {
  readonly targets: readonly FunctionRef[];
  readonly guessed: boolean;
}

function targetsOf(ctx: Provenance, file: ProjectFile, id: ExprId, callee: Callee): Targets {
  const targets: FunctionRef[] = [];
  const add = (ref: FunctionRef): void => {
    if (!targets.some((known) => known.file === ref.file && known.fn === ref.fn)) targets.push(ref);
  };
  const constructs = exprOf(file, id)?.kind === "new" || callee.name === "super";
  for (const part of callee.parts) {
    if (part.kind !== "value") continue;
    if (part.value.kind === "function") add(part.value.ref);
    else if (part.value.kind === "class" && constructs) for (const ref of constructorsOf(ctx, part.value)) add(ref);
  }
  if (0 < targets.length || 0 < callee.parts.length)
    return 0 < targets.length ? { targets, guessed: callee.lowConfidence } : { targets: noTargets, guessed: false };
  const lone = loneMethod(ctx, callee);
  return lone === undefined ? { targets: noTargets, guessed: false } : { targets: [lone], guessed: true };
}

/** A method called on something unknown, when only one class of the workspace has a method of that distinctive name. */
function loneMethod(ctx: Provenance, callee: Callee): FunctionRef | undefined {
  const { name, receiver } = callee;
  if (receiver?.kind !== "unknown" || !isDistinctive(name)) return undefined;
  ctx.memo.touch(ctx.declarations.methodToken(name));
  const place = ctx.declarations.loneMethod(name);
  const owner = place === undefined ? undefined : ctx.fileAt(place.file);
  if (place === undefined || owner === undefined || functionOf(owner, place.fn) === undefined) return undefined;
  ctx.memo.touch(owner.token);
  return { file: place.file, fn: place.fn };
}
