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
import type { ProofReport, ProofRequest, ProofRun } from "./proof-case.js";
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
  await database.exec(createStatements(request.tables).join(";\n"));
  const runs: ProofRun[] = [];
  for (const { rows, seed } of request.trials) {
    send({ kind: "progress", rows });
    await fill(database, request, rows, seed);
    const before = await runSide(database, script, request.before, request, rows);
    if (before.outcome.kind === "unprovable") return before.outcome;
    const after = await runSide(database, script, request.after, request, rows);
    if (after.outcome.kind === "unprovable") return after.outcome;
    runs.push({ rows, before: sideOf(before), after: sideOf(after) });
    const difference = outcomeDifference(before.outcome, after.outcome) ?? stateDifference(before, after);
    if (difference !== undefined) return { kind: "different", runs, rows, difference };
    if (before.outcome.kind === "error" && runs.length === request.trials.length) {
      return {
        kind: "unprovable",
        reason: `on made-up data both versions only fail: ${JSON.stringify(before.outcome.value)}`,
      };
    }
  }
  return verdict(runs);
}

function sideOf({ queryCount, ms }: SideResult): ProofRun["before"] {
  return { queryCount, ms: Math.round(ms * 10) / 10 };
}

function stateDifference(before: SideResult, after: SideResult): string | undefined {
  if (before.state === after.state) return undefined;
  return "the tables hold other rows afterwards";
}

async function fill(database: PGlite, request: ProofRequest, rows: number, seed: number): Promise<void> {
  const names = request.tables.map(({ name }) => quoted(name));
  if (0 < names.length) await database.exec(`TRUNCATE ${names.join(", ")}`);
  await database.exec(insertStatements(request.tables, rows, seed).join(";\n"));
  await database.exec("ANALYZE");
}

/** Equal results prove nothing when the data never reached what was changed. */
function verdict(runs: readonly ProofRun[]): ProofReport {
  const last = runs.at(-1);
  if (last === undefined) return { kind: "unprovable", reason: "there was nothing to run" };
  if (last.before.queryCount === 0) return { kind: "unprovable", reason: "it sends no query on made-up data" };
  const grows = (runs[0]?.before.queryCount ?? 0) < last.before.queryCount;
  if (grows || last.before.queryCount !== last.after.queryCount) return { kind: "proved", runs };
  return { kind: "proved", runs, note: "both versions send as many queries on this data" };
}
