/**
 * Entries on this user's disk, in one file that all processes of the user share. It stays under a size: what was not used for longest goes first. A file that
 * cannot be trusted is replaced, for the database maps it into memory.
 */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { open, type Database, type RootDatabase } from "lmdb";
import { removeStaleStores } from "./stale-stores.js";
import { hasDeadWriter, looksSound, markUsed, type UseNote } from "./store-soundness.js";
import type { Tier, TierEntry } from "./tier.js";

export interface DiskTierOptions {
  readonly folder: string;
  /** What the entries may take together. */
  readonly maxBytes: number;
  readonly log: (line: string) => void;
}

/** Layout of the file itself; a change makes a new file. */
const STORE_VERSION = 3;
export const DISK_BYTES = 512 * 2 ** 20;
/** The map must have room for what is written before the next look at the size. */
const MAP_FACTOR = 2;
const MAP_SPARE_BYTES = 64 * 2 ** 20;
/** Making room frees a quarter, so that it is seldom needed. */
const KEPT_SHARE = 0.75;
const WRITES_BETWEEN_LOOKS = 512;
/** That an entry was used is noted once in so many minutes: a scan of what was used just now writes nothing. */
const USE_GRAIN_MINUTES = 60;
/** Removals in one transaction: others wait for it. */
const REMOVAL_BATCH = 1_000;

interface Store {
  readonly root: RootDatabase;
  readonly values: Database<Uint8Array, string>;
  /** Minute of the last use and size, four bytes each, by the same key. */
  readonly uses: Database<Uint8Array, string>;
}

/** Undefined, with a line in the log, where there can be none. Never throws. */
export function openDiskTier({ folder, maxBytes, log }: DiskTierOptions): Tier | undefined {
  const path = join(folder, `cache-${STORE_VERSION}.mdb`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const reason = looksSound(path)
      ? hasDeadWriter(path)
        ? "its last user died while writing to it"
        : undefined
      : "it is damaged";
    if (reason !== undefined) {
      log(`the disk cache is rebuilt: ${reason}`);
      removeStore(path);
    }
    const note = markUsed(path);
    const tier = new DiskTier(openStore(path, maxBytes), maxBytes, note);
    void note.writing(() => Promise.resolve());
    removeStaleStores(path);
    return tier;
  } catch (error) {
    log(`no disk cache: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function openStore(path: string, maxBytes: number): Store {
  const mapSize = MAP_FACTOR * maxBytes + MAP_SPARE_BYTES;
  const root = open({ path, mapSize, noSubdir: true, maxReaders: 126, maxDbs: 4 });
  chmodSync(path, 0o600);
  return {
    root,
    values: root.openDB<Uint8Array, string>("values", { encoding: "binary" }),
    uses: root.openDB<Uint8Array, string>("uses", { encoding: "binary" }),
  };
}

function removeStore(path: string): void {
  for (const file of [path, `${path}-lock`]) rmSync(file, { force: true, recursive: true });
}

/** A class because it has a lifetime. */
class DiskTier implements Tier {
  readonly name = "disk";
  readonly compresses = false;
  readonly secret = undefined;
  readonly batch = 256;
  readonly #store: Store;
  readonly #maxBytes: number;
  readonly #note: UseNote;
  readonly #release = (): void => this.#note.release();
  #writes = 0;
  #shrinking: Promise<void> | undefined;
  /** Keys used since the last note of it. */
  #used = new Map<string, number>();

  constructor(store: Store, maxBytes: number, note: UseNote) {
    this.#store = store;
    this.#maxBytes = maxBytes;
    this.#note = note;
    // A run that ends without closing, but of its own will, leaves a sound store.
    process.once("exit", this.#release);
    this.#keepSmall();
  }

  getNow(key: string): Uint8Array | undefined {
    const sealed = this.#store.values.getBinary(key);
    if (sealed !== undefined) this.#noteUse(key, sealed.length);
    return sealed;
  }

  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return Promise.resolve(keys.map((key) => this.getNow(key)));
  }

  async putMany(entries: readonly TierEntry[]): Promise<void> {
    const { values, uses } = this.#store;
    try {
      await this.#note.writing(() =>
        Promise.all(
          entries.flatMap(({ key, sealed }) => [
            values.put(key, sealed),
            uses.put(key, useOf(minuteNow(), sealed.length)),
          ]),
        ),
      );
    } catch (error) {
      // Another process may have filled the map since this one looked.
      await this.#note.writing(() => this.#shrink());
      throw error;
    }
    this.#writes += entries.length;
    if (WRITES_BETWEEN_LOOKS <= this.#writes) this.#keepSmall();
  }

  size(): { readonly entries: number; readonly bytes: number; readonly maxBytes: number } {
    const stats = this.#store.values.getStats() as PageStats;
    const pages = (stats.treeBranchPageCount ?? 0) + (stats.treeLeafPageCount ?? 0) + (stats.overflowPages ?? 0);
    return { entries: stats.entryCount ?? 0, bytes: pages * (stats.pageSize ?? 4096), maxBytes: this.#maxBytes };
  }

  async close(): Promise<void> {
    process.off("exit", this.#release);
    try {
      await this.#writeUses();
      await this.#shrinking;
      await this.#store.root.close();
    } finally {
      this.#release();
    }
  }

  #noteUse(key: string, size: number): void {
    const minute = minuteNow();
    const noted = this.#store.uses.getBinary(key);
    if (noted !== undefined && minute < noted.readUInt32BE(0) + USE_GRAIN_MINUTES) return;
    this.#used.set(key, size);
    if (REMOVAL_BATCH <= this.#used.size) void this.#writeUses().catch(() => undefined);
  }

  async #writeUses(): Promise<void> {
    const used = this.#used;
    this.#used = new Map();
    const minute = minuteNow();
    const puts = (): Promise<unknown> =>
      Promise.all([...used].map(([key, size]) => this.#store.uses.put(key, useOf(minute, size))));
    if (used.size > 0) await this.#note.writing(puts);
  }

  #keepSmall(): void {
    this.#writes = 0;
    if (this.size().bytes <= this.#maxBytes) return;
    this.#shrinking ??= this.#note
      .writing(() => this.#shrink())
      .catch(() => undefined)
      .finally(() => (this.#shrinking = undefined));
  }

  /** Removes what was not used for longest until three quarters are left. */
  async #shrink(): Promise<void> {
    await this.#writeUses();
    const { values, uses } = this.#store;
    const entries = [...uses.getRange()].map(({ key, value }) => {
      const bytes = Buffer.from(value);
      return { key, minute: bytes.readUInt32BE(0), size: bytes.readUInt32BE(4) };
    });
    entries.sort((a, b) => a.minute - b.minute);
    const { bytes } = this.size();
    // Pages are filled to a part only, so what the entries hold is scaled to what they take.
    const scale =
      bytes /
      Math.max(
        1,
        entries.reduce((sum, { size }) => sum + size, 0),
      );
    let excess = bytes - KEPT_SHARE * this.#maxBytes;
    let batch: Promise<unknown>[] = [];
    for (const { key, size } of entries) {
      if (excess <= 0) break;
      excess -= size * scale;
      batch.push(values.remove(key), uses.remove(key));
      if (batch.length < REMOVAL_BATCH) continue;
      await Promise.all(batch);
      batch = [];
    }
    await Promise.all(batch);
  }
}

interface PageStats {
  readonly entryCount?: number;
  readonly pageSize?: number;
  readonly treeBranchPageCount?: number;
  readonly treeLeafPageCount?: number;
  readonly overflowPages?: number;
}

function minuteNow(): number {
  return Math.floor(Date.now() / 60_000);
}

function useOf(minute: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeUInt32BE(minute, 0);
  bytes.writeUInt32BE(size, 4);
  return bytes;
}
