/**
 * The prover's own process: it is started for one proof, without rights to files other than its own and without a network, and ends with it.
 */
import dgram from "node:dgram";
import dns from "node:dns";
import net from "node:net";
import vm from "node:vm";
import { PGlite } from "@electric-sql/pglite";
import { outcomeDifference } from "./difference.js";
import { createStatements, insertStatements, quoted } from "./made-up-data.js";
import type {
  Encoded,
  Outcome,
  ProofProgram,
  ProofReport,
  ProofRequest,
  ProofRun,
  ProofTable,
  ProofTrial,
} from "./proof-case.js";
import type { FromProver, ToProver } from "./protocol.js";
import { runSide, type SideResult } from "./run-side.js";

/** The database of this process: a second question, which only measurements ask, finds it empty again. */
interface Held {
  database?: PGlite;
}

export function serveProver(): void {
  closeNetwork();
  const held: Held = {};
  process.on("message", (message: ToProver) => {
    void prove(message, held)
      .catch((error: unknown): ProofReport => ({ kind: "unprovable", reason: reasonOf(error) }))
      .then((report) => send({ kind: "report", report }));
  });
  process.on("disconnect", () => process.exit(0));
  // What the program leaves behind, a promise nobody waits for, says nothing about its result.
  process.on("unhandledRejection", () => undefined);
}

function send(message: FromProver): void {
  process.send?.(message);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The program has no way to these; should it find one, they do nothing. */
function closeNetwork(): void {
  const refuse = (): never => {
    throw new Error("there is no network here");
  };
  net.Socket.prototype.connect = refuse;
  net.Server.prototype.listen = refuse;
  dgram.Socket.prototype.bind = refuse;
  dgram.Socket.prototype.send = refuse;
  Object.assign(dns, { lookup: refuse, resolve: refuse });
}

async function startDatabase(image: Uint8Array | undefined): Promise<PGlite> {
  if (image !== undefined) {
    try {
      return await PGlite.create({ loadDataDir: new Blob([Buffer.from(image)]) });
    } catch {
      // Made by another version: a fresh one is only slower.
    }
  }
  return PGlite.create();
}

async function emptyDatabase(held: Held, image: Uint8Array | undefined): Promise<PGlite> {
  if (held.database === undefined) {
    held.database = await startDatabase(image);
    await held.database.exec("SET TIME ZONE 'UTC'");
  } else {
    await held.database.exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  }
  return held.database;
}

async function prove({ request, sandbox, image }: ToProver, held: Held): Promise<ProofReport> {
  const script = new vm.Script(sandbox, { filename: "prove-sandbox.js" });
  const database = await emptyDatabase(held, image);
  const sides: Sides = { database, script, request, made: [], fresh: false, shift: 0, method: "GET" };
  await make(
    sides,
    request.tables.filter(({ name }) => request.first.includes(name)),
    undefined,
  );
  const refused = await explore(sides);
  if (refused === undefined) return allTrials(sides);
  if (refused.errs === undefined) return { kind: "unprovable", reason: refused.reason };
  // It only fails, as it should perhaps; a version that does not is another one all the same.
  Object.assign(sides, refused.errs);
  const report = await allTrials(sides);
  return report.kind === "different" ? report : { kind: "unprovable", reason: refused.reason };
}

/** Other arguments and other first rows, tried one after another until the code of the finding runs to its end. */
const ATTEMPTS: readonly Attempt[] = [
  { fresh: false, shift: 0, method: "GET" },
  { fresh: true, shift: 0, method: "POST" },
  { fresh: false, shift: 1, method: "POST" },
  { fresh: false, shift: 2, method: "GET" },
  { fresh: true, shift: 1, method: "PUT" },
  { fresh: false, shift: 0, method: "PATCH" },
  { fresh: false, shift: 0, method: "DELETE" },
];

interface Attempt {
  readonly fresh: boolean;
  /** Added to the seed, for other first rows. */
  readonly shift: number;
  /** Of requests. */
  readonly method: string;
}

interface Refused {
  readonly weight: number;
  readonly reason: string;
  /** The attempt that ends with an error of the program's own. */
  readonly errs?: Attempt;
}

/** Chooses the first attempt that leads somewhere, or says why none does. */
async function explore(sides: Sides): Promise<Refused | undefined> {
  const [trial] = sides.request.trials;
  const refusals: Refused[] = [];
  for (const attempt of trial === undefined ? [] : ATTEMPTS) {
    Object.assign(sides, attempt);
    if (trial === undefined) continue;
    await fill(sides, sides.made, trial);
    const [result] = await bothSides(sides, trial, [sides.request.before]);
    if (result === undefined) continue;
    const { outcome, queryCount } = result;
    if (outcome.kind === "value" && outcome.outside.reached && 0 < queryCount) return undefined;
    refusals.push(refusalFor(outcome, attempt));
  }
  return refusals.sort((a, b) => b.weight - a.weight)[0] ?? { weight: 0, reason: "there was nothing to run" };
}

/** Why a run says nothing; the heavier, the further it came. */
function refusalFor(outcome: Outcome, attempt: Attempt): Refused {
  if (outcome.kind === "unprovable") return { weight: 4, reason: outcome.reason };
  const { reached } = outcome.outside;
  if (outcome.kind === "value") {
    return reached
      ? { weight: 3, reason: "it sends no query on made-up data" }
      : { weight: 3, reason: "made-up data never leads to the code that is changed" };
  }
  const said = errorWords(outcome.value);
  if (outcome.mistake === true) return { weight: 1, reason: `it fails on made-up data: ${said}` };
  return {
    weight: reached ? 5 : 2,
    reason: `on made-up data it only fails: ${said}`,
    ...(reached ? { errs: attempt } : {}),
  };
}

async function allTrials(sides: Sides): Promise<ProofReport> {
  const { request } = sides;
  const runs: ProofRun[] = [];
  let unusual: Unusual = { answered: [], reached: false };
  for (const trial of request.trials) {
    send({ kind: "progress", rows: trial.rows });
    await fill(sides, sides.made, trial);
    const [before, after] = await bothSides(sides, trial, [request.before, request.after]);
    if (before === undefined || after === undefined) continue;
    if (before.outcome.kind === "unprovable") return before.outcome;
    if (after.outcome.kind === "unprovable") return after.outcome;
    const mistaken = mistakeOf(before.outcome, after.outcome);
    if (mistaken !== undefined) return { kind: "unprovable", reason: mistaken };
    runs.push({ rows: trial.rows, before: sideOf(before), after: sideOf(after) });
    unusual = together(unusual, before.outcome);
    const difference =
      outcomeDifference(before.outcome, after.outcome, request.anyOrder === true) ?? stateDifference(before, after);
    if (difference !== undefined) return refuted(runs, trial.rows, difference, [before.outcome, after.outcome]);
  }
  return verdict(runs, unusual);
}

interface Sides {
  readonly database: PGlite;
  readonly script: vm.Script;
  readonly request: ProofRequest;
  made: readonly ProofTable[];
  fresh: boolean;
  shift: number;
  method: string;
}

/** Versions on the same tables. Tables they ask for are made on the way, and then all begin anew. */
async function bothSides(
  sides: Sides,
  trial: ProofTrial,
  programs: readonly ProofProgram[],
): Promise<readonly SideResult[]> {
  const { database, script, request } = sides;
  for (;;) {
    const tables = {
      made: sides.made,
      others: othersOf(sides),
      fresh: sides.fresh,
      configured: sides.shift === 0,
      method: sides.method,
    };
    const results: SideResult[] = [];
    let wanted: readonly ProofTable[] = [];
    for (const program of programs) {
      const result = await runSide(database, script, program, request, tables, trial.rows);
      if ("wanted" in result) {
        ({ wanted } = result);
        break;
      }
      results.push(result);
      // The other version need not run.
      if (result.outcome.kind === "unprovable") return programs.map(() => result);
    }
    if (wanted.length === 0) return results;
    await make(sides, wanted, trial);
  }
}

function othersOf({ request, made }: Sides): ReadonlyMap<string, ProofTable> {
  const there = new Set(made);
  return new Map(request.tables.flatMap((table) => (there.has(table) ? [] : [[table.name, table]])));
}

async function make(sides: Sides, tables: readonly ProofTable[], trial: ProofTrial | undefined): Promise<void> {
  const fresh = [...new Set(tables)].filter((table) => !sides.made.includes(table));
  if (fresh.length === 0) return;
  await sides.database.exec(createStatements(fresh).join(";\n"));
  sides.made = [...sides.made, ...fresh];
  if (trial !== undefined) await fill(sides, fresh, trial);
}

/** What a proof that succeeds still has to tell. */
interface Unusual {
  readonly answered: readonly string[];
  readonly reached: boolean;
}

function together({ answered, reached }: Unusual, outcome: Outcome): Unusual {
  if (outcome.kind === "unprovable") return { answered, reached };
  return {
    answered: [...new Set([...answered, ...outcome.outside.answered])],
    reached: reached || outcome.outside.reached,
  };
}

/** A value nobody knows may be what the difference hangs on: keys made of it need not be equal where the real ones are. */
function refuted(
  runs: readonly ProofRun[],
  rows: number,
  difference: string,
  outcomes: readonly Outcome[],
): ProofReport {
  const [needed] = outcomes.flatMap((one) => (one.kind === "unprovable" ? [] : (one.outside.needed ?? [])));
  if (needed !== undefined)
    return { kind: "unprovable", reason: `it needs the value of \`${needed}\`, which lies outside` };
  return { kind: "different", runs, rows, difference };
}

/** An error in one version alone that may come from a stand-in: it refutes nothing, and is told. */
function mistakeOf(before: Outcome, after: Outcome): string | undefined {
  const failed = [before, after].find((one) => one.kind === "error" && one.mistake === true);
  if (failed?.kind !== "error") return undefined;
  if (before.kind === "error" && after.kind === "error") return undefined;
  const when = failed === after ? "after the fix" : "before the fix";
  return `${when} it fails on made-up data: ${errorWords(failed.value)}`;
}

function errorWords(value: Encoded): string {
  const { $: kind, v: thrown, name, message } = value as Readonly<Record<string, unknown>>;
  if (kind === "outside" && typeof thrown === "string")
    return thrown.length < 120 ? thrown : `${thrown.slice(0, 119)}…`;
  return typeof name === "string" && typeof message === "string" ? `${name}: ${message}` : JSON.stringify(value);
}

function sideOf({ queryCount, ms }: SideResult): ProofRun["before"] {
  return { queryCount, ms: Math.round(ms * 10) / 10 };
}

function stateDifference(before: SideResult, after: SideResult): string | undefined {
  if (before.state === after.state) return undefined;
  return "the tables hold other rows afterwards";
}

async function fill(
  { database, request, shift }: Sides,
  tables: readonly ProofTable[],
  trial: ProofTrial,
): Promise<void> {
  const names = tables.map(({ name }) => quoted(name));
  if (names.length === 0) return;
  await database.exec(`TRUNCATE ${names.join(", ")}`);
  await database.exec(insertStatements(tables, trial.rows, trial.seed + shift, request.tables).join(";\n"));
  await database.exec(`ANALYZE ${names.join(", ")}`);
}

/** Equal results prove nothing when the data never reached what was changed. */
function verdict(runs: readonly ProofRun[], { answered, reached }: Unusual): ProofReport {
  const last = runs.at(-1);
  if (last === undefined) return { kind: "unprovable", reason: "there was nothing to run" };
  if (last.before.queryCount === 0) return { kind: "unprovable", reason: "it sends no query on made-up data" };
  if (!reached) return { kind: "unprovable", reason: "made-up data never leads to the code that is changed" };
  const grows = (runs[0]?.before.queryCount ?? 0) < last.before.queryCount;
  const notes = [
    ...(grows || last.before.queryCount !== last.after.queryCount
      ? []
      : ["both versions send as many queries on this data"]),
    ...(answered.length === 0 ? [] : [`with made-up answers of ${few(answered)}, which both call alike`]),
  ];
  return { kind: "proved", runs, ...(notes.length === 0 ? {} : { note: notes.join("; ") }) };
}

function few(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `\`${name}\``);
  const more = names.length - shown.length;
  return more === 0 ? shown.join(", ") : `${shown.join(", ")} and ${more} more`;
}
