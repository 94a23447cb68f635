/**
 * Models that can be fetched by name from a model hub. Each file is held to the size and the SHA-256 given here, so it does not matter who hands it over.
 *
 * The sums are those of the hub's own revision named beside them, and each was found alike in several projects that publish what they pin; a file for which two
 * such sources did not agree is not listed.
 */

export interface KnownFile {
  /** Path in the hub's repository. */
  readonly from: string;
  /** Name in the model's folder. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface KnownModel {
  readonly name: string;
  /** When to choose it, one sentence. */
  readonly about: string;
  readonly license: string;
  /** Repository and revision on the hub. */
  readonly repository: string;
  readonly revision: string;
  readonly files: readonly KnownFile[];
  /** Files it shares with the model in the box: they are copied. */
  readonly bundled: readonly string[];
  readonly dimensions: number;
  readonly pooling: "mean" | "cls";
  readonly prefix: { readonly query: string; readonly passage: string };
  /** Roles of files by name, as in a manifest. */
  readonly roles: { readonly cpu: string; readonly gpu?: string; readonly tokenizer: string };
}

/** What every model is given of a text: the start of a function says most of what it is for. */
const MAX_TOKENS = 128;
const NO_PREFIX = { query: "", passage: "" } as const;
const UNCASED_TOKENIZER: KnownFile = {
  from: "tokenizer.json",
  name: "tokenizer.json",
  bytes: 711_396,
  sha256: "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
};
const QUANTIZED = { cpu: "model_quantized.onnx", tokenizer: "tokenizer.json" } as const;

export const knownModels: readonly KnownModel[] = [
  {
    name: "all-MiniLM-L6-v2-gpu",
    about: "The model in the box, with the graph that a GPU runs.",
    license: "Apache-2.0",
    repository: "sentence-transformers/all-MiniLM-L6-v2",
    revision: "1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
    files: [
      {
        from: "onnx/model.onnx",
        name: "model.fp32.onnx",
        bytes: 90_405_214,
        sha256: "6fd5d72fe4589f189f8ebc006442dbb529bb7ce38f8082112682524616046452",
      },
    ],
    bundled: ["model.int8.onnx", "tokenizer.json"],
    dimensions: 384,
    pooling: "mean",
    prefix: NO_PREFIX,
    roles: { cpu: "model.int8.onnx", gpu: "model.fp32.onnx", tokenizer: "tokenizer.json" },
  },
  {
    name: "bge-small-en-v1.5",
    about: "For sentences in English, twice as deep as the model in the box and half as fast.",
    license: "MIT",
    repository: "Xenova/bge-small-en-v1.5",
    revision: "ea104dacec62c0de699686887e3f920caeb4f3e3",
    files: [
      {
        from: "onnx/model_quantized.onnx",
        name: "model_quantized.onnx",
        bytes: 34_014_426,
        sha256: "6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4",
      },
      UNCASED_TOKENIZER,
    ],
    bundled: [],
    dimensions: 384,
    pooling: "cls",
    prefix: { query: "Represent this sentence for searching relevant passages: ", passage: "" },
    roles: QUANTIZED,
  },
  {
    name: "jina-embeddings-v2-base-code",
    about: "Trained on code of 30 languages; seven times the size of the model in the box.",
    license: "Apache-2.0",
    repository: "jinaai/jina-embeddings-v2-base-code",
    revision: "516f4baf13dec4ddddda8631e019b5737c8bc250",
    files: [
      {
        from: "onnx/model_quantized.onnx",
        name: "model_quantized.onnx",
        bytes: 161_895_621,
        sha256: "ed45870251c9f0cf656e78aab0d37a23489066df8a222bb1c8caf8a45f2cb16d",
      },
      {
        from: "tokenizer.json",
        name: "tokenizer.json",
        bytes: 2_561_316,
        sha256: "b01c78a902aa4facb2f47f95449f48e2f7bbfea5d2472ee2f6ce92323c6f86e5",
      },
    ],
    bundled: [],
    dimensions: 768,
    pooling: "mean",
    prefix: NO_PREFIX,
    roles: QUANTIZED,
  },
  {
    name: "nomic-embed-text-v1.5",
    about: "A larger model for text and code; six times the size of the model in the box.",
    license: "Apache-2.0",
    repository: "nomic-ai/nomic-embed-text-v1.5",
    revision: "e9b6763023c676ca8431644204f50c2b100d9aab",
    files: [
      {
        from: "onnx/model_quantized.onnx",
        name: "model_quantized.onnx",
        bytes: 137_296_292,
        sha256: "b4342336debaea79de872370664b0aaeb67dea4605513d00ee236ea871a81f27",
      },
      UNCASED_TOKENIZER,
    ],
    bundled: [],
    dimensions: 768,
    pooling: "mean",
    prefix: { query: "search_query: ", passage: "search_document: " },
    roles: QUANTIZED,
  },
];

export function bytesOf(model: KnownModel): number {
  return model.files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The manifest of a model's folder. @param bundledSums Sums of the files that are copied, by name. */
export function manifestOf(model: KnownModel, bundledSums: Readonly<Record<string, string>>): object {
  const { name, license, repository, revision, dimensions, pooling, prefix, roles, files, bundled } = model;
  const copied = bundled.map((file) => [file, bundledSums[file] ?? ""] as const);
  return {
    name,
    license,
    origin: `${repository} at ${revision}`,
    dimensions,
    maxTokens: MAX_TOKENS,
    pooling,
    prefix,
    files: roles,
    sha256: Object.fromEntries([...copied, ...files.map((file) => [file.name, file.sha256] as const)]),
  };
}
