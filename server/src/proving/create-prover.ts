/**
 * Starts a process for one proof and ends it: with its answer, when it takes too long, or when somebody cancels. Node's permission model, where there is
 * one, keeps it from files, threads and other programs; it could not write or start anything even if the program broke out of its context.
 */
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import type { ProofReport, ProofRequest } from "./proof-case.js";
import type { FromProver, ToProver } from "./protocol.js";

export interface ProverOptions {
  /** The built `prove-process.js`. */
  readonly processFile: string;
  /** The built `prove-sandbox.js`. */
  readonly sandboxFile: string;
  /** Files and folders the process may read: its own code and PGlite's. */
  readonly readable: readonly string[];
  readonly execArgv?: readonly string[];
  readonly limitMs?: number;
  /** Image of a fresh database, as the planner keeps one; without it each proof makes its own, which takes seconds. */
  readonly imageFile?: string;
}

/** PGlite takes seconds to start on a busy machine; a program that needs longer than this hangs. */
const LIMIT_MS = 60_000;
/** Megabytes of JavaScript objects; the database's memory is apart. */
const HEAP_MB = 512;

export interface Prover {
  /** Never rejects: what goes wrong is a reason. */
  prove(request: ProofRequest, signal?: AbortSignal): Promise<ProofReport>;
}

export function createProver(options: ProverOptions): Prover {
  return { prove: (request, signal) => prove(options, request, signal) };
}

async function prove(
  options: ProverOptions,
  request: ProofRequest,
  signal: AbortSignal | undefined,
): Promise<ProofReport> {
  const limitMs = options.limitMs ?? LIMIT_MS;
  let child: ChildProcess | undefined;
  try {
    const sandbox = readFileSync(options.sandboxFile, "utf8");
    child = fork(options.processFile, [], {
      execArgv: [...(options.execArgv ?? []), `--max-old-space-size=${HEAP_MB}`, ...permissionFlags(options.readable)],
      env: environment(),
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const image = imageOf(options.imageFile);
    const message: ToProver = { kind: "prove", request, sandbox, ...(image === undefined ? {} : { image }) };
    return await answerOf(child, message, limitMs, signal);
  } catch (error) {
    return { kind: "unprovable", reason: error instanceof Error ? error.message : String(error) };
  } finally {
    child?.kill("SIGKILL");
  }
}

/** As little as a process needs to start; nothing of what the user's environment holds. */
function environment(): NodeJS.ProcessEnv {
  const { SystemRoot } = process.env;
  return {
    TZ: "UTC",
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
    // Inside an editor, `process.execPath` is the editor itself.
    ...(process.versions["electron"] === undefined ? {} : { ELECTRON_RUN_AS_NODE: "1" }),
  };
}

function imageOf(file: string | undefined): Uint8Array | undefined {
  try {
    return file === undefined ? undefined : readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Flags of the permission model: its name changed with node 22.13 and 23.5. None where node has none, as inside an older editor. */
function permissionFlags(readable: readonly string[]): readonly string[] {
  const flag = ["--permission", "--experimental-permission"].find((one) =>
    process.allowedNodeEnvironmentFlags.has(one),
  );
  // An editor's own node takes no such flags.
  if (process.versions["electron"] !== undefined) return [];
  return flag === undefined ? [] : [flag, ...readable.map((path) => `--allow-fs-read=${path}`)];
}

function answerOf(
  child: ChildProcess,
  message: ToProver,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<ProofReport> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`it took longer than ${limitMs / 1000} s and was ended`)), limitMs);
    const settle = (report: ProofReport): void => {
      clearTimeout(limit);
      resolve(report);
    };
    child.on("message", (answer: FromProver) => {
      if (answer.kind === "report") settle(answer.report);
    });
    child.on("error", reject);
    child.on("exit", (code) =>
      settle({ kind: "unprovable", reason: `the process that ran it ended (${code ?? "killed"})` }),
    );
    signal?.addEventListener("abort", () => settle({ kind: "unprovable", reason: "it was cancelled" }), { once: true });
    child.send(message, (error) => {
      if (error !== null) reject(error);
    });
  });
}
