/** Where an answer that is the same for everybody is kept: in a cache within reach of the code that asks, else in the process. */
import type { Span } from "../../base/span.js";
import { findTable } from "../../catalog/lookup.js";
import { NONE, type BindingId } from "../../facts/model.js";
import { keepAnswer, type AnswerToKeep } from "../../fixes/caching/keep-answer.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import { camelCase } from "../../fixes/names.js";
import type { FileView } from "../../project/file-view.js";
import type { KeyedRead } from "../../project/keyed-reads.js";
import type { CallSite, Value } from "../../project/model.js";
import type { TableWriter } from "../../project/table-writers.js";
import { moduleNames } from "../clients/module-names.js";

export interface KeepQuestion {
  readonly site: CallSite;
  readonly read: KeyedRead;
  readonly table: string;
  readonly writers: readonly TableWriter[];
}

/** Libraries whose rows are plain objects; those of others know their connection and can save themselves. */
const PLAIN_ROWS: ReadonlySet<string> = new Set(["prisma", "drizzle", "kysely", "knex"]);

export function keepFixes(question: KeepQuestion, view: FileView, sources: FixSources): readonly Fix[] {
  const { read, table, writers } = question;
  const call = view.facts.exprs[read.operation.expr];
  if (call === undefined || !PLAIN_ROWS.has(read.operation.dialect)) return [];
  // What is written inside a transaction is not there yet when it is written.
  if (writers.some(({ operation }) => operation.transaction === true)) return [];
  const found = keeperFor(question, view, sources, call);
  if (found === undefined) return [];
  const name = camelCase(table);
  const writes = writers.flatMap(({ at: { file }, operation, owner }) => {
    const expr = sources.program?.factsOf(owner.file)?.exprs[operation.expr];
    return [{ path: file, call: expr ?? operation.span }];
  });
  return keepAnswer(sources, { path: view.path, call, name, key: keyOf(question, view, sources), writes, ...found });
}

type Found = Pick<AnswerToKeep, "keeper" | "shared">;

function keeperFor(question: KeepQuestion, view: FileView, sources: FixSources, call: Span): Found | undefined {
  const many = question.read.operation.rows === "many";
  if (isJson(question, view)) {
    const shared = nestCache(question, view, sources) ?? redisOf(question, view, sources);
    if (shared !== undefined) return shared;
  }
  const lru = many ? lruOf(view, sources) : undefined;
  if (lru !== undefined) return lru;
  return moduleNames(view, call) === undefined ? undefined : { keeper: { kind: "process" }, shared: undefined };
}

/** Columns that read the same after they were written as JSON: no dates, no decimals, no bytes. */
const JSON_TYPE =
  /^(string|text|varchar|char|character|citext|uuid|int|integer|int2|int4|smallint|mediumint|tinyint|serial|float|float4|float8|double|real|bool|boolean|json|jsonb|enum)\b/;

function isJson({ table, read }: KeepQuestion, view: FileView): boolean {
  const found = findTable(view.catalog, table, { near: view.path, dialect: read.operation.dialect });
  if (found === undefined || found.columns.length === 0) return false;
  return found.columns.every(({ type, values }) => values !== undefined || JSON_TYPE.test(type));
}

/** `@Inject(CACHE_MANAGER) private cache: Cache` of the class that asks; `wrap` takes milliseconds from version 5 on. */
function nestCache({ site }: KeepQuestion, view: FileView, sources: FixSources): Found | undefined {
  const ranges = sources.program
    ?.packagesAround(view.path)
    .flatMap(({ ranges: all }) => all.get("cache-manager") ?? []);
  const major = Number(/\d+/.exec(ranges?.[0] ?? "")?.[0]);
  if (!(5 <= major)) return undefined;
  for (const parameter of parametersOf(view, site)) {
    const isCache = parameter.decorators?.some((id) => view.textOf(id, 100).includes("CACHE_MANAGER")) === true;
    if (isCache && parameter.property !== undefined)
      return { keeper: { kind: "cache-manager", client: `this.${parameter.property}` }, shared: undefined };
  }
  return undefined;
}

/** Parameters of the constructor of the class a call stands in. */
function parametersOf(view: FileView, site: CallSite): FileView["facts"]["functions"][number]["params"] {
  const { functions } = view.facts;
  let fn = functions[site.fn];
  for (let hops = 0; fn !== undefined && fn.cls === NONE && fn.parent > 0 && hops < 10; hops++)
    fn = functions[fn.parent];
  const cls = fn?.cls ?? NONE;
  return cls === NONE ? [] : (functions.find((one) => one.kind === "constructor" && one.cls === cls)?.params ?? []);
}

function redisOf({ site }: KeepQuestion, view: FileView, sources: FixSources): Found | undefined {
  for (const parameter of parametersOf(view, site)) {
    const type = parameter.type?.name ?? "";
    const from = view.facts.imports.find(({ local }) => local === type.split(".")[0]);
    if (parameter.property !== undefined && from?.module === "ioredis" && /^(Redis|IORedis)$/.test(type))
      return { keeper: { kind: "ioredis", client: `this.${parameter.property}`, type }, shared: undefined };
  }
  for (const [id, binding] of view.facts.bindings.entries()) {
    if (binding.fn !== 0 || binding.region !== 0 || (binding.kind !== "const" && binding.kind !== "import")) continue;
    const value = valueOf(view, id);
    if (value?.kind !== "dialect" || value.state !== "client" || !isClient(value.dialect)) continue;
    return {
      keeper: { kind: value.dialect === "redis" ? "node-redis" : "ioredis", client: binding.name },
      shared: sharedOf(view, sources, id),
    };
  }
  return undefined;
}

function isClient(dialect: string): boolean {
  return dialect === "ioredis" || dialect === "redis";
}

function valueOf(view: FileView, id: BindingId): Value | undefined {
  const init = view.facts.bindings[id]?.init ?? NONE;
  if (init !== NONE && view.facts.bindings[id]?.path === undefined) return view.valueOf(init);
  const use = view.facts.exprs.findIndex((expr) => expr.kind === "ref" && expr.binding === id);
  return use < 0 ? undefined : view.valueOf(use);
}

/** How other files would import it. */
function sharedOf(view: FileView, { program }: FixSources, id: BindingId): Found["shared"] {
  const { bindings, imports, exports } = view.facts;
  const binding = bindings[id];
  const imported = binding?.import === undefined ? undefined : imports[binding.import];
  if (imported !== undefined && binding !== undefined) {
    const file = program?.fileOf(view.path, imported.module);
    return file === undefined || imported.imported !== binding.name ? undefined : { name: binding.name, file };
  }
  const exported = exports.find((one) => one.binding === id && one.name === binding?.name);
  return exported === undefined ? undefined : { name: exported.name, file: view.path };
}

/** `const cache = new LRUCache<string, object>(…)` of the file, when it takes values of any kind. */
function lruOf(view: FileView, sources: FixSources): Found | undefined {
  for (const [id, binding] of view.facts.bindings.entries()) {
    if (binding.fn !== 0 || binding.region !== 0 || binding.kind !== "const" || binding.init === NONE) continue;
    const value = valueOf(view, id);
    const made = view.facts.exprs[binding.init];
    if (value?.kind !== "external-instance" || value.module !== "lru-cache" || made?.kind !== "new") continue;
    const types = /^new [\w.]+<([^>]*)>\(/.exec(sources.textOf(view.path)?.slice(made.start, made.end) ?? "")?.[1];
    const takesAny = types === undefined ? /\.[cm]?jsx?$/.test(view.path) : ANY_VALUE.test(types);
    if (takesAny) return { keeper: { kind: "lru", client: binding.name }, shared: sharedOf(view, sources, id) };
  }
  return undefined;
}

/** `string, object`: type arguments that let any answer in. */
const ANY_VALUE = /^(string|any)\s*,\s*(any|object|\{\})$/;

/** A text that stands nowhere else in the program: two answers under one key would be taken for each other. */
function keyOf({ site, table }: KeepQuestion, view: FileView, { program }: FixSources): string {
  const base = `${camelCase(table)}:${view.facts.functions[site.fn]?.name || "all"}`;
  const isTaken = (key: string): boolean =>
    program
      ?.files()
      .some((path) => program.factsOf(path)?.exprs.some((expr) => expr.kind === "literal" && expr.value === key)) ===
    true;
  for (let n = 1; ; n++) {
    const key = n === 1 ? base : `${base}:${n}`;
    if (!isTaken(key)) return key;
  }
}
