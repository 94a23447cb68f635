/** Download Model… as a client sees it: the list, a file that arrives with progress, and a request that is taken back. */
import { PassThrough } from "node:stream";
import { afterEach, expect, test } from "vitest";
import {
  CancellationTokenSource,
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from "vscode-languageserver-protocol/node";
import {
  downloadModelMethod,
  downloadProgressMethod,
  knownModelsMethod,
  type DownloadModelResult,
  type DownloadProgressParams,
  type KnownModelMessage,
} from "../../protocol/src/model-download.js";
import type { ModelSource } from "../../server/src/lsp/handlers/model-download.js";
import { serveClient } from "../../server/src/lsp/server.js";
import { createModelDownloads } from "../../server/src/model/model-downloads.js";
import { repositoryRoot } from "../harness/repository.js";

const open: MessageConnection[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.dispose();
});

function clientOf(source: ModelSource | undefined): MessageConnection {
  const [up, down] = [new PassThrough(), new PassThrough()];
  serveClient(new StreamMessageReader(up), new StreamMessageWriter(down), {
    startService: () => {
      throw new Error("no workspace is opened here");
    },
    kind: "private",
    ...(source === undefined ? {} : { models: source }),
  });
  const client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  client.listen();
  open.push(client);
  return client;
}

const known: KnownModelMessage = {
  name: "made-up",
  about: "Made up.",
  license: "MIT",
  repository: "somebody/made-up",
  bytes: 1000,
  dimensions: 8,
};

test("the list is that of the server, with what is agreed to: size, licence and origin", async () => {
  const client = clientOf(createModelDownloads(repositoryRoot));
  const list = await client.sendRequest<readonly KnownModelMessage[]>(knownModelsMethod);
  expect(list.length).toBeGreaterThan(1);
  for (const one of list) {
    expect(one.bytes).toBeGreaterThan(1_000_000);
    expect(one.repository).toMatch(/^[\w-]+\/[\w.-]+$/);
  }
  const answer = await client.sendRequest<DownloadModelResult>(downloadModelMethod, { name: "no such", hub: "" });
  expect(answer).toEqual({ kind: "failed", reason: "There is no known model no such" });
});

test("progress is told, not more than a hundred times, and the last of it is the whole", async () => {
  const client = clientOf({
    list: () => [known],
    fetch: ({ name, hub, onProgress }) => {
      for (let done = 1; done <= 1000; done++) onProgress(done, 1000);
      return Promise.resolve({ kind: "done", folder: `/${name} from ${hub}` });
    },
  });
  const told: DownloadProgressParams[] = [];
  client.onNotification(downloadProgressMethod, (progress: DownloadProgressParams) => void told.push(progress));
  const params = { name: "made-up", hub: "https://hub.example" };
  const answer = await client.sendRequest<DownloadModelResult>(downloadModelMethod, params);
  expect(answer).toEqual({ kind: "done", folder: "/made-up from https://hub.example" });
  expect(told.length).toBeLessThanOrEqual(100);
  expect(told.at(-1)).toEqual({ name: "made-up", done: 1000, total: 1000 });
});

test("a request that is taken back stops the download", async () => {
  const started = new CancellationTokenSource();
  const client = clientOf({
    list: () => [known],
    fetch: ({ signal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve({ kind: "cancelled" }));
        started.cancel();
      }),
  });
  const stop = new CancellationTokenSource();
  started.token.onCancellationRequested(() => stop.cancel());
  const answer = await client.sendRequest<DownloadModelResult>(
    downloadModelMethod,
    { name: "made-up", hub: "" },
    stop.token,
  );
  expect(answer).toEqual({ kind: "cancelled" });
});

test("a server that fetches none says so", async () => {
  const client = clientOf(undefined);
  expect(await client.sendRequest(knownModelsMethod)).toEqual([]);
  expect(await client.sendRequest(downloadModelMethod, { name: "a", hub: "" })).toMatchObject({ kind: "failed" });
});
