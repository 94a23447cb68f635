/** Journals of runs on disk: begun, gone on with, listed and read. One run has one writer. */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { contentHash } from "../base/content-hash.js";
import { readLine, writeLine, type JournalHead, type JournalLine } from "../evaluation/journal.js";
import type { RunFigures } from "../evaluation/run.js";
import type { CaseResult } from "../../../protocol/src/evaluation.js";

/** Runs kept of one project; the oldest go first. */
const KEPT_RUNS = 50;
const CHUNK_BYTES = 64 * 1024;

export interface OpenJournal {
  readonly path: string;
  record(result: CaseResult): void;
  end(figures: RunFigures): void;
  close(): void;
}

/** Folder of a project's runs: by path, because names repeat. */
export function runsFolder(cacheFolder: string, root: string): string {
  return join(cacheFolder, "evaluations", "runs", contentHash(root).slice(0, 16));
}

/** Names sort by when runs began; the last six digits are milliseconds and chance. */
export function newSession(now: Date, random: () => number = Math.random): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 15);
  const hex = (value: number): string => value.toString(16).padStart(3, "0");
  return `${stamp}-${hex(now.getUTCMilliseconds())}${hex(Math.floor(random() * 2 ** 12))}`;
}

export function isSessionName(text: string): boolean {
  return /^\d{8}-\d{6}-[0-9a-f]{6}$/.test(text);
}

export function journalPath(folder: string, session: string): string {
  return join(folder, `${session}.jsonl`);
}

/** Begins a journal. Throws when it cannot be written. */
export function beginJournal(folder: string, head: JournalHead): OpenJournal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  forgetOldRuns(folder);
  const path = journalPath(folder, head.session);
  const unlock = lock(path);
  const file = openSync(path, "ax", 0o600);
  writeSync(file, writeLine({ kind: "head", head }));
  return overFile(path, file, unlock);
}

/** Opens a journal to go on with. Throws with a sentence when another process is at it. */
export function continueJournal(path: string): OpenJournal {
  const unlock = lock(path);
  const file = openSync(path, "r+");
  ftruncateSync(file, endOfLastLine(file));
  closeSync(file);
  return overFile(path, openSync(path, "a"), unlock);
}

function overFile(path: string, file: number, unlock: () => void): OpenJournal {
  const state = { open: true };
  const write = (line: JournalLine): void => {
    // One write for each line: whoever kills this process leaves whole lines behind.
    if (state.open) writeSync(file, writeLine(line));
  };
  return {
    path,
    record: (result) => write({ kind: "result", result }),
    end: (figures) => write({ kind: "end", figures }),
    close() {
      if (!state.open) return;
      state.open = false;
      closeSync(file);
      unlock();
    },
  };
}

function lock(path: string): () => void {
  const file = `${path}.lock`;
  const holder = existsSync(file) ? Number(readFileSync(file, "utf8")) : undefined;
  if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
    throw new Error(`the run is still going on in process ${holder}: wait for it or stop it`);
  }
  writeFileSync(file, String(process.pid), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function endOfLastLine(file: number): number {
  let { size } = fstatSync(file);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  while (0 < size) {
    const from = Math.max(0, size - chunk.length);
    const read = readSync(file, chunk, 0, size - from, from);
    const newline = chunk.subarray(0, read).lastIndexOf(10);
    if (0 <= newline) return from + newline + 1;
    size = from;
  }
  return 0;
}

/** Lines of a journal that are whole, one by one. */
export function* journalLines(path: string): Generator<JournalLine> {
  const file = openSync(path, "r");
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest = Buffer.alloc(0);
  try {
    for (let read = readSync(file, chunk); 0 < read; read = readSync(file, chunk)) {
      const data = rest.length === 0 ? chunk.subarray(0, read) : Buffer.concat([rest, chunk.subarray(0, read)]);
      let start = 0;
      for (let end = data.indexOf(10); 0 <= end; end = data.indexOf(10, start)) {
        const line = readLine(data.toString("utf8", start, end));
        if (line !== undefined) yield line;
        start = end + 1;
      }
      rest = Buffer.from(data.subarray(start));
    }
  } finally {
    closeSync(file);
  }
}

/** The results of a journal, the last of each id: nothing counts twice. */
export function* journalResults(path: string): Generator<CaseResult> {
  const seen = new Set<string>();
  for (const line of journalLines(path)) {
    if (line.kind !== "result" || seen.has(line.result.id)) continue;
    seen.add(line.result.id);
    yield line.result;
  }
}

export function readHead(path: string): JournalHead | undefined {
  for (const line of journalLines(path)) return line.kind === "head" ? line.head : undefined;
  return undefined;
}

/** Sessions of a project, newest first. */
export function listSessions(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl") && isSessionName(name.slice(0, -".jsonl".length)))
    .map((name) => name.slice(0, -".jsonl".length))
    .sort()
    .reverse();
}

function forgetOldRuns(folder: string): void {
  for (const session of listSessions(folder).slice(KEPT_RUNS - 1)) {
    for (const ending of ["jsonl", "jsonl.lock", "html"]) rmSync(join(folder, `${session}.${ending}`), { force: true });
  }
}
