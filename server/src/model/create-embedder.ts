/**
 * The model in a process of its own: started when something is to be embedded, stopped when idle or when it holds too much memory, started again after a
 * crash, and given up after a few. A crash of native code ends that process and nothing else.
 */
import { type ChildProcess, fork } from "node:child_process";
import { constants, cpus, setPriority } from "node:os";
import type {
  EmbedAnswer,
  Embedder,
  EmbedderStatus,
  EmbedPurpose,
  EmbedUrgency,
  UnusedProvider,
} from "../ranking/embedder.js";
import { ask, ModelLost } from "./ask-process.js";
import { providersFor } from "./choose-provider.js";
import type { LoadedModel } from "./protocol.js";

export interface EmbedderOptions {
  /** The built `embedder-process.js`. */
  readonly processFile: string;
  /** Flags for node, for an entry that is not built. */
  readonly execArgv?: readonly string[];
  /** Folder of the model. */
  readonly modelFolder: string;
  /** `auto`, `cpu`, or one provider to try before it. */
  readonly provider?: string;
  readonly loadLimitMs?: number;
  readonly requestLimitMs?: number;
  readonly idleMs?: number;
  readonly maxMemoryBytes?: number;
  /** Environment of the process; default: this one's. */
  readonly env?: NodeJS.ProcessEnv;
}

const DEFAULTS = {
  provider: "auto",
  // Compiling shaders for a GPU takes its time once.
  loadLimitMs: 120_000,
  requestLimitMs: 60_000,
  idleMs: 60_000,
  // Three times what the model in the box was seen to hold.
  maxMemoryBytes: 900 * 1024 * 1024,
};

/** After this many deaths the model is given up: something is wrong that another start does not mend. */
const maxDeaths = 3;
/** More threads gain little on a graph this small, and the machine is not ours. */
const maxThreads = 4;
/** Texts in one request: what somebody who waits may have to wait for is one of these. */
const requestSize = 64;

type Settings = EmbedderOptions & Record<keyof typeof DEFAULTS, unknown> & typeof DEFAULTS;

interface Running {
  readonly child: ChildProcess;
  readonly loaded: LoadedModel;
}

interface Job {
  readonly texts: readonly string[];
  readonly purpose: EmbedPurpose;
  readonly urgency: EmbedUrgency;
  readonly resolve: (answer: EmbedAnswer) => void;
  readonly vectors: Float32Array[];
}

export function createEmbedder(options: EmbedderOptions): Embedder {
  return new ProcessEmbedder({ ...DEFAULTS, ...options });
}

/** A class because it has a lifetime and owns a process. */
class ProcessEmbedder implements Embedder {
  readonly #settings: Settings;
  readonly #jobs: Job[] = [];
  readonly #avoid: UnusedProvider[] = [];
  #running: Promise<Running> | undefined;
  #loaded: LoadedModel | undefined;
  #state: EmbedderStatus["state"] = "idle";
  #reason: string | undefined;
  #memoryBytes: number | undefined;
  #embedded = { texts: 0, ms: 0 };
  #deaths = 0;
  #working = false;
  #closed = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  embed(texts: readonly string[], purpose: EmbedPurpose, urgency: EmbedUrgency): Promise<EmbedAnswer> {
    if (texts.length === 0) return Promise.resolve({ kind: "vectors", vectors: [] });
    return new Promise((resolve) => {
      this.#jobs.push({ texts, purpose, urgency, resolve, vectors: [] });
      void this.#work();
    });
  }

  status(): Promise<EmbedderStatus> {
    const { texts, ms } = this.#embedded;
    return Promise.resolve({
      ...this.#loaded,
      state: this.#state,
      notUsed: this.#loaded?.notUsed ?? this.#avoid,
      ...(ms === 0 ? {} : { perSecond: (texts / ms) * 1000 }),
      ...(this.#memoryBytes === undefined ? {} : { memoryBytes: this.#memoryBytes }),
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
    });
  }

  /** One request after another; between two of a long job, whoever waits goes first. */
  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    clearTimeout(this.#idle);
    for (let job = this.#next(); job !== undefined; job = this.#next()) {
      const answer = await this.#step(job);
      if (answer === undefined) continue;
      this.#jobs.splice(this.#jobs.indexOf(job), 1);
      job.resolve(answer);
    }
    this.#working = false;
    this.#idle = setTimeout(() => void this.#stop("idle"), this.#settings.idleMs).unref();
  }

  #next(): Job | undefined {
    return this.#jobs.find((job) => job.urgency === "now") ?? this.#jobs[0];
  }

  /** Embeds the next texts of a job; the answer once it is complete or has failed. */
  async #step(job: Job): Promise<EmbedAnswer | undefined> {
    if (this.#closed) return { kind: "unavailable", reason: "the model is closed" };
    if (this.#state === "failed") return { kind: "unavailable", reason: this.#reason ?? "the model cannot be used" };
    const texts = job.texts.slice(job.vectors.length, job.vectors.length + requestSize);
    try {
      const { child, loaded } = await (this.#running ??= this.#start());
      const answer = await ask(child, { kind: "embed", texts, purpose: job.purpose }, this.#settings.requestLimitMs);
      if (answer.kind === "failed") {
        this.#reason = answer.reason;
        return { kind: "unavailable", reason: answer.reason };
      }
      if (answer.kind !== "vectors") throw new ModelLost("the model's process gave no answer");
      this.#note(texts.length, answer.ms, answer.memoryBytes);
      for (let at = 0; at < texts.length; at++)
        job.vectors.push(answer.data.slice(at * loaded.dimensions, (at + 1) * loaded.dimensions));
      if (this.#settings.maxMemoryBytes < answer.memoryBytes) await this.#stop("idle");
      return job.vectors.length < job.texts.length ? undefined : { kind: "vectors", vectors: job.vectors };
    } catch (error) {
      await this.#fail(error);
      return { kind: "unavailable", reason: this.#reason ?? "the model cannot be used" };
    }
  }

  #note(texts: number, ms: number, memoryBytes: number): void {
    this.#embedded = { texts: this.#embedded.texts + texts, ms: this.#embedded.ms + ms };
    this.#memoryBytes = memoryBytes;
    this.#reason = undefined;
  }

  async #fail(error: unknown): Promise<void> {
    this.#deaths++;
    this.#reason = error instanceof Error ? error.message : String(error);
    const forGood = !(error instanceof ModelLost) || maxDeaths <= this.#deaths;
    if (error instanceof ModelLost && error.trying !== undefined && error.trying !== "cpu")
      this.#avoid.push({ provider: error.trying, reason: `its process ended while it was tried: ${error.message}` });
    await this.#stop(forGood ? "failed" : "idle");
  }

  async #start(): Promise<Running> {
    const { processFile, execArgv = [], modelFolder, provider, loadLimitMs, env } = this.#settings;
    this.#state = "loading";
    const child = fork(processFile, [], {
      execArgv: ["--max-old-space-size=512", ...execArgv],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      ...(env === undefined ? {} : { env }),
    });
    // A program that is done ends, and the model with it.
    child.unref();
    child.channel?.unref();
    lowerPriority(child.pid);
    const threads = Math.max(1, Math.min(maxThreads, cpus().length));
    const providers = providersFor(process.platform, provider);
    const options = { folder: modelFolder, providers, avoid: this.#avoid, threads };
    try {
      const answer = await ask(child, { kind: "load", options }, loadLimitMs);
      if (answer.kind !== "ready") throw new Error("reason" in answer ? answer.reason : "the model did not load");
      this.#loaded = answer.loaded;
      this.#memoryBytes = answer.memoryBytes;
      this.#state = "ready";
      return { child, loaded: answer.loaded };
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  async #stop(state: EmbedderStatus["state"]): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#state = state;
    this.#memoryBytes = undefined;
    (await running?.catch(() => undefined))?.child.kill("SIGKILL");
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.#stop("idle");
  }
}

/** Editing goes before embedding. Where the system does not let us say so, nothing is lost. */
function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    return;
  }
}
