/**
 * A model on disk: a folder with a manifest of ours, or one as the Hugging Face tools write it (`model.onnx` or `onnx/model.onnx`, `tokenizer.json`,
 * `config.json`, and of sentence-transformers the pooling and the prompts). Everything that is missing or wrong is told in one sentence.
 */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

export interface ModelFolder {
  readonly name: string;
  /** Files by absolute path. `gpu` is a graph without int8 arithmetic; undefined where the folder has none. */
  readonly cpu: string;
  readonly gpu: string | undefined;
  readonly tokenizer: string;
  readonly tokenizerConfig: string | undefined;
  readonly dimensions: number;
  readonly maxTokens: number;
  readonly pooling: "mean" | "cls";
  readonly prefix: { readonly query: string; readonly passage: string };
  /** Expected SHA-256 by absolute path. */
  readonly checksums: ReadonlyMap<string, string>;
}

/** Something about the folder that only its owner can mend. */
export class ModelFault extends Error {}

/** More than this costs time that the start of a function does not repay. */
const DEFAULT_MAX_TOKENS = 128;

/** Reads what a folder says of its model. Throws `ModelFault`. */
export function readModelFolder(folder: string): ModelFolder {
  if (!existsSync(folder)) throw new ModelFault(`there is no folder ${folder}`);
  const own = join(folder, "manifest.json");
  const found = existsSync(own) ? ownFolder(folder, readJson(own)) : publishedFolder(folder);
  for (const file of [found.cpu, found.tokenizer])
    if (!existsSync(file))
      throw new ModelFault(`the model has no ${basename(file)}: put the whole model into ${folder}`);
  return found.gpu === undefined || existsSync(found.gpu) ? found : { ...found, gpu: undefined };
}

type Json = Readonly<Record<string, unknown>>;

function readJson(file: string): Json {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null) return value as Json;
  } catch {
    // Told below, like a file that holds something else.
  }
  throw new ModelFault(`${file} cannot be read`);
}

function ownFolder(folder: string, manifest: Json): ModelFolder {
  const files = record(manifest["files"]);
  const prefix = record(manifest["prefix"]);
  const at = (name: unknown, fallback: string): string => join(folder, text(name) ?? fallback);
  const dimensions = number(manifest["dimensions"]);
  if (dimensions === undefined) throw new ModelFault(`${join(folder, "manifest.json")} names no dimensions`);
  return {
    name: text(manifest["name"]) ?? basename(folder),
    cpu: at(files["cpu"], "model.onnx"),
    gpu: files["gpu"] === undefined ? undefined : at(files["gpu"], "model.onnx"),
    tokenizer: at(files["tokenizer"], "tokenizer.json"),
    tokenizerConfig: undefined,
    dimensions,
    maxTokens: number(manifest["maxTokens"]) ?? DEFAULT_MAX_TOKENS,
    pooling: manifest["pooling"] === "cls" ? "cls" : "mean",
    prefix: { query: text(prefix["query"]) ?? "", passage: text(prefix["passage"]) ?? "" },
    checksums: new Map(
      Object.entries(record(manifest["sha256"])).flatMap(([name, sum]) =>
        typeof sum === "string" ? [[join(folder, name), sum] as const] : [],
      ),
    ),
  };
}

function publishedFolder(folder: string): ModelFolder {
  const config = optionalJson(join(folder, "config.json"));
  const dimensions = number(config["hidden_size"]) ?? number(config["dim"]);
  if (dimensions === undefined)
    throw new ModelFault(
      `${folder} holds no model: it needs a manifest.json, or the config.json it was published with`,
    );
  const existing = (...names: readonly string[]): string | undefined =>
    names.map((name) => join(folder, name)).find((file) => existsSync(file));
  const plain = existing("onnx/model.onnx", "model.onnx");
  const small = existing("onnx/model_quantized.onnx", "onnx/model_int8.onnx", "model_quantized.onnx");
  const prompts = record(optionalJson(join(folder, "config_sentence_transformers.json"))["prompts"]);
  const pooling = optionalJson(join(folder, "1_Pooling", "config.json"));
  const limit = number(optionalJson(join(folder, "sentence_bert_config.json"))["max_seq_length"]);
  return {
    name: basename(folder),
    cpu: small ?? plain ?? join(folder, "onnx", "model.onnx"),
    gpu: plain,
    tokenizer: join(folder, "tokenizer.json"),
    tokenizerConfig: existing("tokenizer_config.json"),
    dimensions,
    maxTokens: Math.min(limit ?? DEFAULT_MAX_TOKENS, 256),
    pooling: pooling["pooling_mode_cls_token"] === true ? "cls" : "mean",
    prefix: { query: text(prompts["query"]) ?? "", passage: text(prompts["passage"] ?? prompts["document"]) ?? "" },
    checksums: new Map(),
  };
}

/** Checks files against their manifest. Rejects with `ModelFault` naming the first that differs. Returns what identifies the model. */
export async function verifyModel(model: ModelFolder): Promise<string> {
  for (const [file, expected] of model.checksums) {
    if (!existsSync(file)) continue;
    const found = await sha256(file);
    if (found !== expected)
      throw new ModelFault(
        `${basename(file)} is not the file its manifest describes: get the model again (SHA-256 ${found.slice(0, 12)}…)`,
      );
  }
  const sum = model.checksums.get(model.cpu) ?? (await sha256(model.cpu));
  const { maxTokens, pooling, prefix } = model;
  return createHash("sha256")
    .update(JSON.stringify([sum, maxTokens, pooling, prefix]))
    .digest("hex")
    .slice(0, 16);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest("hex");
}

function optionalJson(file: string): Json {
  return existsSync(file) ? readJson(file) : {};
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : undefined;
}
