/** Scripted sessions with the built server over standard streams. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CancellationTokenSource, LSPErrorCodes, type CodeAction, type Hover } from "vscode-languageserver-protocol";
import { PULL, PUSH, startClient, uriOf, type ScriptedClient } from "../harness/scripted-client.js";

const HELPER = `import { Pool } from "pg";
const pool = new Pool();
export async function load(id: string) {
  return pool.query("select * from users where id = $1", [id]);
}
`;
const CALLER = `import { load } from "./helper";
export async function all(ids: string[]) {
  const out = [];
  for (const id of ids) out.push(await load(id));
  return out;
}
`;

const state: { folder: string; clients: ScriptedClient[] } = { folder: "", clients: [] };

beforeEach(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hotpath-lsp-"));
  state.clients = [];
});
afterEach(async () => {
  for (const client of state.clients) client.process?.kill("SIGKILL");
  rmSync(state.folder, { recursive: true, force: true });
});

function workspace(name: string): string {
  const root = path.join(state.folder, name);
  mkdirSync(path.join(root, "src"), { recursive: true });
  writeFileSync(path.join(root, "package.json"), '{ "name": "sample", "dependencies": { "pg": "8" } }');
  writeFileSync(path.join(root, "src/helper.ts"), HELPER);
  writeFileSync(path.join(root, "src/caller.ts"), CALLER);
  return root;
}

async function connect(roots: readonly string[], capabilities = PULL): Promise<ScriptedClient> {
  const client = await startClient(roots, capabilities, path.join(state.folder, "cache"));
  state.clients.push(client);
  await client.until(
    "the scan",
    () => client.statuses.at(-1)?.state === "ready" || client.statuses.at(-1)?.state === "error",
  );
  return client;
}

test("pull: one document, its related places, unchanged results, the whole workspace", async () => {
  const root = workspace("a");
  const client = await connect([root]);
  const caller = path.join(root, "src/caller.ts");
  const first = await client.pull(caller);
  expect(first.items?.map(({ code, range, source }) => [source, code, range.start.line])).toEqual([
    ["hotpath", "query-in-loop", 3],
  ]);
  expect((await client.pull(caller, first.resultId)).kind).toBe("unchanged");
  const all = await client.connection.sendRequest<{ items: { uri: string; items: unknown[] }[] }>(
    "workspace/diagnostic",
    { previousResultIds: [] },
  );
  expect(all.items.filter(({ items }) => items.length > 0).map(({ uri }) => uri)).toEqual([uriOf(caller)]);
  expect(client.progress.map((value) => (value as { kind: string }).kind)).toEqual(
    expect.arrayContaining(["begin", "end"]),
  );
  expect(await client.stop()).toBe(0);
}, 30_000);

test("pull: a document that was open before the scan is asked for again, also when nothing else has findings", async () => {
  const root = workspace("early");
  const client = await startClient([root], PULL, path.join(state.folder, "cache"));
  state.clients.push(client);
  const caller = path.join(root, "src/caller.ts");
  client.open(caller, CALLER);
  await client.until("the scan", () => client.statuses.at(-1)?.state === "ready");
  await client.until("a refresh", () => client.refreshes.count > 0);
  expect((await client.pull(caller)).items?.map(({ code }) => code)).toEqual(["query-in-loop"]);
}, 30_000);

test("push: an unsaved edit in one file changes the findings of another, and closing takes it back", async () => {
  const root = workspace("b");
  const client = await connect([root], PUSH);
  const caller = uriOf(path.join(root, "src/caller.ts"));
  const helper = path.join(root, "src/helper.ts");
  await client.until("the finding", () => client.pushed.get(caller)?.length === 1);
  client.open(helper, HELPER);
  client.change(helper, 2, "export async function load(id: string) {\n  return id;\n}\n");
  await client.until("no finding", () => client.pushed.get(caller)?.length === 0);
  await client.connection.sendNotification("textDocument/didClose", { textDocument: { uri: uriOf(helper) } });
  await client.until("the finding again", () => client.pushed.get(caller)?.length === 1);
}, 30_000);

test("rapid edits: only the last text counts, and every request is answered", async () => {
  const root = workspace("c");
  const client = await connect([root]);
  const caller = path.join(root, "src/caller.ts");
  client.open(caller, CALLER);
  const pulls = [];
  for (let version = 2; version < 60; version++) {
    client.change(caller, version, version % 2 === 0 ? CALLER.replace("await load(id)", "id") : CALLER);
    if (version % 7 === 0) pulls.push(client.pull(caller));
  }
  await Promise.all(pulls);
  expect((await client.pull(caller)).items).toHaveLength(1);
  client.change(caller, 60, `${CALLER.slice(0, 60)}{{{ (`);
  expect((await client.pull(caller)).items).toEqual([]);
  client.change(caller, 61, CALLER);
  expect((await client.pull(caller)).items).toHaveLength(1);
}, 30_000);

test("a document is answered with those whose findings run through it", async () => {
  const root = workspace("r");
  const client = await connect([root]);
  const helper = path.join(root, "src/helper.ts");
  const caller = path.join(root, "src/caller.ts");
  const report = (await client.pull(helper)) as { relatedDocuments?: Record<string, { items: unknown[] }> };
  expect(Object.keys(report.relatedDocuments ?? {})).toEqual([uriOf(caller)]);
  expect(report.relatedDocuments?.[uriOf(caller)]?.items).toHaveLength(1);
  client.open(helper, HELPER);
  client.change(helper, 2, "export async function load(id: string) {\n  return id;\n}\n");
  expect((await client.pull(helper)) as object).not.toHaveProperty("relatedDocuments");
}, 30_000);

test("a request that is taken back is answered as cancelled, and the next one as ever", async () => {
  const root = workspace("x");
  const client = await connect([root]);
  const caller = path.join(root, "src/caller.ts");
  client.open(caller, CALLER);
  client.change(caller, 2, `${CALLER}\n`);
  const source = new CancellationTokenSource();
  const asked = client.connection.sendRequest("workspace/diagnostic", { previousResultIds: [] }, source.token);
  source.cancel();
  await expect(asked).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled });
  expect((await client.pull(caller)).items).toHaveLength(1);
}, 30_000);

test("a server that is killed in the middle of its work starts again with the same cache and the same findings", async () => {
  const root = workspace("k");
  const first = await connect([root]);
  const caller = path.join(root, "src/caller.ts");
  const before = (await first.pull(caller)).items;
  const ended = new Promise((resolve) => first.process!.once("exit", resolve));
  for (let version = 2; version < 10; version++) first.change(caller, version, `${CALLER}// ${version}\n`);
  first.process!.kill("SIGKILL");
  await ended;
  const second = await connect([root]);
  expect((await second.pull(caller)).items).toEqual(before);
  expect(await second.stop()).toBe(0);
}, 30_000);

test("two roots are analyzed side by side", async () => {
  const [one, two] = [workspace("one"), workspace("two")];
  const client = await connect([one, two]);
  expect(client.statuses.at(-1)?.findings).toBe(2);
  expect((await client.pull(path.join(two, "src/caller.ts"))).items).toHaveLength(1);
}, 30_000);

test("files that change on disk are read again when the client says so", async () => {
  const root = workspace("d");
  const client = await connect([root]);
  const caller = path.join(root, "src/caller.ts");
  writeFileSync(path.join(root, "src/other.ts"), CALLER.replace("all(", "more("));
  const event = (file: string, type: number): Promise<void> =>
    client.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri: uriOf(file), type }] });
  await event(path.join(root, "src/other.ts"), 1);
  await client.until("two findings", () => client.statuses.at(-1)?.findings === 2);
  rmSync(caller);
  await event(caller, 3);
  await client.until("one finding", () => client.statuses.at(-1)?.findings === 1);
  expect((await client.pull(caller)).items).toEqual([]);
}, 30_000);

test("hover, code actions and rule pages", async () => {
  const root = workspace("e");
  const client = await connect([root]);
  const caller = path.join(root, "src/caller.ts");
  client.open(caller, CALLER);
  const { items } = await client.pull(caller);
  const [diagnostic] = items ?? [];
  const hover = await client.connection.sendRequest<Hover>("textDocument/hover", {
    textDocument: { uri: uriOf(caller) },
    position: diagnostic!.range.start,
  });
  expect(JSON.stringify(hover.contents)).toContain("helper.ts:4");
  const actions = await client.connection.sendRequest<CodeAction[]>("textDocument/codeAction", {
    textDocument: { uri: uriOf(caller) },
    range: diagnostic!.range,
    context: { diagnostics: [diagnostic] },
  });
  expect(actions.map(({ title }) => title)).toEqual([
    "Ignore query-in-loop on this line, with a reason",
    "Ignore query-in-loop in this file, with a reason",
  ]);
  const edit = actions[0]!.edit!.changes![uriOf(caller)]![0]!;
  const lines = CALLER.split("\n");
  lines.splice(edit.range.start.line, 0, edit.newText.trimEnd());
  client.change(caller, 2, lines.join("\n"));
  expect(
    (await client.pull(caller)).items?.map(({ code, severity }) => [code, severity]),
    "only the hint that asks for a reason",
  ).toEqual([["stale-suppression", 4]]);
  const page = await client.connection.sendRequest<{ markdown: string }>("hotpath/explainRule", {
    rule: "query-in-loop",
  });
  expect(page.markdown).toContain("# query-in-loop");
  expect(await client.connection.sendRequest("hotpath/explainRule", { rule: "nothing" })).toBeNull();
}, 30_000);

test("a configuration that cannot be used is said in the status, and a mended one is taken up", async () => {
  const root = workspace("f");
  writeFileSync(path.join(root, "hotpath.config.json"), '{ "quietPath": [] }');
  const client = await connect([root]);
  expect(client.statuses.at(-1)).toMatchObject({
    state: "error",
    message: expect.stringContaining("did you mean quietPaths?") as string,
  });
  writeFileSync(path.join(root, "hotpath.config.json"), "{}");
  await client.connection.sendRequest("hotpath/rescan");
  expect(client.statuses.at(-1)).toMatchObject({ state: "ready", findings: 1 });
}, 30_000);

test("settings are asked for, wrong ones are named, and changes are taken up", async () => {
  const root = workspace("h");
  const client = await connect([root], { ...PUSH, workspace: { configuration: true } });
  const caller = uriOf(path.join(root, "src/caller.ts"));
  const logged: string[] = [];
  client.connection.onNotification("window/logMessage", ({ message }: { message: string }) => {
    logged.push(message);
  });
  const change = async (value: unknown): Promise<void> => {
    client.settings.value = value;
    await client.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
  };
  await client.until("the finding", () => client.pushed.get(caller)?.length === 1);
  expect(client.pushed.get(caller)![0]!.severity).toBe(2);
  await change({ rules: { "query-in-loop": "error" }, smallLoopBond: 3 });
  await client.until("an error", () => client.pushed.get(caller)?.[0]?.severity === 1);
  expect(logged.join("\n")).toContain("did you mean smallLoopBound?");
  await change({ diagnostics: { scope: "openFiles" } });
  await client.until("nothing for closed files", () => client.pushed.get(caller)?.length === 0);
  client.open(path.join(root, "src/caller.ts"), `${CALLER}\n`);
  await client.until("the finding of the open file", () => client.pushed.get(caller)?.length === 1);
  await change({ enable: false });
  await client.until("nothing at all", () => client.pushed.get(caller)?.length === 0);
}, 30_000);

test("a client that vanishes takes the server with it", async () => {
  const client = await connect([workspace("g")]);
  const ended = new Promise((resolve) => client.process!.once("exit", resolve));
  client.process!.stdin?.end();
  await ended;
  expect(client.process!.exitCode).toBe(1);
}, 30_000);
