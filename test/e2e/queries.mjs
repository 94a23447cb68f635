// Queries and their indexes, as a person works on them: a line above the query, Explain Query with the plan's picture, the way back from the schema, and the fix.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  applyButton,
  chooseAction,
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

const FILES = {
  "package.json": '{ "name": "sample", "dependencies": { "express": "4.19.2", "pg": "8.11.5" } }\n',
  "migrations/001_init.sql": `CREATE TABLE customers (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE, name text);
CREATE TABLE orders (
  id bigserial PRIMARY KEY,
  customer_id bigint NOT NULL,
  total_cents integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
`,
  "src/orders.ts": `import express from "express";
import { Pool } from "pg";

const pool = new Pool();
const app = express();

app.get("/customers/:id/orders", async (request, response) => {
  const { rows } = await pool.query(
    "select id, total_cents from orders where customer_id = $1 order by created_at desc limit 20",
    [request.params.id],
  );
  response.json(rows);
});

app.get("/customers", async (request, response) => {
  const { rows } = await pool.query("select * from customers where email = $1", [request.query.email]);
  response.json(rows[0]);
});
`,
};
const folder = writeWorkspace(join(STATE, "queries-workspace"), FILES);

const browser = await launchBrowser();
let page;
const { step, finish } = createSteps(shots, (path) => page?.screenshot({ path }));
const lens = (text) => page.locator(".codelens-decoration a").filter({ hasText: text });
const squiggles = () => page.locator(".squiggly-warning");

const openFile = (name) => openFileIn(page, name);
const goTo = (line, column) => goToIn(page, line, column);
/** The page of Explain Query: a frame inside the webview's own. */
const explained = () =>
  until(
    "the page",
    async () => {
      for (const frame of page.frames())
        if (
          (await frame
            .locator("svg.plan")
            .count()
            .catch(() => 0)) > 0
        )
          return frame;
      return undefined;
    },
    60_000,
  );

let editor;
try {
  await step("queries: a line above the query names the index it lacks, once the planner has agreed", async () => {
    editor = await startEditor("queries", ["--disable-workspace-trust"]);
    page = await openPage(browser, editor, folder);
    await openFile("orders.ts");
    await lens("no index: orders (customer_id, created_at desc) would cut the cost from")
      .first()
      .waitFor({ timeout: 90_000 });
    if ((await lens("served by").count()) > 0) throw new Error("a query that is served has a line too");
    await page.screenshot({ path: join(shots, "query-lens.png") });
  });
  await step("queries: a click on it shows SQL, tables and both plans", async () => {
    await lens("no index").first().click();
    const frame = await explained();
    await until("both plans", async () => (await frame.locator("svg.plan").count()) === 2);
    const text = await frame.locator("main").innerText();
    for (const wanted of ["orders.query", "where customer_id = $1", "migrations/001_init.sql:2", "100,000", "assumed"])
      if (!text.includes(wanted)) throw new Error(`no ${wanted} in ${text.slice(0, 600)}`);
    await page.screenshot({ path: join(shots, "explain-query.png") });
  });
  await step("queries: the steps of the plan can be reached by key and say what they are", async () => {
    const frame = await explained();
    await frame.locator("nav a").last().focus();
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press("Tab");
      const label = await frame.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
      if (/^Step 1 of \d: Limit; cost/.test(label)) {
        await page.screenshot({ path: join(shots, "explain-query-focus.png") });
        return;
      }
    }
    throw new Error("no step was reached");
  });
  await step("queries: the same as text", async () => {
    const frame = await explained();
    await frame.locator("nav a").filter({ hasText: "Open as text" }).click();
    await page.locator('.tab.active:has-text("query.md")').waitFor({ timeout: 20_000 });
    await until("the text", async () =>
      /Plan with the index/.test(
        (await page.locator(".monaco-editor .view-lines").last().innerText()).replaceAll("\u00a0", " "),
      ),
    );
    await page.screenshot({ path: join(shots, "explain-query-text.png") });
    await runCommand(page, "View: Close All Editors");
  });
  await step("queries: hover says which index serves and what the plan costs", async () => {
    await openFile("orders.ts");
    await page.locator(".monaco-editor .view-lines").first().click();
    await goTo(16, 36);
    const hover = page.locator(".monaco-hover:visible").filter({ hasText: "served by a unique key" }).first();
    await runCommand(page, "Show or Focus Hover", () => hover.waitFor({ timeout: 15_000 }));
    await page.screenshot({ path: join(shots, "query-hover.png") });
    await page.keyboard.press("Escape");
  });
  await step("queries: references lead from a column of a migration to the queries that use it", async () => {
    // With one query to go to, the editor goes there at once.
    await until(
      "the query",
      async () => {
        await openFile("001_init.sql");
        await page.locator(".monaco-editor .view-lines").first().click();
        await goTo(4, 5);
        await page.keyboard.press("Shift+F12");
        await page.locator('.tab.active:has-text("orders.ts")').waitFor({ timeout: 20_000 });
        return true;
      },
      90_000,
    );
    await until("its line", async () => /Ln 8,/.test(await page.locator(".statusbar").innerText()));
  });
  await step("queries: the fix is previewed, makes the next migration, and the finding is gone", async () => {
    await openFile("orders.ts");
    await until("a squiggle", async () => (await squiggles().count()) > 0, 30_000);
    // A fix to be reviewed is applied from the editor's own preview of refactorings.
    const picture = join(shots, "index-fix-menu.png");
    await chooseAction(page, { line: 9, column: 10, entry: "Add an index on", picture }, () =>
      applyButton(page).waitFor({ timeout: 20_000 }),
    );
    await tickEverything(page);
    await page.screenshot({ path: join(shots, "index-fix-preview.png") });
    if (readdirSync(join(folder, "migrations")).length > 1) throw new Error("the file was made before anybody agreed");
    await applyButton(page).click();
    const made = join(folder, "migrations/002_add_orders_customer_id_created_at_index.sql");
    await until("the migration", () => existsSync(made), 20_000);
    await runCommand(page, "File: Save All").catch(() => undefined);
    await until("no squiggle", async () => {
      await page.waitForTimeout(500);
      return (await squiggles().count()) === 0;
    });
    await until(
      "its text",
      () => /CREATE INDEX CONCURRENTLY orders_customer_id_created_at_idx/.test(readFileSync(made, "utf8")),
      20_000,
    );
    await page.screenshot({ path: join(shots, "index-fix-applied.png") });
  });
} finally {
  editor?.stop();
}

await browser.close();
process.exitCode = finish() ? 0 : 1;
