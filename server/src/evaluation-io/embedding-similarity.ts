/** Likeness of two texts by the local model; by their letters where the model cannot be used. */
import { letterSimilarity, type Similarity } from "../evaluation/prompt/similarity.js";
import type { Embedder } from "../ranking/embedder.js";
import { cosine } from "../ranking/vectors.js";

/** @param embedder Makes the model when the first two texts are compared. */
export function embeddingSimilarity(embedder: () => Embedder): Similarity {
  // Reports name what measured: the model, or what stood in for it.
  const state = { name: "the model" };
  return {
    get name() {
      return state.name;
    },
    async compare(a, b, signal) {
      const answer = await embedder().embed([a, b], "passage", "now");
      if (answer.kind === "unavailable") {
        state.name = `${letterSimilarity.name}, because ${answer.reason}`;
        return await letterSimilarity.compare(a, b, signal);
      }
      state.name = (await embedder().status()).model ?? "the model";
      const [first, second] = answer.vectors;
      // Opposite directions are no likeness at all.
      return first === undefined || second === undefined ? 0 : Math.max(0, cosine(first, second));
    },
  };
}
