/** Which long-lived client a call makes: packages' own constructors and factories, and workspace classes that extend them. */
import type { ExprId } from "../facts/model.js";
import { clientKindOf, type ClientKind } from "./client-catalog.js";
import { exprOf, type ProjectFile } from "./project-file.js";
import type { Provenance } from "./provenance.js";
import type { Callee } from "./resolve-callee.js";
import { externalBase } from "./resolve-class.js";

interface Origin {
  readonly module: string;
  readonly path: readonly string[];
}

export function madeClient(
  ctx: Provenance,
  file: ProjectFile,
  id: ExprId,
  callee: Callee,
  external: Origin | undefined,
): ClientKind | undefined {
  if (external !== undefined) return clientKindOf(external.module, external.path);
  if (exprOf(file, id)?.kind !== "new") return undefined;
  for (const part of callee.parts) {
    if (part.kind !== "value" || part.value.kind !== "class") continue;
    const base = externalBase(ctx, part.value);
    const origin = base?.kind === "external" ? base : base?.kind === "dialect" ? base.origin : undefined;
    if (origin !== undefined) return clientKindOf(origin.module, origin.path);
  }
  return undefined;
}
