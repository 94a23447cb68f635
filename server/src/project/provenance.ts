/**
 * Where values come from: the value of any expression of any file, found by following names, members, calls and declared
 * types across the workspace, without a type checker.
 *
 * This file dispatches on the kind of expression; the steps live in the `resolve-*` files beside it. All of them take the
 * `Provenance` first: the files, the dialects and the memo.
 */
import { type Expr, type ExprId, type ExprOf, NONE } from "../facts/model.js";
import { isModuleExports } from "./commonjs-exports.js";
import { type DeclarationIndex } from "./declaration-index.js";
import { type DialectIndex } from "./dialect-index.js";
import { type ExportTables } from "./export-tables.js";
import { type ImporterIndex } from "./importers.js";
import { type FilePath, type Value } from "./model.js";
import { type ModuleTarget } from "./module-graph.js";
import { exprKey, exprOf, type ProjectFile } from "./project-file.js";
import { refValue } from "./resolve-binding.js";
import { callValue, newValue, taggedValue } from "./resolve-call.js";
import { superValue, thisValue } from "./resolve-class.js";
import { moduleValue } from "./resolve-export.js";
import { indexValue, memberValue } from "./resolve-member.js";
import { shapeGuess } from "./shape-guess.js";
import { typeValue } from "./type-provenance.js";
import { arrayOf, isOpaque, rowsOf, unionOf, unknown } from "./value.js";
import { type ValueMemo } from "./value-memo.js";

export interface Provenance {
  readonly memo: ValueMemo;
  readonly dialects: DialectIndex;
  readonly declarations: DeclarationIndex;
  readonly exportTables: ExportTables;
  readonly importers: ImporterIndex;
  readonly fileAt: (path: FilePath) => ProjectFile | undefined;
  readonly resolveModule: (file: ProjectFile, specifier: string) => ModuleTarget;
}

/** Array literals are looked into this far; their elements are usually alike. */
const sampledElements = 6;

/** The value of an expression. `NONE` and anything not understood are unknown. */
export function valueOf(ctx: Provenance, file: ProjectFile, id: ExprId): Value {
  const expr = exprOf(file, id);
  if (expr === undefined) return unknown;
  switch (expr.kind) {
    case "ref":
      // What the name stands for is kept with its binding.
      if (expr.asserted === undefined) return refValue(ctx, file, expr, id);
      return kept(ctx, file, id, expr);
    case "this":
      return thisValue(file, id);
    case "literal":
      return { kind: "literal", value: expr.value };
    case "function":
      return { kind: "function", ref: { file: file.path, fn: expr.fn } };
    case "class":
      return { kind: "class", file: file.path, cls: expr.cls };
    case "regexp":
    case "yield":
    case "spread":
    case "binary":
    case "unary":
    case "other":
      return expr.asserted === undefined ? unknown : typeValue(ctx, file, expr.asserted);
    default:
      return kept(ctx, file, id, expr);
  }
}

function kept(ctx: Provenance, file: ProjectFile, id: ExprId, expr: Expr): Value {
  const known = file.cells.get(exprKey(id));
  if (known !== undefined) return ctx.memo.reuse(known);
  return ctx.memo.fill(file.cells, exprKey(id), file.token, () => {
    const value = bareValue(ctx, file, id);
    return expr.asserted === undefined ? value : withAssertion(ctx, value, typeValue(ctx, file, expr.asserted), file);
  });
}

function bareValue(ctx: Provenance, file: ProjectFile, id: ExprId): Value {
  const expr = exprOf(file, id);
  switch (expr?.kind) {
    case "ref":
      return refValue(ctx, file, expr, id);
    case "super":
      return superValue(ctx, file, id);
    case "member": {
      if (isModuleExports(file, id)) return moduleValue(ctx, { kind: "file", file: file.path });
      const value = memberValue(ctx, valueOf(ctx, file, expr.object), expr.name);
      if (isOpaque(value) || (value.kind === "external" && value.module === "global:")) {
        const written = assignedMember(ctx, file, expr);
        if (written.kind !== "unknown") return written;
      }
      return value.kind === "unknown" ? shapeGuess(ctx, file, id) : value;
    }
    case "index":
      return indexValue(ctx, valueOf(ctx, file, expr.object), valueOf(ctx, file, expr.index));
    case "call":
      return callValue(ctx, file, id, expr);
    case "new":
      return newValue(ctx, file, id, expr);
    case "template":
      return expr.tag === NONE ? unknown : taggedValue(ctx, file, id, expr);
    case "object":
      return { kind: "object", file: file.path, expr: id };
    case "array":
      return arrayOf(
        unionOf(expr.elements.slice(0, sampledElements).map((element) => elementValue(ctx, file, element))),
      );
    case "await":
      return settledValue(valueOf(ctx, file, expr.value));
    case "conditional":
      return unionOf([valueOf(ctx, file, expr.whenTrue), valueOf(ctx, file, expr.whenFalse)]);
    case "logical":
      return logicalValue(ctx, file, expr);
    case "assign":
      return assignedValue(ctx, file, expr);
    case "import":
      return importedValue(ctx, file, expr.value);
    default:
      return unknown;
  }
}

/** What this file assigns to the member of a name elsewhere: `globalForDb.client = …`. */
function assignedMember(ctx: Provenance, file: ProjectFile, expr: ExprOf<"member">): Value {
  const object = exprOf(file, expr.object);
  if (object?.kind !== "ref") return unknown;
  const { memberWrites, globalWrites } = file.writes();
  const writes = (object.binding === NONE ? globalWrites.get(object.name) : memberWrites.get(object.binding))?.get(
    expr.name,
  );
  return writes === undefined
    ? unknown
    : unionOf(writes.slice(0, sampledElements).map((write) => valueOf(ctx, file, write)));
}

function elementValue(ctx: Provenance, file: ProjectFile, element: ExprId): Value {
  const expr = exprOf(file, element);
  if (expr?.kind !== "spread") return valueOf(ctx, file, element);
  const spread = valueOf(ctx, file, expr.value);
  return spread.kind === "array" ? spread.of : unknown;
}

/** What awaiting gives: rows, once a pending operation has run. */
export function settledValue(value: Value): Value {
  if (value.kind === "dialect") return value.pending === undefined ? value : rowsOf(value);
  if (value.kind === "union") return unionOf(value.of.map(settledValue), value.lowConfidence === true);
  return value;
}

function logicalValue(ctx: Provenance, file: ProjectFile, expr: ExprOf<"logical">): Value {
  const right = valueOf(ctx, file, expr.right);
  if (expr.op === "&&") return right;
  return unionOf([valueOf(ctx, file, expr.left), right]);
}

function assignedValue(ctx: Provenance, file: ProjectFile, expr: ExprOf<"assign">): Value {
  const value = valueOf(ctx, file, expr.value);
  return expr.op === "="
    ? value
    : expr.op === "??=" || expr.op === "||="
      ? unionOf([valueOf(ctx, file, expr.target), value])
      : unknown;
}

function importedValue(ctx: Provenance, file: ProjectFile, specifier: ExprId): Value {
  const expr = exprOf(file, specifier);
  if (expr?.kind !== "literal" || typeof expr.value !== "string") return unknown;
  return moduleValue(ctx, ctx.resolveModule(file, expr.value));
}

/** `as T` helps where the value itself says nothing, or only that it is an object or something global. */
function withAssertion(ctx: Provenance, value: Value, asserted: Value, file: ProjectFile): Value {
  if (asserted.kind === "unknown") return value;
  if (isOpaque(value) || value.kind === "shape") return asserted;
  if (value.kind === "external" && value.module === "global:") return asserted;
  const literal = value.kind === "object" ? exprOf(ctx.fileAt(value.file) ?? file, value.expr) : undefined;
  return literal?.kind === "object" && literal.props.length === 0 ? asserted : value;
}
