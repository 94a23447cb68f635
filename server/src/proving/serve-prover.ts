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
import type { Encoded, Outcome, ProofReport, ProofRequest, ProofRun, ProofTable, ProofTrial } from "./proof-case.js";
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
  const runs: ProofRun[] = [];
  const sides: Sides = { database, script, request, made: [] };
  await make(
    sides,
    request.tables.filter(({ name }) => request.first.includes(name)),
    undefined,
  );
  let unusual: Unusual = { answered: [], reached: false };
  for (const trial of request.trials) {
    send({ kind: "progress", rows: trial.rows });
    await fill(sides, sides.made, trial);
    const [before, after] = await bothSides(sides, trial);
    if (before.outcome.kind === "unprovable") return before.outcome;
    if (after.outcome.kind === "unprovable") return after.outcome;
    runs.push({ rows: trial.rows, before: sideOf(before), after: sideOf(after) });
    unusual = together(unusual, before.outcome);
    const difference =
      outcomeDifference(before.outcome, after.outcome, request.anyOrder === true) ?? stateDifference(before, after);
    if (difference !== undefined) return refuted(runs, trial.rows, difference, before.outcome);
    if (before.outcome.kind === "error" && runs.length === request.trials.length) {
      const said = errorWords(before.outcome.value);
      return { kind: "unprovable", reason: `on made-up data both versions only fail: ${said}` };
    }
  }
  return verdict(runs, unusual);
}

interface Sides {
  readonly database: PGlite;
  readonly script: vm.Script;
  readonly request: ProofRequest;
  made: readonly ProofTable[];
}

/** Both versions on the same tables. Tables they ask for are made on the way, and then both begin anew. */
async function bothSides(sides: Sides, trial: ProofTrial): Promise<readonly [SideResult, SideResult]> {
  const { database, script, request } = sides;
  for (;;) {
    const tables = { made: sides.made, others: othersOf(sides) };
    const before = await runSide(database, script, request.before, request, tables, trial.rows);
    const after =
      "wanted" in before || before.outcome.kind === "unprovable"
        ? before
        : await runSide(database, script, request.after, request, tables, trial.rows);
    if (!("wanted" in before) && !("wanted" in after)) return [before, after];
    await make(
      sides,
      [before, after].flatMap((one) => ("wanted" in one ? one.wanted : [])),
      trial,
    );
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
function refuted(runs: readonly ProofRun[], rows: number, difference: string, before: Outcome): ProofReport {
  if (before.kind !== "unprovable" && before.outside.needed !== undefined)
    return { kind: "unprovable", reason: `it needs the value of \`${before.outside.needed}\`, which lies outside` };
  return { kind: "different", runs, rows, difference };
}

function errorWords(value: Encoded): string {
  const { name, message } = value as { readonly name?: unknown; readonly message?: unknown };
  return typeof name === "string" && typeof message === "string" ? `${name}: ${message}` : JSON.stringify(value);
}

function sideOf({ queryCount, ms }: SideResult): ProofRun["before"] {
  return { queryCount, ms: Math.round(ms * 10) / 10 };
}

function stateDifference(before: SideResult, after: SideResult): string | undefined {
  if (before.state === after.state) return undefined;
  return "the tables hold other rows afterwards";
}

async function fill({ database, request }: Sides, tables: readonly ProofTable[], trial: ProofTrial): Promise<void> {
  const names = tables.map(({ name }) => quoted(name));
  if (names.length === 0) return;
  await database.exec(`TRUNCATE ${names.join(", ")}`);
  await database.exec(insertStatements(tables, trial.rows, trial.seed, request.tables).join(";\n"));
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
