/** Runs one version of a program once: a fresh context, a transaction that is undone afterwards, and text as the only thing that crosses. */
import vm from "node:vm";
import type { PGlite } from "@electric-sql/pglite";
import type { Encoded, Outcome, ProofProgram, ProofRequest, ProofTable } from "./proof-case.js";
import { quoted, sequenceOf } from "./made-up-data.js";
import { Statements } from "./statements.js";

export interface SideResult {
  readonly outcome: Outcome;
  readonly queryCount: number;
  readonly ms: number;
  /** The tables afterwards, as text. */
  readonly state: string;
}

/** The tables that are there. A run that asks for another one ends; it begins anew when that is made. */
export interface Tables {
  readonly made: readonly ProofTable[];
  /** Those that can be made, by every name. */
  readonly others: ReadonlyMap<string, ProofTable>;
  /** Arguments for unique columns are values no row has. */
  readonly fresh: boolean;
  /** Every name of the environment has a value; otherwise none has. */
  readonly configured: boolean;
  /** Of requests. */
  readonly method: string;
}

export interface Wanted {
  readonly wanted: readonly ProofTable[];
}

interface SandboxResult {
  readonly outcome: Outcome;
  readonly queryCount: number;
  readonly ms: number;
}

/** Types that JavaScript cannot hold exactly, or that libraries read differently: `int8`, `date`, `timestamp`, `timestamptz`, `numeric`. */
const AS_TEXT = [20, 1082, 1114, 1184, 1700];
const parsers = Object.fromEntries(AS_TEXT.map((type) => [type, (value: string) => value]));

export async function runSide(
  database: PGlite,
  sandbox: vm.Script,
  program: ProofProgram,
  request: ProofRequest,
  tables: Tables,
  rows: number,
): Promise<SideResult | Wanted> {
  await database.exec("BEGIN");
  try {
    const result = await inContext(database, sandbox, program, request, tables, rows);
    return "wanted" in result ? result : { ...result, state: await stateOf(database, tables.made) };
  } finally {
    await database.exec("ROLLBACK");
    // Sequences do not go back with a transaction.
    await database.exec(
      tables.made
        .map((table) => `SELECT setval('${quoted(sequenceOf(table)).replaceAll("'", "''")}', ${rows + 1_000})`)
        .join(";"),
    );
  }
}

function inContext(
  database: PGlite,
  sandbox: vm.Script,
  program: ProofProgram,
  request: ProofRequest,
  tables: Tables,
  rows: number,
): Promise<SandboxResult | Wanted> {
  const context = vm.createContext(Object.create(null) as object, {
    codeGeneration: { strings: false, wasm: false },
    name: "proof",
  });
  sandbox.runInContext(context);
  const modules = defineModules(program, context);
  const statements = new Statements(database, { rowMode: "array", parsers });
  // Written inside the context, so that no function or object of this side is ever in reach of the program: closures cannot be opened.
  const enter = vm.runInContext(ENTER, context) as (json: string, bodies: object, host: Host) => void;
  const one = {
    entry: program.entry,
    imports: Object.fromEntries(Object.entries(program.modules).map(([path, { imports }]) => [path, imports])),
    target: request.target,
    tables: request.tables,
    made: tables.made.map(({ name }) => name),
    rows,
    fresh: tables.fresh,
    configured: tables.configured,
    method: tables.method,
  };
  return new Promise((resolve) => {
    enter(JSON.stringify(one), modules.bodies, {
      load: modules.load,
      send: (text, params, answer) => {
        const wanted = wantedBy(text, tables);
        // Nobody answers: the run is over.
        if (0 < wanted.length) resolve({ wanted });
        else void send(statements, text, params).then(answer);
      },
      now: () => performance.now(),
      done: (json) => resolve(JSON.parse(json) as SandboxResult),
    });
  });
}

/** Tables a statement names that are not there yet. A word that only looks like one makes a table nobody reads. */
function wantedBy(text: string, { others }: Tables): readonly ProofTable[] {
  if (others.size === 0) return [];
  const words = [...(text.match(/[\p{L}_$][\p{L}\d_$]*/gu) ?? []), ...(text.match(/(?<=")[^"]+(?=")/g) ?? [])];
  return [...new Set(words.flatMap((word) => others.get(word) ?? []))];
}

interface Host {
  readonly load: (path: string) => void;
  readonly send: (text: string, params: string, answer: (json: string) => void) => void;
  readonly now: () => number;
  readonly done: (json: string) => void;
}

const ENTER = `"use strict"; ((start) => { delete globalThis.__hotpathStart; return (json, bodies, host) => {
  start(json, bodies, {
    send: (text, params, answer) => { host.send(String(text), String(params), (json) => { answer(json); }); },
    load: (path) => { host.load(String(path)); },
    now: () => host.now(),
    done: (json) => { host.done(String(json)); },
  });
}; })(globalThis.__hotpathStart)`;

/** Translated modules by their text: both versions of a program share nearly all, and every run begins with a fresh context. */
const scripts = new Map<string, vm.Script>();

function scriptOf(path: string, code: string): vm.Script {
  const known = scripts.get(code);
  if (known !== undefined) return known;
  const made = new vm.Script(`(function (exports, require, module) {${code}\n})`, { filename: path });
  scripts.set(code, made);
  return made;
}

/** Modules as functions of the context, each made when it is asked for. One that does not parse is left out: asking for it ends the proof. */
function defineModules(
  program: ProofProgram,
  context: vm.Context,
): { readonly bodies: object; readonly load: (path: string) => void } {
  const define = vm.runInContext(
    `"use strict"; ((bodies) => ({ bodies, add: (path, body) => { bodies[path] = body; } }))({ __proto__: null })`,
    context,
  ) as { readonly bodies: object; readonly add: (path: string, body: unknown) => void };
  const load = (path: string): void => {
    const code = Object.hasOwn(program.modules, path) ? program.modules[path]?.code : undefined;
    if (code === undefined) return;
    try {
      define.add(path, scriptOf(path, code).runInContext(context));
    } catch {
      return;
    }
  };
  return { bodies: define.bodies, load };
}

async function send(statements: Statements, text: string, params: string): Promise<string> {
  try {
    const values = (JSON.parse(params) as readonly unknown[]).map(fromJson);
    const result = await statements.run<readonly unknown[]>(text, values);
    return JSON.stringify({
      ok: {
        columns: result.fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID })),
        values: result.rows,
        affected: result.affectedRows ?? 0,
      },
    });
  } catch (error) {
    const { message = String(error), code = "" } = error as { readonly message?: string; readonly code?: string };
    return JSON.stringify({ error: { message, code } });
  }
}

function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== "object" || value === null) return value;
  if ("$d" in value) return new Date(String(value.$d));
  return "$n" in value ? String(value.$n) : value;
}

/** All rows of all tables in one text; rows are in order of their values, because a fix may write them in another. */
async function stateOf(database: PGlite, tables: readonly ProofTable[]): Promise<string> {
  const parts: Encoded[] = [];
  try {
    for (const { name } of tables) {
      const { rows } = await database.query<{ readonly t: string }>(
        `SELECT t::text AS t FROM ${quoted(name)} AS t ORDER BY 1`,
      );
      parts.push(rows.map(({ t }) => t));
    }
  } catch {
    // A statement failed and nobody went back: PostgreSQL undoes everything.
    return "undone";
  }
  return JSON.stringify(parts);
}
