/**
 * The model on WebGPU, with SwiftShader in place of a graphics card: it is slower than the processor, but the same code path. Needs `npm run build`, libvulkan1 and
 * SwiftShader's driver, whose description is the first argument. Ends with `N passed, N failed`.
 */
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const [
  driver = "/usr/lib/chromium/vk_swiftshader_icd.json",
  processFile = path.join(repository, "dist/embedder-process.js"),
] = process.argv.slice(2);
const folder = path.join(repository, "test/model/fixtures/tiny");
const counts = { passed: 0, failed: 0 };

/** Loads the tiny model with WebGPU before the processor, and embeds a text. */
function load(driverFile, providers = ["webgpu"]) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, VK_DRIVER_FILES: driverFile, XDG_RUNTIME_DIR: "/tmp" };
    const child = fork(processFile, [], {
      env,
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const timer = setTimeout(() => end(new Error("no answer within 120 s")), 120_000);
    let loaded;
    const end = (result) => {
      clearTimeout(timer);
      child.removeAllListeners();
      child.kill("SIGKILL");
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    child.on("exit", (code, signal) => end(new Error(`the process ended: ${code ?? signal}`)));
    child.on("message", (message) => {
      if (message.kind === "ready") {
        loaded = message.loaded;
        child.send({ kind: "embed", texts: ["query loop order", "list of users"], purpose: "passage" });
      } else if (message.kind === "vectors") end({ loaded, data: message.data });
      else if (message.kind !== "trying") end(new Error(message.reason));
    });
    child.send({ kind: "load", options: { folder, providers, avoid: [], threads: 1 } });
  });
}

async function check(name, act) {
  try {
    await act();
    counts.passed++;
    console.log(`ok    ${name}`);
  } catch (error) {
    counts.failed++;
    console.log(`FAIL  ${name}: ${error.message}`);
  }
}

function expect(holds, what) {
  if (!holds) throw new Error(what);
}

await check("WebGPU gives what the processor gives; slower than it, it is left alone with the figures", async () => {
  expect(existsSync(driver), `there is no ${driver}`);
  const onGpu = await load(driver);
  const onCpu = await load(driver, []);
  const reason = onGpu.loaded.notUsed[0]?.reason ?? "";
  console.log(`      ${onGpu.loaded.provider}${reason === "" ? "" : `: ${reason}`}`);
  expect(
    onGpu.loaded.provider === "webgpu" || /slower than the processor: \d+ texts/.test(reason),
    `unexpected: ${reason}`,
  );
  const worst = onCpu.data.reduce((most, value, i) => Math.max(most, Math.abs(value - onGpu.data[i])), 0);
  expect(worst < 1e-3, `vectors differ by ${worst}`);
});

await check("without a graphics driver the processor is used, and the reason is told", async () => {
  const { loaded, data } = await load("/nonexistent");
  console.log(`      ${loaded.notUsed[0]?.reason}`);
  expect(loaded.provider === "cpu", `runs on ${loaded.provider}`);
  expect(loaded.notUsed[0]?.provider === "webgpu" && loaded.notUsed[0].reason !== "", "no reason is told");
  expect(data.length === 32, "no vectors");
});

console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
