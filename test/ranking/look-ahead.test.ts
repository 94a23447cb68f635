/** What is done for files that will probably be opened next: in a real workspace with a real history, given up when something changes, and safe from what a repository configures. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../harness/planner-image.js";
import { runsBeside } from "../../server/src/lsp/bounded-carrier.js";
import { createService } from "../../server/src/service/create-service.js";
import { LookAhead } from "../../server/src/service/look-ahead.js";
import { drain } from "../../server/src/service/slices.js";
import type { WorkspaceService } from "../../server/src/service/workspace-service.js";
import { readHistory } from "../../server/src/workspace/git-history.js";

const loop = (name: string): string => `import { pool } from "./db";
export async function ${name}(ids: string[]) {
  const out = [];
  for (const id of ids) {
    const { rows } = await pool.query("select id, name from ${name} where id = $1", [id]);
    out.push(rows[0]);
  }
  return out;
}
`;
const FILES: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "shop", "dependencies": { "pg": "8" } }',
  "src/db.ts": 'import { Pool } from "pg";\nexport const pool = new Pool();\n',
  "src/users.ts": loop("users"),
  "src/teams.ts": loop("teams"),
  "lib/bills.ts": loop("bills").replace("./db", "../src/db"),
};
const state: { root: string; service?: WorkspaceService } = { root: "" };

function git(...args: string[]): void {
  const who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...who, ...args], { cwd: state.root, stdio: "pipe" });
}

function write(name: string, text: string): void {
  mkdirSync(path.dirname(path.join(state.root, name)), { recursive: true });
  writeFileSync(path.join(state.root, name), text);
}

function commit(...names: string[]): void {
  git("add", ...names);
  git("commit", "-q", "-m", names.join(" "));
}

beforeEach(() => {
  state.root = temporaryFolder(`ahead-${process.pid}`);
  mkdirSync(state.root, { recursive: true });
  git("init", "-q");
  for (const [name, text] of Object.entries(FILES)) write(name, text);
  commit("package.json", "src/db.ts", "src/teams.ts");
  commit("src/users.ts", "lib/bills.ts");
});
afterEach(async () => {
  await state.service?.close();
  delete state.service;
  rmSync(state.root, { recursive: true, force: true });
});

type Asked = Pick<WorkspaceService, "ask" | "findings" | "allFindings" | "isWarm">;

function boundTo(service: WorkspaceService): Asked {
  return {
    ask: (question) => service.ask(question),
    findings: (name) => service.findings(name),
    allFindings: () => service.allFindings(),
    isWarm: () => service.isWarm(),
  };
}

async function open(): Promise<{
  service: WorkspaceService;
  asked: string[];
  ahead: LookAhead;
  file: (name: string) => string;
}> {
  const opened = await createService({ roots: [state.root], cacheFolder: undefined, overrides: {}, workers: 0 });
  await drain(opened.scan());
  opened.refresh();
  state.service = opened;
  const asked: string[] = [];
  // Makers of fixes ask for texts.
  const service = { ...boundTo(opened), textOf: (name: string) => (asked.push(name), opened.textOf(name)) };
  const ahead = new LookAhead({ service, roots: [state.root], history: readHistory, now: () => 0 });
  return { service: opened, asked, ahead, file: (name) => path.join(state.root, name) };
}

test("the guess follows the history, and fixes of the guessed files are there before they are asked for", async () => {
  const { service, asked, ahead, file } = await open();
  const guessed = await ahead.prepare([file("src/users.ts")]);
  expect(guessed?.map(({ path: at }) => path.relative(state.root, at))).toEqual([
    "lib/bills.ts",
    "src/db.ts",
    "src/teams.ts",
  ]);
  expect(guessed?.[0]?.signals[0]).toBe("together");
  expect(await ahead.prepare([file("src/users.ts")])).toEqual(guessed);

  const [finding] = service.findings(file("lib/bills.ts"));
  asked.length = 0;
  const offers = ahead.offers(file("lib/bills.ts"), [finding?.fingerprint ?? ""]);
  expect(Object.values(offers).flat()[0]?.title).toBe("Load `bills` rows with one query before the loop");
  // One look at the text tells that it is the one the fixes were made for; making them takes more.
  expect(asked).toHaveLength(1);
  ahead.forget();
  asked.length = 0;
  expect(ahead.offers(file("lib/bills.ts"), [finding?.fingerprint ?? ""])).toEqual(offers);
  expect(asked.length).toBeGreaterThan(1);
});

test("fixes made for a text that has changed are made again", async () => {
  const { service, ahead, file } = await open();
  await ahead.prepare([file("src/users.ts")]);
  const name = file("lib/bills.ts");
  const [finding] = service.findings(name);
  service.setOverlay(name, "export const nothing = 1;\n");
  service.refresh();
  expect(ahead.offers(name, [finding?.fingerprint ?? ""])).toEqual({});
});

test("work ahead is given up when something changes", async () => {
  const { ahead, file } = await open();
  const under = ahead.prepare([file("src/users.ts")]);
  ahead.forget();
  expect(await under).toBeUndefined();
});

test("nobody waits for work ahead: fixes are there for who asks while the history is still being read", async () => {
  const { service, file } = await open();
  const never = new LookAhead({ service, roots: [state.root], history: () => new Promise(() => undefined) });
  void never.prepare([file("src/users.ts")]);
  const fingerprint = service.findings(file("src/teams.ts"))[0]?.fingerprint ?? "";
  expect(Object.keys(never.offers(file("src/teams.ts"), [fingerprint]))).toEqual([fingerprint]);
  expect(runsBeside("lookAhead")).toBe(true);
});

test("rules whose fixes have twice taken long are not made ahead any more", async () => {
  const { service, asked, file } = await open();
  const clock = { at: 0 };
  const slow = new LookAhead({
    service: { ...boundTo(service), textOf: (name) => (asked.push(name), service.textOf(name)) },
    roots: [state.root],
    history: () => Promise.resolve([]),
    now: () => (clock.at += 1_000),
  });
  await slow.prepare([file("src/users.ts")]);
  asked.length = 0;
  slow.forget();
  await slow.prepare([file("src/users.ts")]);
  expect(asked).toEqual([]);
});

test("a folder without a history, or without anything opened, gives a guess or none, and no error", async () => {
  rmSync(path.join(state.root, ".git"), { recursive: true });
  const { ahead, file } = await open();
  expect(await ahead.prepare([])).toEqual([]);
  const guessed = await ahead.prepare([file("src/users.ts")]);
  expect(guessed?.map(({ signals }) => signals).flat()).not.toContain("together");
  expect(await readHistory(path.join(state.root, "nowhere"))).toEqual([]);
});

test("git is asked for names below the folder, newest first, and starts nothing the repository configures", async () => {
  const marker = path.join(state.root, "started");
  const program = path.join(state.root, "evil.sh");
  writeFileSync(program, `#!/bin/sh\ntouch '${marker}'\n`);
  chmodSync(program, 0o755);
  mkdirSync(path.join(state.root, ".git/hooks"), { recursive: true });
  for (const [key, value] of [
    ["core.fsmonitor", program],
    ["core.pager", program],
    ["pager.log", program],
    ["diff.external", program],
    ["log.showSignature", "true"],
    ["gpg.program", program],
    ["core.sshCommand", program],
  ] as const)
    git("config", key, value);
  // A commit that says it is signed makes git start the checker of signatures, when it is asked to show them.
  const tree = execFileSync("git", ["rev-parse", "HEAD^{tree}"], { cwd: state.root, encoding: "utf8" }).trim();
  const parent = execFileSync("git", ["rev-parse", "HEAD~1"], { cwd: state.root, encoding: "utf8" }).trim();
  const signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----";
  const who = "a <a@b> 1700000000 +0000";
  const object = `tree ${tree}\nparent ${parent}\nauthor ${who}\ncommitter ${who}\n${signature}\n\nsigned\n`;
  const args = ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"];
  const signed = execFileSync("git", args, { cwd: state.root, input: object, encoding: "utf8" }).trim();
  git("update-ref", "HEAD", signed);

  expect(await readHistory(path.join(state.root, "src"))).toEqual([
    { files: ["users.ts"] },
    { files: ["db.ts", "teams.ts"] },
  ]);
  expect(existsSync(marker)).toBe(false);
  // The trap works: git as anybody calls it falls into it.
  execFileSync("git", ["log", "-1"], { cwd: state.root, stdio: "pipe" });
  expect(existsSync(marker)).toBe(true);
});
