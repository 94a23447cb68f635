/** One ONNX graph on one provider: encoded texts in, vectors of length one out. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { EncodedBatch } from "./encode-texts.js";

export interface ModelSession {
  /** Vectors one after another. Rejects when a value is no number, or the graph gives something else than vectors. */
  run(batch: EncodedBatch): Promise<Float32Array>;
  release(): Promise<void>;
}

export interface SessionOptions {
  readonly file: string;
  readonly provider: string;
  readonly threads: number;
  readonly dimensions: number;
  readonly pooling: "mean" | "cls";
}

export async function openSession(options: SessionOptions): Promise<ModelSession> {
  const session = await InferenceSession.create(options.file, {
    executionProviders: [options.provider],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    // Rows of many lengths would fill the arena with blocks that are never used again.
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 4,
  });
  const { dimensions, pooling } = options;
  return {
    run: async (batch) => {
      const output = await session.run(inputsOf(session.inputNames, batch));
      const name = session.outputNames.find((one) => one === "sentence_embedding") ?? session.outputNames[0] ?? "";
      const tensor = output[name];
      if (tensor === undefined || !(tensor.data instanceof Float32Array))
        throw new Error("the model gives no vectors of 32-bit numbers");
      const vectors = tensor.dims.length === 3 ? pool(tensor.data, batch, dimensions, pooling) : tensor.data;
      if (vectors.length !== batch.rows * dimensions)
        throw new Error(`the model gives vectors of another size than the ${dimensions} its manifest says`);
      return normalized(vectors, dimensions);
    },
    release: () => session.release(),
  };
}

function inputsOf(names: readonly string[], { rows, tokens, ids, mask }: EncodedBatch): Record<string, Tensor> {
  const shape = [rows, tokens];
  const known: Readonly<Record<string, () => BigInt64Array>> = {
    input_ids: () => ids,
    attention_mask: () => mask,
    token_type_ids: () => new BigInt64Array(ids.length),
  };
  return Object.fromEntries(
    names.map((name) => {
      const values = known[name];
      if (values === undefined) throw new Error(`the model wants ${name}, which an embedding model does not need`);
      return [name, new Tensor("int64", values(), shape)];
    }),
  );
}

function pool(hidden: Float32Array, batch: EncodedBatch, dimensions: number, pooling: "mean" | "cls"): Float32Array {
  const pooled = new Float32Array(batch.rows * dimensions);
  for (let row = 0; row < batch.rows; row++) {
    const last = pooling === "cls" ? 1 : batch.tokens;
    for (let token = 0; token < last; token++) {
      if (batch.mask[row * batch.tokens + token] === 0n) continue;
      const from = (row * batch.tokens + token) * dimensions;
      for (let i = 0; i < dimensions; i++)
        pooled[row * dimensions + i] = (pooled[row * dimensions + i] ?? 0) + (hidden[from + i] ?? 0);
    }
  }
  return pooled;
}

function normalized(vectors: Float32Array, dimensions: number): Float32Array {
  const result = new Float32Array(vectors.length);
  for (let from = 0; from < vectors.length; from += dimensions) {
    let squares = 0;
    for (let i = from; i < from + dimensions; i++) squares += (vectors[i] ?? 0) ** 2;
    if (!Number.isFinite(squares)) throw new Error("the model gives values that are no numbers");
    const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
    for (let i = from; i < from + dimensions; i++) result[i] = (vectors[i] ?? 0) * scale;
  }
  return result;
}
