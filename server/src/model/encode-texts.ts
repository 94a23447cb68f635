/** Texts to the numbers a model reads: tokens, cut at the model's limit, in rows of equal length. */
import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";
import { ModelFault } from "./model-folder.js";

export interface EncodedBatch {
  readonly rows: number;
  readonly tokens: number;
  readonly ids: BigInt64Array;
  readonly mask: BigInt64Array;
}

export type EncodeTexts = (texts: readonly string[]) => EncodedBatch;

/** A token has a few letters at least; what comes after this many of them per token is cut before it costs time. */
const LETTERS_PER_TOKEN = 12;

/** Throws `ModelFault` for files that are no tokenizer. */
export function createEncoder(tokenizerFile: string, configFile: string | undefined, maxTokens: number): EncodeTexts {
  const tokenizer = load(tokenizerFile, configFile);
  const padding = BigInt(tokenizer.token_to_id("[PAD]") ?? tokenizer.token_to_id("<pad>") ?? 0);
  return (texts) => {
    const all = texts.map((text) => {
      const { ids } = tokenizer.encode(text.slice(0, maxTokens * LETTERS_PER_TOKEN));
      const last = ids.at(-1);
      // The mark of the end stays, whatever is cut before it.
      return ids.length <= maxTokens || last === undefined ? ids : [...ids.slice(0, maxTokens - 1), last];
    });
    const tokens = Math.max(1, ...all.map((ids) => ids.length));
    const ids = new BigInt64Array(texts.length * tokens).fill(padding);
    const mask = new BigInt64Array(texts.length * tokens);
    for (const [row, found] of all.entries()) {
      for (const [column, id] of found.entries()) {
        ids[row * tokens + column] = BigInt(id);
        mask[row * tokens + column] = 1n;
      }
    }
    return { rows: texts.length, tokens, ids, mask };
  };
}

function load(tokenizerFile: string, configFile: string | undefined): Tokenizer {
  try {
    const config: unknown = configFile === undefined ? {} : JSON.parse(readFileSync(configFile, "utf8"));
    return new Tokenizer(JSON.parse(readFileSync(tokenizerFile, "utf8")) as object, config as object);
  } catch (error) {
    throw new ModelFault(`${tokenizerFile} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
