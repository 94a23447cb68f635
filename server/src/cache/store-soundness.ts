/**
 * Whether a fact store on disk may be opened. The database maps its file into memory and trusts it: a file that is not one, or that was cut short, ends the whole
 * process with a signal instead of an error. So it is looked at first, and a store whose last user died while writing to it is not trusted again. One who only
 * read leaves it as it was: a window that is killed, or a scan that is interrupted, costs nobody the cache.
 */
import { randomBytes } from "node:crypto";
import { closeSync, openSync, readdirSync, readSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** LMDB's magic number, the first field of each of the two meta pages. */
const MAGIC = 0xbeefc0de;
/** Offsets of fields within a meta page, as lmdb 3 lays it out on 64-bit machines. */
const META = { magic: 24, pageSize: 48, lastPage: 144 } as const;
const PAGE_SIZES = new Set([4096, 8192, 16_384, 32_768, 65_536]);

/** An empty or absent file is sound: it becomes a new store. */
export function looksSound(path: string): boolean {
  const size = sizeOf(path);
  if (size === undefined || size === 0) return true;
  const first = readAt(path, 0);
  const pageSize = first.readUInt32LE(META.pageSize);
  if (first.readUInt32LE(META.magic) !== MAGIC || !PAGE_SIZES.has(pageSize) || size < 2 * pageSize) return false;
  const second = readAt(path, pageSize);
  if (second.readUInt32LE(META.magic) !== MAGIC) return false;
  const lastPage = [first, second].map((meta) => meta.readBigUInt64LE(META.lastPage)).reduce((a, b) => (a < b ? b : a));
  return (lastPage + 1n) * BigInt(pageSize) <= BigInt(size);
}

/** That a process uses a store, for others to see. */
export interface UseNote {
  /** Says so for as long as something is written. Rejects with what `write` rejects with. */
  writing<T>(write: () => Promise<T>): Promise<T>;
  /** Takes the note away. */
  release(): void;
}

const WRITING = "writing";

/** Notes that this process uses the store, and, until `writing` is first done, that it writes: a store is set up when it is opened. */
export function markUsed(path: string): UseNote {
  const marker = `${path}.used-by-${process.pid}-${randomBytes(4).toString("hex")}`;
  const state = { writes: 0, released: false };
  const say = (what: string): void => {
    try {
      if (!state.released) writeFileSync(marker, what, { mode: 0o600 });
    } catch {
      // The folder is gone, or full: what is written to the store fails by itself.
    }
  };
  say(WRITING);
  return {
    async writing(write) {
      if (state.writes++ === 0) say(WRITING);
      try {
        return await write();
      } finally {
        if (--state.writes === 0) say("");
      }
    },
    release() {
      state.released = true;
      rmSync(marker, { force: true });
    },
  };
}

/** Whether a process died while it wrote to the store. The notes of all dead processes are taken away. */
export function hasDeadWriter(path: string): boolean {
  const dead = notesOf(path).filter(({ pid }) => !isAlive(pid));
  const wrote = dead.some(({ file }) => sizeOf(file) !== 0);
  for (const { file } of dead) rmSync(file, { force: true });
  return wrote;
}

export function hasLiveUser(path: string): boolean {
  return notesOf(path).some(({ pid }) => isAlive(pid));
}

function notesOf(path: string): readonly { readonly file: string; readonly pid: number }[] {
  const prefix = `${basename(path)}.used-by-`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ file: join(dirname(path), name), pid: Number.parseInt(name.slice(prefix.length), 10) }));
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch {
    return undefined;
  }
}

function readAt(path: string, offset: number): Buffer {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(256);
    readSync(file, buffer, 0, buffer.length, offset);
    return buffer;
  } finally {
    closeSync(file);
  }
}
