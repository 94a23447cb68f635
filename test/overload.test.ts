/** Several clients at one daemon at once, and what an analyzer that is overloaded gives up: short forms of `bench/shared-daemon.ts`. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { boundedCarrier } from "../server/src/lsp/bounded-carrier.js";
import type { ServiceReply, ServiceRequest } from "../server/src/lsp/async-service.js";
import { createMemoryWatchdog } from "../server/src/lsp/memory-watchdog.js";
import { Busy, createTurns } from "../server/src/lsp/turns.js";
import { hasNeovim, loadDaemon, logOf, memoryGrowth } from "./harness/daemon-load.js";
import { repositoryRoot } from "./harness/repository.js";

const state = { scratch: "" };
beforeEach(() => {
  state.scratch = mkdtempSync(path.join(tmpdir(), "hpl-"));
});
afterEach(() => rmSync(state.scratch, { recursive: true, force: true }));

const SECONDS = Number(process.env["HOTPATH_TEST_LOAD_SECONDS"] ?? 14);

test("two windows, the command line and Neovim at one daemon: nobody sees another's text", async () => {
  const folder = path.join(state.scratch, "work");
  cpSync(path.join(repositoryRoot, "test/workspaces/shop"), folder, { recursive: true });
  const figures = await loadDaemon({
    dist: path.join(repositoryRoot, "dist"),
    folder,
    scratch: state.scratch,
    seconds: SECONDS,
  });
  expect(figures.wrong).toEqual([]);
  // How fast it is says the benchmark; here a machine may be as slow as it likes, but nobody may be left waiting.
  expect(figures.edits).toBeGreaterThan(3);
  expect(figures.checks).toBeGreaterThan(0);
  expect(logOf(state.scratch).split("answered a check").length - 1).toBe(figures.checks);
  if (hasNeovim) expect(figures.neovimEdits).toBeGreaterThan(1);
  expect(figures.p95Ms).toBeLessThan(20_000);
  expect(memoryGrowth(figures.memoryMb)).toBeLessThan(0.5);
}, 120_000);

function carrierWith(): {
  readonly sent: ServiceRequest[];
  readonly carrier: ReturnType<typeof boundedCarrier>;
  readonly replies: ServiceReply[];
  readonly finish: () => void;
} {
  const sent: ServiceRequest[] = [];
  const listeners: ((reply: ServiceReply) => void)[] = [];
  const carrier = boundedCarrier({
    send: (request) => sent.push(request),
    onReply: (listener) => listeners.push(listener),
    onLost: () => undefined,
    end: () => Promise.resolve(),
  });
  const replies: ServiceReply[] = [];
  carrier.onReply((reply) => replies.push(reply));
  let done = 0;
  const finish = (): void => {
    const next = sent.filter(({ method }) => method !== "figures")[done++];
    if (next !== undefined) for (const listener of listeners) listener({ id: next.id, kind: "result", value: next.id });
  };
  return { sent, carrier, replies, finish };
}

test("the queue is bounded: newer text takes the place of older, and answers nobody waits for are refused", async () => {
  const { sent, carrier, replies, finish } = carrierWith();
  let id = 0;
  const send = (method: ServiceRequest["method"], ...args: unknown[]): void =>
    carrier.send({ id: ++id, method, args, epoch: 0 });
  send("scan");
  for (let n = 0; n < 5_000; n++) send("setOverlay", `/a${n % 3}.ts`, `text ${n}`);
  send("refresh");
  expect(carrier.queued).toBe(4);
  for (let n = 0; n < 1_000; n++) send("hover", "/a0.ts", n);
  expect(carrier.queued).toBeLessThanOrEqual(201);
  send("figures");
  expect(sent.map(({ method }) => method)).toEqual(["scan", "figures"]);
  await Promise.resolve();
  expect(replies.filter(({ kind }) => kind === "error").length).toBeGreaterThan(700);
  expect(replies.filter(({ kind }) => kind === "result").length).toBe(4_997);
  for (let n = 0; n < 300; n++) finish();
  // In the order they were asked, each with the last text.
  const calls = sent.filter(({ method }) => method !== "figures" && method !== "hover");
  expect(calls.map(({ method, args }) => [method, args[1]])).toEqual([
    ["scan", undefined],
    ["setOverlay", "text 4997"],
    ["setOverlay", "text 4998"],
    ["setOverlay", "text 4999"],
    ["refresh", undefined],
  ]);
  expect(carrier.queued).toBe(0);
});

test("turns are fair: who asks for many waits behind who asks for one, and too many are refused", async () => {
  const turns = createTurns(1, 5);
  const [greedy, modest] = [{}, {}];
  const order: string[] = [];
  const gates: (() => void)[] = [];
  const take = (client: object, name: string): Promise<void> =>
    turns.take(client, async () => {
      order.push(name);
      await new Promise<void>((resolve) => gates.push(resolve));
    });
  const all = [take(greedy, "g1"), take(greedy, "g2"), take(greedy, "g3"), take(modest, "m1")];
  for (let n = 0; n < 4; n++) {
    await new Promise((resolve) => setImmediate(resolve));
    gates[n]?.();
  }
  await Promise.all(all);
  expect(order).toEqual(["g1", "m1", "g2", "g3"]);
  const held = Array.from({ length: 6 }, (_, n) => take({}, `h${n}`).catch((error: unknown) => error));
  expect(turns.waiting).toBe(5);
  expect(await take({}, "one too many").catch((error: unknown) => error)).toBeInstanceOf(Busy);
  for (let n = 4; n < 10; n++) {
    await new Promise((resolve) => setImmediate(resolve));
    gates[n]?.();
  }
  await Promise.all(held);
  await expect(turns.take({}, () => Promise.reject(new Error("its own")))).rejects.toThrow("its own");
});

test("memory is given back in order: caches, background, the analyzer itself; never again at once", () => {
  const told: string[] = [];
  const clock = { now: 0 };
  const look = createMemoryWatchdog(
    (relief) => told.push(relief),
    () => clock.now,
  );
  const at = (share: number): void => look({ usedBytes: share * 1000, limitBytes: 1000 });
  at(0.5);
  at(0.76);
  at(0.77);
  at(0.86);
  at(0.93);
  at(0.95);
  expect(told).toEqual(["caches", "background", "restart"]);
  clock.now = 31_000;
  at(0.8);
  expect(told).toEqual(["caches", "background", "restart", "caches"]);
});
