/**
 * What request costs and profiles cost: the costs of all entry points beside a cold scan, after a warm edit, and the import of a large `.cpuprofile` with
 * the peak memory of the process that reads it.
 *
 *   npx tsx bench/costs.ts FOLDER… [--profile-mb 200]
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { endpoints, toEndpointCost } from "../server/src/analysis/endpoint-costs.js";
import { createService } from "../server/src/service/create-service.js";
import { Profiles } from "../server/src/service/profiles.js";
import { drain } from "../server/src/service/slices.js";

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { "profile-mb": { type: "string", default: "200" }, read: { type: "string" } },
  });
  if (values.read !== undefined) {
    await readAlone(values.read);
    return;
  }
  for (const folder of positionals) await timeCosts(path.resolve(folder));
  timeImport(Number(values["profile-mb"]));
}

async function timeCosts(folder: string): Promise<void> {
  const started = performance.now();
  const service = await createService({ roots: [folder], cacheFolder: undefined, overrides: {} });
  await drain(service.scan());
  service.refresh();
  const scanned = performance.now();
  const list = service.ask((inspection) => endpoints(inspection).map((one) => toEndpointCost(inspection, one)));
  const costed = performance.now();
  service.ask((inspection) => endpoints(inspection).map((one) => toEndpointCost(inspection, one)));
  const again = performance.now();
  const [file] = list;
  const text = file === undefined ? undefined : service.textOf(file.file);
  let afterEdit = 0;
  if (file !== undefined && text !== undefined) {
    service.setOverlay(file.file, `${text}\n// edited\n`);
    service.refresh();
    const edited = performance.now();
    service.ask((inspection) => endpoints(inspection, file.file).map((one) => toEndpointCost(inspection, one)));
    afterEdit = performance.now() - edited;
  }
  const open = list.filter(({ unknown }) => 0 < unknown.length).length;
  console.log(
    `${path.basename(folder)}: cold scan ${ms(scanned - started)}, costs of ${list.length} entry points ${ms(costed - scanned)} ` +
      `(${(((costed - scanned) / (scanned - started)) * 100).toFixed(1)} %), again ${ms(again - costed)}, one file after an edit ${ms(afterEdit)}; ${open} with a part unknown`,
  );
  await service.close();
}

/** In a process of its own, whose memory is its own. */
function timeImport(megabytes: number): void {
  const folder = mkdtempSync(path.join(tmpdir(), "hotpath-bench-"));
  const file = path.join(folder, "large.cpuprofile");
  writeProfile(file, megabytes * 1e6);
  const tsx = path.resolve(__dirname, "../node_modules/tsx/dist/cli.mjs");
  const { stdout, stderr } = spawnSync(process.execPath, [tsx, __filename, "--read", file], { encoding: "utf8" });
  console.log(
    `${(statSync(file).size / 1e6).toFixed(0)} MB profile: ${stdout.trim()}${stderr.includes("Error") ? stderr : ""}`,
  );
  rmSync(folder, { recursive: true });
}

async function readAlone(file: string): Promise<void> {
  const before = process.resourceUsage().maxRSS / 1024;
  const started = performance.now();
  const read = await new Profiles().add(file, [path.dirname(file)]);
  const frames = "tree" in read.profile ? read.profile.frames.length : 0;
  const nodes = "tree" in read.profile ? read.profile.tree.frame.length : 0;
  console.log(
    `read in ${ms(performance.now() - started)}, ${nodes} nodes of ${frames} functions, peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB (${before.toFixed(0)} MB before)`,
  );
}

/** Half of it nodes, half samples and times, as a long run of a real server has them. */
function writeProfile(file: string, bytes: number): void {
  const out = openSync(file, "w");
  const nodes: string[] = [];
  let size = 0;
  let id = 1;
  writeSync(out, '{"nodes":[');
  for (; size < bytes / 2; id++) {
    const callFrame = `{"functionName":"handler${id % 5000}","scriptId":"${id % 300}","url":"file:///srv/app/dist/module${id % 300}.js","lineNumber":${id % 2000},"columnNumber":${id % 90}}`;
    nodes.push(
      `${id === 1 ? "" : ","}{"id":${id},"callFrame":${callFrame},"hitCount":1,"children":[${id * 2},${id * 2 + 1}]}`,
    );
    size += nodes[nodes.length - 1]?.length ?? 0;
    if (nodes.length === 1000) writeSync(out, nodes.splice(0).join(""));
  }
  writeSync(out, `${nodes.join("")}],"startTime":1,"endTime":2,"samples":[`);
  const count = Math.floor(bytes / 2 / 12);
  writeMany(out, count, (i) => String((i * 7919) % id));
  writeSync(out, '],"timeDeltas":[');
  writeMany(out, count, (i) => String(900 + (i % 300)));
  writeSync(out, "]}");
  closeSync(out);
}

function writeMany(out: number, count: number, at: (i: number) => string): void {
  for (let from = 0; from < count; from += 10_000) {
    const part = Array.from({ length: Math.min(10_000, count - from) }, (_, i) => at(from + i));
    writeSync(out, `${from === 0 ? "" : ","}${part.join(",")}`);
  }
}

function ms(value: number): string {
  return value < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(1)} s`;
}

void main();
