/**
 * Where the model runs: providers are tried one at a time, each must give what the processor gives, and faster. The reason is kept for each that is not used.
 */
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import type { UnusedProvider } from "../ranking/embedder.js";
import type { EncodedBatch, EncodeTexts } from "./encode-texts.js";
import type { ModelFolder } from "./model-folder.js";
import type { ModelSession, SessionOptions } from "./onnx-session.js";
import type { LoadOptions } from "./protocol.js";

export interface ChosenProvider {
  readonly session: ModelSession;
  readonly provider: string;
  readonly device: string;
  readonly batchSize: number;
  readonly notUsed: readonly UnusedProvider[];
}

export interface ChooseContext {
  readonly model: ModelFolder;
  readonly options: LoadOptions;
  readonly encode: EncodeTexts;
  readonly open: (options: SessionOptions) => Promise<ModelSession>;
  readonly onTrying: (provider: string) => void;
}

/** Texts in one run: a processor gains nothing over 16 (measured in docs/model.md), a GPU is idle under 100. */
const BATCH = { cpu: 16, gpu: 128 } as const;
/** Lowest cosine with the processor's vectors: int8 against fp32 gives 0.984 at worst. */
const LEAST_AGREEMENT = 0.95;

const PROBE = [
  "async function loadUsers(ids) { return Promise.all(ids.map((id) => db.user.findUnique({ where: { id } }))); }",
  "for (const order of orders) { await pool.query('select * from items where order_id = $1', [order.id]); }",
  "export const total = (rows) => rows.reduce((sum, row) => sum + row.amount, 0);",
  "a query that runs once for every element of a list",
];

/** @throws When not even the processor can run the model: its fault, told as it is. */
export async function chooseProvider(context: ChooseContext): Promise<ChosenProvider> {
  const { model, options, encode, open, onTrying } = context;
  const settings = { threads: options.threads, dimensions: model.dimensions, pooling: model.pooling };
  onTrying("cpu");
  const processor = await open({ ...settings, file: model.cpu, provider: "cpu" });
  const probe = probeOf(encode, BATCH.cpu);
  const expected = await processor.run(probe);
  const notUsed: UnusedProvider[] = [];
  const onProcessor = (): ChosenProvider => ({
    session: processor,
    provider: "cpu",
    device: `${cpus()[0]?.model.trim() ?? "processor"}, ${options.threads} threads`,
    batchSize: BATCH.cpu,
    notUsed,
  });
  for (const provider of options.providers) {
    const avoided = options.avoid.find((one) => one.provider === provider);
    const { gpu } = model;
    if (avoided !== undefined) notUsed.push(avoided);
    else if (gpu === undefined)
      notUsed.push({ provider, reason: "the model's folder has no graph for a GPU (see MODEL.md)" });
    else {
      onTrying(provider);
      const session = await attempt(async () => open({ ...settings, file: gpu, provider }));
      if (typeof session === "string") {
        notUsed.push({ provider, reason: session });
        continue;
      }
      const fault = await attempt(async () => await faultOf(session, processor, { encode, probe, expected, model }));
      if (fault === undefined) {
        await processor.release();
        return { session, provider, device: deviceOf(provider), batchSize: BATCH.gpu, notUsed };
      }
      notUsed.push({ provider, reason: fault });
      await attempt(async () => await session.release());
    }
  }
  return onProcessor();
}

function probeOf(encode: EncodeTexts, rows: number): EncodedBatch {
  return encode(Array.from({ length: rows }, (_, i) => PROBE[i % PROBE.length] ?? ""));
}

/** The value, or in its place what went wrong. */
async function attempt<T>(act: () => Promise<T>): Promise<T | string> {
  try {
    return await act();
  } catch (error) {
    return shortReason(error);
  }
}

/** Runtimes explain themselves over many lines, with paths of the machine they were built on. */
export function shortReason(error: unknown): string {
  const [first = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return first
    .replace(/^.*\bwas false\. /, "")
    .replace(/^(?:Error: )?(?:Non-zero status code returned while running |\S+\.(?:cc|cpp|h):\d+\s+\S+\s+)/, "")
    .trim()
    .slice(0, 200);
}

interface Probe {
  readonly encode: EncodeTexts;
  readonly probe: EncodedBatch;
  readonly expected: Float32Array;
  readonly model: ModelFolder;
}

/** Why a session is no gain; undefined when it is one. */
async function faultOf(session: ModelSession, processor: ModelSession, given: Probe): Promise<string | undefined> {
  const found = await session.run(given.probe);
  const agreement = leastCosine(found, given.expected, given.model.dimensions);
  if (!(LEAST_AGREEMENT <= agreement))
    return `its vectors differ from the processor's (cosine ${agreement.toFixed(3)})`;
  const own = await perSecond(session, probeOf(given.encode, BATCH.gpu));
  const cpu = await perSecond(processor, given.probe);
  return own <= cpu
    ? `it is slower than the processor: ${own.toFixed(0)} texts/s against ${cpu.toFixed(0)}`
    : undefined;
}

function leastCosine(a: Float32Array, b: Float32Array, dimensions: number): number {
  let least = 1;
  for (let from = 0; from < a.length; from += dimensions) {
    let dot = 0;
    for (let i = from; i < from + dimensions; i++) dot += (a[i] ?? 0) * (b[i] ?? 0);
    least = Math.min(least, dot);
  }
  return a.length === b.length ? least : -1;
}

/** Best of two runs after a first one that warms up. */
async function perSecond(session: ModelSession, batch: EncodedBatch): Promise<number> {
  await session.run(batch);
  let best = Infinity;
  for (let run = 0; run < 2; run++) {
    const started = performance.now();
    await session.run(batch);
    best = Math.min(best, performance.now() - started);
  }
  return (batch.rows / best) * 1000;
}

/** Name of the graphics card where the system tells it. */
function deviceOf(provider: string): string {
  const folder = "/proc/driver/nvidia/gpus";
  try {
    const [first] = readdirSync(folder);
    const text = readFileSync(join(folder, first ?? "", "information"), "utf8");
    return /^Model:\s*(.+)$/m.exec(text)?.[1] ?? provider;
  } catch {
    return `GPU through ${provider}`;
  }
}

/** Providers worth a try on a platform, fastest first. */
export function providersFor(platform: NodeJS.Platform, wanted: string): readonly string[] {
  if (wanted === "cpu") return [];
  if (wanted !== "auto") return [wanted];
  if (platform === "win32") return ["dml", "webgpu"];
  return platform === "darwin" ? ["coreml", "webgpu"] : ["cuda", "webgpu"];
}
