/**
 * The shape of a dialect: how one ORM, driver or client library looks to a caller, as data without logic.
 *
 * A dialect is a small state machine over values. A value enters it where the library's export is constructed, called,
 * named as a type or extended; each property access or call moves it to another state; some steps perform an
 * operation (a query, a round trip). Everything is JSON-like, so that adding a library means writing one file, and so
 * that the documentation can be generated from it.
 */

/** What kind of system answers an operation. Only `sql`, `document` are databases in the sense of `n-plus-one` warnings. */
export type OperationKind = "sql" | "document" | "cache" | "http" | "rpc" | "inference" | "queue";
export type OperationAccess = "read" | "write" | "unknown";

export interface OperationSpec {
  readonly access: OperationAccess;
  /** How many rows it can return: `one` by design, `many`, or `none` for writes that return no rows. */
  readonly rows: "one" | "many" | "none";
  /**
   * When it reaches the other side: at the `call`, or only when the resulting thenable is awaited, returned, chained
   * with `then`/`catch`/`finally`, or given to a `Promise` combinator (`await`).
   */
  readonly when: "call" | "await";
  /** It takes a whole collection in one round trip (`createMany`, `insertMany`, `mget`). */
  readonly bulk?: true;
  /** Argument holding SQL text; the template itself for a tagged template (`tag`). `access` is then read off the text when it is known. */
  readonly sql?: number | "tag";
  /** Argument holding the filter (a `where` object inside it is looked for by the consumers), for reads and writes. */
  readonly filter?: number;
  /** The library merges same-tick calls of this operation into one round trip by itself. */
  readonly batched?: LibraryBatching;
  /** Another kind of system than the dialect's answers this one. */
  readonly kind?: OperationKind;
  /** It may well cost no round trip (an identity map, a method that only looks like one); such operations carry `confidence: "low"`. */
  readonly uncertain?: true;
  /** It writes what was changed before, so what it does depends on nothing it is given: the flush of a unit of work. */
  readonly flushes?: true;
}

/** Batching by a library itself, in which versions of it and when not. */
export interface LibraryBatching {
  /** Package whose installed version decides. */
  readonly package: string;
  /** First version that does it. A version that cannot be told counts as new enough. */
  readonly since: string;
  /** Versions that did not: from the first, before the second. */
  readonly except?: readonly [from: string, before: string];
  /** What it merges and when, put after the library's name and version: `merges calls of one tick into one query`. */
  readonly text: string;
  /** Property names that defeat it when they stand in the property `at` of this argument. */
  readonly defeatedBy?: { readonly arg: number; readonly at: string; readonly names: readonly string[] };
}

/** Where an operation's table, model or collection name comes from. */
export type TableSource =
  | "member"
  | "receiver"
  /** An argument, or a property of the object that is the argument or is given to the `new` that is. */
  | { readonly arg: number; readonly property?: string }
  | { readonly typeArg: number };

export interface DialectStep {
  /** State of the resulting value; absent: the result has left the dialect. `same` keeps the receiver's state and table. */
  readonly to?: string;
  readonly operation?: OperationSpec;
  /** The class of an argument names the operation: `client.send(new GetCommand(…))`. Names may hold one `*`; the first that fits counts. */
  readonly commands?: { readonly arg: number; readonly named: Readonly<Record<string, OperationSpec>> };
  readonly table?: TableSource;
  /** State of the rows that awaiting or iterating the result gives; `null`: plain data from here on. Unsaid, what was said before holds. */
  readonly rows?: string | null;
  /** Functions given to this call: which argument, in which states its parameters arrive, and how often it runs. */
  readonly callbacks?: readonly {
    readonly arg: number;
    readonly params: readonly (string | null)[];
    readonly runs: "once" | "per-element";
    /** The callback runs inside one database transaction. */
    readonly transaction?: true;
  }[];
}

export interface DialectState {
  /**
   * Steps for `value.name`; when `call` is set on the step's own entry it is the call of that member. `get*` matches longer names that go on with a
   * capital letter, `*` any other name.
   */
  readonly members?: Readonly<Record<string, DialectMember>>;
  /** Step for calling the value itself: `knex("users")`. */
  readonly call?: DialectStep;
  /** Step for a template tagged with the value, where that differs from a call: `sql\`…\``. */
  readonly tag?: DialectStep;
  /** Step for `new value(...)`: mongoose models. */
  readonly construct?: DialectStep;
}

export interface DialectMember {
  /** `value.name` as a value: `prisma.user`. */
  readonly get?: DialectStep;
  /** `value.name(...)`. */
  readonly call?: DialectStep;
}

export interface Dialect {
  /** Stable id: `prisma`, `typeorm`. */
  readonly id: string;
  readonly title: string;
  readonly kind: OperationKind;
  /** It runs inside the process: an operation costs microseconds and no round trip, so repeating it is worth a hint at most. */
  readonly inProcess?: true;
  /**
   * npm packages whose exports are described; subpaths count too (`drizzle-orm/node-postgres`). A trailing `*` matches a prefix.
   * `node:…` names a built-in, `global:` stands for names that no import brings in (`fetch`).
   */
  readonly packages: readonly string[];
  /**
   * Export paths so distinctive that an import of that name counts even from a module whose source is not there: generated
   * clients (`PrismaClient` from `../generated/prisma`).
   */
  readonly generated?: readonly string[];
  /** State of the export itself, by dotted export path (`default`, `Pool`, `*` for the namespace): for functions and values. */
  readonly exports?: Readonly<Record<string, string>>;
  /** State of an instance made by `new Export()` or declared with the type `Export` (type arguments give the table through `typeTable`). `*Client` matches any name that ends so. */
  readonly instances?: Readonly<Record<string, { readonly state: string; readonly typeTable?: number }>>;
  /** States of a class that extends `Export`: of the class itself and of its instances; its table is the class's name. */
  readonly subclasses?: Readonly<Record<string, { readonly class?: string; readonly instance?: string }>>;
  /** State of what a call of `Export(...)` gives (factories): `drizzle()`, `knex()`, `mysql.createPool()`. */
  readonly factories?: Readonly<Record<string, { readonly state: string; readonly table?: TableSource }>>;
  /** Decorators that inject an instance (`@InjectModel(User.name)`, `@InjectKysely()`), by `module#name`. Used only when the declared type says nothing. */
  readonly decorators?: Readonly<Record<string, { readonly state: string; readonly table?: TableSource }>>;
  /** Decorators of entity properties whose type is a promise: awaiting the property runs the query. */
  readonly lazyRelations?: Readonly<Record<string, { readonly state: string; readonly operation: OperationSpec }>>;
  readonly states: Readonly<Record<string, DialectState>>;
  /**
   * Last resort for receivers whose origin cannot be resolved (a context object typed by inference): the receiver's last names and the shape
   * that together leave no doubt. Applied only when the workspace depends on one of `packages`. Such operations carry `confidence: "low"`.
   */
  readonly shapes?: readonly {
    /** Names of the client as it usually hangs off a context: `prisma`, `db`. */
    readonly receivers: readonly string[];
    readonly state: string;
  }[];
  /**
   * The same for models whose place cannot be found (an index that loads its folder): methods of no other library, called on a name that begins with a
   * capital. Their table is that name.
   */
  readonly modelMethods?: { readonly names: readonly string[]; readonly state: string };
  /** Documentation the shapes were taken from. */
  readonly documentation: string;
}

/** Checks the data's inner references and returns it: every `to`, `state` and callback parameter must name a state. */
export function defineDialect(dialect: Dialect): Dialect {
  const known = new Set([...Object.keys(dialect.states), "same"]);
  const used: string[] = [];
  const step = (s: DialectStep | undefined): void => {
    if (s?.to !== undefined) used.push(s.to);
    if (typeof s?.rows === "string") used.push(s.rows);
    for (const callback of s?.callbacks ?? []) used.push(...callback.params.filter((p) => p !== null));
  };
  for (const state of Object.values(dialect.states)) {
    step(state.call);
    step(state.tag);
    step(state.construct);
    for (const member of Object.values(state.members ?? {})) {
      step(member.get);
      step(member.call);
    }
  }
  used.push(...Object.values(dialect.exports ?? {}));
  const entries: readonly Readonly<Record<string, { readonly state: string }>>[] = [
    dialect.instances ?? {},
    dialect.factories ?? {},
    dialect.decorators ?? {},
    dialect.lazyRelations ?? {},
  ];
  for (const group of entries) used.push(...Object.values(group).map((entry) => entry.state));
  for (const sub of Object.values(dialect.subclasses ?? {})) {
    used.push(...[sub.class, sub.instance].filter((s) => s !== undefined));
  }
  used.push(...(dialect.shapes ?? []).map((shape) => shape.state));
  if (dialect.modelMethods !== undefined) used.push(dialect.modelMethods.state);
  const missing = used.filter((name) => !known.has(name));
  if (missing.length > 0)
    throw new Error(`dialect ${dialect.id} names unknown states: ${[...new Set(missing)].join(", ")}`);
  return dialect;
}
