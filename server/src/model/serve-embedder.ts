/** The model's own process: loads once, answers one request after another, and ends with the process that started it. */
import { chooseProvider, shortReason, type ChosenProvider } from "./choose-provider.js";
import { createEncoder, type EncodeTexts } from "./encode-texts.js";
import { ModelFault, readModelFolder, verifyModel, type ModelFolder } from "./model-folder.js";
import type { ModelSession, SessionOptions } from "./onnx-session.js";
import type { FromModel, LoadOptions, ToModel } from "./protocol.js";

type OpenSession = (options: SessionOptions) => Promise<ModelSession>;

interface Loaded {
  readonly model: ModelFolder;
  readonly encode: EncodeTexts;
  readonly chosen: ChosenProvider;
}

export function serveEmbedder(): void {
  let loaded: Promise<Loaded> | undefined;
  let last: Promise<void> = Promise.resolve();
  const answer = async (message: ToModel): Promise<void> => {
    if (message.kind === "load") {
      loaded = load(message.options);
      await loaded.catch((error: unknown) => {
        send({ kind: error instanceof ModelFault ? "unusable" : "failed", reason: shortReason(error) });
      });
      return;
    }
    try {
      const found = await loaded;
      if (found === undefined) throw new Error("no model is loaded");
      const started = performance.now();
      const data = await embed(found, message);
      send({ kind: "vectors", data, memoryBytes: process.memoryUsage().rss, ms: performance.now() - started });
    } catch (error) {
      send({ kind: "failed", reason: shortReason(error) });
    }
  };
  process.on("message", (message: ToModel) => {
    last = last.then(() => answer(message));
  });
  process.on("disconnect", () => process.exit(0));
}

function send(message: FromModel): void {
  process.send?.(message);
}

async function load(options: LoadOptions): Promise<Loaded> {
  const started = performance.now();
  const model = readModelFolder(options.folder);
  const identity = await verifyModel(model);
  const encode = createEncoder(model.tokenizer, model.tokenizerConfig, model.maxTokens);
  const { openSession } = await loadRuntime();
  const chosen = await chooseProvider({
    model,
    options,
    encode,
    open: openSession,
    onTrying: (provider) => send({ kind: "trying", provider }),
  }).catch((error: unknown) => {
    throw new ModelFault(`the model does not run: ${shortReason(error)}`);
  });
  const { provider, device, batchSize, notUsed } = chosen;
  const { name, dimensions } = model;
  const loadMs = Math.round(performance.now() - started);
  send({
    kind: "ready",
    loaded: { model: name, identity, dimensions, provider, device, batchSize, loadMs, notUsed },
    memoryBytes: process.memoryUsage().rss,
  });
  return { model, encode, chosen };
}

/** The native library is missing on platforms it is not made for. */
async function loadRuntime(): Promise<{ readonly openSession: OpenSession }> {
  try {
    return await import("./onnx-session.js");
  } catch (error) {
    throw new ModelFault(`ONNX Runtime does not load on ${process.platform}-${process.arch}: ${shortReason(error)}`);
  }
}

/** Texts of like length share a run, so that little of it is spent on padding. */
async function embed(
  { model, encode, chosen }: Loaded,
  { texts, purpose }: Extract<ToModel, { kind: "embed" }>,
): Promise<Float32Array> {
  const order = texts.map((_, index) => index).sort((a, b) => (texts[a]?.length ?? 0) - (texts[b]?.length ?? 0));
  const result = new Float32Array(texts.length * model.dimensions);
  for (let from = 0; from < order.length; from += chosen.batchSize) {
    const rows = order.slice(from, from + chosen.batchSize);
    const vectors = await chosen.session.run(encode(rows.map((row) => model.prefix[purpose] + (texts[row] ?? ""))));
    for (const [i, row] of rows.entries())
      result.set(vectors.subarray(i * model.dimensions, (i + 1) * model.dimensions), row * model.dimensions);
  }
  return result;
}
