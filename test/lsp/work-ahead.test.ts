/** Git is asked which files were changed together, and only where the user trusts the workspace. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PULL, startClient, type ScriptedClient } from "../harness/scripted-client.js";

const TEXT = 'import { Pool } from "pg";\nexport const pool = new Pool();\n';
const state: { folder: string; clients: ScriptedClient[] } = { folder: "", clients: [] };

beforeEach(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hotpath-ahead-"));
  state.clients = [];
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const client of state.clients) client.process?.kill("SIGKILL");
  rmSync(state.folder, { recursive: true, force: true });
});

async function openIn(name: string, trusted: boolean): Promise<void> {
  const root = path.join(state.folder, name);
  mkdirSync(path.join(root, "src"), { recursive: true });
  writeFileSync(path.join(root, "package.json"), '{ "name": "sample", "dependencies": { "pg": "8" } }');
  writeFileSync(path.join(root, "src/db.ts"), TEXT);
  const client = await startClient([root], PULL, path.join(state.folder, `cache-${name}`), { trusted });
  state.clients.push(client);
  await client.until("the scan", () => client.statuses.at(-1)?.state === "ready");
  client.open(path.join(root, "src/db.ts"), TEXT);
}

test("git is asked in a trusted workspace, and never in another", async () => {
  const bin = path.join(state.folder, "bin");
  mkdirSync(bin);
  // A git that only leaves a trace where it was asked.
  writeFileSync(path.join(bin, "git"), "#!/bin/sh\ntouch asked\n");
  chmodSync(path.join(bin, "git"), 0o755);
  vi.stubEnv("PATH", `${bin}${path.delimiter}${process.env["PATH"] ?? ""}`);
  await openIn("untrusted", false);
  await openIn("trusted", true);
  const asked = (name: string): boolean => existsSync(path.join(state.folder, name, "asked"));
  await state.clients[1]?.until("git was asked", () => asked("trusted"));
  expect(asked("untrusted")).toBe(false);
}, 60_000);
