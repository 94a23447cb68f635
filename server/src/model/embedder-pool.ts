/** One model per process of Hotpath, shared by all its workspaces: each speaks to it through a message port. */
import { join } from "node:path";
import type { MessagePort } from "node:worker_threads";
import {
  noEmbedder,
  type EmbedAnswer,
  type Embedder,
  type EmbedderStatus,
  type EmbedPurpose,
  type EmbedUrgency,
} from "../ranking/embedder.js";
import { bundledModelFolder, type ModelChoice } from "./bundled-model.js";
import { createEmbedder } from "./create-embedder.js";

export type EmbedderFor = (choice: ModelChoice) => Embedder;

/** All models of a process. */
export interface EmbedderPool {
  (choice: ModelChoice): Embedder;
  /** Texts a second of the model that was used last; undefined before the first. */
  perSecond(): Promise<number | undefined>;
}

/**
 * @param here Folder of the running program, with `embedder-process.js` in it.
 * @param onAnswer Told how long somebody has waited for vectors, each time.
 */
export function createEmbedderPool(here: string, onAnswer: (ms: number) => void = () => undefined): EmbedderPool {
  const made = new Map<string, Embedder>();
  const last: { embedder?: Embedder } = {};
  const embedderFor: EmbedderFor = ({ enabled, folder, provider = "auto" }) => {
    if (!enabled) return noEmbedder("the model is switched off by hotpath.model.enable, or by the light profile");
    const modelFolder = folder ?? bundledModelFolder(here);
    const key = `${modelFolder}\0${provider}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const processFile = join(here, "embedder-process.js");
    const embedder = timed(createEmbedder({ processFile, modelFolder, provider }), (ms) => {
      last.embedder = embedder;
      if (ms !== undefined) onAnswer(ms);
    });
    made.set(key, embedder);
    return embedder;
  };
  return Object.assign(embedderFor, { perSecond: async () => (await last.embedder?.status())?.perSecond });
}

/** @param onAnswer Told of each answer, with its time where somebody has waited for it. */
function timed(embedder: Embedder, onAnswer: (ms: number | undefined) => void): Embedder {
  return {
    async embed(texts, purpose, urgency) {
      const asked = performance.now();
      const answer = await embedder.embed(texts, purpose, urgency);
      if (answer.kind === "vectors") onAnswer(urgency === "now" ? performance.now() - asked : undefined);
      return answer;
    },
    status: () => embedder.status(),
    close: () => embedder.close(),
  };
}

interface ToPool {
  readonly id: number;
  readonly choice: ModelChoice;
  /** Undefined asks for the status. */
  readonly embed?: {
    readonly texts: readonly string[];
    readonly purpose: EmbedPurpose;
    readonly urgency: EmbedUrgency;
  };
}

type FromPool = { readonly id: number; readonly answer: EmbedAnswer | EmbedderStatus };

/** Answers what comes through a port. */
export function serveEmbedders(port: MessagePort, embedderFor: EmbedderFor): void {
  port.on("message", ({ id, choice, embed }: ToPool) => {
    const embedder = embedderFor(choice);
    const answer = embed === undefined ? embedder.status() : embedder.embed(embed.texts, embed.purpose, embed.urgency);
    void answer.then((found) => {
      const reply: FromPool = { id, answer: found };
      port.postMessage(reply);
    });
  });
  // A server whose clients are gone ends.
  port.unref();
}

/** The other end of the port: an embedder whose model lives elsewhere. Closing it leaves the model to the others. */
export function embedderOverPort(port: MessagePort): EmbedderFor {
  const waiting = new Map<number, (answer: never) => void>();
  const state = { nextId: 1 };
  port.on("message", ({ id, answer }: FromPool) => {
    waiting.get(id)?.(answer as never);
    waiting.delete(id);
  });
  port.unref();
  const ask = <T>(request: Omit<ToPool, "id">): Promise<T> =>
    new Promise((resolve) => {
      const id = state.nextId++;
      waiting.set(id, resolve);
      const message: ToPool = { id, ...request };
      port.postMessage(message);
    });
  return (choice) => ({
    embed: (texts, purpose, urgency) => ask<EmbedAnswer>({ choice, embed: { texts, purpose, urgency } }),
    status: () => ask<EmbedderStatus>({ choice }),
    close: () => Promise.resolve(),
  });
}
