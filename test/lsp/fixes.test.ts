/** Fixes over the protocol: offered, made when they are chosen, previewed, refused; with clients that can do little too. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ClientCapabilities, CodeAction, Diagnostic, TextEdit } from "vscode-languageserver-protocol";
import { TextDocument } from "vscode-languageserver-textdocument";
import { PULL, PUSH, startClient, uriOf, type ScriptedClient } from "../harness/scripted-client.js";

const FLAWED = `import { Pool } from "pg";
const pool = new Pool();
export async function names(ids: string[]) {
  const out = [];
  for (const id of ids) {
    const { rows } = await pool.query("select id, name from users where id = $1", [id]);
    out.push(rows[0]);
  }
  return out;
}
`;
const FIXED = `import { Pool } from "pg";
const pool = new Pool();
export async function names(ids: string[]) {
  const out = [];
  const { rows: users } = await pool.query("select id, name from users where id = any($1)", [ids]);
  const usersById = new Map<string, (typeof users)[number][]>();
  for (const user of users) {
    const group = usersById.get(String(user.id));
    if (group === undefined) usersById.set(String(user.id), [user]);
    else group.push(user);
  }
  for (const id of ids) {
    const rows = usersById.get(String(id)) ?? [];
    out.push(rows[0]);
  }
  return out;
}
`;

/** What a full editor says of itself. */
const FULL: ClientCapabilities = {
  ...PULL,
  textDocument: {
    ...PULL.textDocument,
    codeAction: {
      codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "source.fixAll"] } },
      dataSupport: true,
      resolveSupport: { properties: ["edit"] },
    },
  },
  workspace: {
    ...PULL.workspace,
    workspaceEdit: {
      documentChanges: true,
      resourceOperations: ["create"],
      changeAnnotationSupport: { groupsOnLabel: true },
    },
  },
};

const state: { folder: string; clients: ScriptedClient[] } = { folder: "", clients: [] };

beforeEach(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hotpath-fixes-"));
  state.clients = [];
});
afterEach(() => {
  for (const client of state.clients) client.process?.kill("SIGKILL");
  rmSync(state.folder, { recursive: true, force: true });
});

async function connect(capabilities: ClientCapabilities): Promise<{ client: ScriptedClient; file: string }> {
  const root = path.join(state.folder, "sample");
  mkdirSync(path.join(root, "src"), { recursive: true });
  writeFileSync(path.join(root, "package.json"), '{ "name": "sample", "dependencies": { "pg": "8" } }');
  const file = path.join(root, "src/names.ts");
  writeFileSync(file, FLAWED);
  const client = await startClient([root], capabilities, path.join(state.folder, "cache"));
  state.clients.push(client);
  await client.until("the scan", () => client.statuses.at(-1)?.state === "ready");
  client.open(file, FLAWED);
  return { client, file };
}

async function actionsAt(
  { connection }: ScriptedClient,
  file: string,
  diagnostics: readonly Diagnostic[],
): Promise<CodeAction[]> {
  return await connection.sendRequest("textDocument/codeAction", {
    textDocument: { uri: uriOf(file) },
    range: diagnostics[0]?.range,
    context: { diagnostics },
  });
}

function applied(text: string, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(TextDocument.create("file:///a.ts", "typescript", 1, text), [...edits]);
}

test("a fix to be reviewed is made when it is chosen, for this version of the document, and asks to be confirmed", async () => {
  const { client, file } = await connect(FULL);
  const { items = [] } = await client.pull(file);
  const [action] = await actionsAt(client, file, items);
  expect(action?.title).toBe("Load `users` rows with one query before the loop");
  expect(action?.edit).toBeUndefined();
  const { edit } = await client.connection.sendRequest<CodeAction>("codeAction/resolve", action);
  const [change] = edit?.documentChanges as {
    textDocument: { uri: string; version: number };
    edits: (TextEdit & { annotationId: string })[];
  }[];
  expect(change?.textDocument).toEqual({ uri: uriOf(file), version: 1 });
  expect(applied(FLAWED, change?.edits ?? [])).toBe(FIXED);
  const annotation = edit?.changeAnnotations?.[change?.edits[0]?.annotationId ?? ""];
  expect(annotation?.needsConfirmation).toBe(true);
  expect(annotation?.description).toContain("before the first pass");
  client.change(file, 2, FIXED);
  const after = await client.pull(file);
  expect(after.items).toEqual([]);
}, 30_000);

test("a fix for text that has shifted is made for the text as it is now; one whose finding is gone is refused in a sentence", async () => {
  const { client, file } = await connect(FULL);
  const messages: string[] = [];
  client.connection.onNotification("window/showMessage", ({ message }: { message: string }) => {
    messages.push(message);
  });
  const { items = [] } = await client.pull(file);
  const [action] = await actionsAt(client, file, items);
  const shifted = `// one more line\n${FLAWED}`;
  client.change(file, 2, shifted);
  const moved = await client.connection.sendRequest<CodeAction>("codeAction/resolve", action);
  const [change] = moved.edit?.documentChanges as { textDocument: { version: number }; edits: TextEdit[] }[];
  expect(change?.textDocument.version).toBe(2);
  expect(applied(shifted, change?.edits ?? [])).toBe(`// one more line\n${FIXED}`);
  client.change(file, 3, FIXED);
  const refused = await client.connection.sendRequest<CodeAction>("codeAction/resolve", action);
  expect(refused.edit).toBeUndefined();
  await client.until("the message", () => messages.length > 0);
  expect(messages).toEqual(["Hotpath: The finding is no longer there: the code has changed since it was shown."]);
}, 30_000);

test("a client that cannot resolve, annotate or take versions gets the plain edit at once", async () => {
  const { client, file } = await connect(PUSH);
  await client.until("the finding", () => client.pushed.get(uriOf(file))?.length === 1);
  const [action] = await actionsAt(client, file, client.pushed.get(uriOf(file)) ?? []);
  expect(applied(FLAWED, action?.edit?.changes?.[uriOf(file)] ?? [])).toBe(FIXED);
}, 30_000);

test("nothing but safe fixes is applied on save", async () => {
  const { client, file } = await connect(FULL);
  await client.pull(file);
  const actions = await client.connection.sendRequest<CodeAction[]>("textDocument/codeAction", {
    textDocument: { uri: uriOf(file) },
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    context: { diagnostics: [], only: ["source.fixAll.hotpath"] },
  });
  expect(actions).toEqual([]);
}, 30_000);
