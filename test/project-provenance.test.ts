/** Where values come from: names, members, classes, types, calls. Each case is a small project through the real extractor. */
import { expect, test } from "vitest";
import { linkFiles } from "./harness/link-files.js";

const prismaClient = {
  "db.ts": `import { PrismaClient } from "@prisma/client"; export const prisma = new PrismaClient();`,
};

test("destructuring, aliases and object literals keep what they hold", () => {
  const project = linkFiles({
    "api.ts":
      "export const api = { users: { find() {} }, load: () => {} }; export function make() { return { nested: api }; }",
    "main.ts": `import { api, make } from "./api";
      const { users, load: fetchIt } = api; users.find(); fetchIt();
      const { nested: { users: again } } = make(); again.find();
      const copy = { ...api }; copy.load();
      const [first, second] = [api.load, api.users]; first(); second.find();`,
  });
  expect(project.calls("users.find")).toEqual(["api.ts#find"]);
  expect(project.call("fetchIt")).toBe("api.ts#load");
  expect(project.call("again.find")).toBe("api.ts#find");
  expect(project.call("copy.load")).toBe("api.ts#load");
  expect(project.call("first")).toBe("api.ts#load");
  expect(project.call("second.find")).toBe("api.ts#find");
});

test("constructor injection: parameter properties, assignments, declared fields, initialisers", () => {
  const project = linkFiles({
    "repo.ts": "export class UserRepo { find() {} }",
    "service.ts": `import { UserRepo } from "./repo";
      export class A { constructor(private readonly repo: UserRepo) {} run() { this.repo.find(); } }
      export class B { private repo; constructor(repo: UserRepo) { this.repo = repo; } run() { this.repo.find(); } }
      export class C { repo = new UserRepo(); run() { const { repo } = this; repo.find(); } }
      export class D { declare repo: UserRepo; run = () => { [1].forEach(() => this.repo.find()); }; }`,
  });
  expect(project.calls("this.repo.find")).toEqual([
    "repo.ts#UserRepo.find",
    "repo.ts#UserRepo.find",
    "repo.ts#UserRepo.find",
  ]);
  expect(project.call("repo.find")).toBe("repo.ts#UserRepo.find");
});

test("superclasses, super, statics, getters and abstract members", () => {
  const project = linkFiles({
    "base.ts": `export abstract class Base { load() {} static make() {} abstract save(): void; get self() { return this.helper(); } helper() { return new Other(); } run() { this.save(); } }
      export class Other { ping() {} }`,
    "child.ts": `import { Base } from "./base";
      export class Child extends Base { save() {} load() { super.load(); this.self.ping(); } static build() { return new this(); } }
      Child.make(); new Child().load(); Child.build();`,
  });
  expect(project.call("super.load")).toBe("base.ts#Base.load");
  expect(project.call("this.self.ping")).toBe("base.ts#Other.ping");
  expect(project.call("Child.make")).toBe("base.ts#Base.make");
  expect(project.call("this.save")).toBe("child.ts#Child.save");
  expect(project.call("new Child")).toBe("");
});

test("new runs the constructor and the initialisers, inherited ones too", () => {
  const project = linkFiles({
    "a.ts": `function setUp() {} export class Base { cache = setUp(); constructor() {} } export class Child extends Base {} class Own extends Base { constructor() { super(); } }
      new Child(); new Own();`,
  });
  expect(project.call("new Child")).toBe("a.ts#Base.cache, a.ts#Base.constructor");
  expect(project.call("new Own")).toBe("a.ts#Own.constructor");
  expect(project.call("super")).toBe("a.ts#Base.cache, a.ts#Base.constructor");
});

test("interfaces stand for the classes that implement them; several of them are a guess", () => {
  const project = linkFiles({
    "port.ts": "export interface Mailer { send(to: string): void } export interface Clock { now(): number }",
    "impl.ts": `import { Mailer, Clock } from "./port"; export class Smtp implements Mailer { send() {} } export class Memory implements Mailer { send() {} } export class System implements Clock { now() { return 0; } }
      class Unrelated { send() {} }`,
    "use.ts": `import type { Mailer, Clock } from "./port"; export function use(mailer: Mailer, clock: Clock) { mailer.send("x"); clock.now(); }`,
  });
  expect(project.call("mailer.send")).toBe("impl.ts#Memory.send, impl.ts#Smtp.send, ?");
  expect(project.call("clock.now")).toBe("impl.ts#System.now");
});

test("implementations made for tests do not make the real one a guess", () => {
  const project = linkFiles({
    "store.ts": "export interface Store { load(): void }",
    "sql-store.ts": `import { Store } from "./store"; export class SqlStore implements Store { load() {} }`,
    "fixtures/memory-store.ts": `import { Store } from "../store"; export class MemoryStore implements Store { load() {} }`,
    "other.ts": `import { Store } from "./store"; export class FakeStore implements Store { load() {} }`,
    "use.ts": `import { Store } from "./store"; export function use(store: Store) { store.load(); }`,
  });
  expect(project.call("store.load")).toBe("sql-store.ts#SqlStore.load");
});

test("declared types: aliases, unions, wrappers, typeof, ReturnType, InstanceType, indexed access, generics", () => {
  const project = linkFiles({
    "repo.ts":
      "export class Repo { find() {} } export const repo = new Repo(); export function make() { return repo; }",
    "use.ts": `import type { Repo } from "./repo"; import { repo, make, Repo as R } from "./repo"; type Args<T> = [first: string, deps: { repo: T }];
      export function k(...[, { repo: fromTuple }]: Args<Repo>) { fromTuple.find(); } export function l([, deps]: [number, { repo: Repo }]) { deps.repo.find(); }
      type Maybe<T> = T | null; interface Deps { repo: Repo; nested: { list: Repo[] } } type Box = { value: Awaited<ReturnType<typeof make>> };
      export function a(x: Maybe<Repo>) { x.find(); }
      export function b(x: Promise<Repo | undefined>) { x.find(); }
      export function c({ repo: r }: Deps) { r.find(); }
      export function d(x: typeof repo) { x.find(); }
      export function e(x: Box["value"]) { x.find(); }
      export function f(deps: Pick<Deps, "nested">) { for (const item of deps.nested.list) item.find(); }
      export function g(x: InstanceType<typeof R>) { x.find(); }
      export function h(get: () => Promise<Repo>) { get().find(); }
      export const i: (x: Repo) => void = (y) => { y.find(); };
      export function j(x: import("./repo").Repo) { x.find(); }`,
  });
  expect(project.calls("x.find")).toEqual(Array.from({ length: 6 }, () => "repo.ts#Repo.find"));
  for (const callee of ["r.find", "item.find", "get().find", "y.find", "deps.repo.find"])
    expect(project.call(callee)).toBe("repo.ts#Repo.find");
});

test("types exported as default, under another name, and through module.exports", () => {
  const project = linkFiles({
    "a.ts": "class Repo { find() {} } export default Repo;",
    "b.ts":
      "interface Deps { repo: { load(): void } } class Box { open() {} } export { Box as Crate, type Deps as Needs };",
    "c.js": "class Old { run() {} } module.exports = Old;",
    "use.ts": `import type Repo from "./a"; import type { Crate, Needs } from "./b"; import Old from "./c"; type Both<T> = T & { extra: number };
      export function use(a: Both<Repo>, b: Crate, c: Old) { a.find(); b.open(); c.run(); }`,
  });
  expect(project.call("a.find")).toBe("a.ts#Repo.find");
  expect(project.call("b.open")).toBe("b.ts#Box.open");
  expect(project.call("c.run")).toBe("c.js#Old.run");
});

test("generic types keep what their parameters stand for", () => {
  const project = linkFiles({
    "tx.ts": `export type Transactional<S> = S & { transactional: <R>(fn: (service: S) => R) => Promise<R> }; export interface Box<T> { open(): T; each(fn: (item: T) => void): void }
      export type Loop<T> = T extends 1 ? 2 : Loop<T[]>; export type Endless<T> = Endless<T[]>;`,
    "use.ts": `import type { Transactional, Box, Loop, Endless } from "./tx"; class Users { save() {} }
      export function run(users: Transactional<Users>, box: Box<Users>, endless: Endless<Users>) { users.transactional((inner) => inner.save()); box.open().save(); box.each((item) => item.save()); endless.save(); }`,
  });
  for (const callee of ["inner.save", "box.open().save", "item.save"])
    expect(project.call(callee)).toBe("use.ts#Users.save");
  expect(project.call("endless.save")).toBe("");
});

test("a client kept on the global object is as certain as the one made", () => {
  const project = linkFiles({
    "package.json": `{ "dependencies": { "@prisma/client": "6" } }`,
    "db.ts": `import { PrismaClient } from "@prisma/client"; declare global { namespace NodeJS { interface Global {} } }
      const prisma = (global as any).prisma || new PrismaClient(); if (process.env.DEV) (global as any).prisma = prisma; export default prisma;`,
    "use.ts": `import prisma from "./db"; export const count = () => prisma.user.count();`,
  });
  expect(project.operations("use.ts")).toEqual(["prisma.count user read one"]);
});

test("tables of values give what they hold", () => {
  const project = linkFiles({
    "a.ts": `class Cache { addEvents() {} } class Box { private caches: Record<string, Cache> = {}; private byId = new Map<string, Cache>();
      run(key: string, more: Map<number, Cache>) { this.caches[key].addEvents(); this.byId.get(key)?.addEvents(); more.get(1)!.addEvents(); for (const one of more.values()) one.addEvents(); } }`,
  });
  const calls = [
    "this.caches[key].addEvents",
    "this.byId.get(key)?.addEvents",
    "more.get(1)!.addEvents",
    "one.addEvents",
  ];
  expect(calls.map((callee) => project.call(callee))).toEqual(calls.map(() => "a.ts#Cache.addEvents"));
});

test("what functions return: annotations, inferred, async, factories of objects, generics, singletons", () => {
  const project = linkFiles({
    ...prismaClient,
    "make.ts": `import { prisma } from "./db"; import { PrismaClient } from "@prisma/client";
      export function remember<T>(key: string, make: () => T): T { return (globalThis as any)[key] ??= make(); }
      export const kept = remember("prisma", () => new PrismaClient());
      let client: PrismaClient | undefined; export function getClient() { if (!client) client = new PrismaClient(); return client; }
      let lazy = null; export const getLazy = async () => { lazy = lazy ?? prisma; return lazy; };
      export const createService = ({ db }: { db: PrismaClient }) => ({ find: () => db.user.findMany(), other() { return this.find(); } });
      const globalForPrisma = globalThis as unknown as { prisma: PrismaClient | undefined };
      export const shared = globalForPrisma.prisma ?? new PrismaClient();
      const loose = global as any; loose.db = prisma; export const fromGlobal = loose.db;`,
    "use.ts": `import { kept, getClient, getLazy, createService, shared, fromGlobal } from "./make"; import { prisma } from "./db";
      export async function run() {
        await kept.a.count(); await getClient().b.count(); await (await getLazy()).c.count(); await shared.d.count(); await fromGlobal.e.count();
        const service = createService({ db: prisma }); service.find(); service.other();
      }`,
  });
  expect(project.operations("use.ts").map((line) => line.split(" ")[1])).toEqual(["a", "b", "c", "d", "e"]);
  expect(project.call("service.find")).toBe("make.ts#find");
  expect(project.call("this.find")).toBe("make.ts#find");
  expect(project.call("db.user.findMany")).toContain("prisma.findMany user read many");
});

test("wrappers of packages give back the function they are given", () => {
  const project = linkFiles({
    "a.ts": `import { cache } from "react"; import memoize from "lodash/memoize"; import { promisify } from "node:util"; import asyncHandler from "express-async-handler";
      async function loadUser() {} const cached = cache(loadUser); const kept = memoize(() => loadUser()); const later = promisify(loadUser); const handler = asyncHandler(async function handle() {});
      export function run() { cached(); kept(); later(); handler(); loadUser.call(null); loadUser.bind(null)(); }`,
  });
  expect(project.call("cached")).toBe("a.ts#loadUser");
  expect(project.call("later")).toBe("a.ts#loadUser");
  expect(project.call("kept")).toBe("a.ts#anonymous");
  expect(project.call("loadUser.call")).toBe("a.ts#loadUser");
  expect(project.call("loadUser.bind(null)")).toBe("a.ts#loadUser");
});

test("parameters take what callers in the same file pass, and callbacks what the call hands them", () => {
  const project = linkFiles({
    ...prismaClient,
    "use.js": `import { prisma } from "./db"; function count(client) { return client.user.count(); } count(prisma);
      function withClient(fn) { return fn(prisma); } withClient((given) => given.post.count());
      const clients = [prisma]; clients.map((each) => each.tag.count()); for (const one of clients) one.log.count();
      Promise.resolve(prisma).then((later) => later.job.count());`,
  });
  expect(
    project
      .operations("use.js")
      .map((line) => line.split(" ")[1])
      .sort(),
  ).toEqual(["job", "log", "post", "tag", "user"]);
});

test("Promise.all keeps positions", () => {
  const project = linkFiles({
    "a.ts": `class X { go() {} } class Y { stop() {} } const makeX = async () => new X(); const makeY = async () => new Y();
      export async function run() { const [x, y] = await Promise.all([makeX(), makeY()]); x.go(); y.stop(); }`,
  });
  expect(project.call("x.go")).toBe("a.ts#X.go");
  expect(project.call("y.stop")).toBe("a.ts#Y.stop");
});

test("injection decorators: providers by token, forwardRef, classes", () => {
  const project = linkFiles({
    "module.ts": `import { Module } from "@nestjs/common"; import { S3 } from "./s3"; export const STORE = "STORE";
      @Module({ providers: [{ provide: STORE, useClass: S3 }, { provide: "CLOCK", useFactory: () => new Clock() }] }) export class AppModule {} export class Clock { now() {} }`,
    "s3.ts": "export class S3 { put() {} }",
    "use.ts": `import { Inject, Injectable, forwardRef } from "@nestjs/common"; import { STORE } from "./module"; import { S3 } from "./s3";
      @Injectable() export class Use { constructor(@Inject(STORE) private store, @Inject("CLOCK") private clock, @Inject(forwardRef(() => S3)) private s3: S3) {}
        run() { this.store.put(); this.clock.now(); this.s3.put(); } }`,
  });
  expect(project.call("this.store.put")).toBe("s3.ts#S3.put");
  expect(project.call("this.clock.now")).toBe("module.ts#Clock.now");
  expect(project.call("this.s3.put")).toBe("s3.ts#S3.put");
});

test("unknown receivers link by name only when the name is distinctive and belongs to one class", () => {
  const project = linkFiles({
    "a.ts":
      "export class A { recalculateTotals() {} findMany() {} update() {} duplicated() {} } export class B { duplicated() {} }",
    "use.js": "export function run(x) { x.recalculateTotals(); x.findMany(); x.update(); x.duplicated(); }",
  });
  expect(project.call("x.recalculateTotals")).toBe("a.ts#A.recalculateTotals, ?");
  for (const callee of ["x.findMany", "x.update", "x.duplicated"]) expect(project.call(callee)).toBe("");
});

test("values that lead back to themselves are unknown, from wherever they are asked", () => {
  const project = linkFiles({
    "a.ts": `import { b } from "./b"; export const a = b; export const again = { ...again }; export class A extends A {}
      export interface I extends I {} export function f() { return f(); } export let q = 1 ? q : f;`,
    "b.ts": `import { a } from "./a"; export const b = a;`,
    "use.ts": `import { a, again, A, I, f, q } from "./a"; export function use(i: I) { a(); again.x(); new A().y(); i.z(); f()(); q(); }`,
  });
  for (const callee of ["a", "again.x", "newA().y", "i.z", "f()"]) expect(project.call(callee, "use.ts")).toBe("");
  expect(project.call("q")).toBe("a.ts#f");
});

test("long chains end without a stack overflow", () => {
  const chain = Array.from({ length: 3000 }, (_, i) => `.step${i}()`).join("");
  const or = Array.from({ length: 3000 }, (_, i) => `a${i}`).join(" || ");
  const project = linkFiles({ "a.ts": `import start from "start"; start()${chain}; const x = ${or}; x();` });
  expect(project.linker.link("/case/a.ts").length).toBeGreaterThan(10);
});

test("tRPC contexts come from the type the set-up names", () => {
  const project = linkFiles({
    ...prismaClient,
    "trpc.ts": `import { initTRPC } from "@trpc/server"; import { prisma } from "./db";
      export const createContext = async () => ({ prisma, user: null });
      const t = initTRPC.meta<{ a: 1 }>().context<typeof createContext>().create({});
      export const publicProcedure = t.procedure; export const router = t.router; export const withRole = (role) => publicProcedure.use(({ next }) => next());`,
    "users.ts": `import { router, publicProcedure, withRole } from "./trpc"; import { z } from "zod";
      export const users = router({
        list: publicProcedure.input(z.object({})).output(z.any()).query(async ({ ctx }) => ctx.prisma.user.findMany()),
        add: withRole("admin").input(z.any()).mutation(async (opts) => { await opts.ctx.prisma.log.create({}); }),
      });`,
  });
  expect(project.operations("users.ts")).toEqual(["prisma.findMany user read many", "prisma.create log write none"]);
});

test("functions in object literals know their parameters from the place the object stands in", () => {
  const project = linkFiles({
    ...prismaClient,
    "limit.ts": `import type { PrismaClient } from "@prisma/client"; interface Options { create: (tx: PrismaClient) => void }
      export function withinLimit(options: Options) { options.create(null as never); } export type Job = { run: (db: PrismaClient) => void };`,
    "use.ts": `import { withinLimit, type Job } from "./limit"; withinLimit({ create: (tx) => { tx.user.create({}); } });
      export const job: Job = { run(db) { db.job.count(); } }; export const other = { run: (db) => { db.tag.count(); } } satisfies Job;`,
  });
  expect(project.operations("use.ts")).toEqual([
    "prisma.create user write none",
    "prisma.count job read one",
    "prisma.count tag read one",
  ]);
});

test("a callback that is handed on receives what the last one in the row passes", () => {
  const project = linkFiles({
    ...prismaClient,
    "tx.ts": `import { prisma } from "./db"; function transaction(input: any) { return prisma.$transaction(input); } export default { transaction };`,
    "use.ts": `import db from "./tx"; export function run() { const { transaction } = db; return transaction(async (tx) => { await tx.user.deleteMany({}); }); }`,
  });
  expect(project.operations("use.ts")).toEqual(["prisma.deleteMany user write none transaction bulk"]);
});

test("members added to a package's interface, and instances taken out of a container", () => {
  const project = linkFiles({
    "plugin.ts": `import type { PrismaClient } from "@prisma/client"; declare module "fastify" { interface FastifyInstance { prisma: PrismaClient } }`,
    "use.ts": `import type { FastifyInstance } from "fastify"; import { Container } from "typedi"; import { ModuleRef } from "@nestjs/core"; class Users { save() {} } interface Clock { now(): Users }
      export async function routes(app: FastifyInstance, ref: ModuleRef, scope) { await app.prisma.user.count(); app.listen();
        Container.get(Users).save(); ref.get(Users, { strict: false }).save(); scope.resolve<Clock>("clock").now().save(); }`,
  });
  expect(project.operations("use.ts")).toEqual(["prisma.count user read one"]);
  expect(project.call("app.listen")).toBe("fastify#FastifyInstance.prototype.listen");
  expect(project.call("Container.get(Users).save")).toBe("use.ts#Users.save");
  expect(project.call("ref.get(Users,{strict:false}).save")).toBe("use.ts#Users.save");
  expect(project.call('scope.resolve<Clock>("clock").now().save')).toBe("use.ts#Users.save");
});

test("untyped parameters take what the files that import the function pass, as a guess", () => {
  const project = linkFiles({
    "db.js": `const knex = require("knex"); module.exports = knex({});`,
    "users.js": `module.exports = (db) => ({ all: () => db("users").select() }); `,
    "jobs.js": `class Jobs { constructor(db) { this.db = db; } next() { return this.db("jobs").first(); } } module.exports = { Jobs, count: (client) => client("jobs").count() };`,
    "main.js": `const db = require("./db"); const users = require("./users")(db); const makeUsers = require("./users"); const { Jobs } = require("./jobs"); const jobs = require("./jobs");
      makeUsers(db).all(); new Jobs(db).next(); jobs.count(db);`,
  });
  expect(project.operations("users.js")).toEqual(["knex.knex users read many ?"]);
  expect(project.operations("jobs.js")).toEqual(["knex.first jobs read one ?", "knex.count jobs read one ?"]);
  expect(project.call("makeUsers(db).all")).toBe("users.js#all");
  expect(project.edit("main.js", "")).toEqual(["jobs.js", "main.js", "users.js"]);
  expect(project.operations("users.js")).toEqual([]);
});
