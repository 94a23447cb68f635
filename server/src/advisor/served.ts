/** Whether an access path of a table finds the rows that a query needs. */
import type { Index, IndexPart } from "../catalog/model.js";
import type { Need } from "./table-needs.js";
import { isLowUse } from "./column-use.js";

/** How well a path serves: `unique` finds at most one row, `equal` those of one value, `range` a stretch, `weak` only by columns of few values. */
export type Service = "unique" | "equal" | "range" | "weak";

const strength: Readonly<Record<Service, number>> = { unique: 4, equal: 3, range: 2, weak: 1 };

/** The best service any of the paths gives; undefined when none does. */
export function bestService(paths: readonly Index[], needs: readonly Need[]): Service | undefined {
  const path = servingPath(paths, needs);
  return path === undefined ? undefined : serviceOf(path, needs);
}

/** The path that serves best. */
export function servingPath(paths: readonly Index[], needs: readonly Need[]): Index | undefined {
  let best: { readonly path: Index; readonly service: Service } | undefined;
  for (const path of paths) {
    const service = serviceOf(path, needs);
    if (service === undefined || (best !== undefined && strength[service] <= strength[best.service])) continue;
    best = { path, service };
  }
  return best?.path;
}

export function serviceOf(path: Index, needs: readonly Need[]): Service | undefined {
  if (path.where !== undefined && !isImplied(path.where, needs)) return undefined;
  switch (path.method) {
    case "btree":
    case "hash":
      return orderedService(path, needs);
    case "brin":
      return rangeOrEqual(path, needs) === undefined ? undefined : "range";
    case "gin":
    case "gist":
    case "spgist":
    case "fulltext":
    case "text":
    case "geo":
    case "vector":
    case "other":
      // Trigram, exclusion and other operator classes serve equality too; which ones, the names do not always say.
      return path.parts.some((part) => needs.some((need) => matches(part, need))) ? "equal" : undefined;
  }
}

const specialKinds: ReadonlySet<Need["kind"]> = new Set(["wildcard", "insensitive", "prefix", "other"]);

function orderedService(path: Index, needs: readonly Need[]): Service | undefined {
  let equalParts = 0;
  let strong = false;
  for (const part of path.parts) {
    const need = needs.find((one) => isEquality(one) && matches(part, one));
    if (need === undefined) break;
    equalParts++;
    if (need.kind !== "null" && !isLowUse(need.column)) strong = true;
  }
  if (equalParts === path.parts.length && path.unique) return "unique";
  if (strong) return "equal";
  const next = path.method === "hash" ? undefined : path.parts[equalParts];
  const range = next === undefined ? undefined : needs.find((one) => isStretch(one) && matches(next, one));
  if (range !== undefined) return "range";
  return equalParts > 0 ? "weak" : undefined;
}

function rangeOrEqual(path: Index, needs: readonly Need[]): Need | undefined {
  const [first] = path.parts;
  return first === undefined
    ? undefined
    : needs.find((one) => (isEquality(one) || isStretch(one)) && matches(first, one));
}

function isEquality({ kind }: Need): boolean {
  return kind === "equal" || kind === "in" || kind === "null";
}

function isStretch({ kind }: Need): boolean {
  return kind === "range" || kind === "prefix";
}

/** Whether a part of an index is the column, or the very expression, that is asked for. */
export function matches(part: IndexPart, need: Need): boolean {
  if (need.fn === undefined) {
    if (part.column === need.column.name) return true;
    // A trigram or text index may be on an expression around the column.
    return specialKinds.has(need.kind) && part.expression?.includes(need.column.name) === true;
  }
  if (part.column === need.column.name && /^(lower|upper)$/.test(need.fn)) return need.column.type === "citext";
  const text = part.expression?.replace(/\s|"/g, "").toLowerCase();
  if (text === undefined) return false;
  const name = need.column.name.toLowerCase();
  const wanted = need.fn.startsWith("::") ? [`${name}${need.fn}`, `(${name})${need.fn}`] : [`${need.fn}(${name})`];
  return wanted.includes(text) || wanted.includes(text.replace(/::text/g, ""));
}

/** Parts of predicates that are understood: about one column, and nothing but null or a literal. */
const simplePart = /^(not )?"?\w+"?( is (not )?null| is (true|false)| = ('[^']*'(::\w+)?|[\w.]+))?$/;

/** Whether the predicate of a partial index is understood, so that not following from a query means that it does not serve. */
export function isSimplePredicate(where: string): boolean {
  return predicateParts(where).every((part) => simplePart.test(part));
}

function predicateParts(where: string): readonly string[] {
  return where.split(/\s+and\s+/i).map((part) =>
    part
      .trim()
      .replace(/^\((.*)\)$/, "$1")
      .toLowerCase(),
  );
}

/** Whether what a query asks implies the predicate of a partial index; only simple predicates are understood. */
export function isImplied(where: string, needs: readonly Need[]): boolean {
  return predicateParts(where).every((part) => needs.some((need) => impliesPart(part, need)));
}

function impliesPart(part: string, need: Need): boolean {
  if (need.fn !== undefined) return false;
  const name = need.column.name.toLowerCase();
  if (part === `${name} is null`) return need.kind === "null";
  if (part === `${name} is not null`) return need.kind !== "null";
  if (need.kind !== "equal" || need.value?.kind !== "literal") return false;
  const { value } = need.value;
  if (part === name || part === `${name} is true`) return value === true;
  if (part === `not ${name}` || part === `${name} is false`) return value === false;
  const text = typeof value === "string" ? `'${value.toLowerCase()}'` : String(value);
  return part.replace(/::\w+/g, "") === `${name} = ${text}`;
}

/** Whether an index gives rows in the wanted order once these needs are met by its leading equal columns. */
export function servesOrder(
  path: Index,
  needs: readonly Need[],
  order: readonly { readonly column: string; readonly direction: "asc" | "desc" }[],
): boolean {
  if (path.method !== "btree" || (path.where !== undefined && !isImplied(path.where, needs))) return false;
  const [first] = order;
  if (first === undefined) return true;
  let at = 0;
  const single = (part: IndexPart): boolean =>
    needs.some(
      (need) =>
        (need.kind === "equal" || need.kind === "null") && need.fn === undefined && part.column === need.column.name,
    );
  while (at < path.parts.length && path.parts[at]?.column !== first.column && single(path.parts[at] ?? {})) at++;
  const begin = path.parts[at];
  if (begin?.column !== first.column || begin.prefixLength !== undefined) return false;
  const flipped = (begin.descending === true) !== (first.direction === "desc");
  for (const [i, term] of order.entries()) {
    const part = path.parts[at + i];
    // What the index does not order is sorted within equal values of what it does: cheap.
    if (part === undefined || part.column !== term.column) return i > 0;
    if (((part.descending === true) !== (term.direction === "desc")) !== flipped) return i > 0;
  }
  return true;
}
