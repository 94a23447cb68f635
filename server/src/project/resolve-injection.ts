/** What injection decorators bring in: instances that a dialect's decorators name, and providers registered under a token. */
import { type ExprId } from "../facts/model.js";
import { tokenName } from "./declaration-index.js";
import { namedTable } from "./dialect-engine.js";
import { type Value } from "./model.js";
import { exprOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { withTypeTable } from "./resolve-call.js";
import { returnValue } from "./resolve-return.js";
import { isUnknown, unionOf, unknown } from "./value.js";

/** The value that some of these decorators inject; unknown when none does. */
export function injectedValue(ctx: Provenance, file: ProjectFile, decorators: readonly ExprId[]): Value {
  for (const id of decorators) {
    const decorator = exprOf(file, id);
    const target = decorator?.kind === "call" ? decorator.callee : id;
    const value = valueOf(ctx, file, target);
    if (value.kind !== "external") continue;
    const args = decorator?.kind === "call" ? decorator.args : [];
    const described = ctx.dialects.decoratorOf(value.module, value.path);
    if (described !== undefined)
      return withTypeTable(described, namedTable(ctx, file, described.table, args, undefined));
    const [token] = args;
    if (token === undefined || value.path[value.path.length - 1] !== "Inject") continue;
    const given = valueOf(ctx, file, token);
    // A class as token is the usual case; others are looked up among the providers.
    if (given.kind === "class") return { kind: "instance", file: given.file, cls: given.cls };
    const provided = providedValue(ctx, tokenName(file.facts, token));
    if (!isUnknown(provided)) return provided;
  }
  return unknown;
}

/** What the providers registered under a token give. */
function providedValue(ctx: Provenance, token: string | undefined): Value {
  if (token === undefined) return unknown;
  ctx.memo.touch(ctx.declarations.providersToken(token));
  return unionOf(
    ctx.declarations.providers(token).map(({ file: path, expr }) => {
      const file = ctx.fileAt(path);
      const literal = file === undefined ? undefined : exprOf(file, expr);
      if (file === undefined || literal?.kind !== "object") return unknown;
      ctx.memo.touch(file.token);
      return unionOf(
        literal.props.map((prop) => (prop.name === undefined ? unknown : provision(ctx, file, prop.name, prop.value))),
      );
    }),
  );
}

function provision(ctx: Provenance, file: ProjectFile, how: string, id: ExprId): Value {
  if (!/^use(Class|Existing|Factory|Value)$/.test(how)) return unknown;
  const value = valueOf(ctx, file, id);
  if (how === "useValue") return value;
  if (how === "useFactory") return value.kind === "function" ? returnValue(ctx, value.ref) : unknown;
  return value.kind === "class" ? { kind: "instance", file: value.file, cls: value.cls } : unknown;
}
