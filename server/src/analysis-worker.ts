/** Entry of the threads that turn texts into facts: batches in, encoded facts out. */
import { parentPort } from "node:worker_threads";
import { extractFacts } from "./facts/extract.js";
import { encodeFacts } from "./workspace/facts-codec.js";
import type { ExtractJob, ExtractReply } from "./workspace/extract-pool.js";

const port = parentPort;
if (port === null) throw new Error("analysis-worker.js is started by Hotpath, not by hand");

port.on("message", (jobs: readonly ExtractJob[]) => {
  // Copied out of the encoder's shared buffer, so that each can change hands without the others.
  const facts = jobs.map(({ path, text }) => new Uint8Array(encodeFacts(extractFacts(path, text))));
  const reply: ExtractReply = { facts };
  port.postMessage(
    reply,
    facts.map((bytes) => bytes.buffer),
  );
});
port.postMessage("ready");
