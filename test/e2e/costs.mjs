// What requests cost, as a person sees it: lines above handlers, the view, walking the path, and an imported result of a load test.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launchBrowser, openFileIn, openPage, runCommand, startEditor } from "./editor.mjs";
import { createSteps, until } from "./steps.mjs";
import { writeWorkspace } from "./workspace.mjs";

const { STATE, ROOT } = process.env;
const shots = join(ROOT, "build/test-results");
mkdirSync(shots, { recursive: true });

const folder = writeWorkspace(join(STATE, "costs-workspace"));
const results = [
  { url: "http://localhost/users", method: "POST", requests: { total: 1204 }, latency: { average: 30 } },
];
const profile = join(STATE, "load-test.json");
writeFileSync(profile, JSON.stringify(results));
writeFileSync(join(STATE, "broken.cpuprofile"), '{"nodes":[');

const browser = await launchBrowser();
let page;
const { step, finish } = createSteps(shots, (path) => page?.screenshot({ path }));
const lens = (text) => page.locator(".codelens-decoration a").filter({ hasText: text });
const rows = () => page.locator(".pane-body .monaco-list-row");

/** Waits for a row of the view; without it, the error names the rows that are there. */
async function shown(text) {
  const row = rows().filter({ hasText: text }).first();
  await row.waitFor({ timeout: 40_000 }).catch(async () => {
    throw new Error(`no row ${text} among: ${(await rows().allInnerTexts()).join(" / ").replaceAll("\n", " ")}`);
  });
}

const openFile = (name) => openFileIn(page, name);

/** The dialog of the web: a path to type. */
function importFile(file, told) {
  return until(
    `"${told}" for ${file}`,
    async () => {
      const input = page.locator(".quick-input-widget input");
      await runCommand(page, "Hotpath: Import Profile…", () => input.waitFor({ timeout: 10_000 }));
      await page.waitForTimeout(800);
      await input.fill(file);
      await page.waitForTimeout(800);
      await page.keyboard.press("Enter");
      await page.locator(".notification-toast").filter({ hasText: told }).first().waitFor({ timeout: 20_000 });
      return true;
    },
    90_000,
  );
}

let editor;
try {
  await step("costs: a line above the handler says what a request costs", async () => {
    editor = await startEditor("costs", ["--disable-workspace-trust"]);
    page = await openPage(browser, editor, folder);
    await openFile("app.ts");
    await lens("POST /users → ids queries").first().waitFor({ timeout: 60_000 });
    await page.screenshot({ path: join(shots, "cost-lens.png") });
  });
  await step("costs: a click on it shows the entry point in the view, with its path", async () => {
    await until(
      "the entry point in the view",
      async () => {
        await lens("POST /users").first().click({ timeout: 5_000 });
        await rows().filter({ hasText: "POST /users" }).first().waitFor({ timeout: 20_000 });
        return true;
      },
      60_000,
    );
    await shown("loadUser(id)");
    await page.screenshot({ path: join(shots, "cost-tree.png") });
  });
  await step("costs: walking the path opens each place", async () => {
    await rows().filter({ hasText: "pool.query" }).first().click();
    await page.locator('.tab.active:has-text("users.ts")').waitFor({ timeout: 20_000 });
    await page.screenshot({ path: join(shots, "cost-path.png") });
  });
  await step("costs: an imported load test puts measured times in place of estimates", async () => {
    await importFile(profile, "load-test.json: 1 route");
    await openFile("app.ts");
    await lens("1,204 calls, 100 % of request time").first().waitFor({ timeout: 20_000 });
    await page.screenshot({ path: join(shots, "cost-measured.png") });
  });
  await step("costs: a broken profile is told in a sentence", async () => {
    await importFile(join(STATE, "broken.cpuprofile"), "ends in the middle");
    await page.screenshot({ path: join(shots, "cost-broken.png") });
  });
  await step("costs: clearing the profile goes back to the estimate", async () => {
    await runCommand(page, "Hotpath: Clear Profile");
    await until(
      "the estimate",
      async () => (await lens("1,204 calls").count()) === 0 && 0 < (await lens("POST /users → ids queries").count()),
      20_000,
    );
  });
} finally {
  editor?.stop();
}

await browser.close();
process.exitCode = finish() ? 0 : 1;
