/** The model embeds a text, and two that mean the same come out alike. */
import type { Embedder } from "../ranking/embedder.js";
import type { Seen } from "./check-health.js";

const MEANINGS = ["load a user by its id from the database", "fetch one user row by primary key", "draw a red circle"];

/** With enough of them to tell a rate. */
const TEXTS = Array.from({ length: 48 }, (_, i) => MEANINGS[i % MEANINGS.length] ?? "");

export async function modelHealth(embedder: Embedder | undefined): Promise<Seen> {
  const without = "search falls back to words; findings are the same";
  if (embedder === undefined) return { state: "absent", detail: "not part of this build", next: without };
  const answer = await embedder.embed(TEXTS, "passage", "now");
  const status = await embedder.status();
  const unused = status.notUsed.map(({ provider, reason }) => `${provider}: ${reason}`).join("; ");
  if (answer.kind === "unavailable") {
    if (status.state === "off") return { state: "absent", detail: answer.reason, next: without };
    return { state: "degraded", detail: answer.reason, next: `${without}${unused === "" ? "" : ` (${unused})`}` };
  }
  const [one, same, other] = answer.vectors;
  const [near, far] = [cosine(one, same), cosine(one, other)];
  const { batchSize = 1, perSecond = 0 } = status;
  const rate = `batches of ${batchSize}, ${perSecond.toFixed(0)} texts/s`;
  const device = [status.provider, status.device, rate].filter((part) => part !== undefined).join(", ");
  if (far < near) {
    return {
      state: "healthy",
      detail: `${status.model ?? "the model"} on ${device}${unused === "" ? "" : ` (not used: ${unused})`}`,
    };
  }
  return {
    state: "degraded",
    detail: "texts that mean the same are not alike",
    next: "get the model again, or set hotpath.model.provider to cpu",
  };
}

function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return a === undefined || b === undefined ? 0 : a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
