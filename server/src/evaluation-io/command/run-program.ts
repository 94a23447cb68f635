/** A program without a shell, in a process group of its own, so that stopping it stops what it has started. */
import { spawn, type ChildProcess } from "node:child_process";

export interface ProgramEnd {
  readonly exitCode: number;
  /** Standard output, up to the limit. */
  readonly stdout: string;
  /** End of both streams together. */
  readonly tail: string;
}

const STDOUT_LIMIT = 64 * 2 ** 20;
const TAIL_LIMIT = 8000;
/** Time to clean up before it is killed. */
const TERM_GRACE_MS = 2000;
/** How long output may still come after the program's end. */
const LEFTOVER_MS = 1000;

/** Rejects when it cannot be started, or with the signal's reason once it and its children are gone. */
export function runProgram(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const [program = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const grouped = process.platform !== "win32";
    const child = spawn(program, args, {
      ...options,
      stdio: ["ignore", "pipe", "pipe"],
      detached: grouped,
      windowsHide: true,
    });
    const stdout: Buffer[] = [];
    const state: { bytes: number; tail: string; killTimer?: NodeJS.Timeout } = { bytes: 0, tail: "" };
    const keep = (chunk: Buffer): void => {
      state.tail = (state.tail + chunk.toString("utf8")).slice(-TAIL_LIMIT);
    };
    child.stdout.on("data", (chunk: Buffer) => {
      state.bytes += chunk.length;
      if (state.bytes <= STDOUT_LIMIT) stdout.push(chunk);
      keep(chunk);
    });
    child.stderr.on("data", keep);
    const stop = (): void => {
      kill(child, "SIGTERM", grouped);
      state.killTimer = setTimeout(() => kill(child, "SIGKILL", grouped), TERM_GRACE_MS);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    const settle = (): void => {
      signal.removeEventListener("abort", stop);
      // The children may outlive the program that was told to stop.
      if (signal.aborted) kill(child, "SIGKILL", grouped);
      clearTimeout(state.killTimer);
    };
    child.on("error", (error) => {
      settle();
      reject(error);
    });
    const finish = (code: number | null, by: NodeJS.Signals | null): void => {
      settle();
      if (signal.aborted) reject(signal.reason instanceof Error ? signal.reason : new Error("stopped"));
      else
        resolve({
          exitCode: code ?? (by === null ? 1 : 128),
          stdout: Buffer.concat(stdout).toString("utf8"),
          tail: state.tail,
        });
    };
    child.on("close", finish);
    // Something it left running may keep the streams open for ever.
    child.on("exit", (code, by) => setTimeout(() => finish(code, by), LEFTOVER_MS).unref());
  });
}

function kill(child: ChildProcess, by: NodeJS.Signals, grouped: boolean): void {
  if (child.pid === undefined) return;
  try {
    if (grouped) process.kill(-child.pid, by);
    else child.kill(by);
  } catch {
    // It is gone already.
  }
}
