/**
 * Observations remembered between runs, in files of one entry a line: `key json`. Each process appends to a file of its own and reads all of
 * them, so nothing is locked and a killed process loses at most the line it was writing. Values stay on disk; memory holds where they are.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { ResultCache } from "../evaluation/attempt.js";

export interface ResultStore extends ResultCache {
  close(): void;
}

interface Entry {
  readonly file: number;
  readonly offset: number;
  readonly length: number;
}

const KEY_LENGTH = 32;
const NEWLINE = 10;
const CHUNK_BYTES = 2 ** 20;
/** Over this, the oldest files go: they hold what has not been asked for longest. */
const MAX_BYTES = 512 * 2 ** 20;
/** So many files are written together into one when nobody can be writing to them any more. */
const MAX_FILES = 16;
const SETTLED_MS = 3_600_000;

/** Opens the store in a folder only this user can enter. Never throws: a store that cannot be used always misses. */
export function openResultStore(folder: string): ResultStore {
  const index = new Map<string, Entry>();
  const opened: number[] = [];
  const own: { file?: number; size: number; broken: boolean } = { size: 0, broken: false };
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const path of tidy(folder)) opened.push(readInto(index, path));
  } catch {
    own.broken = true;
  }
  return {
    get(key) {
      const entry = index.get(key);
      if (entry === undefined) return undefined;
      const buffer = Buffer.alloc(entry.length);
      try {
        return readSync(entry.file, buffer, 0, entry.length, entry.offset) === entry.length
          ? buffer.toString("utf8")
          : undefined;
      } catch {
        return undefined;
      }
    },
    put(key, json) {
      if (own.broken || key.length !== KEY_LENGTH) return;
      try {
        own.file ??= openOwn(folder, opened);
        const line = Buffer.from(`${key} ${json}\n`);
        writeSync(own.file, line);
        index.set(key, { file: own.file, offset: own.size + KEY_LENGTH + 1, length: line.length - KEY_LENGTH - 2 });
        own.size += line.length;
      } catch {
        own.broken = true;
      }
    },
    close() {
      for (const file of opened.splice(0)) closeSync(file);
      index.clear();
      own.broken = true;
    },
  };
}

function openOwn(folder: string, opened: number[]): number {
  const file = openSync(join(folder, `${Date.now()}-${process.pid}.log`), "ax+", 0o600);
  opened.push(file);
  return file;
}

/** Reads where the entries of a file are; later ones replace earlier ones. Returns the open file. */
function readInto(index: Map<string, Entry>, path: string): number {
  const file = openSync(path, "r");
  const { size } = fstatSync(file);
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(1, size)));
  let lineStart = 0;
  let key = "";
  for (let offset = 0; offset < size;) {
    const read = readSync(file, chunk, 0, chunk.length, offset);
    if (read === 0) break;
    for (let at = 0; at < read;) {
      const missing = lineStart + KEY_LENGTH - (offset + at);
      if (0 < missing) {
        const part = chunk.toString("latin1", at, Math.min(read, at + missing));
        key += part;
        at += part.length;
        continue;
      }
      const end = chunk.subarray(0, read).indexOf(NEWLINE, at);
      if (end < 0) break;
      const from = lineStart + KEY_LENGTH + 1;
      if (/^[0-9a-f]+$/.test(key)) index.set(key, { file, offset: from, length: offset + end - from });
      at = end + 1;
      lineStart = offset + at;
      key = "";
    }
    offset += read;
  }
  return file;
}

/** Paths of the files to read, oldest first, after the oldest have been dropped or written together. */
function tidy(folder: string): string[] {
  const files = readdirSync(folder)
    .filter((name) => /^\d+-\d+\.log$/.test(name))
    .map((name) => ({ path: join(folder, name), ...sizeAndAge(join(folder, name)) }))
    .sort((a, b) => a.modified - b.modified);
  let bytes = files.reduce((sum, { size }) => sum + size, 0);
  while (MAX_BYTES < bytes && 1 < files.length) {
    const [oldest] = files.splice(0, 1);
    if (oldest === undefined) break;
    rmSync(oldest.path, { force: true });
    bytes -= oldest.size;
  }
  const settled = files.filter(({ modified }) => modified < Date.now() - SETTLED_MS);
  if (settled.length < MAX_FILES) return files.map(({ path }) => path);
  const merged = join(folder, `${Date.now()}-${process.pid}.log`);
  writeTogether(
    settled.map(({ path }) => path),
    merged,
  );
  return [merged, ...files.filter((file) => !settled.includes(file)).map(({ path }) => path)];
}

function sizeAndAge(path: string): { readonly size: number; readonly modified: number } {
  const { size, mtimeMs } = statSync(path);
  return { size, modified: mtimeMs };
}

function writeTogether(paths: readonly string[], target: string): void {
  const index = new Map<string, Entry>();
  const files = paths.map((path) => readInto(index, path));
  const out = openSync(target, "wx", 0o600);
  try {
    for (const [key, { file, offset, length }] of index) {
      const value = Buffer.alloc(length);
      readSync(file, value, 0, length, offset);
      writeSync(out, Buffer.concat([Buffer.from(`${key} `), value, Buffer.from("\n")]));
    }
  } finally {
    closeSync(out);
    for (const file of files) closeSync(file);
  }
  for (const path of paths) rmSync(path, { force: true });
}
