/** The model as this installation has it, for whoever wants to know whether it works. */
import type { Embedder } from "../ranking/embedder.js";

/** @param here Folder of the running program. Loaded when it is asked for: most commands need no model. */
export async function bundledEmbedder(here: string): Promise<Embedder> {
  const { createEmbedderPool } = await import("../model/embedder-pool.js");
  return createEmbedderPool(here)({ enabled: true });
}
