/** What stands for Mongoose: models with plain queries. Hooks and plugins of schemas, and documents that save themselves, are refused by name. */
import { Lazy, strict } from "../lazy.js";
import { partly } from "../passing.js";
import { written } from "../sql.js";
import { cannot, outside, outsideName } from "../stub.js";
import { change, collectionOf, insert, type Kept, readAll, remove } from "./documents.js";
import { CastError, type Doc, inOrder, matches, valueAt } from "./filter.js";
import { idText, ObjectId } from "./object-id.js";

class Schema {
  static readonly Types = new Proxy(
    { ObjectId },
    { get: (own, key) => (key in own ? Reflect.get(own, key) : outside(`mongoose.${String(key)}`)) as unknown },
  );
  readonly methods: Doc = {};
  readonly statics: Doc = {};
  /** What runs beside queries. */
  readonly hooks = new Set<string>();
  pre(name: unknown): this {
    this.hooks.add(written(name));
    return this;
  }
  post(name: unknown): this {
    return this.pre(name);
  }
  plugin(): this {
    this.hooks.add("a plugin");
    return this;
  }
  set(): this {
    return this;
  }
  index(): this {
    return this;
  }
  method(name: string, work: unknown): this {
    this.methods[name] = work;
    return this;
  }
  static(name: string, work: unknown): this {
    this.statics[name] = work;
    return this;
  }
  virtual(name: string): unknown {
    this.hooks.add(`the virtual \`${name}\``);
    return outside(`virtual ${name}`);
  }
}

class DocumentNotFoundError extends Error {
  override readonly name = "DocumentNotFoundError";
}

interface Made {
  readonly collection: () => Kept;
  readonly schema: Schema | undefined;
}

/** What a document that is not lean can do beside holding its values. */
class Document {
  get id(): unknown {
    return idText(Reflect.get(this, "_id"));
  }
  toObject(): Doc {
    return { ...(this as unknown as Doc) };
  }
  toJSON(): Doc {
    return this.toObject();
  }
  get(path: string): unknown {
    return valueAt(this, path);
  }
  save(): never {
    throw cannot("it saves a document by itself, which has no stand-in");
  }
}

class Query extends Lazy<unknown> {
  readonly #model: Made;
  readonly #one: boolean;
  #filter: unknown;
  readonly #order = new Map<string, number>();
  #limit: number | undefined;
  #skip = 0;
  #lean = false;
  #fail = false;
  #selected: unknown;
  readonly #along: { readonly path: string; readonly select: unknown }[] = [];

  constructor(model: Made, one: boolean, filter: unknown, selected: unknown) {
    super();
    this.#model = model;
    this.#one = one;
    this.#filter = filter;
    this.#selected = selected;
  }
  find(filter: unknown): this {
    this.#filter = { $and: [this.#filter ?? {}, filter ?? {}] };
    return this;
  }
  sort(given: unknown): this {
    const entries: (readonly [string, unknown])[] =
      typeof given === "string"
        ? given
            .split(/\s+/)
            .filter((one) => one !== "")
            .map((one) => (one.startsWith("-") ? [one.slice(1), -1] : [one, 1]))
        : Object.entries((given ?? {}) as Doc);
    for (const [path, direction] of entries) this.#order.set(path, /^(-1|desc)/.test(written(direction)) ? -1 : 1);
    return this;
  }
  limit(count: number): this {
    this.#limit = count;
    return this;
  }
  skip(count: number): this {
    this.#skip = count;
    return this;
  }
  lean(): this {
    this.#lean = true;
    return this;
  }
  select(given: unknown): this {
    this.#selected = given;
    return this;
  }
  populate(given: unknown, select?: unknown): this {
    const list = Array.isArray(given)
      ? (given as readonly unknown[])
      : typeof given === "string"
        ? given.split(/\s+/)
        : [given];
    for (const one of list) {
      const {
        path,
        select: own,
        ...more
      } = typeof one === "string"
        ? { path: one, select }
        : (one as { readonly path: string; readonly select?: unknown });
      if (0 < Object.keys(more).length) throw cannot("it populates with options that have no stand-in");
      this.#along.push({ path, select: own });
    }
    return this;
  }
  orFail(given?: unknown): this {
    if (given !== undefined) throw cannot("it makes its own error when there is no document");
    this.#fail = true;
    return this;
  }
  read(): this {
    return this;
  }
  maxTimeMS(): this {
    return this;
  }
  session(): this {
    return this;
  }
  exec(): Promise<unknown> {
    return this.then((value) => value);
  }

  protected async run(): Promise<unknown> {
    const { collection: open, schema } = this.#model;
    const collection = open();
    refuseHooks(schema, /find|init|plugin|virtual/, collection.name);
    const all = (await readAll(collection)).filter((doc) => matches(collection, doc, this.#filter));
    const ordered = 0 < this.#order.size ? inOrder(all, this.#order) : all;
    const end = this.#one
      ? this.#skip + 1
      : this.#limit === undefined || this.#limit === 0
        ? undefined
        : this.#skip + this.#limit;
    const found = ordered.slice(this.#skip, end).map((doc) => projected(doc, this.#selected));
    for (const one of this.#along) await populate(collection, found, one);
    if (this.#fail && found.length === 0)
      throw new DocumentNotFoundError(
        `No document found for query "${JSON.stringify(this.#filter)}" on model "${collection.name}"`,
      );
    const made = this.#lean ? found : found.map((doc) => documentOf(doc, schema));
    return this.#one ? (made[0] ?? null) : made;
  }
}

function refuseHooks(schema: Schema | undefined, kind: RegExp, name: string): void {
  const hook = [...(schema?.hooks ?? [])].find((one) => kind.test(one));
  if (hook !== undefined) throw cannot(`the schema of \`${name}\` has ${hook}, which has no stand-in`);
}

function documentOf(doc: Doc, schema: Schema | undefined): object {
  const prototype = Object.create(Document.prototype) as object;
  for (const [name, value] of Object.entries(schema?.methods ?? {})) Object.defineProperty(prototype, name, { value });
  return Object.assign(Object.create(prototype) as object, doc);
}

/** `"name -_id"`, `{ name: 1 }` or a list of paths. */
function projected(doc: Doc, selected: unknown): Doc {
  const entries: (readonly [string, boolean])[] =
    typeof selected === "string" || Array.isArray(selected)
      ? (Array.isArray(selected)
          ? (selected as readonly string[])
          : selected.split(/\s+/).filter((one) => one !== "")
        ).map((one) => (one.startsWith("-") ? [one.slice(1), false] : [one, true]))
      : Object.entries((selected ?? {}) as Doc).map(([path, wanted]) => [path, Boolean(wanted)]);
  if (entries.length === 0) return doc;
  if (entries.some(([path]) => /[.+$]/.test(path))) throw cannot("it selects parts of a field");
  const wanted = new Map(entries);
  const positive = entries.some(([path, one]) => one && path !== "_id");
  return Object.fromEntries(
    Object.entries(doc).filter(([path]) =>
      path === "_id" ? wanted.get(path) !== false : positive ? wanted.get(path) === true : wanted.get(path) !== false,
    ),
  );
}

async function populate(
  collection: Kept,
  docs: readonly Doc[],
  { path, select }: { readonly path: string; readonly select: unknown },
): Promise<void> {
  const relation = collection.relations.get(path);
  if (relation === undefined) throw cannot(`\`${collection.name}\` has no reference \`${path}\``);
  const target = collectionOf(relation.target);
  const others = new Map((await readAll(target)).map((doc) => [idText(doc["_id"]), projected(doc, select)]));
  const one = (key: unknown): unknown => (key === undefined || key === null ? key : (others.get(idText(key)) ?? null));
  for (const doc of docs) {
    const value = doc[path];
    if (value === undefined) continue;
    doc[path] = Array.isArray(value) ? value.map(one).filter((found) => found !== null) : one(value);
  }
}

/** Reads, changes and answers as each operation does. */
class Model {
  readonly #made: Made;
  constructor(made: Made) {
    this.#made = made;
  }
  find(filter?: unknown, selected?: unknown): Query {
    return query(this.#made, false, filter, selected);
  }
  findOne(filter?: unknown, selected?: unknown): Query {
    return query(this.#made, true, filter, selected);
  }
  findById(id: unknown, selected?: unknown): Query {
    return query(this.#made, true, { _id: id }, selected);
  }
  async countDocuments(filter?: unknown): Promise<number> {
    return (await this.#matching(filter)).length;
  }
  async exists(filter: unknown): Promise<unknown> {
    const [found] = await this.#matching(filter);
    return found === undefined ? null : { _id: found["_id"] };
  }
  async distinct(path: string, filter?: unknown): Promise<unknown[]> {
    const values = (await this.#matching(filter))
      .map((doc) => valueAt(doc, path))
      .filter((value) => value !== undefined);
    return [...new Map(values.map((value) => [written(value), value])).values()];
  }
  async create(given: unknown): Promise<unknown> {
    this.#refuse(/save|validate|insert|plugin/);
    const made = await insert(this.#made.collection(), Array.isArray(given) ? (given as Doc[]) : [given as Doc]);
    const docs = made.map((doc) => documentOf(doc, this.#made.schema));
    return Array.isArray(given) ? docs : docs[0];
  }
  async insertMany(given: readonly Doc[]): Promise<unknown> {
    this.#refuse(/save|validate|insert|plugin/);
    return (await insert(this.#made.collection(), given)).map((doc) => documentOf(doc, this.#made.schema));
  }
  async updateMany(filter: unknown, update: unknown): Promise<object> {
    const found = await this.#silently(filter);
    await change(this.#made.collection(), found, update);
    return updated(found.length);
  }
  async updateOne(filter: unknown, update: unknown, options?: { readonly upsert?: boolean }): Promise<object> {
    if (options?.upsert === true) throw cannot("it updates with `upsert`");
    const found = (await this.#silently(filter)).slice(0, 1);
    await change(this.#made.collection(), found, update);
    return updated(found.length);
  }
  async deleteMany(filter: unknown): Promise<object> {
    const found = await this.#silently(filter);
    await remove(this.#made.collection(), found);
    return { acknowledged: true, deletedCount: found.length };
  }
  async deleteOne(filter: unknown): Promise<object> {
    const found = (await this.#silently(filter)).slice(0, 1);
    await remove(this.#made.collection(), found);
    return { acknowledged: true, deletedCount: found.length };
  }
  async #matching(filter: unknown): Promise<Doc[]> {
    const collection = this.#made.collection();
    return (await readAll(collection)).filter((doc) => matches(collection, doc, filter));
  }
  /** What a write looks for is part of the write. */
  async #silently(filter: unknown): Promise<Doc[]> {
    this.#refuse(/update|delete|remove|plugin/i);
    const collection = this.#made.collection();
    return (await readAll(collection, true)).filter((doc) => matches(collection, doc, filter));
  }
  #refuse(kind: RegExp): void {
    refuseHooks(this.#made.schema, kind, this.#made.collection().name);
  }
}

const refuse = (what: string): Error => cannot(`it uses \`${what}\` of Mongoose, which has no stand-in`);

function query(made: Made, one: boolean, filter: unknown, selected: unknown): Query {
  return strict(new Query(made, one, filter, selected), "query", refuse);
}

const models = new Map<string, unknown>();

function model(name: string, schema?: unknown): unknown {
  const known = models.get(name);
  if (known !== undefined) return known;
  const own = schema instanceof Schema ? schema : undefined;
  const made = strict(
    Object.assign(new Model({ collection: () => collectionOf(name), schema: own }), { modelName: name }, own?.statics),
    name,
    refuse,
  );
  models.set(name, made);
  return made;
}

/** The model that is injected for a class. */
export function modelFor(target: unknown): unknown {
  const name = typeof target === "function" && outsideName(target) === undefined ? target.name : "";
  return model(name);
}

const Types = Schema.Types;
const exported = {
  Schema,
  Types,
  ObjectId,
  model,
  models: new Proxy({}, { get: (_own, key) => (typeof key === "string" ? models.get(key) : undefined) }),
  isValidObjectId: (value: unknown) => ObjectId.isValid(value),
  Error: { CastError, DocumentNotFoundError },
  connect: () => Promise.resolve(),
};

export const mongooseModule: unknown = partly("mongoose", { ...exported, default: partly("mongoose", exported) });
export const nestMongooseModule: unknown = partly("@nestjs/mongoose", {});

/** What MongoDB answers to an update that inserted nothing. */
function updated(count: number): object {
  return { acknowledged: true, matchedCount: count, modifiedCount: count, upsertedCount: 0, upsertedId: null };
}
