/** Takes rules' questions to the planner and its answers back, and keeps answers from one run to the next. */
import { join } from "node:path";
import type { Proof, ProofRequest } from "../advisor/proof.js";
import type { AnalysisHost } from "../analysis/host.js";
import type { CacheKind } from "../cache/cache.js";
import { contentHash } from "../base/content-hash.js";
import { createPlanner, plannerVersion } from "../planner/create-planner.js";
import type { Caches } from "./caches.js";
import type { ServiceOptions } from "./workspace-service.js";

type Planner = ReturnType<typeof createPlanner>;

/** A class because it has a lifetime and may own a process. */
export class Proofs {
  readonly #host: AnalysisHost;
  readonly #options: ServiceOptions;
  readonly #caches: Caches;
  readonly #memory: () => number | undefined;
  #planner: Planner | undefined;
  #known: Map<string, Proof> | undefined;

  #memoryBytes: number | undefined;

  /** @param memory Bytes the planner's process may take, as the configuration has it now. */
  constructor(host: AnalysisHost, options: ServiceOptions, caches: Caches, memory: () => number | undefined) {
    this.#memory = memory;
    this.#host = host;
    this.#options = options;
    this.#caches = caches;
  }

  /** Gives the host what earlier runs found out. */
  recall(): void {
    if (this.#known !== undefined || this.#options.plannerFile === undefined) return;
    this.#known = parsed(this.#caches.store.recall(this.#place()));
    this.#host.giveProofs(this.#known);
  }

  /** Whether nothing waits for an answer. */
  get settled(): boolean {
    return this.#host.pendingProofs().length === 0;
  }

  /** True when something was answered. */
  async run(): Promise<boolean> {
    const requests = this.#host.pendingProofs();
    if (requests.length === 0) return false;
    const planner = this.#start();
    if (planner === undefined) return false;
    const { cache } = this.#caches;
    const keys = requests.map(({ key }) => key);
    const kept = await cache.getMany(plansKind, keys, plansBudgetMs);
    const answers = new Map(keys.flatMap((key, i) => (kept[i] === undefined ? [] : [[key, kept[i]] as const])));
    const open = requests.filter(({ key }) => !answers.has(key));
    const proofs = open.length === 0 ? [] : await planner.verify(open);
    for (const [i, { key }] of open.entries()) {
      const proof = proofs[i];
      if (proof === undefined) continue;
      answers.set(key, proof);
      // What went wrong is tried again next time.
      if (proof.kind === "plans") cache.put(plansKind, key, proof);
    }
    this.#host.giveProofs(answers);
    this.#keep(answers);
    return answers.size > 0;
  }

  /** For somebody who waits: asked now, and not kept from one run to the next. */
  async plansOf(requests: readonly ProofRequest[]): Promise<readonly Proof[]> {
    const planner = requests.length === 0 ? undefined : this.#start();
    const reason = "the planner is not part of this build";
    return (await planner?.verify(requests)) ?? requests.map(() => ({ kind: "unavailable", reason }));
  }

  /** Milliseconds of the planner's answers since this was last asked. */
  takeTimes(): readonly number[] {
    return this.#planner?.takeTimes() ?? [];
  }

  #start(): Planner | undefined {
    const { plannerFile, cacheFolder } = this.#options;
    if (plannerFile === undefined) return undefined;
    const maxMemoryBytes = this.#memory();
    if (maxMemoryBytes !== this.#memoryBytes) {
      void this.#planner?.close();
      this.#planner = undefined;
      this.#memoryBytes = maxMemoryBytes;
    }
    this.#planner ??= createPlanner({
      processFile: plannerFile,
      ...(maxMemoryBytes === undefined ? {} : { maxMemoryBytes }),
      ...(cacheFolder === undefined ? {} : { imageFile: join(cacheFolder, `planner-${plannerVersion}.tgz`) }),
    });
    return this.#planner;
  }

  /** What went wrong is tried again next time. */
  #keep(answers: ReadonlyMap<string, Proof>): void {
    const known = this.#known;
    if (known === undefined) return;
    for (const [key, proof] of answers) if (proof.kind === "plans") known.set(key, proof);
    this.#caches.store.remember(this.#place(), JSON.stringify([...known].slice(-maxKept)));
  }

  #place(): string {
    return `proofs ${contentHash(this.#options.roots.join("\0"))}`;
  }

  async close(): Promise<void> {
    await this.#planner?.close();
  }
}

/** Nobody types while the planner is asked, and an answer of it takes longer. */
const plansBudgetMs = 500;

/** Plans by the hash of everything the planner was told: those of other workspaces, and of colleagues. */
const plansKind: CacheKind<Proof> = {
  name: "plans",
  version: plannerVersion,
  encode: (proof) => Buffer.from(JSON.stringify(proof)),
  decode: (bytes) => {
    const [proof] = parsed(`[["plan", ${Buffer.from(bytes).toString("utf8")}]]`).values();
    return proof?.kind === "plans" ? proof : undefined;
  },
};

/** More than any workspace asked so far; older ones are asked again. */
const maxKept = 4_000;

/** Other processes write the store, so what comes out is checked before it is believed. */
function parsed(text: string | undefined): Map<string, Proof> {
  try {
    const entries: unknown = text === undefined ? [] : JSON.parse(text);
    return new Map(Array.isArray(entries) ? entries.filter(isEntry) : []);
  } catch {
    return new Map();
  }
}

function isEntry(entry: unknown): entry is [string, Proof] {
  if (!Array.isArray(entry) || typeof entry[0] !== "string") return false;
  const proof: unknown = entry[1];
  return (
    typeof proof === "object" &&
    proof !== null &&
    "before" in proof &&
    "after" in proof &&
    isPlan(proof.before) &&
    isPlan(proof.after)
  );
}

function isPlan(plan: unknown): boolean {
  return (
    typeof plan === "object" &&
    plan !== null &&
    "cost" in plan &&
    typeof plan.cost === "number" &&
    "indexes" in plan &&
    Array.isArray(plan.indexes) &&
    plan.indexes.every((name) => typeof name === "string") &&
    "nodes" in plan &&
    typeof plan.nodes === "string"
  );
}
