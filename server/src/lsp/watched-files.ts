/** Which files the client is asked to watch, and how its events reach the analyzer. */
import {
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type FileEvent as LspFileEvent,
  type _Connection,
} from "vscode-languageserver";
import type { FileEvent } from "../service/workspace-service.js";
import { pathOf } from "./uri.js";

const GLOBS = [
  "**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,sql,prisma}",
  "**/{package.json,tsconfig*.json,jsconfig*.json,pnpm-workspace.yaml,pnpm-lock.yaml,package-lock.json,npm-shrinkwrap.json,yarn.lock,bun.lock}",
  "**/{hotpath.config.json,.gitignore,_journal.json}",
];

export async function watchFiles(connection: _Connection): Promise<void> {
  await connection.client.register(DidChangeWatchedFilesNotification.type, {
    watchers: GLOBS.map((globPattern) => ({ globPattern })),
  });
}

/** Events of ordinary files outside `node_modules`, in the analyzer's words. */
export function toFileEvents(changes: readonly LspFileEvent[]): FileEvent[] {
  return changes.flatMap(({ uri, type }) => {
    const path = pathOf(uri);
    if (path === undefined || path.includes("/node_modules/") || path.includes("/.git/")) return [];
    const kind = type === FileChangeType.Created ? "created" : type === FileChangeType.Deleted ? "deleted" : "changed";
    return [{ path, kind } as const];
  });
}
