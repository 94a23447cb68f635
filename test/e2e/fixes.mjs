// Fixes as a person applies them: from the light bulb through the editor's preview, all at once on save, and refused on a file that may not be written.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  applyButton,
  chooseAction,
  goToIn,
  launchBrowser,
  openFileIn,
  openPage,
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
  "src/names.ts": `import { Pool } from "pg";

const pool = new Pool();

export async function names(ids: string[]) {
  const found = [];
  for (const id of ids) {
    const { rows } = await pool.query("select id, name from users where id = $1", [id]);
    found.push(rows[0]);
  }
  return found;
}
`,
  "src/page.ts": `import express from "express";
import { readFileSync } from "node:fs";

const app = express();

app.get("/page/:name", async (request, response) => {
  const page = readFileSync("pages/" + request.params.name, "utf8");
  response.send(page);
});

app.listen(3000);
`,
};
const folder = writeWorkspace(join(STATE, "fixes-workspace"), FILES);

const browser = await launchBrowser();
let page;
const { step, finish } = createSteps(shots, (path) => page?.screenshot({ path }));
const squiggles = () => page.locator(".squiggly-warning, .squiggly-info");
const text = async () =>
  (await page.locator(".monaco-editor .view-lines").first().innerText()).replaceAll("\u00a0", " ");

const openFile = (name) => openFileIn(page, name);
const goTo = (line, column) => goToIn(page, line, column);

let editor;
try {
  await step("fixes: the light bulb offers to load before the loop", async () => {
    editor = await startEditor("fixes", ["--disable-workspace-trust"], {
      "[typescript]": { "editor.codeActionsOnSave": { "source.fixAll.hotpath": "explicit" } },
    });
    page = await openPage(browser, editor, folder);
    await openFile("names.ts");
    await until("a squiggle", async () => (await squiggles().count()) > 0, 60_000);
    const picture = join(shots, "load-fix-menu.png");
    await chooseAction(page, { line: 8, column: 34, entry: "with one query before", picture }, () =>
      applyButton(page).waitFor({ timeout: 20_000 }),
    );
  });
  await step("fixes: it is shown before it is applied, and the finding is gone then", async () => {
    await tickEverything(page);
    await page.screenshot({ path: join(shots, "load-fix-preview.png") });
    await applyButton(page).click();
    await openFile("names.ts");
    await until("the new code", async () => /any\(\$1\)/.test(await text()));
    await until("no squiggle", async () => (await squiggles().count()) === 0);
    await page.screenshot({ path: join(shots, "load-fix-applied.png") });
  });
  await step("fixes: saving applies safe fixes and no others", async () => {
    await openFile("page.ts");
    await until("a squiggle", async () => (await squiggles().count()) > 0, 30_000);
    await page.locator(".monaco-editor .view-lines").first().click();
    await goTo(1, 1);
    await page.keyboard.type("// saved\n");
    await page.keyboard.press("Control+S");
    await until(
      "the fixed file on disk",
      () => /await /.test(readFileSync(join(folder, "src/page.ts"), "utf8")),
      30_000,
    );
    await until("no squiggle", async () => (await squiggles().count()) === 0);
    await page.screenshot({ path: join(shots, "fixed-on-save.png") });
  });
} finally {
  editor?.stop();
}

await browser.close();
process.exitCode = finish() ? 0 : 1;
