/** *Download Model…*: the list of known models, and one of them fetched because the user has said so. */
import type { CancellationToken, _Connection } from "vscode-languageserver";
import {
  downloadModelMethod,
  downloadProgressMethod,
  knownModelsMethod,
  type DownloadModelParams,
  type DownloadModelResult,
  type DownloadProgressParams,
  type KnownModelMessage,
} from "../../../../protocol/src/model-download.js";

/** What a server can fetch; `server/src/model/model-downloads.ts` is one. */
export interface ModelSource {
  list(): readonly KnownModelMessage[];
  fetch(
    request: DownloadModelParams & {
      readonly onProgress: (done: number, total: number) => void;
      readonly signal: AbortSignal;
    },
  ): Promise<DownloadModelResult>;
}

/** Told after so much more of the whole. */
const STEPS = 100;

/** @param source Undefined: this server fetches none. */
export function registerModelDownload(connection: _Connection, source: ModelSource | undefined): void {
  connection.onRequest(knownModelsMethod, (): readonly KnownModelMessage[] => source?.list() ?? []);
  connection.onRequest<DownloadModelResult, never>(
    downloadModelMethod,
    async (params: DownloadModelParams, token: CancellationToken): Promise<DownloadModelResult> => {
      if (source === undefined) return { kind: "failed", reason: "This server cannot fetch models." };
      const stop = new AbortController();
      const cancelled = token.onCancellationRequested(() => stop.abort());
      let told = 0;
      const onProgress = (done: number, total: number): void => {
        if (done < total && done - told < total / STEPS) return;
        told = done;
        const progress: DownloadProgressParams = { name: params.name, done, total };
        void connection.sendNotification(downloadProgressMethod, progress);
      };
      try {
        return await source.fetch({ ...params, onProgress, signal: stop.signal });
      } finally {
        cancelled.dispose();
      }
    },
  );
}
