/** The live database of a user: asked in trusted folders alone, and its address reaches neither the client nor the log. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { repositoryRoot } from "../harness/repository.js";
import { bindClient, PULL, uriOf, type ScriptedClient } from "../harness/scripted-client.js";

const SECRET = "Sw0rdfish";
const state: { folder: string; server: Server; asked: number; port: number; client?: ScriptedClient } = {} as never;

/** Something that listens where the database should be, and hangs up. */
beforeEach(async () => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hotpath-lsp-live-"));
  state.asked = 0;
  state.server = createServer((socket) => {
    state.asked++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => state.server.listen(0, "127.0.0.1", resolve));
  state.port = (state.server.address() as AddressInfo).port;
});
afterEach(async () => {
  state.client?.process?.kill("SIGKILL");
  await new Promise((resolve) => state.server.close(resolve));
  rmSync(state.folder, { recursive: true, force: true });
});

/** Everything the server said, on any stream. */
async function session(initializationOptions: object, config = "{}"): Promise<string> {
  writeFileSync(path.join(state.folder, "package.json"), '{ "name": "sample", "dependencies": { "pg": "8" } }');
  writeFileSync(path.join(state.folder, "schema.sql"), "CREATE TABLE orders (id bigserial PRIMARY KEY);\n");
  writeFileSync(path.join(state.folder, "hotpath.config.json"), config);
  const url = `postgres://reader:${SECRET}@127.0.0.1:${state.port}/secret_shop`;
  const child = spawn(process.execPath, [path.join(repositoryRoot, "dist/server.js"), "--stdio"], {
    env: { ...process.env, HOTPATH_CACHE_DIR: path.join(state.folder, "cache"), HOTPATH_DATABASE_URL: url },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const said: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  const client = bindClient(child.stdout, child.stdin, child);
  state.client = client;
  await client.connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: uriOf(state.folder),
    workspaceFolders: [{ uri: uriOf(state.folder), name: "sample" }],
    capabilities: PULL,
    initializationOptions,
  });
  await client.connection.sendNotification("initialized", {});
  await client.until("the scan", () => /ready|error/.test(client.statuses.at(-1)?.state ?? ""));
  return said.join("");
}

test("in a trusted folder it is asked, and findings are there though it hangs up", async () => {
  const said = await session({ trusted: true });
  expect(state.asked).toBe(1);
  expect(said).not.toMatch(new RegExp(`${SECRET}|secret_shop|reader:`));
});

test("in a folder that is not trusted nothing is connected to", async () => {
  await session({ trusted: false });
  expect(state.asked).toBe(0);
});

test("a workspace cannot point to a database", async () => {
  const config = JSON.stringify({ "database.url": `postgres://127.0.0.1:${state.port}/x` });
  const said = await session({ trusted: true }, config);
  expect(state.asked).toBe(0);
  expect(said).toContain("there is no setting database.url");
});
