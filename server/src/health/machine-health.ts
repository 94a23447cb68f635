/** What the machine offers: node, git, and that it tells of changed files. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, watch, writeFileSync, type FSWatcher } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Seen } from "./check-health.js";

const OLDEST_NODE = 20;
const WATCH_LIMIT_MS = 2_000;
const GIT_LIMIT_MS = 5_000;

export function nodeHealth(): Seen {
  const detail = `node ${process.versions.node}, ${process.platform}-${process.arch}`;
  return OLDEST_NODE <= Number(process.versions.node.split(".")[0])
    ? { state: "healthy", detail }
    : { state: "degraded", detail, next: `install node ${OLDEST_NODE} or later` };
}

export function gitHealth(): Promise<Seen> {
  return new Promise((resolve) => {
    execFile("git", ["--version"], { timeout: GIT_LIMIT_MS }, (error, stdout) => {
      if (error === null) resolve({ state: "healthy", detail: stdout.trim() });
      else
        resolve({
          state: "absent",
          detail: "not found",
          next: "only hotpath check --changed-since needs it",
        });
    });
  });
}

/** @param editorWatches See `HealthPlaces`. */
export async function watchingHealth(editorWatches: boolean | undefined): Promise<Seen> {
  const seen = await systemTells();
  const editor = editorWatches === true ? "; the editor tells of changed files" : "";
  if (editorWatches === false) {
    return {
      state: "degraded",
      detail: "the editor tells of saved files only",
      next: "after changes made elsewhere, run Hotpath: Rescan Workspace",
    };
  }
  if (seen === undefined) return { state: "healthy", detail: `the system tells of changed files${editor}` };
  return {
    state: "degraded",
    detail: `the system does not tell of changed files: ${seen}`,
    next: "raise fs.inotify.max_user_watches, or run Hotpath: Rescan Workspace after changes made elsewhere",
  };
}

/** Changes a file and waits to be told; a string is the reason why not. */
async function systemTells(): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "hotpath-watch-"));
  const held: { watcher?: FSWatcher; timer?: NodeJS.Timeout } = {};
  try {
    return await new Promise<string | undefined>((resolve) => {
      held.timer = setTimeout(() => resolve(`nothing heard within ${WATCH_LIMIT_MS / 1000} s`), WATCH_LIMIT_MS);
      held.watcher = watch(folder, () => resolve(undefined));
      held.watcher.on("error", (error) => resolve(error.message));
      writeFileSync(join(folder, "a.ts"), "export {};\n");
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(held.timer);
    held.watcher?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
