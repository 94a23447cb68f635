/** The same fix for similar places, in a scripted session with the built server and the real model: offered, applied, and told when a fix was applied. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ClientCapabilities, CodeAction, TextEdit } from "vscode-languageserver-protocol";
import { TextDocument } from "vscode-languageserver-textdocument";
import {
  judgeFindingMethod,
  orderedFindingsMethod,
  resetLearningMethod,
  similarCodeMethod,
  type OrderedFinding,
  type SearchCodeResult,
} from "../../protocol/src/search.js";
import {
  fixAppliedMethod,
  similarEditsMethod,
  similarFixesMethod,
  type FixAppliedParams,
  type FixPlaceParams,
  type SimilarEditsResult,
  type SimilarFixesResult,
} from "../../protocol/src/similar-fixes.js";
import { PULL, startClient, uriOf, type ScriptedClient } from "../harness/scripted-client.js";

const loop = (name: string, table: string): string => `import { Pool } from "pg";
const pool = new Pool();
export async function ${name}(ids: string[]) {
  const out = [];
  for (const id of ids) {
    const { rows } = await pool.query("select id, name from ${table} where id = $1", [id]);
    out.push(rows[0]);
  }
  return out;
}
`;

const ABLE: ClientCapabilities = {
  ...PULL,
  textDocument: {
    ...PULL.textDocument,
    codeAction: {
      codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } },
      dataSupport: true,
      resolveSupport: { properties: ["edit"] },
    },
  },
  workspace: {
    ...PULL.workspace,
    workspaceEdit: { documentChanges: true, changeAnnotationSupport: { groupsOnLabel: true } },
  },
};

interface Change {
  readonly textDocument: { readonly uri: string };
  readonly edits: TextEdit[];
}

const state: { folder: string; client?: ScriptedClient } = { folder: "" };

beforeEach(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hotpath-similar-"));
});
afterEach(() => {
  state.client?.process?.kill("SIGKILL");
  rmSync(state.folder, { recursive: true, force: true });
});

async function connect(): Promise<{ client: ScriptedClient; fileOf: (name: string) => string }> {
  const root = path.join(state.folder, "shop");
  mkdirSync(path.join(root, "src"), { recursive: true });
  writeFileSync(path.join(root, "package.json"), '{ "name": "shop", "dependencies": { "pg": "8" } }');
  const fileOf = (name: string): string => path.join(root, `src/${name}.ts`);
  for (const name of ["names", "people"]) writeFileSync(fileOf(name), loop(name, "users"));
  // Nearly the same code about another table: only likeness tells.
  writeFileSync(fileOf("members"), loop("members", "members"));
  const client = await startClient([root], ABLE, path.join(state.folder, "cache"), { hotpathCommands: true });
  state.client = client;
  await client.until("the scan", () => client.statuses.at(-1)?.state === "ready");
  return { client, fileOf };
}

async function actionsOf(client: ScriptedClient, file: string): Promise<CodeAction[]> {
  const { items: diagnostics = [] } = await client.pull(file);
  const range = diagnostics[0]?.range;
  const textDocument = { uri: uriOf(file) };
  return await client.connection.sendRequest("textDocument/codeAction", {
    textDocument,
    range,
    context: { diagnostics },
  });
}

function applied(text: string, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(TextDocument.create("file:///a.ts", "typescript", 1, text), [...edits]);
}

const changesOf = (edit: unknown): readonly Change[] =>
  (edit as { readonly documentChanges: readonly Change[] }).documentChanges;

test("the light bulb leads to all places like this one, and their edits ask to be confirmed", async () => {
  const { client, fileOf } = await connect();
  const file = fileOf("names");
  client.open(file, readFileSync(file, "utf8"));
  const action = (await actionsOf(client, file)).find(({ command }) => command?.command === "hotpath.applyToSimilar");
  expect(action?.title).toBe("Apply the same fix to similar places…");
  const place = action?.command?.arguments?.[0] as FixPlaceParams;

  const found = await client.connection.sendRequest<SimilarFixesResult>(similarFixesMethod, place);
  if (found.kind === "refused") throw new Error(found.reason);
  expect(found.places.map(({ uri }) => path.basename(uri))).toEqual(["names.ts", "people.ts", "members.ts"]);
  expect(found.places.map(({ safety }) => safety)).toEqual(["review", "review", "review"]);
  expect(found.places[1]?.reasons[0]).toBe("the same table `users`");
  expect(found.places[2]?.reasons.join()).toMatch(/^\d+ % alike$/);

  const chosen = { places: found.places.map(({ uri, fingerprint, fix }) => ({ uri, fingerprint, fix })) };
  const result = await client.connection.sendRequest<SimilarEditsResult>(similarEditsMethod, chosen);
  if (result.kind === "refused") throw new Error(result.reason);
  expect([result.applied, result.waiting, result.gone]).toEqual([3, 0, 0]);
  const annotations = (result.edit as { changeAnnotations: Record<string, { needsConfirmation: boolean }> })
    .changeAnnotations;
  expect(Object.values(annotations).every(({ needsConfirmation }) => needsConfirmation)).toBe(true);
  for (const { textDocument, edits } of changesOf(result.edit)) {
    const own = fileOf(path.basename(textDocument.uri, ".ts"));
    expect(applied(readFileSync(own, "utf8"), edits)).toContain("any($1)");
  }

  const params = { ...place, position: { line: 5, character: 30 }, rule: "query-in-loop" };
  const similar = await client.connection.sendRequest<SearchCodeResult>(similarCodeMethod, params);
  expect(similar.found.map(({ fixes }) => fixes?.[0])).toContain("Load `users` rows with one query before the loop");
}, 90_000);

test("a fix that was applied is told with the places left, counts as an answer, and undoing it takes the answer back", async () => {
  const { client, fileOf } = await connect();
  const told: FixAppliedParams[] = [];
  client.connection.onNotification(fixAppliedMethod, (params: FixAppliedParams) => void told.push(params));
  const file = fileOf("names");
  const before = readFileSync(file, "utf8");
  client.open(file, before);
  const [action] = await actionsOf(client, file);
  const { edit } = await client.connection.sendRequest<CodeAction>("codeAction/resolve", action);
  client.change(file, 2, applied(before, changesOf(edit)[0]?.edits ?? []));
  await client.until("the word that it was applied", () => told.length === 1);
  expect(told[0]).toMatchObject({ uri: uriOf(file), rule: "query-in-loop" });
  const left = await client.connection.sendRequest<SimilarFixesResult>(similarFixesMethod, told[0]);
  if (left.kind === "refused") throw new Error(left.reason);
  expect(left.places.map(({ uri }) => path.basename(uri))).toEqual(["people.ts", "members.ts"]);

  const ordered = await client.connection.sendRequest<readonly OrderedFinding[]>(orderedFindingsMethod);
  expect(ordered[0]?.reasons.join()).toContain("moved up");
  client.change(file, 3, before);
  expect((await client.pull(file)).items).toHaveLength(1);
  const undone = await client.connection.sendRequest<readonly OrderedFinding[]>(orderedFindingsMethod);
  expect(undone.flatMap(({ reasons }) => reasons).join()).not.toContain("moved");
  expect(await client.connection.sendRequest(resetLearningMethod)).toBe(0);
  // An answer given by hand still counts.
  const [first] = undone;
  const answer = { uri: first?.uri, line: first?.line, rule: first?.rule, verdict: "dismissed" };
  expect(await client.connection.sendRequest(judgeFindingMethod, answer)).toBe(true);
  expect(await client.connection.sendRequest(resetLearningMethod)).toBe(1);
}, 90_000);
