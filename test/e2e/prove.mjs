// Proofs of fixes as a person asks for them: from the light bulb and the palette, with a result on the screen; and never where nobody trusts the folder.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  chooseAction,
  goToIn,
  launchBrowser,
  openFileIn,
  openMenu,
  openPage,
  runCommand,
  startEditor,
} from "./editor.mjs";
import { createSteps, until } from "./steps.mjs";
import { writeWorkspace } from "./workspace.mjs";

const { STATE, ROOT } = process.env;
const shots = join(ROOT, "build/test-results");
mkdirSync(shots, { recursive: true });

/** A proof starts a database; machines that run this may have two slow cores and much else to do. */
const PROOF_MS = 180_000;

const FILES = {
  "package.json": '{ "name": "sample", "dependencies": { "pg": "8.11.5" } }\n',
  "db/schema.sql": "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, city text);\n",
  "src/names.ts": `import { Pool } from "pg";

const pool = new Pool();

export async function names(ids: number[]) {
  const found = [];
  for (const id of ids) {
    const { rows } = await pool.query("select id, name from users where id = $1", [id]);
    found.push(rows[0]);
  }
  return found;
}
`,
};
const folder = writeWorkspace(join(STATE, "prove-workspace"), FILES);

const browser = await launchBrowser();
let page;
const { step, finish } = createSteps(shots, (path) => page?.screenshot({ path }));
const squiggles = () => page.locator(".squiggly-warning, .squiggly-info");
const rows = () => page.locator(".action-widget .monaco-list-row");
const notice = (text) => page.locator(".notification-toast, .notifications-toasts").filter({ hasText: text }).first();
const shot = (name) => page.screenshot({ path: join(shots, `${name}.png`) });

/** Opens the light bulb's menu at a place, until it has a row with the text. */
async function menuWith(line, column, text) {
  return until(
    `"${text}" in the menu`,
    async () => {
      await openMenu(page, line, column, text);
      return true;
    },
    90_000,
  );
}

async function clearNotices() {
  await runCommand(page, "Notifications: Clear All Notifications");
  await until("no notification", async () => (await page.locator(".notification-toast").count()) === 0);
}

let editor;
try {
  await step("prove: the light bulb offers to prove the fix, and the result is told", async () => {
    editor = await startEditor("prove", ["--disable-workspace-trust"]);
    page = await openPage(browser, editor, folder);
    await openFileIn(page, "names.ts");
    await until("a squiggle", async () => (await squiggles().count()) > 0, 120_000);
    const picture = join(shots, "prove-menu.png");
    await chooseAction(page, { line: 8, column: 34, entry: "Prove this fix on made-up rows", picture }, () =>
      notice(/running the fix on made-up rows|Proved on made-up rows/).waitFor({ timeout: 30_000 }),
    );
    await shot("prove-running");
    await until("the result", async () => (await notice("Proved on made-up rows").count()) > 0, PROOF_MS);
    await until("the counts", async () => (await notice("→ 1 queries at 1000 rows").count()) > 0);
    await shot("prove-proved");
  });
  await step("prove: the details hold a table of queries and times", async () => {
    await page.locator(".notification-toast .monaco-button").filter({ hasText: "Show Details" }).first().click();
    await page.locator(".tab").filter({ hasText: "Proof" }).first().waitFor({ timeout: 60_000 });
    const holdsTable = async (frame) =>
      (await frame
        .locator("td")
        .filter({ hasText: /^1000$/ })
        .count()) > 0;
    await until(
      "the table",
      async () =>
        (await Promise.all(page.frames().map((frame) => holdsTable(frame).catch(() => false)))).includes(true),
      120_000,
    );
    await shot("prove-details");
  });
  await step("prove: a fix that was proved comes first in the menu and says so", async () => {
    await openFileIn(page, "names.ts");
    await menuWith(8, 34, "(proved)");
    const texts = await rows().allInnerTexts();
    const fixes = texts.filter((text) => /with one query/.test(text));
    if (!/\(proved\)/.test(fixes[0] ?? "")) throw new Error(`first is ${fixes[0]}`);
    await shot("prove-ranked");
    await page.keyboard.press("Escape");
  });
  await step("prove: from the palette, for the finding under the cursor", async () => {
    await clearNotices();
    await openFileIn(page, "names.ts");
    await page.locator(".monaco-editor .view-lines").first().click();
    await goToIn(page, 8, 34);
    await runCommand(page, "Hotpath: Prove Fix", () =>
      notice(/running the fix on made-up rows|Proved on made-up rows/).waitFor({ timeout: 30_000 }),
    );
    await until("the result", async () => (await notice("Proved on made-up rows").count()) > 0, PROOF_MS);
  });
  await step("prove: with the cursor elsewhere it says what to do", async () => {
    await clearNotices();
    await page.locator(".monaco-editor .view-lines").first().click();
    await goToIn(page, 1, 1);
    await runCommand(page, "Hotpath: Prove Fix", () =>
      notice("Put the cursor into a finding").waitFor({ timeout: 20_000 }),
    );
  });
} finally {
  editor?.stop();
}

let restricted;
try {
  await step("prove: a folder that nobody trusts offers no proof, and the command refuses", async () => {
    restricted = await startEditor("prove-restricted", []);
    page = await openPage(browser, restricted, folder);
    await openFileIn(page, "names.ts");
    await until("a squiggle", async () => (await squiggles().count()) > 0, 120_000);
    await menuWith(8, 34, "with one query");
    if ((await rows().filter({ hasText: "Prove this fix" }).count()) > 0) throw new Error("a proof is offered");
    await shot("prove-restricted");
    await page.keyboard.press("Escape");
  });
} finally {
  restricted?.stop();
}

await browser.close();
process.exitCode = finish() ? 0 : 1;
