/**
 * Two editor windows, the command line and Neovim at one daemon for some minutes of scripted editing: latency of an edit, memory, and whether anybody sees
 * somebody else's text.
 *
 *   npx tsx bench/shared-daemon.ts FOLDER [--minutes 10] [--dist dist]
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { loadDaemon, logOf, memoryGrowth } from "../test/harness/daemon-load.js";

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { minutes: { type: "string" }, dist: { type: "string" } },
  });
  const [source] = positionals;
  if (source === undefined) throw new Error("say which folder: npx tsx bench/shared-daemon.ts FOLDER");
  const scratch = mkdtempSync(path.join(tmpdir(), "hpl-"));
  const folder = path.join(scratch, "work");
  cpSync(source, folder, { recursive: true, filter: (file) => !/\/(?:\.git|node_modules)(?:\/|$)/.test(file) });
  try {
    const dist = path.resolve(values.dist ?? path.join(__dirname, "../dist"));
    const figures = await loadDaemon({ dist, folder, scratch, seconds: 60 * Number(values.minutes ?? 10) });
    const { edits, p50Ms, p95Ms, slowestMs, checks, neovimEdits, memoryMb, wrong } = figures;
    console.log(
      `edits ${edits}, to their diagnostics p50 ${p50Ms.toFixed(0)} ms, p95 ${p95Ms.toFixed(0)} ms, slowest ${slowestMs.toFixed(0)} ms`,
    );
    console.log(`checks of the command line ${checks}, edits in Neovim ${neovimEdits ?? "none"}`);
    console.log(
      `memory ${memoryMb[0] ?? 0} MB at first, ${Math.max(...memoryMb)} MB at most, ${memoryMb.at(-1) ?? 0} MB at last; growth ${(100 * memoryGrowth(memoryMb)).toFixed(1)} %`,
    );
    console.log(wrong.length === 0 ? "nobody saw another's text" : `WRONG: ${wrong.slice(0, 5).join("; ")}`);
    const complaints = logOf(scratch)
      .split("\n")
      .filter((line) => /given up|started again|stopped/.test(line));
    if (complaints.length > 0) console.log(complaints.join("\n"));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
