/**
 * Values as the code states them, compared by where they come from: constants, variables by identity, and what is put together from those. Two expressions
 * with the same term have the same value, as far as nothing it is made of changes in between. Plain data.
 */
import { NONE, type BindingId, type Expr, type ExprId, type FileFacts, type FunctionId } from "../facts/model.js";
import { isFilledLater } from "../facts/steady.js";

export type Term =
  | { readonly kind: "text"; readonly text: string }
  /** A parameter of the function a summary is of, or something inside it. */
  | { readonly kind: "input"; readonly param: number; readonly path: readonly string[] }
  /** A variable of the file at hand that is written once. */
  | { readonly kind: "local"; readonly binding: BindingId; readonly path: readonly string[] }
  | { readonly kind: "self"; readonly path: readonly string[] }
  /** `names` for the properties of an object; otherwise the parts in order. */
  | {
      readonly kind: "made";
      readonly head: string;
      readonly parts: readonly Term[];
      readonly names?: readonly string[];
    };

/** Larger values are nobody's key. */
const MAX_DEPTH = 12;
const MAX_NODES = 80;

/** Names of calls that give something else each time. */
const IMPURE =
  /^(now|random|randomUUID|randomBytes|randomInt|uuid|uuidv\d|v4|v7|nanoid|cuid|cuid2|createId|ulid|headers|cookies|getStore|hrtime|uptime|shift|pop|next|dayjs|moment|format)$/;

interface Walk {
  readonly facts: FileFacts;
  nodes: number;
}

/** The term of an expression; undefined where it cannot be told or is not the same each time. */
export function termOf(facts: FileFacts, id: ExprId): Term | undefined {
  return read({ facts, nodes: 0 }, id, 0);
}

function read(walk: Walk, id: ExprId, depth: number): Term | undefined {
  const expr = walk.facts.exprs[id];
  if (expr === undefined || MAX_DEPTH < depth || MAX_NODES < ++walk.nodes) return undefined;
  switch (expr.kind) {
    case "literal":
      return text(JSON.stringify(expr.value));
    case "regexp":
      return text(`/${expr.source}/${expr.flags}`);
    case "this":
      return { kind: "self", path: [] };
    case "ref":
      return ofName(walk, expr, depth);
    case "member": {
      const object = read(walk, expr.object, depth + 1);
      return object === undefined ? undefined : project(object, expr.name);
    }
    case "index":
      return made(walk, "[]", [expr.object, expr.index], depth);
    case "template":
      return expr.tag === NONE
        ? made(walk, `\`${expr.parts.join("$")}\``, expr.exprs, depth)
        : taggedTerm(walk, expr, depth);
    case "object":
      return objectTerm(walk, expr, depth);
    case "array":
      return made(walk, "[…]", expr.elements, depth);
    case "spread":
      return made(walk, "...", [expr.value], depth);
    case "conditional":
      return made(walk, "?:", [expr.test, expr.whenTrue, expr.whenFalse], depth);
    case "logical":
    case "binary":
      return made(walk, expr.op, [expr.left, expr.right], depth);
    case "unary":
      return expr.op === "delete" ? undefined : made(walk, expr.op, [expr.value], depth);
    case "call":
    case "new":
      return callTerm(walk, expr, depth);
    default:
      return undefined;
  }
}

function text(value: string): Term {
  return { kind: "text", text: value };
}

function made(walk: Walk, head: string, ids: readonly ExprId[], depth: number): Term | undefined {
  const parts: Term[] = [];
  for (const id of ids) {
    const part = read(walk, id, depth + 1);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return { kind: "made", head, parts };
}

function taggedTerm(walk: Walk, expr: Extract<Expr, { kind: "template" }>, depth: number): Term | undefined {
  const tag = walk.facts.exprs[expr.tag];
  const name = tag?.kind === "ref" || tag?.kind === "member" ? tag.name : "";
  return made(walk, `${name}\`${expr.parts.join("$")}\``, expr.exprs, depth);
}

function objectTerm(walk: Walk, expr: Extract<Expr, { kind: "object" }>, depth: number): Term | undefined {
  const props: { name: string; value: Term }[] = [];
  for (const [i, prop] of expr.props.entries()) {
    if (prop.kind === "method" || prop.kind === "getter" || prop.kind === "setter") return undefined;
    const value = read(walk, prop.value, depth + 1);
    const key = prop.key === undefined ? undefined : read(walk, prop.key, depth + 1);
    if (value === undefined || (prop.key !== undefined && key === undefined)) return undefined;
    props.push({ name: prop.name ?? `…${i}${key === undefined ? "" : keyOfTerm(key)}`, value });
  }
  // Order matters only where something is spread over what stands before it.
  if (expr.props.every(({ kind }) => kind !== "spread")) props.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { kind: "made", head: "{}", names: props.map(({ name }) => name), parts: props.map(({ value }) => value) };
}

/** A call of something pure by its looks: what it is called on and with says what it gives. */
function callTerm(walk: Walk, expr: Extract<Expr, { kind: "call" | "new" }>, depth: number): Term | undefined {
  const callee = walk.facts.exprs[expr.callee];
  if (callee?.kind !== "ref" && callee?.kind !== "member") return undefined;
  if (IMPURE.test(callee.name) || (callee.name === "Date" && expr.args.length === 0)) return undefined;
  return made(walk, expr.kind === "new" ? "new" : "()", [expr.callee, ...expr.args], depth);
}

function ofName(walk: Walk, expr: Extract<Expr, { kind: "ref" }>, depth: number): Term | undefined {
  const { facts } = walk;
  const binding = facts.bindings[expr.binding];
  if (binding === undefined) return text(expr.name);
  if (binding.kind === "import") {
    const from = facts.imports[binding.import ?? NONE];
    // Files name one module by different paths; its last part and the export tell enough.
    return text(`${from?.module.split("/").at(-1) ?? ""}#${from?.imported ?? binding.name}`);
  }
  if (binding.kind === "function" || binding.kind === "class" || binding.kind === "enum")
    return text(`@${binding.name}`);
  if (binding.writes.length > 0 || binding.kind === "catch") return undefined;
  if (binding.fn === 0 && binding.loop === undefined) return text(`@${binding.name}`);
  const whole: Term = { kind: "local", binding: expr.binding, path: [] };
  if (binding.init === NONE || binding.loop !== undefined || binding.fallback !== undefined) return whole;
  // A constant stands for what it is declared with, unless that is only known by running something, or is changed later.
  const init =
    isRun(facts, binding.init) || isFilledLater(facts, expr.binding) ? undefined : read(walk, binding.init, depth + 1);
  if (init === undefined) return whole;
  return (binding.path ?? []).reduce<Term>((term, step) => project(term, step), init);
}

function isRun(facts: FileFacts, id: ExprId): boolean {
  const kind = facts.exprs[id]?.kind;
  return kind === "await" || kind === "call" || kind === "new" || kind === "yield" || kind === "array";
}

/** What stands under a name in a value. */
export function project(term: Term, name: string): Term {
  if (term.kind === "text") return text(`${term.text}.${name}`);
  if (term.kind !== "made") return { ...term, path: [...term.path, name] };
  const at = term.names?.indexOf(name) ?? -1;
  const part = term.parts[at];
  if (part !== undefined && term.names?.every((one) => !one.startsWith("…")) === true) return part;
  return { kind: "made", head: `.${name}`, parts: [term] };
}

/** The same term for the caller: each leaf that is not a constant is replaced, or the whole is given up. */
export function mapLeaves(
  term: Term,
  replace: (leaf: Exclude<Term, { kind: "text" | "made" }>) => Term | undefined,
): Term | undefined {
  if (term.kind === "text") return term;
  if (term.kind !== "made") return replace(term);
  const parts: Term[] = [];
  for (const part of term.parts) {
    const mapped = mapLeaves(part, replace);
    if (mapped === undefined) return undefined;
    parts.push(mapped);
  }
  // `{ userId }.userId` only shows once the object is known.
  if (term.head.startsWith(".") && term.head !== "..." && parts[0]?.kind === "made")
    return project(parts[0], term.head.slice(1));
  return { ...term, parts };
}

/** Every leaf that is not a constant. */
export function* leavesOf(term: Term): Generator<Exclude<Term, { kind: "text" | "made" }>> {
  if (term.kind === "text") return;
  if (term.kind !== "made") yield term;
  else for (const part of term.parts) yield* leavesOf(part);
}

/** Text that is the same for the same term and different for different ones. */
export function keyOfTerm(term: Term): string {
  switch (term.kind) {
    case "text":
      return term.text;
    case "input":
      return `$${[term.param, ...term.path].join(".")}`;
    case "local":
      return `%${[term.binding, ...term.path].join(".")}`;
    case "self":
      return ["this", ...term.path].join(".");
    case "made": {
      const parts = term.parts.map((part, i) => {
        const name = term.names?.[i];
        return name === undefined ? keyOfTerm(part) : `${name}: ${keyOfTerm(part)}`;
      });
      return `${term.head}(${parts.join(", ")})`;
    }
  }
}

/** Whether a binding is one that only a function's own run knows. */
export function isOwn(facts: FileFacts, binding: BindingId, fn: FunctionId): boolean {
  return facts.bindings[binding]?.fn === fn;
}
