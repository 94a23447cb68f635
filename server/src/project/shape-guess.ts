/** The last resort for a receiver whose origin is out of sight: the name a client usually goes by, where the workspace uses that client. */
import { type ExprId } from "../facts/model.js";
import { type Value } from "./model.js";
import { exprOf, type ProjectFile } from "./project-file.js";
import { type Provenance } from "./provenance.js";
import { unionOf, unknown } from "./value.js";

/** A low-confidence guess for a name or member that resolved to nothing. */
export function shapeGuess(ctx: Provenance, file: ProjectFile, id: ExprId): Value {
  const expr = exprOf(file, id);
  if (expr?.kind !== "ref" && expr?.kind !== "member") return unknown;
  const guesses = ctx.dialects.shapesFor(expr.name);
  return guesses.length === 0 ? unknown : unionOf(guesses, 1 < guesses.length);
}
