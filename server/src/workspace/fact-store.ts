/**
 * Facts on disk, by extractor version and content hash, shared by every process of this user. A store that cannot be used is a cache that always
 * misses: nobody above notices but the clock.
 */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { open, type RootDatabase } from "lmdb";
import { decodeFacts } from "./facts-codec.js";
import { extractorIdentity } from "./build-identity.js";
import { removeStaleStores } from "./stale-stores.js";
import { hasDeadUser, looksSound, markUsed } from "./store-soundness.js";
import { EXTRACTOR_VERSION, type FileFacts } from "../facts/model.js";

export interface FactStore {
  get(hash: string): FileFacts | undefined;
  /** @param bytes As `encodeFacts` makes them. */
  put(hash: string, bytes: Uint8Array): void;
  /** Text kept under a name that is no hash. */
  recall(name: string): string | undefined;
  remember(name: string, text: string): void;
  close(): Promise<void>;
}

export const noStore: FactStore = {
  get: () => undefined,
  put: () => undefined,
  recall: () => undefined,
  remember: () => undefined,
  close: () => Promise.resolve(),
};

/** Layout of the file itself; a change makes a new file. */
const STORE_VERSION = 2;
/** The map can grow to this; the file holds only what is written. */
const MAX_BYTES = 2 ** 30;
/** Over this many bytes in use the store is emptied when it is opened: simpler than tracking ages, and refilled by the next scan. */
const RESET_BYTES = 700 * 2 ** 20;

/** Opens the store in a folder only this user can enter. Never throws. */
export function openFactStore(folder: string, log: (line: string) => void): FactStore {
  const identity = extractorIdentity()?.slice(0, 12) ?? "source";
  const path = join(folder, `facts-${STORE_VERSION}-${EXTRACTOR_VERSION}-${identity}.mdb`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const reason = looksSound(path)
      ? hasDeadUser(path)
        ? "its last user died while using it"
        : undefined
      : "it is damaged";
    if (reason !== undefined) {
      log(`the fact cache is rebuilt: ${reason}`);
      removeStore(path);
    }
    const release = markUsed(path);
    const store = overDatabase(openChecked(path), release, log);
    removeStaleStores(path);
    return store;
  } catch (error) {
    log(`no fact cache: ${message(error)}`);
    return noStore;
  }
}

function openChecked(path: string): RootDatabase<Uint8Array, string> {
  const options = {
    path,
    encoding: "binary" as const,
    mapSize: MAX_BYTES,
    noSubdir: true,
    maxReaders: 126,
  };
  const database = open<Uint8Array, string>(options);
  chmodSync(path, 0o600);
  const stats = database.getStats() as {
    readonly pageSize?: number;
    readonly treeLeafPageCount?: number;
    readonly overflowPages?: number;
  };
  const bytes = (stats.pageSize ?? 4096) * ((stats.treeLeafPageCount ?? 0) + (stats.overflowPages ?? 0));
  if (bytes > RESET_BYTES) database.clearSync();
  return database;
}

function removeStore(path: string): void {
  for (const file of [path, `${path}-lock`]) rmSync(file, { force: true, recursive: true });
}

function overDatabase(
  database: RootDatabase<Uint8Array, string>,
  release: () => void,
  log: (line: string) => void,
): FactStore {
  const state = { broken: false };
  // A run that ends without closing, but of its own will, leaves a sound store.
  process.once("exit", release);
  const attempt = <T>(act: () => T): T | undefined => {
    if (state.broken) return undefined;
    try {
      return act();
    } catch (error) {
      state.broken = true;
      log(`the fact cache is left alone from here on: ${message(error)}`);
      return undefined;
    }
  };
  const put = (key: string, bytes: Uint8Array): void => {
    attempt(() => {
      database.put(key, bytes).catch((error: unknown) => {
        state.broken = true;
        log(`the fact cache takes no more: ${message(error)}`);
      });
    });
  };
  return {
    get: (hash) =>
      attempt(() => {
        const bytes = database.getBinary(hash);
        return bytes === undefined ? undefined : decodeFacts(bytes);
      }),
    put,
    recall: (name) => attempt(() => database.getBinary(name)?.toString("utf8")),
    remember: (name, text) => put(name, Buffer.from(text)),
    close: async () => {
      process.off("exit", release);
      try {
        await database.close();
      } catch (error) {
        log(`the fact cache did not close cleanly: ${message(error)}`);
      }
      release();
    },
  };
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
