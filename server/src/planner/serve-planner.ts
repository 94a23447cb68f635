/** The planner's own process: answers one request after another until the process that started it goes away. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type PlannerEngine, startEngine } from "./engine.js";
import type { FromPlanner, ToPlanner } from "./protocol.js";

export function servePlanner(): void {
  let engine: Promise<PlannerEngine> | undefined;
  let last: Promise<void> = Promise.resolve();
  const answer = async (message: ToPlanner): Promise<void> => {
    if (message.kind === "start") {
      engine = start(message.imageFile);
      try {
        await engine;
        send({ kind: "ready" });
      } catch (error) {
        send({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
      }
      return;
    }
    const started = await engine;
    if (started === undefined) return;
    const proof = await started.verify(message.request);
    send({ kind: "proof", proof, memoryBytes: process.memoryUsage().rss });
  };
  process.on("message", (message: ToPlanner) => {
    last = last.then(() => answer(message)).catch(() => process.exit(1));
  });
  // A process that has loaded an image does not end by itself.
  process.on("disconnect", () => process.exit(0));
}

function send(message: FromPlanner): void {
  process.send?.(message);
}

async function start(imageFile: string | undefined): Promise<PlannerEngine> {
  const image = imageFile !== undefined && existsSync(imageFile) ? readFileSync(imageFile) : undefined;
  if (image !== undefined) {
    try {
      return await startEngine(image);
    } catch {
      // A damaged image is as good as none; it is written anew.
    }
  }
  const engine = await startEngine();
  if (imageFile !== undefined) await keepImage(engine, imageFile);
  return engine;
}

/** Written beside and renamed, so that nobody reads half of it. Without a place to write, the next start is slow again. */
async function keepImage(engine: PlannerEngine, file: string): Promise<void> {
  const image = await engine.image();
  const unfinished = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(unfinished, image, { mode: 0o600 });
    renameSync(unfinished, file);
  } catch {
    return;
  }
}
