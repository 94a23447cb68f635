/** Facts by content hash, and texts by name, in the tiered cache. A cache that cannot be used always misses: nobody above notices but the clock. */
import type { CacheKind, TieredCache } from "../cache/cache.js";
import { openCache, type OpenCacheOptions } from "../cache/open-cache.js";
import { EXTRACTOR_VERSION, type FileFacts } from "../facts/model.js";
import { isSoundFacts } from "../facts/sound-facts.js";
import { extractorIdentity } from "./build-identity.js";
import { decodeFacts, encodeFacts } from "./facts-codec.js";

export interface FactStore {
  /** What this machine has; waits for nobody. */
  get(hash: string): FileFacts | undefined;
  /** What this machine, colleagues and CI have, in the order of the hashes. Undefined where there is nobody else to ask. */
  readonly fetch: ((hashes: readonly string[]) => Promise<readonly (FileFacts | undefined)[]>) | undefined;
  /** @param bytes As `encodeFacts` makes them. */
  put(hash: string, bytes: Uint8Array): void;
  /** Text kept on this machine under a name that is no hash. */
  recall(name: string): string | undefined;
  remember(name: string, text: string): void;
  close(): Promise<void>;
}

export const noStore: FactStore = {
  get: () => undefined,
  fetch: undefined,
  put: () => undefined,
  recall: () => undefined,
  remember: () => undefined,
  close: () => Promise.resolve(),
};

/** A first scan waits this long for a piece of what others have made; nobody is typing behind it. */
const FETCH_BUDGET_MS = 1_000;
const NOTE_SECONDS = 90 * 86_400;

/** Opens a cache for facts alone, on disk. Never throws. */
export function openFactStore(folder: string, log: (line: string) => void): FactStore {
  return factStoreOver(openCache({ folder, log }), undefined);
}

/**
 * @param build Stands for the program that makes the facts, where it is not a built one.
 * @param shared Whether the cache has a tier beyond this machine.
 */
export function factStoreOver(
  cache: TieredCache,
  build: string | undefined,
  shared?: OpenCacheOptions["shared"],
): FactStore {
  const kind = factsKind(extractorIdentity() ?? build);
  return {
    get: (hash) => cache.peek(kind, hash),
    fetch:
      shared === undefined || kind.local === true
        ? undefined
        : (hashes) => cache.getMany(kind, hashes, FETCH_BUDGET_MS),
    put: (hash, bytes) => cache.putBytes(kind, hash, bytes),
    recall: (name) => cache.peek(notes, name),
    remember: (name, text) => cache.put(notes, name, text),
    close: () => cache.close(),
  };
}

/** @param identity Of what makes the facts. Sources under work have none, and their facts stay on the machine. */
function factsKind(identity: string | undefined): CacheKind<FileFacts> {
  return {
    name: "facts",
    version: `${EXTRACTOR_VERSION}-${identity?.slice(0, 12) ?? "source"}`,
    encode: encodeFacts,
    decode: (bytes, origin) => {
      const facts = decodeFacts(bytes);
      return facts !== undefined && (origin === "own" || isSoundFacts(facts)) ? facts : undefined;
    },
    // The analyzer holds what it works with.
    unheld: true,
    nearFirst: true,
    ...(identity === undefined ? { local: true } : {}),
  };
}

const notes: CacheKind<string> = {
  name: "notes",
  version: "1",
  encode: (text) => Buffer.from(text),
  decode: (bytes) => Buffer.from(bytes).toString("utf8"),
  local: true,
  ttlSeconds: NOTE_SECONDS,
};
