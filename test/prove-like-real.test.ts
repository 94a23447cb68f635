/**
 * The stand-ins of TypeORM and Sequelize beside the real libraries on a real PostgreSQL, on the same rows: each case must give the same, down to the order, the
 * missing properties and the words of an error.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { runInThisContext } from "node:vm";
import { Client } from "pg";
import { ts } from "ts-morph";
import { afterAll, describe, expect, test } from "vitest";
import { createStatements, insertStatements, quoted } from "../server/src/proving/made-up-data.js";
import { keptProver } from "./harness/bundled-prover.js";
import { postgresPrograms, startPostgres } from "./harness/postgres-server.js";
import { proofOf } from "./harness/prover.js";
import { repositoryRoot } from "./harness/repository.js";

const typesFolder = path.join(repositoryRoot, "test/types");
const programs = postgresPrograms();
const installed = existsSync(path.join(typesFolder, "node_modules/typeorm"));
const missing =
  programs === undefined ? "PostgreSQL is not installed" : installed ? "" : "the real libraries are not installed";

type Case = () => Promise<unknown>;
type Body = (exports: object, require: (specifier: string) => unknown, module: object) => void;

const ROWS = 30;
const SEED = 5;
/** Everything a case gives, as both sides can write it. */
const MARK = "return found;";

function filesOf(library: string): Readonly<Record<string, string>> {
  const folder = path.join(repositoryRoot, "test/workspaces/like-real", library);
  const names = [
    "package.json",
    "db/schema.sql",
    "src/cases.ts",
    library === "typeorm" ? "src/entities.ts" : "src/models.ts",
  ];
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
}

interface Real {
  readonly cases: Readonly<Record<string, Case>>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The modules with the real library, whose connection is this one's. */
function load(files: Readonly<Record<string, string>>, library: string, url: string): Real {
  const real = createRequire(path.join(typesFolder, "package.json"));
  const connections: { readonly start: () => Promise<unknown>; readonly stop: () => Promise<unknown> }[] = [];
  const own = real(library) as Record<string, new (options: object) => never>;
  const class_ = library === "typeorm" ? "DataSource" : "Sequelize";
  const Original = own[class_] as unknown as new (...given: readonly unknown[]) => {
    readonly initialize: () => Promise<unknown>;
    readonly destroy: () => Promise<unknown>;
    readonly close: () => Promise<unknown>;
  };
  class Connected extends Original {
    constructor(options: object) {
      if (library === "typeorm") super({ ...options, url });
      else super(url, options);
      connections.push(
        library === "typeorm"
          ? { start: () => this.initialize(), stop: () => this.destroy() }
          : { start: () => Promise.resolve(), stop: () => this.close() },
      );
    }
  }
  const replaced: object = new Proxy(own, {
    get: (all, key) => (key === class_ ? Connected : Reflect.get(all, key)) as unknown,
  });
  const loaded = new Map<string, object>();
  const module = (name: string): object => {
    const known = loaded.get(name);
    if (known !== undefined) return known;
    const made = { exports: {} };
    loaded.set(name, made.exports);
    const compilerOptions = {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
      experimentalDecorators: true,
      useDefineForClassFields: false,
    };
    const { outputText } = ts.transpileModule(files[name] ?? "", { compilerOptions });
    const body = runInThisContext(`(function (exports, require, module) {${outputText}\n})`) as Body;
    const require = (specifier: string): unknown =>
      specifier.startsWith(".")
        ? module(`src/${specifier.slice(2).replace(/\.js$/, "")}.ts`)
        : specifier === library
          ? replaced
          : real(specifier);
    body(made.exports, require, made);
    return made.exports;
  };
  const cases = module("src/cases.ts") as Readonly<Record<string, Case>>;
  return {
    cases,
    start: async () => {
      await Promise.all(connections.map(({ start }) => start()));
    },
    stop: async () => {
      await Promise.all(connections.map(({ stop }) => stop()));
    },
  };
}

async function answerOf(run: Case | undefined): Promise<string> {
  try {
    return JSON.stringify(await run?.());
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

describe.runIf(missing === "")(missing === "" ? "beside the real library" : `skipped: ${missing}`, () => {
  const server = programs === undefined || missing !== "" ? undefined : startPostgres(programs);
  const prover = missing === "" ? keptProver(120_000) : undefined;
  afterAll(async () => (await server)?.stop());

  for (const library of missing === "" ? ["typeorm", "sequelize"] : []) {
    test(library, { timeout: 600_000 }, async () => {
      const { url } = await server!;
      const files = filesOf(library);
      const code = files["src/cases.ts"] ?? "";
      const names = [...code.matchAll(/export async function (\w+)/g)].map(([, name = ""]) => name);
      expect(names.length).toBeGreaterThan(14);
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query("SET TIME ZONE 'UTC'; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
      const question = (name: string, edits: readonly { start: number; end: number; newText: string }[]) =>
        proofOf(files, {
          path: "/case/src/cases.ts",
          offset: code.indexOf(MARK, code.indexOf(`function ${name}(`)),
          edits: [{ path: "/case/src/cases.ts", edits }],
          trials: [{ rows: ROWS, seed: SEED }],
        });
      const first = question(names[0] ?? "", []);
      if ("reason" in first) throw new Error(first.reason);
      const { tables } = first.request;
      await client.query(createStatements(tables).join(";"));
      const real = load(files, library, url);
      const wrong: string[] = [];
      try {
        await real.start();
        for (const name of names) {
          const fill = insertStatements(tables, ROWS, SEED).join(";");
          await client.query(`TRUNCATE ${tables.map((table) => quoted(table.name)).join(", ")}; ${fill}`);
          const answer = await answerOf(real.cases[name]);
          // The other version gives what the real library gave.
          const at = code.indexOf(`function ${name}(`);
          const mark = code.indexOf(MARK, at);
          const body = code.indexOf("{", at) + 1;
          const compared = `JSON.stringify(found)`;
          const before = code.slice(0, mark) + `return ${compared};` + code.slice(mark + MARK.length);
          const proof = proofOf(
            { ...files, "src/cases.ts": before },
            {
              path: "/case/src/cases.ts",
              offset: mark,
              edits: [
                {
                  path: "/case/src/cases.ts",
                  edits:
                    answer.startsWith("[") || answer.startsWith("{")
                      ? [
                          {
                            start: mark,
                            end: mark + `return ${compared};`.length,
                            newText: `return ${JSON.stringify(answer)};`,
                          },
                        ]
                      : [
                          {
                            start: body,
                            end: body,
                            newText: ` if (true) { const error = new Error(${JSON.stringify(answer.slice(answer.indexOf(": ") + 2))}); error.name = ${JSON.stringify(answer.slice(0, answer.indexOf(": ")))}; throw error; }`,
                          },
                        ],
                },
              ],
              trials: [{ rows: ROWS, seed: SEED }],
            },
          );
          if ("reason" in proof) throw new Error(proof.reason);
          const report = await (await prover!).prove(proof.request);
          const isError = !/^[[{]/.test(answer);
          // A function that only fails proves nothing, and says how.
          const same = isError
            ? report.kind === "unprovable" && report.reason === `on made-up data it only fails: ${answer}`
            : report.kind === "proved";
          if (!same) wrong.push(`${name}: ${JSON.stringify(report)} where the library gives ${answer.slice(0, 300)}`);
        }
      } finally {
        await real.stop();
        await client.end();
      }
      expect(wrong).toEqual([]);
    });
  }
});
