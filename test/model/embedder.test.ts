import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { createEmbedder, type EmbedderOptions } from "../../server/src/model/create-embedder.js";
import type { Embedder } from "../../server/src/ranking/embedder.js";
import { temporaryFolder } from "../harness/planner-image.js";
import { repositoryRoot } from "../harness/repository.js";

const fixtures = path.join(repositoryRoot, "test/model/fixtures");
const real: Pick<EmbedderOptions, "processFile" | "execArgv"> = {
  processFile: path.join(repositoryRoot, "server/src/embedder-process.ts"),
  execArgv: ["--import", "tsx"],
};
const open: Embedder[] = [];

function embedder(options: Partial<EmbedderOptions>): Embedder {
  const made = createEmbedder({ ...real, modelFolder: path.join(fixtures, "tiny"), provider: "cpu", ...options });
  open.push(made);
  return made;
}

function misbehaving(fault: string, more: Partial<EmbedderOptions> = {}): { made: Embedder; starts: () => number } {
  const log = temporaryFolder(`${fault}.log`);
  rmSync(log, { force: true });
  const made = embedder({
    processFile: path.join(fixtures, "misbehave.mjs"),
    execArgv: [],
    env: { ...process.env, HOTPATH_TEST_FAULT: fault, HOTPATH_TEST_LOG: log },
    ...more,
  });
  return { made, starts: () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").length - 1 : 0) };
}

/** A copy of a model that may be damaged. */
function copyOf(name: string): string {
  const folder = temporaryFolder(`model-${Math.random().toString(36).slice(2)}`);
  cpSync(path.join(fixtures, name), folder, { recursive: true });
  return folder;
}

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function matching(pattern: RegExp): string {
  return expect.stringMatching(pattern) as string;
}

function dot(a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

test("texts become vectors of length one; equal texts become equal vectors, whatever stands beside them", async () => {
  const made = embedder({});
  expect(await made.status()).toMatchObject({ state: "idle" });
  const answer = await made.embed(["query loop", "order by user where id", "query loop"], "passage", "now");
  if (answer.kind !== "vectors") throw new Error(answer.reason);
  const [a, b, c] = answer.vectors;
  expect(dot(a, a)).toBeCloseTo(1, 5);
  expect(dot(a, c)).toBeCloseTo(1, 5);
  expect(dot(a, b)).toBeLessThan(0.99);
  expect(await made.status()).toMatchObject({ state: "ready", model: "tiny", provider: "cpu", dimensions: 16 });
});

test("a process that is idle is stopped, and started again when it is wanted", async () => {
  const made = embedder({ idleMs: 20 });
  expect((await made.embed(["query"], "query", "now")).kind).toBe("vectors");
  await expect.poll(async () => (await made.status()).state).toBe("idle");
  expect((await made.embed(["query"], "query", "now")).kind).toBe("vectors");
});

test("a file that is not what the manifest says is not loaded", async () => {
  const folder = copyOf("tiny");
  writeFileSync(path.join(folder, "model.onnx"), "something else");
  const answer = await embedder({ modelFolder: folder }).embed(["query"], "query", "now");
  expect(answer).toMatchObject({
    kind: "unavailable",
    reason: matching(/model\.onnx is not the file its manifest describes/),
  });
});

test("a damaged model without a checksum is told in a sentence", async () => {
  const folder = copyOf("tiny");
  const manifest = JSON.parse(readFileSync(path.join(folder, "manifest.json"), "utf8")) as Record<string, unknown>;
  writeFileSync(path.join(folder, "manifest.json"), JSON.stringify({ ...manifest, sha256: {} }));
  writeFileSync(path.join(folder, "model.onnx"), "something else");
  const made = embedder({ modelFolder: folder });
  expect(await made.embed(["query"], "query", "now")).toMatchObject({
    kind: "unavailable",
    reason: matching(/does not run/),
  });
  expect(await made.status()).toMatchObject({ state: "failed", reason: matching(/does not run/) });
});

test("a missing tokenizer and a missing folder are told in a sentence", async () => {
  const folder = copyOf("tiny");
  rmSync(path.join(folder, "tokenizer.json"));
  expect(await embedder({ modelFolder: folder }).embed(["a"], "query", "now")).toMatchObject({
    reason: matching(/the model has no tokenizer\.json/),
  });
  expect(await embedder({ modelFolder: `${folder}-none` }).embed(["a"], "query", "now")).toMatchObject({
    reason: matching(/there is no folder/),
  });
});

test("output that is no number is refused when the model is loaded", async () => {
  const answer = await embedder({ modelFolder: path.join(fixtures, "nan") }).embed(["query"], "query", "now");
  expect(answer).toMatchObject({ kind: "unavailable", reason: matching(/values that are no numbers/) });
});

test("a process that dies again and again is started a few times, then given up with the reason", async () => {
  const { made, starts } = misbehaving("dies");
  for (let i = 0; i < 5; i++) expect((await made.embed(["a"], "query", "now")).kind).toBe("unavailable");
  expect(starts()).toBe(3);
  expect(await made.status()).toMatchObject({
    state: "failed",
    reason: matching(/the model's process ended \(SIGKILL\)/),
  });
});

test("a provider that ends the process is not tried again", async () => {
  const { made, starts } = misbehaving("dies-trying");
  expect((await made.embed(["a"], "query", "now")).kind).toBe("unavailable");
  expect((await made.embed(["a"], "query", "now")).kind).toBe("vectors");
  expect(starts()).toBe(2);
  expect((await made.status()).notUsed).toMatchObject([
    { provider: "webgpu", reason: matching(/ended while it was tried/) },
  ]);
});

test("a process that does not answer is ended", async () => {
  const { made } = misbehaving("hangs", { requestLimitMs: 100 });
  expect(await made.embed(["a"], "query", "now")).toMatchObject({ reason: matching(/took longer than 0.1 s/) });
});

test("a request that memory does not suffice for fails alone", async () => {
  const { made } = misbehaving("out-of-memory");
  expect(await made.embed(["a"], "query", "now")).toMatchObject({ kind: "unavailable", reason: "bad allocation" });
  expect(await made.status()).toMatchObject({ state: "ready", reason: "bad allocation" });
});

test("a process that holds too much memory is replaced", async () => {
  const { made, starts } = misbehaving("grows");
  expect((await made.embed(["a"], "query", "now")).kind).toBe("vectors");
  expect((await made.embed(["a"], "query", "now")).kind).toBe("vectors");
  expect(starts()).toBe(2);
});

test("whoever waits is served before what goes on in the background", async () => {
  const { made } = misbehaving("none");
  const done: string[] = [];
  const slow = made.embed(Array<string>(500).fill("a"), "passage", "background").then(() => done.push("background"));
  const fast = made.embed(["b"], "query", "now").then(() => done.push("now"));
  await Promise.all([slow, fast]);
  expect(done).toEqual(["now", "background"]);
});

test("a provider that is not there is told, and the processor is used", async () => {
  const made = embedder({ provider: "cuda" });
  expect((await made.embed(["query"], "query", "now")).kind).toBe("vectors");
  const status = await made.status();
  expect(status.provider).toBe("cpu");
  expect(status.notUsed).toMatchObject([{ provider: "cuda", reason: matching(/./) }]);
});
