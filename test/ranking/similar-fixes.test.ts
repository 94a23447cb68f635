/** The fix of one finding offered for those like it, and what counts as having accepted it: over a real workspace, without a model. */
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { applyChange } from "../harness/apply-change.js";
import { temporaryWorkspace } from "../harness/temporary-workspace.js";
import { createFixCalls, type FixCalls } from "../../server/src/lsp/fix-calls.js";
import { openFeedback, type FeedbackStore } from "../../server/src/model/feedback-store.js";
import { likenessOf } from "../../server/src/ranking/alike.js";
import { noEmbedder } from "../../server/src/ranking/embedder.js";
import { createCodeSearch } from "../../server/src/service/code-search.js";
import { fixChanges, fixOffers, type FileChange } from "../../server/src/service/fixes.js";
import type { FixPlace } from "../../server/src/service/similar-fixes.js";
import type { WorkspaceService } from "../../server/src/service/workspace-service.js";

const loop = (name: string, table: string): string => `
export async function ${name}(ids: string[]) {
  const out = [];
  for (const id of ids) {
    const { rows } = await pool.query("select id, name from ${table} where id = $1", [id]);
    out.push(rows[0]);
  }
  return out;
}
`;
const HEAD = 'import { Pool } from "pg";\nconst pool = new Pool();\n';
const files: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "shop", "dependencies": { "pg": "8" } }',
  "src/names.ts": HEAD + loop("names", "users"),
  "src/people.ts": HEAD + loop("people", "users") + loop("members", "users"),
  // Two findings of one function are not alike for that: the code around both is the same.
  "src/both.ts": `${HEAD}
export async function teamsAndRoles(teamIds: string[], roleIds: string[]) {
  const all = { teams: [] as unknown[], roles: [] as unknown[] };
  for (const teamId of teamIds) {
    const { rows } = await pool.query("select id, name from teams where id = $1", [teamId]);
    all.teams.push(rows[0]);
  }
  for (const roleId of roleIds) {
    const { rows } = await pool.query("select id, name from roles where id = $1", [roleId]);
    all.roles.push(rows[0]);
  }
  return all;
}
`,
  "src/invoices.ts": `${HEAD}
export async function invoiceTotals(invoiceNumbers: string[], currency: string, roundTo: number) {
  const totals = new Map<string, number>();
  for (const invoiceNumber of invoiceNumbers) {
    const { rows } = await pool.query("select total from invoices where number = $1", [invoiceNumber]);
    totals.set(invoiceNumber + currency, Math.round(Number(rows[0].total) / roundTo));
  }
  return totals;
}
`,
};

interface State {
  readonly root: string;
  readonly service: WorkspaceService;
  readonly calls: FixCalls;
  readonly feedback: FeedbackStore;
  readonly dispose: () => Promise<void>;
}
const state: { current?: State } = {};

beforeEach(async () => {
  const workspace = temporaryWorkspace(files);
  const { root } = workspace;
  const { service } = await workspace.open();
  const search = createCodeSearch({ service, embedder: noEmbedder("off") });
  const feedback = openFeedback(path.join(root, "feedback.jsonl"));
  state.current = {
    root,
    service,
    feedback,
    dispose: () => workspace.dispose(),
    calls: createFixCalls(service, search, feedback),
  };
});
afterEach(() => state.current?.dispose());

function current(): State {
  if (state.current === undefined) throw new Error("no workspace");
  return state.current;
}

/** The first finding of a file and its first fix. */
function placeIn(name: string): FixPlace {
  const { service, root } = current();
  const file = path.join(root, name);
  const [finding] = service.findings(file);
  const fingerprint = finding?.fingerprint ?? "";
  const [offer] = fixOffers(service, file, [fingerprint])[fingerprint] ?? [];
  if (offer === undefined) throw new Error(`no fix in ${name}`);
  return { path: file, fingerprint, fix: offer.id };
}

/** Hands the fix out as the server does, and puts it over the file as an editor does. */
function handOut(place: FixPlace): readonly FileChange[] {
  const { service, calls } = current();
  const answer = fixChanges(service, place.path, place.fingerprint, place.fix);
  calls.handedOut(place, answer);
  if (answer.kind === "refused") throw new Error(answer.reason);
  return answer.changes;
}

function put(changes: readonly FileChange[]): void {
  const { service } = current();
  for (const change of changes) service.setOverlay(change.path, applyChange(service.textOf(change.path) ?? "", change));
  service.refresh();
}

test("findings like one that has a fix are offered with theirs, the same each time; others are not", async () => {
  const { calls } = current();
  const place = placeIn("src/names.ts");
  const found = await calls.similarFixes(place);
  if (found.kind === "refused") throw new Error(found.reason);
  expect(found.rule).toBe("query-in-loop");
  expect(found.places.map(({ finding }) => `${path.basename(finding.path)}:${finding.range.start.line}`)).toEqual([
    "names.ts:7",
    "people.ts:7",
    "people.ts:16",
  ]);
  expect(found.places[0]?.reasons).toEqual([]);
  expect(found.places[1]?.reasons.join()).toMatch(/^the same table `users`,\d+ % of the words in common$/);
  expect(await calls.similarFixes(place)).toEqual(found);
});

test("where nothing is alike a sentence says so", async () => {
  expect(await current().calls.similarFixes(placeIn("src/invoices.ts"))).toEqual({
    kind: "refused",
    reason:
      "None of the 5 other findings of query-in-loop is like this one: Find Similar Code shows what comes nearest.",
  });
  expect(await current().calls.similarFixes(placeIn("src/both.ts"))).toMatchObject({ kind: "refused" });
  expect(await current().calls.similarFixes({ ...placeIn("src/names.ts"), fingerprint: "gone" })).toEqual({
    kind: "refused",
    reason: "The finding is no longer there: the code has changed since it was shown.",
  });
});

test("each chosen place is fixed with its own fix, and all findings are gone and count as accepted", async () => {
  const { calls, service, feedback } = current();
  const found = await calls.similarFixes(placeIn("src/names.ts"));
  if (found.kind === "refused") throw new Error(found.reason);
  const places = found.places.map(({ finding, offer }) => ({ ...finding, fix: offer.id }));
  const edits = calls.similarEdits(
    places.map(({ path: file, fingerprint, fix }) => ({ path: file, fingerprint, fix })),
  );
  expect(edits.applied).toHaveLength(3);
  expect([edits.waiting, edits.gone]).toEqual([0, 0]);
  put(edits.changes);
  const left = ["both.ts", "both.ts", "invoices.ts"];
  expect(service.allFindings().map((finding) => path.basename(finding.path))).toEqual(left);
  expect(calls.settle()).toHaveLength(3);
  expect(feedback.all().map(({ verdict }) => verdict)).toEqual(["accepted", "accepted", "accepted"]);
});

test("after the fix of one place was applied the others can still be asked for", async () => {
  const { calls } = current();
  const place = placeIn("src/names.ts");
  put(handOut(place));
  expect(calls.settle()).toEqual([{ ...place, rule: "query-in-loop" }]);
  const found = await calls.similarFixes(place);
  if (found.kind === "refused") throw new Error(found.reason);
  expect(found.places.map(({ finding }) => path.basename(finding.path))).toEqual(["people.ts", "people.ts"]);
});

test("a fix counts as accepted once its text stands and the finding is gone, and no longer when it is undone", () => {
  const { calls, service, feedback } = current();
  const place = placeIn("src/names.ts");
  const before = service.textOf(place.path) ?? "";
  const changes = handOut(place);
  expect(calls.settle()).toEqual([]);
  put(changes);
  // Until it is told that findings are up to date, nothing is known.
  expect(feedback.all()).toEqual([]);
  calls.settle();
  expect(feedback.all().map(({ rule, verdict }) => [rule, verdict])).toEqual([["query-in-loop", "accepted"]]);
  expect(calls.settle()).toEqual([]);

  service.setOverlay(place.path, before);
  service.refresh();
  calls.settle();
  expect(feedback.all()).toEqual([]);

  put(changes);
  calls.settle();
  expect(feedback.all()).toHaveLength(1);
});

test("a fix that was only looked at, or code that was mended by hand, says nothing", () => {
  const { calls, service, feedback } = current();
  const place = placeIn("src/names.ts");
  handOut(place);
  service.setOverlay(place.path, `${HEAD}\nexport const names = [];\n`);
  service.refresh();
  expect(service.findings(place.path)).toEqual([]);
  expect(calls.settle()).toEqual([]);
  expect(feedback.all()).toEqual([]);
});

test("an answer that cannot be written down holds nothing up", () => {
  const { service, root } = current();
  const full = (): never => {
    throw new Error("the disk is full");
  };
  const feedback = { all: () => [], add: full, remove: full, reset: full };
  const search = createCodeSearch({ service, embedder: noEmbedder("off") });
  const calls = createFixCalls(service, search, feedback);
  const place = placeIn("src/names.ts");
  const before = service.textOf(path.join(root, "src/names.ts")) ?? "";
  const answer = fixChanges(service, place.path, place.fingerprint, place.fix);
  calls.handedOut(place, answer);
  put(answer.kind === "changes" ? answer.changes : []);
  expect(calls.settle()).toEqual([{ ...place, rule: "query-in-loop" }]);
  service.setOverlay(place.path, before);
  service.refresh();
  expect(calls.settle()).toEqual([]);
});

test("an earlier answer about the finding comes back when its fix is undone", () => {
  const { calls, service, feedback } = current();
  const place = placeIn("src/names.ts");
  const before = service.textOf(place.path) ?? "";
  feedback.add({ rule: "query-in-loop", fingerprint: place.fingerprint, verdict: "dismissed", words: ["a"] });
  put(handOut(place));
  calls.settle();
  expect(feedback.all().map(({ verdict }) => verdict)).toEqual(["accepted"]);
  service.setOverlay(place.path, before.replaceAll("\n", "\r\n"));
  service.refresh();
  calls.settle();
  expect(feedback.all().map(({ verdict }) => verdict)).toEqual(["dismissed"]);
});

test("findings of a schema, which stand in no code, are compared by what they say", () => {
  const place = { rule: "shadowed-index", targets: [] };
  const words = ["index", "starts", "with", "columns", "of"];
  const likeness = likenessOf({ ...place, words: [...words, "a"] }, { ...place, words: [...words, "a"] });
  expect(likeness).toEqual({ score: 1, reasons: ["says the same"] });
  expect(likenessOf({ ...place, words }, { ...place, words: ["other"] })).toBeUndefined();
  expect(likenessOf({ ...place, words }, { ...place, rule: "unindexed-filter", words })).toBeUndefined();
});

test("what both are about counts more than how alike the code is", () => {
  const users = { key: "table users", label: "table `users`" };
  const origin = { rule: "query-in-loop", unit: "a", words: ["a", "b", "c"], targets: [users] };
  const same = likenessOf(origin, { ...origin, unit: "b", words: ["x"] });
  const copy = likenessOf(origin, { ...origin, unit: "c", targets: [] });
  expect(same?.reasons).toEqual(["the same table `users`", "0 % of the words in common"]);
  expect(copy?.reasons).toEqual(["100 % of the words in common"]);
  expect(likenessOf(origin, { ...origin, targets: [] })).toBeUndefined();
});
