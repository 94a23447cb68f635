/**
 * A planner in a process of its own: started at the first request, stopped when idle, killed when it takes too long or too much memory, and started again for
 * the next request. What it was asked before is remembered.
 */
import { type ChildProcess, fork } from "node:child_process";
import type { PlannerPort, Proof, ProofRequest } from "../advisor/proof.js";
import type { FromPlanner, ToPlanner } from "./protocol.js";

/** Version of the package, and of what is put into a fresh database: an image belongs to the very PostgreSQL it was made by. */
export const plannerVersion = "0.5.16-1";

export interface PlannerOptions {
  /** The built `planner-process.js`. */
  readonly processFile: string;
  /** Flags for node, for an entry that is not built. */
  readonly execArgv?: readonly string[];
  /** Where the image of a fresh database is kept between runs. */
  readonly imageFile?: string;
  readonly startLimitMs?: number;
  readonly requestLimitMs?: number;
  readonly idleMs?: number;
  readonly maxMemoryBytes?: number;
}

const DEFAULTS = {
  // The first start initialises a database; a busy machine takes its time.
  startLimitMs: 60_000,
  requestLimitMs: 5_000,
  idleMs: 30_000,
  maxMemoryBytes: 1_200 * 1024 * 1024,
};

/** After this many deaths the planner is given up: something is wrong that another start does not mend. */
const maxDeaths = 3;
/** Answers kept, least recently given first out. */
const maxRemembered = 5_000;
/** Times of answers kept until somebody takes them. */
const maxTimes = 500;

export interface TimedPlanner extends PlannerPort {
  /** Milliseconds each answer of the process took, of those given since this was last asked. */
  takeTimes(): readonly number[];
}

export function createPlanner(options: PlannerOptions): TimedPlanner {
  return new Planner({ ...DEFAULTS, ...options });
}

type Settings = PlannerOptions & Record<keyof typeof DEFAULTS, number>;

/** A class because it has a lifetime and owns a process. */
class Planner implements TimedPlanner {
  readonly #settings: Settings;
  readonly #known = new Map<string, Proof>();
  #running: Promise<ChildProcess> | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #times: number[] = [];
  #idle: NodeJS.Timeout | undefined;
  #deaths = 0;
  #reason = "";
  #closed = false;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  verify(requests: readonly ProofRequest[]): Promise<readonly Proof[]> {
    const answers = this.#queue.then(async () => {
      clearTimeout(this.#idle);
      const proofs: Proof[] = [];
      for (const request of requests) proofs.push(await this.#one(request));
      this.#idle = setTimeout(() => void this.#stop(), this.#settings.idleMs).unref();
      return proofs;
    });
    this.#queue = answers;
    return answers;
  }

  async #one(request: ProofRequest): Promise<Proof> {
    const known = this.#known.get(request.key);
    if (known !== undefined) return known;
    if (this.#closed) return unavailable("the planner is closed");
    if (this.#deaths >= maxDeaths) return unavailable(this.#reason);
    try {
      const child = await (this.#running ??= this.#start());
      const asked = performance.now();
      const answer = await ask(child, { kind: "verify", request }, this.#settings.requestLimitMs);
      if (this.#times.length < maxTimes) this.#times.push(performance.now() - asked);
      if (answer.kind !== "proof") return unavailable("the planner gave no answer");
      if (answer.memoryBytes > this.#settings.maxMemoryBytes) await this.#stop();
      this.#remember(request.key, answer.proof);
      return answer.proof;
    } catch (error) {
      this.#deaths++;
      this.#reason = error instanceof Error ? error.message : String(error);
      await this.#stop();
      const answer = unavailable(this.#reason);
      // The same request would do the same again.
      this.#remember(request.key, answer);
      return answer;
    }
  }

  takeTimes(): readonly number[] {
    return this.#times.splice(0);
  }

  async #start(): Promise<ChildProcess> {
    const { processFile, execArgv = [], imageFile, startLimitMs } = this.#settings;
    const child = fork(processFile, [], {
      execArgv: [...execArgv],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    // Nobody waits for it: a program that is done ends, and the planner with it.
    child.unref();
    child.channel?.unref();
    const start: ToPlanner = imageFile === undefined ? { kind: "start" } : { kind: "start", imageFile };
    try {
      const answer = await ask(child, start, startLimitMs);
      if (answer.kind === "failed") throw new Error(`the planner did not start: ${answer.reason}`);
      return child;
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  #remember(key: string, proof: Proof): void {
    this.#known.set(key, proof);
    if (this.#known.size <= maxRemembered) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    const child = await running?.catch(() => undefined);
    child?.kill("SIGKILL");
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.#stop();
  }
}

function unavailable(reason: string): Proof {
  return { kind: "unavailable", reason };
}

/** One message and the answer to it. Rejects when the process ends first, or takes longer than the limit. */
function ask(child: ChildProcess, message: ToPlanner, limitMs: number): Promise<FromPlanner> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void): void => {
      clearTimeout(limit);
      child.off("message", onMessage).off("exit", onExit).off("error", onError);
      then();
    };
    const onMessage = (answer: FromPlanner): void => settle(() => resolve(answer));
    const onExit = (code: number | null): void =>
      settle(() => reject(new Error(`the planner's process ended (${code ?? "killed"})`)));
    const onError = (error: Error): void => settle(() => reject(error));
    const limit = setTimeout(
      () => settle(() => reject(new Error(`the planner took longer than ${limitMs / 1000} s`))),
      limitMs,
    );
    child.on("message", onMessage).on("exit", onExit).on("error", onError);
    child.send(message, (error) => {
      if (error !== null) onError(error);
    });
  });
}
