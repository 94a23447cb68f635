/**
 * Whether a value that came from somewhere else is facts all the way down: every field of the type that `model.ts` declares, every index within its table, and
 * trees that are trees. Later stages follow indexes without looking, so facts that another machine made are believed only after this.
 *
 * It cannot tell facts that are well-formed and untrue; the tag of a workspace key does.
 */
import { EXTRACTOR_VERSION, type FileFacts } from "./model.js";

type Check = (value: unknown, at: Place) => boolean;

/** Sizes of the tables, and which record is being looked at. */
interface Place {
  readonly sizes: Readonly<Record<Table, number>>;
  readonly id: number;
}

type Table = "exprs" | "functions" | "regions" | "bindings" | "classes" | "imports";

export function isSoundFacts(value: unknown): value is FileFacts {
  if (!isRecord(value) || value["extractorVersion"] !== EXTRACTOR_VERSION) return false;
  const tables = Object.keys(TABLES);
  if (!tables.every((table) => Array.isArray(value[table]))) return false;
  const sizeOf = (table: Table): number => (value[table] as readonly unknown[]).length;
  const sizes = {
    exprs: sizeOf("exprs"),
    functions: sizeOf("functions"),
    regions: sizeOf("regions"),
    bindings: sizeOf("bindings"),
    classes: sizeOf("classes"),
    imports: sizeOf("imports"),
  };
  if (sizes.functions === 0 || sizes.regions === 0) return false;
  return tables.every((table) => {
    const check = TABLES[table];
    return (value[table] as readonly unknown[]).every((record, id) => check?.(record, { sizes, id }) === true);
  });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text: Check = (value) => typeof value === "string";
const whole: Check = (value) => Number.isSafeInteger(value) && 0 <= (value as number);
const yes: Check = (value) => value === true;
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string);
const list =
  (check: Check): Check =>
  (value, at) =>
    Array.isArray(value) && value.every((one) => check(one, at));
const optional =
  (check: Check): Check =>
  (value, at) =>
    value === undefined || check(value, at);

/** An index into a table. */
const into =
  (table: Table): Check =>
  (value, { sizes }) =>
    Number.isInteger(value) && 0 <= (value as number) && (value as number) < sizes[table];
/** The same, or `NONE`. */
const maybe = (table: Table): Check => {
  const check = into(table);
  return (value, at) => value === -1 || check(value, at);
};
/** An earlier record of the same table, or `NONE`: no chain of parents runs in a circle. */
const earlier: Check = (value, { id }) => Number.isInteger(value) && -1 <= (value as number) && (value as number) < id;
/** A part of this expression, which always comes later, or `NONE`. */
const part: Check = (value, { sizes, id }) =>
  value === -1 || (Number.isInteger(value) && id < (value as number) && (value as number) < sizes.exprs);

function record(fields: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(fields);
  return (value, at) => isRecord(value) && checks.every(([name, check]) => check(value[name], at));
}

const span = record({ start: whole, end: whole });
const expr = maybe("exprs");
const texts = list(text);

/** Deeper types are not written by people. */
const MAX_TYPE_DEPTH = 200;

const type: Check = (value) => isType(value, 0);
const members: Check = (value) => isRecord(value) && Object.values(value).every((one) => isType(one, 1));

function isType(value: unknown, depth: number): boolean {
  if (MAX_TYPE_DEPTH < depth || !isRecord(value) || typeof value["name"] !== "string") return false;
  const { args, members: fields, text: written, member } = value;
  return (
    (args === undefined || (Array.isArray(args) && args.every((one) => isType(one, depth + 1)))) &&
    (fields === undefined || (isRecord(fields) && Object.values(fields).every((one) => isType(one, depth + 1)))) &&
    (written === undefined || typeof written === "string") &&
    (member === undefined || typeof member === "string")
  );
}

const called = { callee: part, args: list(part), typeArgs: optional(list(type)) };
const property = record({
  name: optional(text),
  kind: oneOf("value", "shorthand", "method", "getter", "setter", "spread", "computed"),
  value: part,
  key: optional(part),
});

const EXPRESSIONS: ReadonlyMap<unknown, Check> = new Map(
  Object.entries({
    ref: { name: text, binding: maybe("bindings") },
    this: {},
    super: {},
    member: { object: part, name: text, nameStart: whole, optional: optional(yes) },
    index: { object: part, index: part },
    call: called,
    new: called,
    literal: {
      value: ((value) => value === null || ["string", "number", "boolean"].includes(typeof value)) satisfies Check,
    },
    regexp: { source: text, flags: text },
    template: { tag: part, parts: texts, exprs: list(part) },
    object: { props: list(property) },
    array: { elements: list(part) },
    function: { fn: into("functions") },
    class: { cls: into("classes") },
    await: { value: part },
    yield: { value: part, delegate: optional(yes) },
    spread: { value: part },
    conditional: { test: part, whenTrue: part, whenFalse: part },
    logical: { op: oneOf("&&", "||", "??"), left: part, right: part },
    binary: { op: text, left: part, right: part },
    unary: { op: text, value: part },
    assign: { op: text, target: part, value: part },
    import: { value: part },
    other: { children: list(part) },
  } as const).map(([kind, fields]) => [
    kind,
    record({ ...fields, start: whole, end: whole, parent: earlier, region: into("regions"), asserted: optional(type) }),
  ]),
);

const loop = record({
  form: oneOf("for-of", "for-await", "for-in", "for", "while", "do"),
  statement: span,
  over: expr,
  bindings: list(into("bindings")),
  init: list(expr),
  test: expr,
  step: expr,
  label: optional(text),
});

const parameter = record({
  binding: maybe("bindings"),
  type: optional(type),
  init: expr,
  rest: optional(yes),
  optional: optional(yes),
  property: optional(text),
  decorators: optional(list(expr)),
});

const member = record({
  name: text,
  kind: oneOf("method", "property", "getter", "setter", "constructor", "parameter-property"),
  static: optional(yes),
  abstract: optional(yes),
  fn: maybe("functions"),
  type: optional(type),
  init: expr,
  span,
  decorators: list(expr),
  assigned: list(expr),
});

const enumMember = record({
  name: text,
  value: (value) => value === undefined || typeof value === "string" || typeof value === "number",
});

const TABLES: Readonly<Record<string, Check>> = {
  lineStarts: whole,
  exprs: (value, at) => isRecord(value) && EXPRESSIONS.get(value["kind"])?.(value, at) === true,
  functions: record({
    kind: oneOf(
      ...["module", "function", "arrow", "method", "constructor", "getter", "setter"],
      ...["static-block", "field-initializer"],
    ),
    name: text,
    span,
    nameSpan: span,
    parent: earlier,
    definedIn: maybe("regions"),
    body: into("regions"),
    expr,
    binding: maybe("bindings"),
    cls: maybe("classes"),
    static: optional(yes),
    async: optional(yes),
    generator: optional(yes),
    params: list(parameter),
    returnType: optional(type),
    typeParams: optional(texts),
    decorators: optional(list(expr)),
    returns: list(expr),
    passedTo: optional(record({ call: into("exprs"), arg: whole })),
    directives: optional(texts),
  }),
  regions: record({
    kind: oneOf("function", "loop", "branch", "try", "catch", "finally", "block"),
    parent: earlier,
    fn: into("functions"),
    span,
    loop: optional(loop),
    branch: optional(record({ test: expr, arm: oneOf("then", "else", "case", "default", "and", "or", "nullish") })),
  }),
  bindings: record({
    name: text,
    kind: oneOf(
      ...["const", "let", "var", "param", "function", "class", "enum", "import", "catch", "type", "namespace"],
    ),
    span,
    fn: into("functions"),
    region: into("regions"),
    init: expr,
    path: optional(texts),
    fallback: optional(expr),
    type: optional(type),
    param: optional(whole),
    loop: optional(into("regions")),
    cls: optional(maybe("classes")),
    function: optional(maybe("functions")),
    import: optional(into("imports")),
    writes: list(expr),
    members: optional(list(enumMember)),
  }),
  classes: record({
    name: text,
    span,
    binding: maybe("bindings"),
    superclass: expr,
    superTypeArgs: optional(list(type)),
    implements: list(type),
    abstract: optional(yes),
    typeParams: optional(texts),
    decorators: list(expr),
    members: list(member),
  }),
  types: record({
    name: text,
    kind: oneOf("interface", "alias"),
    span,
    typeParams: optional(texts),
    type: optional(type),
    members: optional(members),
    extends: optional(list(type)),
  }),
  imports: record({
    module: text,
    imported: text,
    local: text,
    typeOnly: optional(yes),
    span,
    form: oneOf("import", "require", "dynamic", "side-effect"),
  }),
  exports: record({
    name: text,
    binding: maybe("bindings"),
    expr,
    local: optional(text),
    module: optional(text),
    imported: optional(text),
    typeOnly: optional(yes),
  }),
  exits: record({
    kind: oneOf("return", "throw", "break", "continue", "yield"),
    region: into("regions"),
    expr,
    span,
    label: optional(text),
  }),
  suppressions: record({
    scope: oneOf("next-line", "file"),
    rules: texts,
    reason: optional(text),
    span,
    line: whole,
  }),
  directives: text,
  problems: record({ kind: oneOf("syntax-error", "too-deep", "truncated"), message: text, span }),
};
