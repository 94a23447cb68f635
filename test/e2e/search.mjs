// The model in use, as a person uses it: search by a sentence, similar code from a finding, the same fix for similar places, and why findings stand in their order.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  applyButton,
  chooseAction,
  closeList,
  goToIn,
  launchBrowser,
  openFileIn,
  openPage,
  runCommand,
  startEditor,
  tickEverything,
} from "./editor.mjs";
import { createSteps, until } from "./steps.mjs";
import { writeWorkspace } from "./workspace.mjs";

const { STATE, ROOT } = process.env;
const shots = join(ROOT, "build/test-results");
mkdirSync(shots, { recursive: true });

const loop = (name, table) => `import { Pool } from "pg";

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
const FILES = {
  "package.json": '{ "name": "sample", "dependencies": { "express": "4.19.2", "pg": "8.11.5" } }\n',
  "src/names.ts": loop("names", "users"),
  "src/people.ts": loop("people", "users"),
  "src/members.ts": loop("members", "members"),
  "src/mail.ts": `import { readFileSync } from "node:fs";

export async function sendInvitation(address: string, team: string, send: (mail: object) => Promise<void>) {
  const body = \`You are invited to \${team}\`;
  await send({ to: address, subject: "Invitation", body });
}

export function readTemplate(name: string) {
  return readFileSync("templates/" + name, "utf8");
}
`,
};
const folder = writeWorkspace(join(STATE, "search-workspace"), FILES);

const browser = await launchBrowser();
let page;
const { step, finish } = createSteps(shots, (path) => page?.screenshot({ path }));
const shot = (name) => page.screenshot({ path: join(shots, `${name}.png`) });
const rows = () => page.locator(".quick-input-widget .monaco-list-row");
const rowWith = (...texts) => texts.reduce((found, hasText) => found.filter({ hasText }), rows()).first();
const squiggles = () => page.locator(".squiggly-warning, .squiggly-info");
const text = async () =>
  (await page.locator(".monaco-editor .view-lines").first().innerText()).replaceAll("\u00a0", " ");
const openFile = (name) => openFileIn(page, name);

/** Chooses an entry of the light bulb's menu at the finding. */
const chooseAtFinding = (entry, picture, seen) =>
  chooseAction(page, { line: 8, column: 34, entry, picture: join(shots, `${picture}.png`) }, seen);

let editor;
try {
  await step("search: a sentence finds the function that does it", async () => {
    editor = await startEditor("search", ["--disable-workspace-trust"]);
    page = await openPage(browser, editor, folder);
    page.setDefaultTimeout(10_000);
    await openFile("names.ts");
    await until("a squiggle", async () => (await squiggles().count()) > 0, 60_000);
    await runCommand(page, "Hotpath: Search Slow Code", () =>
      page.getByPlaceholder("What the code does, in your words").waitFor(),
    );
    const input = page.locator(".quick-input-widget input");
    await input.fill("send an email to somebody who is asked to join");
    await rowWith("sendInvitation").waitFor({ timeout: 60_000 });
    await until("it comes first", async () => /sendInvitation/.test(await rows().first().innerText()));
    await shot("search-sentence");
    await page.keyboard.press("Enter");
    await page.locator('.tab.active:has-text("mail.ts")').waitFor({ timeout: 30_000 });
  });
  await step("search: the status of the model says what it runs on", async () => {
    await openFile("names.ts");
    const status = page.locator(".statusbar-item").filter({ has: page.locator(".codicon-bracket, .codicon-json") });
    await until(
      "the model's line",
      async () => {
        await status.first().hover();
        const line = page.locator(".hover-language-status").filter({ hasText: "MiniLM" });
        await line.first().waitFor({ timeout: 4_000 });
        await shot("search-model-status");
        return /all-MiniLM-L6-v2 on \w+/.test(await line.first().innerText());
      },
      90_000,
    );
  });
  await step("search: similar code from a finding says which places have a finding and a fix", async () => {
    await chooseAtFinding("Find similar code", "search-similar-menu", async () => {
      await rowWith("people", "query-in-loop", "Load").waitFor({ timeout: 30_000 });
      await rowWith("members", "query-in-loop", "Load").waitFor();
    });
    await shot("search-similar");
    await closeList(page);
  });
  await step(
    "search: the same fix is offered for the places that are alike, and shown before it is applied",
    async () => {
      await openFile("names.ts");
      await chooseAtFinding("Apply the same fix to similar places", "similar-fixes-menu", () =>
        rowWith("names.ts:8", "this place").waitFor({ timeout: 30_000 }),
      );
      await rowWith("people.ts:8", "the same table").waitFor();
      await rowWith("members.ts:8", "alike").waitFor();
      await page.waitForTimeout(500);
      await shot("similar-fixes-list");
      // The place itself stays as it is: the others come first.
      await rowWith("names.ts:8").locator(".monaco-checkbox, .quick-input-list-checkbox, input[type=checkbox]").click();
      await page.locator(".quick-input-widget .quick-input-action .monaco-button").first().click();
      await applyButton(page).waitFor({ timeout: 20_000 });
      await tickEverything(page);
      await shot("similar-fixes-preview");
      await applyButton(page).click();
      for (const name of ["people.ts", "members.ts"]) {
        await openFile(name);
        await until(`the new code of ${name}`, async () => /any\(\$1\)/.test(await text()));
        await until(`no squiggle in ${name}`, async () => (await squiggles().count()) === 0);
      }
      await shot("similar-fixes-applied");
    },
  );
  await step("search: what was applied counts, and the order says so", async () => {
    await runCommand(page, "Hotpath: Show Findings by Importance", () =>
      rowWith("names.ts:8").waitFor({ timeout: 30_000 }),
    );
    await rowWith("names.ts:8").hover();
    await page.locator('.quick-input-widget .action-label[aria-label^="Why this order"]').first().click();
    const told = page
      .locator(".notification-list-item, .notifications-toasts")
      .filter({ hasText: "stands here because" });
    await told.first().waitFor();
    await shot("search-why-this-order");
    // It goes away by itself.
    const said = await told.first().innerText();
    if (!/moved up: of 2 similar findings you judged, 2 were useful/.test(said)) throw new Error(said);
    await closeList(page);
  });
  await step("search: where nothing alike has a fix, a sentence says so", async () => {
    await openFile("names.ts");
    await until("a squiggle", async () => (await squiggles().count()) > 0, 30_000);
    await page.locator(".monaco-editor .view-lines").first().click();
    await goToIn(page, 8, 34);
    await runCommand(page, "Hotpath: Apply Fix to Similar Places", () =>
      page.locator(".notifications-toasts").filter({ hasText: "Put the cursor into a finding" }).waitFor(),
    );
  });
} finally {
  editor?.stop();
}

await browser.close();
process.exitCode = finish() ? 0 : 1;
