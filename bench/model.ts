/**
 * The model and the index: time and memory to load it, texts a second by size of batch, an index over many functions, and what a search takes.
 *
 *     npm run build && npx tsx bench/model.ts [--functions 20000] [--vectors 50000]
 *
 * Beside the clock stands processor time, where the system tells it (Linux): on a busy machine the clock measures the others.
 * Functions are those of this repository's own sources, told apart by a number in them; vectors to search are random, words follow their usual distribution.
 */
import { readFileSync, readdirSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { codeUnits } from "../server/src/analysis/code-units.js";
import { extractFacts } from "../server/src/facts/extract.js";
import { createEmbedder } from "../server/src/model/create-embedder.js";
import { createUsearchRows } from "../server/src/model/usearch-rows.js";
import { CodeIndex, type IndexedUnit } from "../server/src/ranking/code-index.js";
import { passageText } from "../server/src/ranking/passage-text.js";

const repository = path.resolve(__dirname, "..");
const dimensions = 384;
const QUERIES = 200;

function functionTexts(): string[] {
  const folder = path.join(repository, "server/src");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .flatMap((name) => {
      const text = readFileSync(path.join(folder, name), "utf8");
      return codeUnits(extractFacts(name, text), []).map(({ span }) => passageText(text.slice(span.start, span.end)));
    });
}

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
}

/** Processor time of the processes this one has started, milliseconds; undefined where the system does not tell. */
function processorMs(): number | undefined {
  try {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
    // User and system time, in hundredths of a second, after the name, which may hold spaces.
    const times = children.map((pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /, "")
        .split(" ");
      return (Number(fields[11]) + Number(fields[12])) * 10;
    });
    return times.reduce((sum, time) => sum + time, 0);
  } catch {
    return undefined;
  }
}

interface Taken {
  readonly ms: number;
  readonly processor: number | undefined;
}

async function timed(work: () => Promise<unknown>): Promise<Taken> {
  const [started, before] = [performance.now(), processorMs()];
  await work();
  const [ms, after] = [performance.now() - started, processorMs()];
  return { ms, processor: before === undefined || after === undefined ? undefined : after - before };
}

/** `41 (of processor time 39)` */
function rate(count: number, { ms, processor }: Taken): string {
  const clock = ((count * 1000) / ms).toFixed(0);
  return processor === undefined || processor === 0
    ? clock
    : `${clock} (${((count * 1000) / processor).toFixed(0)} of a core)`;
}

function row(what: string, value: string): void {
  console.log(`${what.padEnd(64)}${value.padStart(14)}`);
}

async function measureModel(functions: number): Promise<void> {
  const embedder = createEmbedder({
    processFile: path.join(repository, "dist/embedder-process.js"),
    modelFolder: path.join(repository, "server/model"),
    provider: "cpu",
    idleMs: 600_000,
  });
  const texts = functionTexts();
  const started = performance.now();
  await embedder.embed(["warm"], "query", "now");
  row("process started, model loaded and tried", `${(performance.now() - started).toFixed(0)} ms`);
  const { memoryBytes = 0, loadMs = 0 } = await embedder.status();
  row("  of which the model itself", `${loadMs} ms`);
  row("memory after loading", `${Math.round(memoryBytes / 2 ** 20)} MB`);
  for (const batch of [1, 8, 32]) {
    const rounds = Math.max(4, Math.floor(256 / batch));
    const taken = await timed(async () => {
      for (let round = 0; round < rounds; round++) {
        const at = (round * batch) % (texts.length - batch);
        await embedder.embed(texts.slice(at, at + batch), "passage", "background");
      }
    });
    row(`functions a second, ${batch} at a time`, rate(rounds * batch, taken));
  }
  const many = Array.from({ length: functions }, (_, i) => `${i} ${texts[i % texts.length] ?? ""}`);
  const taken = await timed(async () => {
    const answer = await embedder.embed(many, "passage", "background");
    if (answer.kind !== "vectors") throw new Error(answer.reason);
  });
  row(`${functions} functions embedded`, `${(taken.ms / 1000).toFixed(1)} s`);
  row(`  a second`, rate(functions, taken));
  row("memory after that", `${Math.round(((await embedder.status()).memoryBytes ?? 0) / 2 ** 20)} MB`);
  await embedder.close();
}

/** Words as in natural text: the n-th most usual one is n times rarer than the first. */
function randomWord(): string {
  return `w${Math.floor(Math.exp(Math.random() * Math.log(20_000)))}`;
}

function randomVector(): Float32Array {
  const values = Float32Array.from({ length: dimensions }, () => Math.random() - 0.5);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

function measureSearch(vectors: number, exact: boolean): void {
  const index = new CodeIndex(createUsearchRows, exact ? Infinity : 0);
  const before = performance.now();
  for (let at = 0; at < vectors; at += 20) {
    const file = `/f${at}.ts`;
    const units = Array.from({ length: 20 }, (_, i): IndexedUnit => {
      const words = Array.from({ length: 60 }, randomWord);
      return { path: file, kind: "function", name: "f", start: i, end: i, at: i, key: `${at + i}`, words };
    });
    index.setFile(file, units);
    for (const unit of units) index.setVector(unit.key, randomVector());
  }
  const name = exact ? "exact" : "approximate";
  row(`${vectors} functions put into the index (${name})`, `${((performance.now() - before) / 1000).toFixed(1)} s`);
  const times = Array.from({ length: QUERIES }, () => {
    const question = {
      words: Array.from({ length: 5 }, randomWord),
      vector: randomVector(),
      limit: 30,
      accept: () => true,
    };
    // Processor time: on a busy machine the clock measures the others.
    const asked = process.cpuUsage();
    index.search(question);
    return process.cpuUsage(asked).user / 1000;
  });
  row(`  search by words and vectors, processor time, median`, `${percentile(times, 0.5).toFixed(1)} ms`);
  row(`  search by words and vectors, processor time, 95 of 100 within`, `${percentile(times, 0.95).toFixed(1)} ms`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { functions: { type: "string", default: "20000" }, vectors: { type: "string", default: "50000" } },
  });
  const load = loadavg()[0]?.toFixed(1) ?? "";
  console.log(`${cpus()[0]?.model.trim() ?? ""}, ${cpus().length} cores, load ${load}, node ${process.versions.node}`);
  measureSearch(Number(values.vectors), true);
  measureSearch(Number(values.vectors), false);
  await measureModel(Number(values.functions));
}

void main();
