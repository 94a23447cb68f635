// The packaged extension in a real VS Code: installed from its archive, used as a person would, in trusted and restricted folders.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chooseAction, goToIn, launchBrowser, openFileIn, openPage, runCommand, startEditor } from "./editor.mjs";
import { createSteps, until } from "./steps.mjs";
import { writeWorkspace } from "./workspace.mjs";

const { STATE, ROOT } = process.env;
const shots = join(ROOT, "build/test-results");
mkdirSync(shots, { recursive: true });

const browser = await launchBrowser();
let page;
const { step, finish } = createSteps(shots, (path) => page?.screenshot({ path }));

async function open(editor, folder) {
  page = await openPage(browser, editor, folder);
}
const status = () => page.locator(".statusbar-item").filter({ hasText: "Hotpath:" });
const statusText = async () => (await status().first().innerText()).trim();
const squiggles = () => page.locator(".squiggly-warning");
const openFile = (name) => openFileIn(page, name);
const command = (label, seen) => runCommand(page, label, seen);
const goTo = (line, column) => goToIn(page, line, column);

const folder = writeWorkspace(join(STATE, "vscode-workspace"));
let editor;
try {
  await step("vscode: installs the archive and opens a folder", async () => {
    editor = await startEditor("trusted", ["--disable-workspace-trust"]);
    await open(editor, folder);
  });
  await step("vscode: the status bar counts the findings of the workspace", async () => {
    await openFile("clean.ts");
    await until("one finding", async () => /1 finding/.test(await statusText()), 60_000);
  });
  await step("vscode: the finding is underlined, across files", async () => {
    await openFile("app.ts");
    await until("a squiggle", async () => (await squiggles().count()) > 0);
    await page.screenshot({ path: join(shots, "squiggle.png") });
  });
  await step("vscode: the Problems panel lists it", async () => {
    await command("Problems: Focus on Problems View", () =>
      page
        .locator(".markers-panel .monaco-list-row")
        .filter({ hasText: "hotpath" })
        .first()
        .waitFor({ timeout: 20_000 }),
    );
    await page.screenshot({ path: join(shots, "problems.png") });
    await page.keyboard.press("Control+J");
  });
  await step("vscode: hover tells what, why and instead", async () => {
    await page.locator(".monaco-editor .view-lines").first().click();
    await goTo(10, 26);
    const hover = page.locator(".monaco-hover:visible").filter({ hasText: /quer/i }).first();
    await command("Show or Focus Hover", () => hover.waitFor({ timeout: 15_000 }));
    await page.screenshot({ path: join(shots, "hover.png") });
    await page.keyboard.press("Escape");
  });
  await step("vscode: an unsaved edit clears the finding, undo restores it", async () => {
    await goTo(10, 1);
    await page.keyboard.press("Control+/");
    await until("no squiggle", async () => (await squiggles().count()) === 0 && /0 findings/.test(await statusText()));
    await page.keyboard.press("Control+/");
    await until("a squiggle again", async () => (await squiggles().count()) > 0);
  });
  await step("vscode: a change in a helper's file clears the caller's finding", async () => {
    const path = join(folder, "src/users.ts");
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text.replace(
        /const \{ rows \} = await pool\.query\("select id, name from users where id = \$1", \[id\]\);\n {2}return rows\[0\];/,
        "return { id };",
      ),
    );
    await until("no finding", async () => /0 findings/.test(await statusText()));
    writeFileSync(path, text);
    await until("one finding", async () => /1 finding/.test(await statusText()));
  });
  await step("vscode: explain opens the rule's page", async () => {
    await goTo(10, 26);
    await command("Hotpath: Explain Rule", () =>
      page
        .locator(".quick-input-list .monaco-list-row")
        .filter({ hasText: "query-in-loop" })
        .first()
        .waitFor({ timeout: 20_000 }),
    );
    await page.waitForTimeout(300);
    await page.keyboard.press("Enter");
    await until("a preview tab", async () =>
      (await page.locator(".tab.active").innerText()).match(/loop|promise|Preview/i),
    );
    await page.waitForTimeout(1500);
    await page.screenshot({ path: join(shots, "rule-page.png") });
    await page.keyboard.press("Control+W");
  });
  await step("vscode: ignoring asks for a reason and writes the comment", async () => {
    await openFile("app.ts");
    const input = page.locator(".quick-input-widget input");
    const picture = join(shots, "quick-fix.png");
    await chooseAction(page, { line: 10, column: 26, entry: "on this line", picture }, () =>
      input.waitFor({ timeout: 10_000 }),
    );
    await input.fill("three ids at most");
    await page.keyboard.press("Enter");
    await until("no finding", async () => (await squiggles().count()) === 0 && /0 findings/.test(await statusText()));
    const text = await page.locator(".monaco-editor .view-lines").first().innerText();
    if (!/hotpath-ignore-next-line/.test(text.replaceAll("\u00a0", " ")))
      throw new Error(`no comment in ${text.slice(0, 300)}`);
    await page.screenshot({ path: join(shots, "ignored.png") });
    await page.keyboard.press("Control+Z");
  });
  await step("vscode: the server restarts from the palette", async () => {
    await command("Hotpath: Restart Server");
    await until("starting or scanning", async () => /starting|scanning|finding/.test(await statusText()));
    await until("one finding", async () => /1 finding/.test(await statusText()), 60_000);
  });
} finally {
  editor?.stop();
}

let restricted;
try {
  await step("vscode: a folder that is not trusted is parsed all the same", async () => {
    restricted = await startEditor("restricted", []);
    await open(restricted, folder);
    await openFile("app.ts");
    await until("one finding", async () => /1 finding/.test(await statusText()), 60_000);
    await page.screenshot({ path: join(shots, "restricted.png") });
  });
} finally {
  restricted?.stop();
}

let shared;
try {
  await step("vscode: with the shared daemon on, findings come from it", async () => {
    shared = await startEditor("shared", ["--disable-workspace-trust"], { "hotpath.daemon.enabled": true });
    await open(shared, folder);
    await openFile("app.ts");
    await until("one finding", async () => /1 finding/.test(await statusText()), 60_000);
    const state = JSON.parse(
      execFileSync(process.execPath, [join(ROOT, "dist/cli.js"), "daemon", "status", "--json"], {
        env: shared.env,
        encoding: "utf8",
      }),
    );
    if (state.kind !== "running" || state.info.clients < 1) throw new Error(`the daemon says ${JSON.stringify(state)}`);
    execFileSync(process.execPath, [join(ROOT, "dist/cli.js"), "daemon", "stop"], { env: shared.env });
    await until("the client recovers", async () => /1 finding/.test(await statusText()), 60_000);
  });
} finally {
  shared?.stop();
}

await browser.close();
process.exitCode = finish() ? 0 : 1;
