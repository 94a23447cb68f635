/**
 * Functions that a project's configuration says run a query: of a package, or of the workspace where following calls does not show it (a generated client, a
 * native module, a call by name).
 */
import { NONE } from "../facts/model.js";
import { type OperationAccess, type OperationKind } from "./dialects/define-dialect.js";
import { type FunctionRef, type Value } from "./model.js";
import { type ProjectFile } from "./project-file.js";
import { type Provenance } from "./provenance.js";
import { classMember } from "./resolve-class.js";
import { exportValue } from "./resolve-export.js";
import { memberValue } from "./resolve-member.js";

export interface DeclaredQuery {
  /** A package, or a path relative to a root with or without its ending. */
  readonly module: string;
  /** Dotted path of the export; `Db.query` is also the method of instances of `Db`. */
  readonly export: string;
  readonly kind?: OperationKind;
  readonly access?: OperationAccess;
}

export interface DeclaredQueries {
  readonly queries: readonly DeclaredQuery[];
  /** Roots of the workspace, to find its modules by. */
  readonly roots: readonly string[];
}

export const noQueries: DeclaredQueries = { queries: [], roots: [] };

/** What options say, with the short form `package#export` spelled out. */
export function declaredQueries(options: {
  readonly roots: readonly string[];
  readonly queryFunctions: readonly string[];
  readonly queries?: readonly DeclaredQuery[];
}): DeclaredQueries {
  const short = options.queryFunctions.map((text): DeclaredQuery => {
    const at = text.indexOf("#");
    return { module: text.slice(0, at), export: text.slice(at + 1) };
  });
  return { queries: [...short, ...(options.queries ?? [])], roots: options.roots };
}

/** The declaration that a called value falls under. */
export function declaredFor(
  ctx: Provenance,
  { queries, roots }: DeclaredQueries,
  value: Value,
): DeclaredQuery | undefined {
  if (queries.length === 0) return undefined;
  if (value.kind === "external") {
    const path = value.path.filter((name) => name !== "prototype" && name !== "()").join(".");
    return queries.find((query) => query.module === value.module && query.export === path);
  }
  if (value.kind !== "function") return undefined;
  return queries.find((query) =>
    roots.some((root) => {
      const file = moduleAt(ctx, `${root}/${query.module.replace(/^\.\//, "")}`);
      return file !== undefined && exportsFunction(ctx, file, query.export.split("."), value.ref);
    }),
  );
}

const endings = [
  "",
  ".ts",
  ".tsx",
  ".mts",
  ".cts",
  ".js",
  ".jsx",
  ".mjs",
  ".cjs",
  "/index.ts",
  "/index.tsx",
  "/index.js",
  "/index.mjs",
];

function moduleAt(ctx: Provenance, path: string): ProjectFile | undefined {
  for (const ending of endings) {
    const file = ctx.fileAt(path + ending);
    if (file !== undefined) return file;
  }
  return undefined;
}

function exportsFunction(ctx: Provenance, file: ProjectFile, path: readonly string[], ref: FunctionRef): boolean {
  const [first = "", ...rest] = path;
  let value = exportValue(ctx, file, first);
  for (const name of rest) value = ownMember(ctx, value, name);
  return value.kind === "function" && value.ref.file === ref.file && value.ref.fn === ref.fn && ref.fn !== NONE;
}

/** A static member of a class, else the one its instances have. */
function ownMember(ctx: Provenance, value: Value, name: string): Value {
  const found = memberValue(ctx, value, name);
  if (found.kind === "function" || value.kind !== "class") return found;
  return classMember(ctx, { kind: "instance", file: value.file, cls: value.cls }, name) ?? found;
}
