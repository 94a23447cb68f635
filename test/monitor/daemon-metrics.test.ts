/** Metrics of a real daemon, the profile behind a session, and an analyzer that is lost while the session stays. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { StreamMessageReader, StreamMessageWriter } from "vscode-languageserver-protocol/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectDaemon } from "../../server/src/daemon/connect.js";
import { settingsFrom } from "../../server/src/lsp/configuration.js";
import { serveClient } from "../../server/src/lsp/server.js";
import { inThisThread } from "../../server/src/lsp/service-thread.js";
import { mapPaths, placed, portable } from "../../server/src/service/portable-paths.js";
import { parsePrometheus } from "../harness/prometheus.js";
import { repositoryRoot } from "../harness/repository.js";
import { bindClient, initializeClient, PULL } from "../harness/scripted-client.js";
import { FLAWED, PACKAGE } from "../harness/temporary-workspace.js";

const state = { folder: "" };
const at = (name: string): string => path.join(state.folder, "root", name);
beforeEach(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hpm-"));
  mkdirSync(at(""), { recursive: true });
  writeFileSync(at("package.json"), PACKAGE);
  writeFileSync(at("a.ts"), FLAWED);
});
afterEach(() => rmSync(state.folder, { recursive: true, force: true }));

function cli(...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const env = { ...process.env, XDG_RUNTIME_DIR: state.folder, HOTPATH_CACHE_DIR: path.join(state.folder, "cache") };
  return spawnSync(process.execPath, [path.join(repositoryRoot, "dist/cli.js"), ...args], { env, encoding: "utf8" });
}

test("a daemon serves metrics where it is told to, and only on this machine", async () => {
  const refused = cli("daemon", "start", "--metrics", "0.0.0.0:9464");
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("127.0.0.1 only")]);
  const started = JSON.parse(cli("daemon", "start", "--metrics", "127.0.0.1:0", "--json").stdout) as {
    readonly path: string;
    readonly info: { readonly version: string; readonly metricsUrl: string };
  };
  try {
    const result = await connectDaemon(started.path, started.info.version, "lsp");
    if (result.kind !== "connected") throw new Error(JSON.stringify(result));
    const client = bindClient(result.socket, result.socket, undefined);
    result.socket.resume();
    await initializeClient(client, [at("")], PULL);
    await client.until("the scan", () => client.statuses.at(-1)?.state === "ready");
    client.open(at("a.ts"), FLAWED);
    expect((await client.pull(at("a.ts"))).items).toHaveLength(1);
    const families = parsePrometheus(await (await fetch(started.info.metricsUrl)).text());
    const samples = families.flatMap((family) => family.samples);
    const count = (name: string, label: string): number | undefined =>
      samples.find((one) => one.name === name && Object.values(one.labels).includes(label))?.value;
    expect(count("hotpath_request_seconds_count", "textDocument/diagnostic")).toBe(1);
    expect(count("hotpath_stage_seconds_count", "link")).toBeGreaterThan(0);
    expect(count("hotpath_rule_seconds_count", "query-in-loop")).toBeGreaterThan(0);
    expect(samples.find(({ name }) => name === "hotpath_clients")?.value).toBe(1);
    client.connection.dispose();
    result.socket.destroy();
  } finally {
    cli("daemon", "stop");
  }
}, 60_000);

test("a profile is a set of defaults, and what somebody has set stays", () => {
  const scanOf = (given: unknown): ReturnType<typeof settingsFrom>["scan"] => settingsFrom(given, () => undefined).scan;
  const sizeOf = (given: unknown): number | undefined => scanOf(given).cacheLimits?.diskBytes;
  expect(sizeOf({ profile: "light" })).toBe(128 * 2 ** 20);
  // Editors hand on defaults as if they were set.
  expect(sizeOf({ profile: "performance", cache: { diskSize: 512 } })).toBe(4096 * 2 ** 20);
  expect(sizeOf({ profile: "light", cache: { diskSize: 300 } })).toBe(300 * 2 ** 20);
  expect(scanOf({ profile: "light", workers: -1 }).workers).toBe(0);
  expect(scanOf({ profile: "balanced", workers: 2 }).workers).toBe(2);
  for (const [profile, enabled] of [
    ["light", false],
    ["balanced", true],
    ["performance", true],
  ] as const)
    expect([profile, scanOf({ profile, model: { enable: true } }).model?.enabled]).toEqual([profile, enabled]);
  expect(scanOf({ redis: { url: "redis://a:b@h:1", key: "k" } }).sharedCache).toMatchObject({ key: "k" });
  expect(scanOf({ redis: { url: "https://h" } }).sharedCache).toBeUndefined();
});

test("paths of another clone stay inside this one's folders", () => {
  const roots = ["/a/one", "/b/two"];
  expect([portable("/b/two/src/x.ts", roots), portable("/c/x.ts", roots)]).toEqual(["1:src/x.ts", "/c/x.ts"]);
  expect(placed("0:src/x.ts", roots)).toBe("/a/one/src/x.ts");
  for (const path of ["0:../x", "0:a/../../x", "2:x", "/etc/passwd", "0:", "0:/x", "x"])
    expect([path, placed(path, roots)]).toEqual([path, undefined]);
  const mapped = mapPaths({ path: "a", message: "a", related: [{ path: "a" }] }, (one) => `${one}!`);
  expect(mapped).toEqual({ path: "a!", message: "a", related: [{ path: "a!" }] });
});

test("an analyzer that is lost is started again, with the unsaved text; one that is lost again and again is not", async () => {
  const lost: ((reason: string) => void)[] = [];
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  serveClient(new StreamMessageReader(toServer), new StreamMessageWriter(toClient), {
    kind: "private",
    startService: () => ({ ...inThisThread(), onLost: (listener) => void lost.push(listener) }),
  });
  const client = bindClient(toClient, toServer, undefined);
  await initializeClient(client, [at("")], PULL);
  const ready = (): number => client.statuses.filter(({ state: one }) => one === "ready").length;
  await client.until("the scan", () => 0 < ready());
  client.open(at("a.ts"), `${FLAWED}\n${FLAWED.replace("load(", "more(")}`);
  expect((await client.pull(at("a.ts"))).items).toHaveLength(2);
  for (let time = 1; time <= 3; time++) {
    const before = ready();
    lost.at(-1)?.("the analyzer ran out of memory");
    await client.until("another start", () => lost.length === time + 1 && before < ready());
    expect((await client.pull(at("a.ts"))).items).toHaveLength(2);
  }
  lost.at(-1)?.("the analyzer ran out of memory");
  await client.until("the end of patience", () => client.statuses.at(-1)?.state === "error");
  expect(lost).toHaveLength(4);
  client.connection.dispose();
}, 60_000);
