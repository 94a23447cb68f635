import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { downloadModel, type Downloaded, type DownloadOptions } from "../../server/src/model/download-model.js";
import { bytesOf, knownModels, type KnownModel } from "../../server/src/model/known-models.js";
import { readModelFolder, verifyModel } from "../../server/src/model/model-folder.js";
import { temporaryFolder } from "../harness/planner-image.js";
import { repositoryRoot } from "../harness/repository.js";

const graph = Buffer.alloc(300_000, "graph");
const tokenizer = Buffer.from('{"model":{}}');
const sum = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

const model: KnownModel = {
  name: "made-up",
  about: "Made up.",
  license: "MIT",
  repository: "somebody/made-up",
  revision: "0123abcd",
  files: [
    { from: "onnx/model.onnx", name: "model.onnx", bytes: graph.length, sha256: sum(graph) },
    { from: "tokenizer.json", name: "tokenizer.json", bytes: tokenizer.length, sha256: sum(tokenizer) },
  ],
  bundled: [],
  dimensions: 8,
  pooling: "cls",
  prefix: { query: "query: ", passage: "" },
  roles: { cpu: "model.onnx", tokenizer: "tokenizer.json" },
};

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A hub on this machine. Returns its address and the paths it was asked for. */
async function hub(answer: RequestListener = honest): Promise<{ readonly address: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const honest: RequestListener = ({ url = "" }, response) => {
  const body = url.endsWith("/onnx/model.onnx") ? graph : url.endsWith("/tokenizer.json") ? tokenizer : undefined;
  if (body === undefined) response.writeHead(404).end();
  else response.writeHead(200, { "content-length": body.length }).end(body);
};

interface Tried {
  readonly result: Downloaded;
  readonly models: string;
  readonly progress: readonly (readonly [number, number])[];
}

async function download(address: string, more: Partial<DownloadOptions> = {}, wanted = model): Promise<Tried> {
  const models = more.models ?? path.join(temporaryFolder(`models-${Math.random().toString(36).slice(2)}`), "models");
  const progress: [number, number][] = [];
  const options = {
    hub: address,
    bundled: path.join(repositoryRoot, "server/model"),
    onProgress: (done: number, total: number) => void progress.push([done, total]),
    signal: new AbortController().signal,
    ...more,
    models,
  };
  return { result: await downloadModel(wanted, options), models, progress };
}

function reasonOf(result: Downloaded): string {
  return result.kind === "failed" ? result.reason : result.kind;
}

/** What is left where models go. */
function left(models: string): string[] {
  return existsSync(models) ? readdirSync(models) : [];
}

test("a model is fetched from its revision, checked, and put where only its user reads it", async () => {
  const { address, asked } = await hub();
  const { result, models, progress } = await download(`${address}/`);
  expect(result).toEqual({ kind: "done", folder: path.join(models, "made-up") });
  expect(asked).toEqual([
    "/somebody/made-up/resolve/0123abcd/onnx/model.onnx",
    "/somebody/made-up/resolve/0123abcd/tokenizer.json",
  ]);
  expect(left(models)).toEqual(["made-up"]);
  expect(progress.at(-1)).toEqual([bytesOf(model), bytesOf(model)]);
  const folder = readModelFolder(path.join(models, "made-up"));
  expect(folder).toMatchObject({ name: "made-up", dimensions: 8, pooling: "cls", prefix: { query: "query: " } });
  expect(await verifyModel(folder)).toMatch(/^[0-9a-f]{16}$/);
  if (process.platform !== "win32") expect(statSync(path.join(models, "made-up")).mode & 0o077).toBe(0);
});

test("a model that is there is not fetched again; one that was damaged is", async () => {
  const { address, asked } = await hub();
  const { models } = await download(address);
  expect((await download(address, { models })).result.kind).toBe("done");
  expect(asked).toHaveLength(2);
  writeFileSync(path.join(models, "made-up/model.onnx"), "damaged");
  expect((await download(address, { models })).result.kind).toBe("done");
  expect(asked).toHaveLength(4);
  expect(readFileSync(path.join(models, "made-up/model.onnx"))).toEqual(graph);
});

test("a file with another sum is not taken, and nothing of it stays", async () => {
  const other = Buffer.alloc(graph.length, "other");
  const { address } = await hub((_request, response) => {
    response.writeHead(200, { "content-length": other.length }).end(other);
  });
  const { result, models } = await download(address);
  expect(reasonOf(result)).toMatch(
    /^model\.onnx is not the file that is known by this name \(its SHA-256 is [0-9a-f]{12}…\)/,
  );
  expect(left(models)).toEqual([]);
});

test("a file of another size is refused before it is read, and one that does not end is cut off", async () => {
  const announced = await hub((_request, response) => {
    response.writeHead(200, { "content-length": graph.length * 2 }).end(Buffer.alloc(graph.length * 2));
  });
  expect(reasonOf((await download(announced.address)).result)).toMatch(
    /offers model\.onnx with 600000 bytes, not the 300000/,
  );
  const endless = await hub((_request, response) => {
    response.writeHead(200);
    const write = (): void => {
      if (response.destroyed) return;
      response.write(Buffer.alloc(65_536));
      setTimeout(write, 1);
    };
    write();
  });
  const { result, models } = await download(endless.address);
  expect(reasonOf(result)).toMatch(/model\.onnx is larger than it should be/);
  expect(left(models)).toEqual([]);
});

test("a connection that ends in the middle, a hub without the file and one that is not there are told in a sentence", async () => {
  const broken = await hub((_request, response) => {
    response.writeHead(200, { "content-length": graph.length });
    response.write(graph.subarray(0, 1000), () => response.destroy());
  });
  const { result, models } = await download(broken.address);
  expect(reasonOf(result)).toMatch(
    /^127\.0\.0\.1:\d+ cannot be reached \(.+\): without a network the model in the box goes on/,
  );
  expect(left(models)).toEqual([]);
  const empty = await hub((_request, response) => void response.writeHead(404).end());
  expect(reasonOf((await download(empty.address)).result)).toMatch(/does not have the file.*hotpath\.model\.hub/);
  expect(reasonOf((await download("http://127.0.0.1:9")).result)).toMatch(/cannot be reached \(.+\)/);
  expect(reasonOf((await download("models.example")).result)).toMatch(/is no address of a hub/);
});

test("a hub that hands a file over to its storage is followed, but not for ever", async () => {
  const storage = await hub();
  const front = await hub(({ url = "" }, response) => {
    response.writeHead(302, { location: `${storage.address}${url}` }).end();
  });
  expect((await download(front.address)).result.kind).toBe("done");
  const circle = await hub(({ url = "" }, response) => void response.writeHead(307, { location: url }).end());
  expect(reasonOf((await download(circle.address)).result)).toMatch(/without end/);
});

test("a download that is cancelled leaves nothing", async () => {
  const stop = new AbortController();
  const { address } = await hub((_request, response) => {
    response.writeHead(200, { "content-length": graph.length });
    response.write(graph.subarray(0, 1000));
  });
  const { result, models } = await download(address, { signal: stop.signal, onProgress: () => stop.abort() });
  expect(result).toEqual({ kind: "cancelled" });
  expect(left(models)).toEqual([]);
});

test("what a program left that was ended in the middle is cleared away, but not what another may be at work on", async () => {
  const { address } = await hub();
  const { models } = await download(address);
  for (const name of [".other-old", ".other-new"]) mkdirSync(path.join(models, name));
  utimesSync(path.join(models, ".other-old"), 1000, 1000);
  rmSync(path.join(models, "made-up"), { recursive: true });
  expect((await download(address, { models })).result.kind).toBe("done");
  expect(left(models).sort()).toEqual([".other-new", "made-up"]);
});

test("too little room, and a place that cannot be written, are told before anything is asked of the hub", async () => {
  const { address, asked } = await hub();
  const huge = { ...model, files: model.files.map((file) => ({ ...file, bytes: 2 ** 60 })) };
  expect(reasonOf((await download(address, {}, huge)).result)).toMatch(/MB free where models go/);
  const file = path.join(temporaryFolder(`file-${Math.random().toString(36).slice(2)}`), "taken");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, "");
  chmodSync(file, 0o600);
  expect(reasonOf((await download(address, { models: file })).result)).toMatch(/cannot be made/);
  expect(asked).toEqual([]);
});

test("a proxy is gone through where one is named, and its refusal is told", async () => {
  const { address } = await hub();
  const proxy = await hub();
  const server = servers.at(-1);
  const connected: string[] = [];
  server?.on("connect", (request, socket) => {
    connected.push(request.url ?? "");
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  });
  const { result } = await download(address, { proxy: proxy.address });
  expect(connected.length + proxy.asked.length).toBeGreaterThan(0);
  expect(result.kind).toBe("failed");
  expect(reasonOf((await download(address, { proxy: "no address" })).result)).toMatch(/The address of the proxy/);
});

test("what a model shares with the one in the box is copied", async () => {
  const { address } = await hub();
  const [file] = model.files;
  if (file === undefined) throw new Error("no file");
  const wanted: KnownModel = { ...model, files: [file], bundled: ["tokenizer.json"] };
  const { result, models } = await download(address, {}, wanted);
  expect(result.kind).toBe("done");
  const folder = readModelFolder(path.join(models, "made-up"));
  expect([...folder.checksums.keys()].map((one) => path.basename(one)).sort()).toEqual([
    "model.onnx",
    "tokenizer.json",
  ]);
  await verifyModel(folder);
});

test("known models have whole sums, pinned revisions, and files for every role", () => {
  for (const { files, bundled, roles, revision, license } of knownModels) {
    expect(revision).toMatch(/^[0-9a-f]{40}$/);
    expect(["MIT", "Apache-2.0"]).toContain(license);
    for (const file of files) {
      expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(file.bytes).toBeGreaterThan(1000);
    }
    const names = [...files.map(({ name }) => name), ...bundled];
    for (const role of Object.values(roles)) expect(names).toContain(role);
    expect(bundled.filter((name) => !existsSync(path.join(repositoryRoot, "server/model", name)))).toEqual([]);
  }
  expect(new Set(knownModels.map(({ name }) => name)).size).toBe(knownModels.length);
});
