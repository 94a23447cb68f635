/** The example server, driven under `--cpu-prof`: its profile must rank the planted slow paths first. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createService } from "../server/src/service/create-service.js";
import { Profiles } from "../server/src/service/profiles.js";
import { drain } from "../server/src/service/slices.js";
import type { WorkspaceService } from "../server/src/service/workspace-service.js";
import { ordersFolder, startOrdersServer } from "./harness/orders-server.js";

const folder = mkdtempSync(path.join(tmpdir(), "hotpath-profile-"));
const state: { service?: WorkspaceService; file?: string } = {};

beforeAll(async () => {
  state.service = await createService({ roots: [ordersFolder], cacheFolder: undefined, overrides: {}, workers: 0 });
  await drain(state.service.scan());
  state.service.refresh();
  const server = await startOrdersServer(["--cpu-prof", `--cpu-prof-dir=${folder}`], "profiled.mjs");
  await server.fill(10);
  // Every endpoint is used alike; only what they do differs.
  for (let round = 0; round < 12; round++) {
    await server.send({ method: "POST", path: "/login", body: { id: 1, password: "secret" } });
    await server.send({ method: "GET", path: "/print" });
    for (const target of ["/orders/fast", "/orders/1", "/customers/1", "/dashboard", "/search?q=product", "/banner"])
      await server.send({ method: "GET", path: target });
  }
  await server.stop();
  state.file = path.join(folder, readdirSync(folder).find((name) => name.endsWith(".cpuprofile")) ?? "");
}, 90_000);

afterAll(async () => {
  await state.service?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the planted slow paths come first", async () => {
  const { service, file } = state;
  if (service === undefined || file === undefined) throw new Error("not started");
  const profiles = new Profiles();
  const read = await profiles.add(file, [ordersFolder]);
  expect(read.problems).toEqual([]);
  const endpoints = profiles.endpoints(service);
  expect(
    endpoints
      .slice(0, 2)
      .map(({ label }) => label)
      .sort(),
  ).toEqual(["GET /print", "POST /login"]);
  expect(endpoints[0]?.measured?.text).toMatch(/^\d+ % of request time$/);
  expect((endpoints[0]?.measured?.share ?? 0) + (endpoints[1]?.measured?.share ?? 0)).toBeGreaterThan(0.5);
});
