// The dashboard in a real VS Code: every theme, by keyboard, live, with nothing and with very much to show, and checked for accessibility; the same as a file.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launchBrowser, openFileIn, openPage, runCommand, startEditor } from "./editor.mjs";
import { createSteps, until } from "./steps.mjs";
import { writeWorkspace } from "./workspace.mjs";

const { STATE, ROOT } = process.env;
const here = import.meta.dirname ?? join(ROOT, "test/e2e");
const axe = readFileSync(join(here, "node_modules/axe-core/axe.min.js"), "utf8");
const shots = join(ROOT, "build/test-results");
mkdirSync(shots, { recursive: true });

const browser = await launchBrowser();
let page;
const { step, finish } = createSteps(shots, (path) => page?.screenshot({ path }));

/** As many scans of the past as there would be after some months. */
function writeHistory(cache, root, count) {
  const file = join(cache, "history", `${createHash("sha1").update(root).digest("hex").slice(0, 16)}.jsonl`);
  mkdirSync(join(cache, "history"), { recursive: true });
  const points = Array.from({ length: count }, (_, i) => {
    const byFamily = {
      "n-plus-one": 12 + Math.round(6 * Math.sin(i / 40)),
      "blocking-call": 4,
      "missing-index": i % 7,
    };
    const findings = Object.values(byFamily).reduce((sum, one) => sum + one, 0);
    const byFolder = { "src/orders": findings - 2, src: 2 };
    return { at: Date.now() - (count - i) * 600_000, files: 200, durationMs: 900, findings, byFamily, byFolder };
  });
  writeFileSync(file, points.map((point) => `${JSON.stringify(point)}\n`).join(""));
}

/** The document inside the webview's two frames. */
async function dashboard() {
  return await until("the dashboard's frame", async () => {
    for (const frame of page.frames()) {
      if (
        (await frame
          .locator("h1", { hasText: "Hotpath" })
          .count()
          .catch(() => 0)) > 0
      )
        return frame;
    }
    return undefined;
  });
}

/** Violations that keep somebody from using the page. */
async function violations(frame) {
  // The page's own policy runs nothing but its own script; the debugger may.
  return await frame.evaluate(async (source) => {
    (0, eval)(source);
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .map(({ target }) => target.join(" "))
            .slice(0, 4)
            .join(", ")}`,
      );
  }, axe);
}
async function noViolation(frame) {
  const found = await violations(frame);
  if (found.length > 0) throw new Error(found.join("\n"));
}

const folder = writeWorkspace(join(STATE, "dashboard-workspace"));
const themes = { light: "Default Light Modern", dark: "Default Dark Modern", contrast: "Default High Contrast" };
for (const [name, theme] of Object.entries(themes)) {
  let editor;
  const home = join(STATE, `dashboard-${name}`);
  rmSync(home, { recursive: true, force: true });
  if (name === "dark") writeHistory(join(home, "cache/hotpath"), folder, 1_500);
  try {
    await step(`dashboard, ${name}: opens in the editor's own theme`, async () => {
      editor = await startEditor(`dashboard-${name}`, ["--disable-workspace-trust"], { "workbench.colorTheme": theme });
      page = await openPage(browser, editor, folder);
      await openFileIn(page, "app.ts");
      const status = page.locator(".statusbar-item").filter({ hasText: "Hotpath:" }).first();
      await until("one finding", async () => /1 finding/.test(await status.innerText()), 60_000);
      await runCommand(page, "Hotpath: Open Dashboard", dashboard);
      const frame = await dashboard();
      await until("a chart", async () => (await frame.locator(".chart canvas").count()) > 5);
      await page.waitForTimeout(2500);
      await page.screenshot({ path: join(shots, `dashboard-${name}.png`) });
    });
    await step(`dashboard, ${name}: the server's figures are streamed`, async () => {
      const frame = await dashboard();
      const chart = frame.locator(".chart[aria-label^='Memory of the server']");
      const points = async () => Number(/(\d+) points/.exec(await chart.getAttribute("aria-label"))?.[1]);
      const before = await points();
      await until("two more points", async () => before + 2 <= (await points()), 15_000);
    });
    await step(`dashboard, ${name}: no serious violation`, async () => noViolation(await dashboard()));
    if (name !== "dark") continue;
    await step("dashboard: is used by keyboard", async () => {
      const frame = await dashboard();
      const chart = frame.locator(".chart").first();
      await chart.focus();
      await page.keyboard.press("ArrowLeft");
      await until("a value read out", async () => /n-plus-one \d+/.test(await frame.locator("#announcer").innerText()));
      await frame.locator("input[value=byFamily]").focus();
      await page.keyboard.press("ArrowRight");
      await until("lines by folder", async () =>
        /src\/orders/.test(await frame.locator("section").first().innerText()),
      );
      await frame.locator("summary").first().focus();
      await page.keyboard.press("Enter");
      await until("a table", async () => (await frame.locator("details[open] tbody tr").count()) > 10);
      await page.screenshot({ path: join(shots, "dashboard-keyboard.png") });
    });
  } finally {
    editor?.stop();
  }
}

const cache = join(STATE, "dashboard-report-cache");
const file = join(STATE, "report.html");
await step("report: one file with everything in it, without a violation in light and dark", async () => {
  rmSync(cache, { recursive: true, force: true });
  writeHistory(cache, folder, 10_000);
  execFileSync(process.execPath, [join(ROOT, "dist/cli.js"), "report", "--html", file, folder], {
    env: { ...process.env, HOTPATH_CACHE_DIR: cache, XDG_RUNTIME_DIR: STATE },
  });
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1200, height: 1400 } });
    page = await context.newPage();
    const requests = [];
    page.on("request", (request) => requests.push(request.url()));
    const errors = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(`file://${file}`);
    await page.locator(".chart canvas").first().waitFor();
    await page.screenshot({ path: join(shots, `report-${colorScheme}.png`) });
    if (requests.length !== 1) throw new Error(`it loads ${requests.slice(1).join(", ")}`);
    if (errors.length > 0) throw new Error(errors.join("\n"));
    await noViolation(page.mainFrame());
    await context.close();
  }
});
await step("report: 10,000 points without jank", async () => {
  const many = join(STATE, "report-many.html");
  // More than the history keeps: what the charts can take.
  const html = readFileSync(file, "utf8");
  const [, text] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html);
  const data = JSON.parse(text);
  const [point] = data.history;
  data.history = Array.from({ length: 10_000 }, (_, i) => ({
    ...point,
    at: point.at + i * 60_000,
    byFamily: { "n-plus-one": 10 + (i % 13), "blocking-call": i % 5, "missing-index": (i * 7) % 11 },
  }));
  writeFileSync(
    many,
    html.replace(text, () => JSON.stringify(data)),
  );
  page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await page.goto(`file://${many}`);
  const chart = page.locator(".chart").first();
  await chart.locator("canvas").waitFor();
  const redraws = await page.evaluate(async () => {
    const target = document.querySelector(".chart .u-over");
    const box = target.getBoundingClientRect();
    const times = [];
    for (let n = 0; n < 40; n++) {
      const started = performance.now();
      const at = { clientX: box.left + (n / 40) * box.width, clientY: box.top + 40, bubbles: true };
      target.dispatchEvent(new MouseEvent("mousemove", at));
      document.querySelectorAll("input[name=grouping]")[n % 2].click();
      times.push(performance.now() - started);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return times.sort((a, b) => a - b);
  });
  // The very slowest say more about what else the machine does.
  const slow = redraws[Math.floor(redraws.length * 0.9)];
  console.log(
    `  redraws of 10,000 points: 90 % within ${slow.toFixed(1)} ms, the slowest ${redraws.at(-1).toFixed(1)} ms`,
  );
  if (slow > 100) throw new Error(`a redraw took ${slow.toFixed(0)} ms`);
});

await browser.close();
process.exitCode = finish() ? 0 : 1;
