/** SQL as written in code: the text of an argument as far as it is constant, whether it reads or writes, and its main table. */
import { type ExprId, NONE } from "../facts/model.js";
import { type OperationAccess } from "./dialects/define-dialect.js";
import { exprOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";

/** Constants are followed this many steps, through names and concatenation. */
const maxSteps = 12;

/** Longer texts are cut; what they do shows at their beginning. */
const maxText = 20_000;

/** Constant text of an expression; `$1`, `$2` … stand for what is put in at run time. Undefined when nothing of it is known. */
export function constantText(ctx: Provenance, file: ProjectFile, id: ExprId): string | undefined {
  const holes = { count: 0 };
  const text = textOf(ctx, file, id, holes, 0);
  return text === undefined ? undefined : text.slice(0, maxText);
}

function textOf(
  ctx: Provenance,
  file: ProjectFile,
  id: ExprId,
  holes: { count: number },
  steps: number,
): string | undefined {
  const expr = exprOf(file, id);
  if (expr === undefined || maxSteps < steps) return undefined;
  const hole = (): string => `$${++holes.count}`;
  const part = (inner: ExprId): string => textOf(ctx, file, inner, holes, steps + 1) ?? hole();
  switch (expr.kind) {
    case "literal":
      return typeof expr.value === "string" ? expr.value : undefined;
    case "template":
      return expr.parts
        .map((text, i) => (i === 0 ? text : constantPart(ctx, file, expr.exprs[i - 1] ?? NONE, holes, steps) + text))
        .join("");
    case "binary":
      return expr.op === "+" ? part(expr.left) + part(expr.right) : undefined;
    case "object": {
      const prop = expr.props.find(({ name }) => name === "text" || name === "sql" || name === "query");
      return prop === undefined ? undefined : textOf(ctx, file, prop.value, holes, steps + 1);
    }
    case "call": {
      // `sql.raw(text)`, `text(sql)`, and calls that only tidy a text up.
      const callee = exprOf(file, expr.callee);
      if (callee?.kind === "member" && /^(trim|replace|concat)$/.test(callee.name))
        return textOf(ctx, file, callee.object, holes, steps + 1);
      const [first] = expr.args;
      return first !== undefined && expr.args.length === 1 ? textOf(ctx, file, first, holes, steps + 1) : undefined;
    }
    case "ref": {
      const binding = file.facts.bindings[expr.binding];
      if (binding?.kind === "const" && binding.path === undefined && binding.init !== NONE) {
        return textOf(ctx, file, binding.init, holes, steps + 1);
      }
      return importedText(ctx, file, id);
    }
    case "member":
      return importedText(ctx, file, id);
    default:
      return undefined;
  }
}

/** In a template, a name stands for its text only when that is a constant; everything else is a parameter. */
function constantPart(ctx: Provenance, file: ProjectFile, id: ExprId, holes: { count: number }, steps: number): string {
  return textOf(ctx, file, id, holes, steps + 1) ?? `$${++holes.count}`;
}

function importedText(ctx: Provenance, file: ProjectFile, id: ExprId): string | undefined {
  const value = valueOf(ctx, file, id);
  return value.kind === "literal" && typeof value.value === "string" ? value.value : undefined;
}

const writing = /\b(insert\s+into|update\s+(?!set\b)|delete\s+from|merge\s+into|replace\s+into)/i;

/** What a statement does, from its leading keyword; common table expressions that write count as writing. */
export function sqlAccess(text: string): OperationAccess {
  const bare = withoutComments(text)
    .trimStart()
    .replace(/^\(+\s*/, "");
  const keyword = /^[a-z]+/i.exec(bare)?.[0].toLowerCase();
  switch (keyword) {
    case "select":
    case "values":
    case "table":
    case "show":
    case "explain":
    case "pragma":
    case "describe":
      return "read";
    case "with":
      return writing.test(bare) ? "write" : "read";
    case "insert":
    case "update":
    case "delete":
    case "merge":
    case "replace":
    case "upsert":
    case "truncate":
    case "copy":
    case "create":
    case "drop":
    case "alter":
      return "write";
    default:
      return "unknown";
  }
}

/** The first table a statement names, without quotes and schema. */
export function sqlTable(text: string): string | undefined {
  const found = /\b(?:from|into|update|join)\s+(?:only\s+)?((?:["`[]?\w+["`\]]?\.)*["`[]?[a-z_]\w*["`\]]?)/i.exec(
    withoutComments(text),
  );
  const name = found?.[1]?.replace(/["`[\]]/g, "");
  return name?.slice(name.lastIndexOf(".") + 1);
}

/** Whether a statement only opens, ends, configures or locks: no data travels. */
export function isSessionCommand(text: string): boolean {
  return /^\s*(select\s+pg_\w*advisory_\w+|begin|start\s+transaction|commit|rollback|savepoint|release|set|lock|listen|unlisten|notify|discard|reset)\b/i.test(
    text,
  );
}

const statement =
  /^[\s(]*(\$\d|(select|insert|update|delete|with|values|table|merge|replace|upsert|truncate|copy|create|drop|alter|call|do|exec|execute|show|explain|pragma|describe|refresh|vacuum|analyze|reindex|grant|revoke|notify|declare|fetch|prepare|deallocate|comment|use|begin|start|commit|rollback|savepoint|release|set|lock|listen|unlisten|discard|reset)\b)/i;

/** Whether a text is a whole statement, as opposed to a condition or clause that becomes part of one. */
export function isStatement(text: string): boolean {
  return statement.test(withoutComments(text));
}

function withoutComments(text: string): string {
  return text.replace(/--[^\n]*/g, " ").replace(/\/\*[^]*?\*\//g, " ");
}
