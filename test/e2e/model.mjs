// Download Model…, as a person uses it: the list, what is agreed to before anything is connected to, and a file that is not what it should be.
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { launchBrowser, openFileIn, openPage, runCommand, startEditor } from "./editor.mjs";
import { createSteps, until } from "./steps.mjs";
import { FILES, writeWorkspace } from "./workspace.mjs";

const { STATE, ROOT } = process.env;
const shots = join(ROOT, "build/test-results");
mkdirSync(shots, { recursive: true });
const folder = writeWorkspace(join(STATE, "model-workspace"), FILES);

// A hub on this machine that has every file, and none of them right.
const asked = [];
const hub = createServer((request, response) => {
  asked.push(request.url);
  response.writeHead(200).end("not the file that was asked for");
});
await new Promise((resolve) => hub.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${hub.address().port}`;

const browser = await launchBrowser();
let page;
let editor;
const { step, finish } = createSteps(shots, (path) => page?.screenshot({ path }));
const shot = (name) => page.screenshot({ path: join(shots, `${name}.png`) });
const rowWith = (hasText) => page.locator(".quick-input-widget .monaco-list-row").filter({ hasText }).first();
const dialog = () => page.locator(".monaco-dialog-box");

async function choose() {
  await runCommand(page, "Hotpath: Download Model", () => rowWith("bge-small-en-v1.5").waitFor({ timeout: 10_000 }));
  await shot("model-list");
  await rowWith("bge-small-en-v1.5").click();
  await dialog().waitFor({ timeout: 10_000 });
}

try {
  await step(
    "model: the list says size and licence, and the question says where from; nothing is asked of the hub",
    async () => {
      editor = await startEditor("model", ["--disable-workspace-trust"], { "hotpath.model.hub": address });
      page = await openPage(browser, editor, folder);
      page.setDefaultTimeout(10_000);
      await openFileIn(page, "app.ts");
      await until("the question", async () => (await choose(), true), 120_000, 2000);
      const question = await dialog().innerText();
      for (const part of ["bge-small-en-v1.5", "35 MB", "MIT", "Xenova/bge-small-en-v1.5", address, "SHA-256"])
        if (!question.includes(part)) throw new Error(`the question says nothing of ${part}: ${question}`);
      await shot("model-question");
      await dialog().locator(".monaco-button").filter({ hasText: "Cancel" }).click();
      await dialog().waitFor({ state: "hidden" });
      if (asked.length > 0) throw new Error(`the hub was asked for ${asked}`);
    },
  );
  await step(
    "model: a file that is not what it should be is refused in a sentence, and nothing of it stays",
    async () => {
      await until("the question", async () => (await choose(), true), 120_000, 2000);
      await dialog().locator(".monaco-button").filter({ hasText: "Download" }).click();
      const told = page.locator(".notification-list-item").filter({ hasText: "was not downloaded" });
      await told.first().waitFor({ timeout: 30_000 });
      await shot("model-refused");
      if (!/model_quantized\.onnx is not the file that is known by this name/.test(await told.first().innerText()))
        throw new Error(await told.first().innerText());
      if (asked.length !== 1 || !asked[0].startsWith("/Xenova/bge-small-en-v1.5/resolve/"))
        throw new Error(String(asked));
      const models = join(STATE, "model/cache/hotpath/models");
      const left = existsSync(models) ? readdirSync(models) : [];
      if (left.length > 0) throw new Error(`left behind: ${left}`);
    },
  );
} finally {
  await browser.close();
  editor?.stop();
  hub.close();
}
process.exit(finish() ? 0 : 1);
