// Evaluations as a person runs them in VS Code: palette, status bar, Testing view, report, cancel.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launchBrowser, openFileIn, openPage, runCommand, startEditor } from "./editor.mjs";
import { createSteps, until } from "./steps.mjs";
import { writeWorkspace } from "./workspace.mjs";

const { STATE, ROOT } = process.env;
const shots = join(ROOT, "build/test-results");
mkdirSync(shots, { recursive: true });

const folder = writeWorkspace(join(STATE, "evaluation-workspace"));
// One case that waits long enough to be watched and cancelled, after some that are done at once.
const waiting = `require("node:timers").setTimeout(() => {}, 1500)`;
writeFileSync(
  join(folder, "own.hotpath-eval.yaml"),
  `name: Own suite
settings:
  concurrency: 1
cases:
${Array.from({ length: 12 }, (_, i) => `  - id: wait-${i}\n    kind: command\n    run: [node, -e, ${JSON.stringify(waiting)}]\n`).join("")}`,
);
mkdirSync(join(folder, "chat"), { recursive: true });
writeFileSync(
  join(folder, "chat/promptfooconfig.yaml"),
  "prompts: [file://prompts.txt]\nproviders: [echo]\ntests: file://tests.csv\noutputPath: out.csv\n",
);
writeFileSync(join(folder, "chat/prompts.txt"), "Say {{word}}\n---\nShout {{word}}\n");
writeFileSync(join(folder, "chat/tests.csv"), "word,__expected\nyes,contains: yes\nno,contains: maybe\n");
writeFileSync(join(folder, "wrong.hotpath-eval.yaml"), "name: Wrong\ncases:\n  - id: a\n    kind: detekt\n");

const browser = await launchBrowser();
let page;
const { step, finish } = createSteps(shots, (path) => page?.screenshot({ path }));
const bar = () => page.locator("#hotpath\\\\.hotpath\\\\.hotpath\\\\.evaluation, [id*='hotpath.evaluation']").first();
const barText = async () => (await bar().innerText()).trim();
const notification = () => page.locator(".notification-toast, .notifications-center").filter({ hasText: /cases/ });

/** Runs a suite from the palette, until something is seen of it. */
function runSuite(name, seen) {
  return until(
    `the run of ${name}`,
    async () => {
      const row = page.locator(".quick-input-list .monaco-list-row").filter({ hasText: name }).first();
      await runCommand(page, "Hotpath: Run Evaluation…", () => row.waitFor({ timeout: 30_000 }));
      await page.waitForTimeout(300);
      await row.click({ timeout: 5_000 });
      await seen();
      return true;
    },
    120_000,
  );
}

let editor;
try {
  await step("evaluation: the bundled suite runs from the palette and passes", async () => {
    editor = await startEditor("evaluation", ["--disable-workspace-trust"]);
    page = await openPage(browser, editor, folder);
    await until(
      "the analyzer is ready",
      async () =>
        /finding/.test(await page.locator(".statusbar-item").filter({ hasText: "Hotpath:" }).first().innerText()),
      60_000,
    );
    await runSuite("Detection", () =>
      until("the outcome in the status bar", async () => /^\d+\/\d+$/.test(await barText()), 60_000),
    );
    await notification().first().waitFor({ timeout: 20_000 });
    await page.screenshot({ path: join(shots, "evaluation-outcome.png") });
  });
  await step("evaluation: the report opens", async () => {
    await page.getByText("Show Report").first().click();
    await until("a tab with the report", async () =>
      (await page.locator(".tab.active").innerText()).includes("Hotpath Evaluation"),
    );
    const frame = page.frameLocator("iframe.webview").frameLocator("iframe");
    await frame.locator("h1", { hasText: "Detection" }).waitFor({ timeout: 20_000 });
    await page.screenshot({ path: join(shots, "evaluation-report.png") });
  });
  await step("evaluation: results stand in the Testing view, at their lines", async () => {
    const tree = page.locator(".test-explorer-tree");
    await runCommand(page, "Testing: Focus on Test Explorer View", () =>
      tree.getByText("Detection").first().waitFor({ timeout: 20_000 }),
    );
    await tree.getByText("Own suite").first().waitFor();
    await page.screenshot({ path: join(shots, "evaluation-tests.png") });
  });
  await step("evaluation: progress counts up with the time left, and cancel stops it", async () => {
    const percentage = async () => /^(\d+) % \d\d:\d\d:\d\d$/.exec(await barText());
    await runSuite("Own suite", () => until("a percentage with time left", percentage, 30_000));
    const first = await until("a percentage", percentage);
    await page.screenshot({ path: join(shots, "evaluation-running.png") });
    await until("a higher percentage", async () => Number(/^(\d+) %/.exec(await barText())?.[1]) > Number(first[1]));
    await runCommand(page, "Hotpath: Cancel Evaluation", () =>
      until("cancelled", async () => /cancelled/.test(await barText()), 20_000),
    );
    await page.screenshot({ path: join(shots, "evaluation-cancelled.png") });
  });
  await step(
    "evaluation: a configuration of promptfoo is a suite: what is left out is underlined, and its tests decide",
    async () => {
      await openFileIn(page, "promptfooconfig.yaml");
      await until("what is left out", async () => 0 < (await page.locator(".squiggly-warning").count()), 60_000);
      await page.locator(".codelens-decoration").filter({ hasText: "Run all" }).first().waitFor({ timeout: 60_000 });
      await page.screenshot({ path: join(shots, "evaluation-promptfoo.png") });
      await runSuite("chat", () => until("two of four", async () => (await barText()) === "2/4", 60_000));
    },
  );
  await step("evaluation: a wrong suite says so at its line", async () => {
    await runSuite("Wrong", () =>
      page.locator(".notification-toast").filter({ hasText: "did you mean" }).first().waitFor({ timeout: 20_000 }),
    );
    await page.screenshot({ path: join(shots, "evaluation-wrong.png") });
  });
} finally {
  editor?.stop();
}

await browser.close();
process.exitCode = finish() ? 0 : 1;
